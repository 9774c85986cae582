"""Words for what operators are: kinds of layers, joins, operands, roles, places in source code."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Conv, Cost, Tensor
from analyzer.graph.call import Call
from analyzer.operators import record_of
from analyzer.patterns import describe_conv, saving, tags
from analyzer.patterns.conv import _sides, _spatial
from analyzer.patterns.index import defaults_of, is_pure
from analyzer.patterns.likeness.kinds import (
    conv_kind,
    is_layer,
    join_word,
    layer_kind,
    operand_word,
    operator_word,
)
from analyzer.patterns.quantised import in_proportion
from analyzer.patterns.roles import is_norm, reduced_axes, role_of
from analyzer.patterns.scopes import module_classes, module_path, split_torch
from analyzer.patterns.trace import trace
from tests.each import each
from tests.golden.text import facts
from tests.patterns.test_modules import node
from tests.patterns.written import conv

CUSTOM = "com.example"
MICROSOFT = "com.microsoft"


def call(op: str, ends: str, domain: str = "", values: Any = None, **attributes: Any) -> Call:
    """An operator with sizes as text; ``-`` for what is omitted, ``?`` for an unknown shape."""
    sides = []
    for n, side in enumerate(ends.split("->")):
        tensors = [
            None if word == "-"
            else Tensor(f"{'xy'[n]}{i}", "float32",
                        None if word == "?" else tuple(map(int, word.split(","))))
            for i, word in enumerate(side.split())
        ]  # fmt: skip
        sides.append(tuple(tensors))
    held = tuple((values or {}).get(slot) for slot in range(len(sides[0])))
    return Call(op, domain, 17, attributes, sides[0], sides[1], held)


KINDS: list[tuple[Call, set[int], tuple[Any, ...] | None]] = [
    (call("MatMul", "1,8 8,4 -> 1,4"), {0}, ("linear", 8, 4)),
    (call("MatMul", "4,8 8,1 -> 4,1"), {1}, ("linear", 8, 4)),
    (call("MatMul", "1,8 8,4 -> 1,4"), {0, 1}, None),
    (call("Gemm", "1,8 4,8 -> 1,4", transB=1), {0}, ("linear", 8, 4)),
    (call("Gemm", "1,8 8,4 -> 1,4"), {0}, ("linear", 8, 4)),
    (call("MatMul", "1,8 3,1,8,4 -> ?"), {0}, ("linear", 8, 4, 3)),
    (call("MatMul", "1,8 8 -> 1"), {0}, ("linear", (8,))),
    (call("MatMul", "1,8 ? -> 1"), {0}, ("linear", None)),
    (call("MatMulNBits", "1,8 4,1,4 4 -> 1,4", MICROSOFT, K=8, N=4), {0}, ("linear", 8, 4)),
    (call("GRU", "1,1,2 1,3,2 1,3,1 -> 1,1,1,1"), {0}, ("weighted", "GRU", (1, 3, 2))),
    (call("GRU", "1,1,2 1,3,2 1,3,1 -> 1,1,1,1"), {0, 1, 2}, ("opaque", "GRU")),
    (call("Mystery", "2 2 -> 2", CUSTOM), {0}, ("opaque", "com.example.Mystery")),
    (call("Gather", "9,4 2 -> 2,4"), {1}, ("weighted", "Gather", (9, 4))),
    (call("Gather", "9,4 2 -> 2,4"), {0}, None),
    (call("Gather", "9,4 2 -> 2,4"), {0, 1}, None),
    (call("Relu", "2 -> 2"), {0}, None),
    *((call(op, "4,4 -> ?", domain), {0}, ("opaque", op))
      for domain, ops in (
          ("", ("NonMaxSuppression Loop SequenceEmpty StringNormalizer STFT DFT Det "
               "SoftmaxCrossEntropyLoss")),
          ("ai.onnx.ml", "TreeEnsemble"), (MICROSOFT, "BeamSearch EPContext Inverse"),
          ("ai.onnx.training", "Adam"))
      for op in ops.split()),
    *((call(op, "4,4 -> 4,4"), {0}, None)
      for op in "Softmax ReduceSum Transpose Add TopK MaxPool Cast QuantizeLinear Resize".split()),
]  # fmt: skip


def test_a_layer_has_a_kind_that_no_exporter_changes() -> None:
    for made, flowing, expected in KINDS:
        record = record_of(made)
        assert is_layer(made, None, record, flowing) is (expected is not None), made
        if expected is not None:
            assert layer_kind(made, None, record, flowing) == expected, made
    one = conv((3, 5), 8, 2, "grouped", 2, 4)
    assert is_layer(call("Conv", "1,4,8,8 8,2,3,5 -> ?"), one, None, {0})
    assert conv_kind(one) == ("conv", False, (3, 5), (2, 2), (1, 1), 2, 4, 8)
    assert layer_kind(call("Conv", "? ? -> ?"), one, None, {0}) == conv_kind(one)


def test_joins_operators_and_operands_have_words_that_exporters_share() -> None:
    ops = {"Add": "add", "Sub": "join", "Mul": "mul", "Concat": "concat", "MatMul": "product",
           "Where": "join", "Max": "join"}  # fmt: skip
    assert {op: join_word(record_of(call(op, "2 2 -> 2"))) for op in ops} == ops
    assert join_word(None) == "join"
    words = {"Reshape": "reshape", "Flatten": "reshape", "Squeeze": "reshape", "Relu": "Relu"}
    assert {op: operator_word(made := call(op, "2 -> 2"), record_of(made)) for op in words} == words
    assert operator_word(call("Odd", "2 -> 2"), None) == "Odd"
    add, mul, batch = (
        record_of(call(op, "2 2 -> 2")) for op in ("Add", "Mul", "BatchNormalization")
    )
    assert [operand_word(add, 1), operand_word(mul, 1), operand_word(batch, 1)] == [
        "bias", "gain", "gain",
    ]  # fmt: skip
    assert [operand_word(batch, 2), operand_word(batch, 3)] == ["bias", "statistic"]
    assert [operand_word(None, 0), operand_word(add, None)] == ["constant", "constant"]
    assert operand_word(record_of(call("Max", "2 2 -> 2")), 1) == "constant"


@each(
    ("made", "weighted", "role"),
    [
        (call("MatMul", "1,8 8,4 -> 1,4"), True, "linear"),
        (call("MatMul", "1,8 8,4 -> 1,4"), False, "product"),
        (call("ReduceMean", "1,4,5,6 -> 1,4,1,1", axes=(2, 3)), False, "global-pool"),
        (call("ReduceMean", "1,4,5,6 -> 1,4,1,1", axes=(-1, -2)), False, "global-pool"),
        (call("ReduceMean", "1,4,5 1 -> 1,4,1", values={1: np.array([2])}), False, "global-pool"),
        (call("ReduceMean", "1,4,5 -> 1,4,1", axes=(2,)), False, "global-pool"),
        (call("ReduceMean", "1,4 -> 1,1", axes=()), False, "reduce"),
        (call("ReduceMean", "1,4,5,6 -> 1,4,5,1", axes=(3,)), False, "reduce"),
        (call("ReduceMean", "1,4,5,6 -> 1,4,5,1", axes=(0, 3)), False, "reduce"),
        (call("ReduceMax", "1,4,5,6 -> 1,4,1,1", axes=(2, 3)), False, "reduce"),
        (call("ReduceMean", "? -> ?", axes=(2, 3)), False, "reduce"),
        (call("AveragePool", "1,4,5,6 -> 1,4,1,1", kernel_shape=(5, 6)), False, "global-pool"),
        (call("AveragePool", "1,4,5,6 -> 1,4,2,1", kernel_shape=(4, 6)), False, "pool"),
        (call("MaxPool", "1,4,5,6 -> 1,4,1,1", kernel_shape=(5, 6)), False, "pool"),
        (call("GlobalAveragePool", "1,4,5,6 -> 1,4,1,1"), False, "global-pool"),
        (call("Mystery", "2 -> 2", CUSTOM), False, ""),
    ],
)  # fmt: skip
def test_an_operator_has_one_role(made: Call, weighted: bool, role: str) -> None:
    found = role_of(made, None, weighted)
    record = record_of(made)
    usual = record.role if record is not None else ""
    assert found == (role if role != "reduce" else usual)
    assert (found == "global-pool") is (role == "global-pool")


def test_a_convolution_has_the_role_of_its_kind() -> None:
    kinds: dict[Any, str] = {"depthwise": "depthwise", "pointwise": "pointwise",
                             "standard": "spatial", "grouped": "spatial"}  # fmt: skip
    made = call("Conv", "? ? -> ?")
    assert {kind: role_of(made, conv(kind=kind), True) for kind in kinds} == kinds
    assert role_of(made, replace(conv(), transposed=True), True) == "transposed"
    norms = {"LayerNormalization": True, "InstanceNormalization": True, "ReduceMean": True,
             "BatchNormalization": False, "Relu": False, "ReduceSum": False}  # fmt: skip
    assert {op: is_norm(found) for op in norms if (found := record_of(call(op, "2 -> 2")))} == norms
    assert reduced_axes(call("ReduceSum", "2 1 -> 2")) == ()


def described(w: str, y: str = "1,8,4,4", op: str = "Conv", domain: str = "", x: str = "1,4,6,6",
              b: str = "", **attributes: Any) -> Conv | None:  # fmt: skip
    return describe_conv(call(op, f"{x} {w} {b} -> {y}", domain, **attributes), Cost(7, None))


def test_a_convolution_is_described_by_its_weights_and_groups() -> None:
    assert described("8,4,3,3") == Conv(
        "standard", False, "3×3", (3, 3), 9, 4, 8, 1, None, (1, 1), (1, 1), (6, 6), (4, 4), 7, 288,
    )  # fmt: skip
    twice = described("8,1,3,3", b="8", group=4, strides=(2, 1), dilations=(1, 2))
    assert twice == Conv(
        "depthwise", False, "3×3", (3, 3), 9, 4, 8, 4, 2, (2, 1), (1, 2), (6, 6), (4, 4), 7, 72 + 8,
    )  # fmt: skip
    back = described("4,2,3,3", op="ConvTranspose", group=2)
    assert back is not None
    assert (back.in_channels, back.out_channels, back.kind) == (4, 4, "grouped")
    for w in ("?", "8,4", "8,4,0,3"):
        assert described(w) is None
    assert described("8,4,3,3", group=0) is None
    assert described("8,4,3,3", op="Relu") is None
    odd = described("8,4,3,3", y="1,8,4", x="?", strides=(2,), dilations=(1, 1, 1))
    assert odd is not None
    assert (odd.strides, odd.dilations) == ((1, 1), (1, 1))
    assert (odd.in_spatial, odd.out_spatial) == ((None, None), (None, None))
    assert _sides(call("Conv", "? -> ?"), "strides", 3) == (1, 1, 1)
    last = Tensor("x", "float32", (1, 5, 6, 3))
    assert (_spatial(last, 2, True), _spatial(last, 2, False)) == ((5, 6), (6, 3))
    assert _spatial(None, 2, False) == (None, None)


def test_a_saving_is_less_than_what_it_saves_on() -> None:
    # M·N·K = 4·2·2 against M·(K + N) = 4·(2 + 2): as many; one filter more saves
    for n, saved in ((2, False), (3, True)):
        made = call("Conv", f"1,4,4 {n},4,2 -> 1,{n},3")
        found = describe_conv(made, Cost(3 * 4 * n * 2, None))
        assert found is not None
        assert (saving(found, made, 1) is not None) is saved
    made = call("Conv", "1,4,4 3,4,2 -> 1,3,3")
    found = describe_conv(made, Cost(72, None))
    assert found is not None
    told = saving(found, made, 2)
    assert told is not None
    assert (told.macs_now, told.macs_after) == (144, 2 * 3 * 4 * (2 + 3))
    assert (told.params_now, told.params_after) == (24, 4 * (2 + 3))
    assert saving(replace(found, macs=None), made, 1) is None


def test_tags_say_how_a_convolution_moves() -> None:
    made = call("Conv", "1,4,6,6 8,1,3,3 -> ?", group=4, strides=(1, 2))
    found = describe_conv(made, Cost(1, None))
    assert tags(made, found) == ("depthwise", "multiplier", "strided")
    assert tags(call("Relu", "2 -> 2"), None) == ()
    assert tags(call("GRU", "? ? ? -> ?"), None) == ("recurrent",)
    assert tags(call("ConvTranspose", "? ? -> ?"), None) == ("transposed",)
    assert tags(call("Mystery", "2 -> 2", CUSTOM), None) == ()


FLOW = """g (float[1,4,8,8] x, float[2,8] v, float[2,N] o) => (float y)
    <float[8,4,1,1] p, float[8,3] w = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4,
     5, 6, 7, 8}, float[3,8] wt = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 6,
     7, 8}, uint8[6,1,4] nb = {1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3,
     4}, float[6] sc = {1, 1, 1, 1, 1, 1}, float[8] line = {1, 2, 3, 4, 5, 6, 7, 8}> {
    plain = MatMul (v, w)
    turned = Gemm <transB = 1> (v, wt)
    packed = com.microsoft.MatMulNBits <K = 8, N = 6, bits = 4, block_size = 16> (v, nb, sc)
    vector = MatMul (v, line)
    y = com.example.Sink (plain, turned, packed, vector)
}"""


def test_channels_of_a_product_are_those_of_its_matrix_or_of_its_ends() -> None:
    model = facts(FLOW)
    flow = trace(model.graph, {n.id: n for n in model.nodes})
    found = {name: flow.channels(name) for name in ("plain", "turned", "packed", "vector")}
    assert found == {"plain": (8, 3), "turned": (8, 3), "packed": (8, 6), "vector": (8, 2)}


@pytest.mark.parametrize("count", [4, 5])
def test_a_walk_looks_through_four_reshapes(count: int) -> None:
    made = "  ".join(f"r{n + 1} = Reshape (r{n}, s{n % 2})" for n in range(count))
    model = facts(f"""g (float[2,2] x, float[2,2] z) => (float y)
        <int64[1] s0 = {{4}}, int64[2] s1 = {{2, 2}}> {{
        r0 = MatMul (x, z)  {made}  last = Softmax (r{count})  y = com.example.Sink (last) }}""")
    flow = trace(model.graph, {n.id: n for n in model.nodes})
    seen = tuple(f"r{n + 1}" for n in range(4))
    end = "last" if count == 4 else f"r{count}"
    assert flow.onward("r0") == (end, seen)
    maker, passed = flow.behind(flow.source("last"))
    assert (maker, len(passed)) == ("r0" if count == 4 else "r1", 4)
    assert flow.role(None) == flow.role("nobody") == ""


@each(
    ("these", "those", "ratio", "expected"),
    [
        ([1.0], [10.0], 0.1, True), ([1.0, 2.0], [10.0, 20.0], 0.1, True),
        ([1.0], [10.0, 10.0], 0.1, True), ([1.0, 1.0], [10.0], 0.1, True),
        ([1.0, 2.0], [10.0, 10.0], 0.1, False), ([1.0, 2.0], [1.0, 2.0, 3.0], 1.0, None),
        ([], [1.0], 1.0, None), ([1.0], [], 1.0, None), ([1.125], [1.0], 1.0, True),
        ([1.126], [1.0], 1.0, False), ([0.875], [1.0], 1.0, True), ([-1.125], [-1.0], 1.0, True),
        ([0.0], [0.0], 1.0, True), ([0.0625], [0.0], 1.0, True), ([0.07], [0.0], 1.0, False),
    ],
)  # fmt: skip
def test_numbers_are_in_proportion_within_a_part_and_a_bit(
    these: list[float], those: list[float], ratio: float, expected: bool | None
) -> None:
    assert in_proportion(these, those, ratio, 0.0625, 0.0625) is expected


def test_an_operator_is_pure_if_it_is_described_and_nothing_else_decides() -> None:
    ops = {"Relu": True, "Conv": True, "RandomNormal": False, "If": False, "Dropout": True}
    assert {op: is_pure(call(op, "2 -> 2")) for op in ops} == ops
    assert not is_pure(call("Mystery", "2 -> 2", CUSTOM))
    assert defaults_of(call("LeakyRelu", "2 -> 2"))["alpha"] == pytest.approx(0.01)
    assert defaults_of(call("Mystery", "2 -> 2", CUSTOM)) == {}


SCOPES, CLASSES = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy"


def test_the_path_of_a_module_is_cut_from_names_and_metadata() -> None:
    paths = {
        "/a/a.b/a.b.c/Conv": ("a", "b", "c"), "/a/ab/Conv": ("a", "ab"), "/a//b/Conv": ("a", "b"),
        "a/b/Conv": ("a", "b"), "a//Conv": ("a",), "PartitionedCall/a/Conv": ("a",), "/Conv": (),
    }  # fmt: skip
    assert {name: module_path(node(name), {}) for name in paths} == paths
    deep = "/".join("abcdefghijklmnopqrstuvwxyz")
    assert len(module_path(node(f"{deep}/Conv"), {})) == 24
    assert len(split_torch(f"/{deep}/Conv")) == 24
    scoped = {SCOPES: "['', 'net', \"net.head\", 'linear_1']"}
    assert module_path(node("/other/Conv"), scoped) == ("net", "head")
    both = {**scoped, CLASSES: "['m.Model', 'a.b.Net', 'Linear', 'aten.linear']"}
    assert module_classes(both) == {(): "Model", ("net",): "Net", ("net", "head"): "Linear"}
    assert module_classes(scoped) == module_classes({**scoped, CLASSES: "['m.Model']"}) == {}


@pytest.mark.parametrize(("line", "through"), [
    ("b = Reshape (a, same)", True),
    ("b = Tile (a, once)", True),
    ("b = Slice (a, none, ends)", True),
    ("b = com.example.Own (a)", True),
    ("b = com.microsoft.EPContext (a)", True),
    ("b = Identity (a)", True),
    ("b = Neg (a)", True),
    ("b = Add (a, a)", True),
    ("b = Add (a, z)", False),
    ("b = Reshape (a, flat)", False),
    ("b = Softmax (a)", False),
    ("b = Concat <axis = 0> (half, half)", False),
])  # fmt: skip
def test_a_region_is_seen_through_by_what_leaves_every_element_where_it_was(
    line: str, through: bool
) -> None:
    """Whoever is not described counts as such where it hands on the shape it was given."""
    model = facts(f"""g (float[2,2] x, float[2,2] z) => (float y)
        <int64[2] same = {{2, 2}}, int64[1] flat = {{4}}, int64[2] once = {{1, 1}},
         int64[2] none = {{0, 0}}, int64[2] ends = {{2, 2}},
         int64[1] first = {{0}}, int64[1] one = {{1}}, float[2,2] b> {{
        a = MatMul (x, z)  half = Slice (a, first, one)  {line}
        last = MatMul (b, z)  y = com.example.Sink (last) }}""")
    flow = trace(model.graph, {n.id: n for n in model.nodes})
    source = flow.source("last")
    assert (source is not None and source.node == "a") == through
