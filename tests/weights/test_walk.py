"""Where a file stores tensors of real numbers, and who reads each: every place, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import AttributeProto, ModelProto, TensorProto, helper, numpy_helper

from analyzer.weights.stored import StoredTensors
from tests.golden.text import parse

Read = list[tuple[Any, ...]]


def walked(model: ModelProto) -> list[tuple[str, bool, Read]]:
    """Name, whether it is the main graph's, and (reader, slot or attribute, as stored) of each."""
    found = StoredTensors(model)
    listed = [
        (each.name, each.main,
         [(use.op_type, use.attribute or use.slot, use.as_stored) for use in each.uses])
        for each in found
    ]  # fmt: skip
    assert len(found) == len(listed)
    return listed


def text(body: str, held: str = "", functions: str = "") -> ModelProto:
    return parse(f"g (float[2] x, bool c) => (float[2] y) {held} {{ {body} }}", 17, functions)


def with_attribute(value: Any, name: str = "a", op: str = "Odd", domain: str = "com.example",
                   kind: int | None = None) -> ModelProto:  # fmt: skip
    model = text("y = Relu (x)")
    node = helper.make_node(op, ["x"], ["made"], domain=domain)
    node.attribute.append(
        value
        if isinstance(value, AttributeProto)
        else helper.make_attribute(name, value, None, kind)
    )
    model.graph.node.insert(0, node)
    return model


def test_initializers_are_read_by_operators_and_behind_moves_by_what_reads_those() -> None:
    held = "<float[2] w = {1, 2}, float[2] u = {1, 2}, int64[2] i = {0, 1}, double k = {1}>"
    model = text(
        "a = Add (x, w)  m = Identity (w)  b = Mul (a, m)  t = Transpose (w)  d = Sub (b, t)  "
        "e = Cast <to = 11> (w)  f = Add (e, k)  y = Gather (d, i)",
        held,
    )
    assert walked(model) == [
        ("w", True, [("Add", 1, True), ("Add", 0, False), ("Sub", 1, False), ("Mul", 1, True)]),
        ("u", True, []),
        ("k", True, [("Add", 1, True)]),
    ]


def test_bodies_read_what_is_outside_and_hide_what_has_the_same_name() -> None:
    model = text(
        "y = If (c) <then_branch = t () => (float[2] p) { p = Add (x, w) }, "
        "else_branch = e () => (float[2] q) <float[2] w = {3, 4}> { q = Sub (x, w) }>",
        "<float[2] w = {1, 2}>",
    )
    assert walked(model) == [("w", True, [("Add", 1, True)]), ("w", False, [("Sub", 1, True)])]


FUNCTION = '<domain: "local", opset_import: ["" : 17]> f (a, b) => (o) { %s }'


def test_what_goes_into_a_function_is_read_by_what_reads_its_input() -> None:
    body = "k = Constant <value = float[2] {1, 2}> ()  m = Mul (a, b)  o = Add (m, k)"
    model = text("v = local.f (x, w)  z = local.f (v, w, w)  y = Neg (z)", "<float[2] w = {1, 2}>",
                 FUNCTION % body)  # fmt: skip
    assert walked(model) == [
        ("w", True, [("f", 2, True), ("Mul", 1, True)]),
        ("k", False, [("Add", 1, True)]),
    ]


def test_constants_are_tensors_of_the_graph_that_makes_them() -> None:
    model = text(
        "a = Constant <value = float[2] {1, 2}> ()  b = Constant <value_float = 3.0> ()  "
        "d = Constant <value_floats = [1.0, 2.0]> ()  i = Constant <value_ints = [0, 1]> ()  "
        "e = Add (x, a)  f = Mul (e, b)  h = Mul (f, d)  y = Gather (h, i)"
    )
    assert walked(model) == [
        ("a", True, [("Add", 1, True)]), ("b", True, [("Mul", 1, True)]),
        ("d", True, [("Mul", 1, True)]),
    ]  # fmt: skip


def test_numbers_in_attributes_belong_to_their_operator() -> None:
    tensor = numpy_helper.from_array(np.array([1.0, 2.0], np.float32), "t")
    sparse = helper.make_sparse_tensor(tensor, numpy_helper.from_array(np.array([0, 1]), "i"), [4])
    own = [("a", False, [("Odd", "a", True)])]
    assert walked(with_attribute(tensor)) == own
    assert walked(with_attribute([1.0, 2.0])) == own
    assert walked(with_attribute([], kind=AttributeProto.FLOATS)) == []
    assert walked(with_attribute(float("nan"))) == own
    assert walked(with_attribute(1.0)) == []
    assert walked(with_attribute([tensor, tensor])) == own * 2
    assert walked(with_attribute(helper.make_attribute("a", sparse))) == own
    whole = numpy_helper.from_array(np.array([1, 2]), "t")
    assert walked(with_attribute(whole)) == []
    filled = with_attribute(tensor, "value", "ConstantOfShape", "")
    assert walked(filled) == [("made", True, [])]


def test_graphs_in_attributes_are_walked() -> None:
    inner = text("y = Add (x, w)", "<float[2] w = {1, 2}>").graph
    expected = [("w", False, [("Add", 1, True)])]
    assert walked(with_attribute(inner)) == expected
    assert walked(with_attribute([inner, inner])) == expected * 2


def test_sparse_initializers_and_complex_numbers_are_stored_too() -> None:
    model = text("y = Add (x, w)")
    values = numpy_helper.from_array(np.array([1.0, 2.0], np.float32), "w")
    places = numpy_helper.from_array(np.array([0, 1]), "p")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [2]))
    waves = TensorProto(name="v", data_type=TensorProto.COMPLEX64, dims=[1])
    model.graph.initializer.append(waves)
    assert walked(model) == [("v", True, []), ("w", True, [("Add", 1, True)])]


def test_sixty_four_readers_are_looked_at() -> None:
    for count in (64, 65):
        body = "  ".join(f"a{n} = Add (x, w)" for n in range(count))
        ((_, _, uses),) = walked(text(f"{body}  y = Neg (a0)", "<float[2] w = {1, 2}>"))
        assert len(uses) == 64
    for hops, expected in ((63, [("Add", 1, True)]), (64, [])):
        chain = "  ".join(f"w{n + 1} = Identity (w{n})" for n in range(hops))
        model = text(f"{chain}  y = Add (x, w{hops})", "<float[2] w0 = {1, 2}>")
        assert walked(model) == [("w0", True, expected)]


def test_names_that_go_round_end() -> None:
    model = text("a = Identity (b)  b = Identity (a)  y = Add (x, a)")
    model.graph.initializer.append(numpy_helper.from_array(np.ones(2, np.float32), "b"))
    assert walked(model) == [("b", True, [("Add", 1, True)])]
