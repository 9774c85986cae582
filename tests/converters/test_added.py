"""What converters add to a file, beside files that the tools made of the same networks."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import onnx
import pytest
from onnx import TensorProto, helper

from analyzer.converters import added_bytes, converter, shrunk_bytes, stated_bytes
from analyzer.converters.converter import Converter
from analyzer.facts import Facts, Tensor
from tests.golden.text import facts

HELD = """<float[2,2,1,1] k = {1, 2, 3, 4}, float[2,2,1,1] l = {1, 2, 3, 4}, float[2] b = {1, 2},
    float[2] b7 = {1, 2}>"""
QUANTISED = {
    ("biases", 2, 8): 1831, ("biases", 6, 8): 5114, ("biases", 2, 40): 3144,
    ("biases", 6, 40): 9884, ("none", 2, 8): 1397, ("none", 6, 8): 3815, ("none", 2, 40): 2265,
    ("none", 6, 40): 7246, ("shared", 2, 8): 1858, ("shared", 6, 8): 5247, ("shared", 2, 40): 3202,
    ("shared", 6, 40): 10180, ("typed", 2, 8): 1796, ("typed", 6, 8): 4932, ("typed", 2, 40): 3076,
    ("typed", 6, 40): 9545,
}  # fmt: skip
"""Bytes that ``quantize_static`` (ONNX Runtime 1.32) added to networks of convolutions, data of
tensors apart: what biases they have, how many they are, and letters of the names."""
PRODUCTS = {
    (2, 8, 17): 1147, (6, 8, 17): 3559, (2, 40, 17): 1825, (6, 40, 17): 6425, (2, 8, 10): 2472,
    (6, 8, 10): 7824, (2, 40, 10): 4280, (6, 40, 10): 15953,
}  # fmt: skip
"""The same of ``quantize_dynamic`` and products: how many they are, letters of the names, and the
opset: before 11 it writes out what DynamicQuantizeLinear does."""


def chain(kind: str, operator: str, biases: str, count: int, letters: int) -> Facts:
    """Operators one after another; all names but those of both ends have so many letters."""
    name = "a" * (letters - 2)
    shape, size = ("[4,4,3,3]", 144) if operator == "Conv" else ("[4,4]", 16)
    values = ", ".join("1" * size)
    stored = [f"float{shape} {name}w{n} = {{{values}}}" for n in range(count)]
    many = {"none": 0, "shared": 1}.get(biases, count)
    stored += [f"float[4] {name}b{n} = {{1, 2, 3, 4}}" for n in range(many)]
    results = [*(f"{name}y{n}" for n in range(count - 1)), "y"]
    body = "  ".join(
        f"{out} = {operator} ({into}, {name}w{n}{f', {name}b{n % many}' if many else ''})"
        for n, (into, out) in enumerate(zip(["x", *results], results, strict=False))
    )
    pads = body.replace("Conv (", "Conv <pads = [1, 1, 1, 1]> (")
    return facts(f"g (float[{kind}] x) => (float[{kind}] y) <{', '.join(stored)}> {{ {pads} }}")


def test_quantising_adds_what_it_added_to_files_of_convolutions() -> None:
    tool = converter("quantize_static")
    for (biases, count, letters), measured in QUANTISED.items():
        model = chain("1,4,8,8", "Conv", biases, count, letters)
        if biases == "typed":
            model = replace(model, model=replace(model.model, typed=count - 1))
        assert added_bytes(model, tool) == pytest.approx(measured, rel=0.04), (biases, count)


def test_dynamic_quantising_adds_what_it_added_to_files_of_products() -> None:
    tool = converter("quantize_dynamic")
    for (count, letters, opset), measured in PRODUCTS.items():
        model = chain("2,4", "MatMul", "none", count, letters)
        model = replace(model, model=replace(model.model, opsets={"": opset}))
        assert added_bytes(model, tool) == pytest.approx(measured, rel=0.2), (count, letters)


def test_types_are_stated_of_what_lies_between_inputs_and_outputs_and_has_none() -> None:
    """``convert_float_to_float16`` (ONNX Runtime 1.32) added 36, 180 and 340 bytes."""
    for count, letters, measured in ((2, 8, 36), (6, 8, 180), (6, 40, 340)):
        model = chain("1,4,8,8", "Conv", "biases", count, letters)
        assert stated_bytes(model) == pytest.approx(measured, rel=0.2)
        typed = replace(model, model=replace(model.model, typed=count))
        assert stated_bytes(typed) == 0
    assert stated_bytes(facts("g (float[2] x) => (float[2] y) { y = Relu (x) }")) == 0


def test_a_stated_type_takes_what_protobuf_takes_for_it() -> None:
    for name, shape in (("tensor", (1, 4, 8, 8)), ("t", (100,)), ("a" * 90, ()), ("s", (None, 3))):
        spelt = [f"unk__{10 + axis}" if side is None else side for axis, side in enumerate(shape)]
        stated = helper.make_tensor_value_info(name, TensorProto.FLOAT, spelt)
        graph = onnx.GraphProto(value_info=[stated])
        model = SimpleNamespace(
            outputs=[], model=SimpleNamespace(typed=0),
            nodes=[SimpleNamespace(scope="", outputs=[Tensor(name, "float32", shape)])],
        )  # fmt: skip
        assert stated_bytes(cast("Facts", model)) == graph.ByteSize(), (name, shape)


def test_a_file_grows_by_so_much_for_each_tensor_and_each_letter_of_its_name() -> None:
    tool = Converter("tool", (), (), (100, 1), (1000, 10), ("Relu",), (10_000, 100))
    model = facts(f"""g (float[1,2,4,4] xx, int64[1] n) => (float[1,2,4,4] y, int64[1] m) {HELD} {{
        aaa = Conv (xx, k, b)  rr = Relu (aaa)  i = Identity (b)  y = Conv (rr, l, i)  m = Neg (n)
    }}""")
    # not aaa, which Relu would have read, no integers, and i is no tensor that is stored
    stated, activations = stated_bytes(model), ("xx", "rr", "i", "y")
    weights = 3 * (1000 + 10) + 10_000 + 100  # b is a weight to Identity, too
    letters = sum(100 + len(name) for name in activations)
    assert added_bytes(model, tool) == weights + letters + stated
    assert added_bytes(model, tool, ["y"]) == 1010 + (100 + 2) + (100 + 1) + stated
    some = replace(tool, converted=("Identity",))
    assert added_bytes(model, some) == 1010 + 100 + 1 + stated
    bare = facts("g (int64[2] x) => (int64[2] y) { y = Neg (x) }")
    assert added_bytes(bare, tool) == 0


def test_constants_shrink_that_are_read_by_what_is_converted() -> None:
    """As ``quantize_static`` made of a map that Add or Mul reads 16 KiB of 64, and left it where
    Sub or an operator between reads it."""
    tool = converter("quantize_static")
    values = ", ".join("1" * 64)

    def shrunk(body: str) -> int:
        return shrunk_bytes(facts(f"""g (float[1,2,4,4] x) => (float[1,2,4,4] y)
            <float[2,2,1,1] k = {{1, 2, 3, 4}}, float[1,2,8,4] p = {{{values}}},
             int64[1] f = {{0}}, int64[1] e = {{4}}, int64[1] a = {{2}}> {{
            c = Conv (x, k)  {body} }}"""), tool)  # fmt: skip

    assert shrunk("q = Slice (p, f, e, a)  y = Add (c, q)") == 3 * 64
    assert shrunk("q = Neg (p)  r = Slice (q, f, e, a)  y = Sub (c, r)") == 0


def test_copies_layers_and_further_readers_take_bytes_of_their_own() -> None:
    """``b`` is read by two layers, of which one gets a copy; ``aa`` by two operators."""
    model = facts(f"""g (float[1,2,4,4] xx) => (float[1,2,4,4] y) {HELD} {{
        aa = Conv (xx, k, b)  bbb = Conv (aa, l, b)  y = Add (aa, bbb)  }}""")
    stated = stated_bytes(model)
    for told, added in (
        ({}, 0), ({"bias_bytes": (100, 1)}, 100 + 1), ({"weight_bytes": (100, 1)}, 2 * 101),
        ({"copy_bytes": (100, 1)}, 100 + 1), ({"reader_bytes": 7}, 7),
        ({"layer_bytes": (100, 1)}, 3 * 100 + len("aabbby")),
        ({"spelt_below": 18, "spelt_bytes": (100, 1)}, 3 * 100 + len("xxaabbb")),
        ({"spelt_below": 17, "spelt_bytes": (100, 1)}, 0),
        ({"activation_bytes": (100, 1)}, 4 * 100 + len("xxaabbby")),
    ):  # fmt: skip
        tool = replace(Converter("tool", (), ()), **cast("Any", told))
        assert added_bytes(model, tool) == added + stated, told
