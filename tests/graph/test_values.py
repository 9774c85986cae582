"""Values and operators as rules see them: makers, readers, constants, attributes."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import onnx
import pytest

from analyzer.graph.values import Index, Value
from analyzer.patterns.index import index_of
from tests.golden.text import facts, facts_of, parse
from tests.ruleset import build

NET = """g (float[1,3,8,8] x, float[4,3,3,3] w) => (float[1,4,6,6] y, float[1,4,6,6] r)
  <float[4,3,3,3] k = {}, float[1] three = {3}, int64[2] axes = {2, 3}> {
    c = Conv (x, w)  r = Relu (c)  h = Constant <value = float {0.5}> ()
    s = Mul (c, h)  p = Pow (s, three)  y = Resize (p, , h) }"""
BODIES = """g (bool c, float[2] x) => (float[2] y, float[2] z) <float[2] w = {1, 2}> {
  late = Relu (x)  z = Add (late, w)
  y = If (c) <
    then_branch = t () => (float[2] p) { p = Add (late, w) },
    else_branch = e () => (float[2] q) { q = If (c) <
      then_branch = t2 () => (float[2] p2) { p2 = Mul (late, late) },
      else_branch = e2 () => (float[2] q2) { q2 = Neg (x) }> }> }"""


def index(graph: str, opset: int = 17, functions: str = "") -> Index:
    return index_of(facts(graph, opset, functions))


def value(graph: str, name: str) -> Value:
    return index(graph).value("", name)


def test_a_value_knows_who_makes_and_who_reads_it() -> None:
    made = value(NET, "c")
    assert made.producer is not None
    assert (made.producer.op_type, made.slot) == ("Conv", 0)
    assert [reader.op_type for reader in made.readers] == ["Relu", "Mul"]
    assert (made.uses, made.dtype, made.shape, made.rank) == (2, "float32", (1, 4, 6, 6), 4)
    assert (made.elements, made.bytes) == (144, 576)
    assert not made.is_constant
    assert not made.is_output


def test_inputs_outputs_and_initializers_say_so() -> None:
    found = index(NET)
    flags = {
        name: (v.is_input, v.is_output, v.is_initializer, v.producer is not None)
        for name in ("x", "r", "three", "h")
        for v in [found.value("", name)]
    }
    assert flags == {
        "x": (True, False, False, False),
        "r": (False, True, False, True),
        "three": (False, False, True, False),
        "h": (False, False, False, True),
    }


def test_a_graph_output_is_a_use_and_no_reader() -> None:
    out = value(NET, "r")
    assert (out.uses, out.readers) == (1, ())


def test_an_operator_that_reads_a_value_twice_is_one_reader_and_two_uses() -> None:
    x = value("g (float[2] x) => (float[2] y) { y = Mul (x, x) }", "x")
    assert (x.uses, len(x.readers)) == (2, 1)


def test_reads_inside_bodies_count_for_the_operator_that_runs_the_body() -> None:
    late = value(BODIES, "late")
    assert [reader.op_type for reader in late.readers] == ["Add", "If"]
    assert late.uses == 4  # one in the main graph, one and two in bodies
    assert [reader.id for reader in value(BODIES, "w").readers] == ["z", "y"]


def test_a_body_sees_the_value_of_the_scope_that_defines_it() -> None:
    found = index(BODIES)
    inner = found.operator("y.then_branch/p")
    assert inner.inputs[0] is found.value("", "late")
    assert inner.inputs[1] is found.value("", "w")
    assert [maker.id for maker in inner.producers] == ["late"]
    deep = next(n.id for n in found.facts.nodes if n.op_type == "Neg")
    assert found.operator(deep).inputs[0] is found.value("", "x")


def test_an_inner_name_hides_the_outer_one() -> None:
    outer = value(
        "g (float[2] x) => (float[2] y) { v = Relu (x)  n = Constant <value = int64 {3}> () "
        "t = Constant <value = bool {1}> () "
        "y = Loop (n, t, x) <body = b (int64 i, bool c, float[2] v) => (bool d, float[2] w) "
        "{ d = Identity (c)  w = Neg (v) }> }",
        "v",
    )
    assert (outer.readers, outer.uses) == ((), 0)


def test_an_omitted_operand_is_none_and_keeps_its_place() -> None:
    resize = index(NET).operator("y")
    assert [v and v.name for v in resize.inputs] == ["p", None, "h"]


@pytest.mark.parametrize(
    ("name", "scalar", "values"),
    [("three", 3.0, (3.0,)), ("h", 0.5, (0.5,)), ("axes", None, (2, 3)), ("x", None, None),
     ("s", None, None)],
)  # fmt: skip
def test_small_constants_have_their_numbers(
    name: str, scalar: float | None, values: tuple[float, ...] | None
) -> None:
    found = value(NET, name)
    assert (found.scalar, found.values) == (scalar, values)


@pytest.mark.parametrize(
    ("number", "values"),
    [(onnx.TensorProto.BFLOAT16, "(1.0, 2.0)"), (onnx.TensorProto.INT4, "(1, 2)"),
     (onnx.TensorProto.UINT64, "(1, 2)"), (onnx.TensorProto.BOOL, "(1, 1)"),
     (onnx.TensorProto.COMPLEX64, "None")],
)  # fmt: skip
def test_numbers_of_a_constant_are_whole_where_its_type_is(number: int, values: str) -> None:
    model = parse("g () => (float[2] y) { y = Identity (w) }")
    model.graph.initializer.append(onnx.helper.make_tensor("w", number, [2], [1, 2]))
    assert repr(index_of(facts_of(model)).value("", "w").values) == values


def test_what_is_computed_from_constants_is_constant_and_what_is_drawn_is_not() -> None:
    graph = """g (float[2] x) => (float[2] y, float[2] z) <float[2] w = {1, 2}> {
      a = Neg (w)  b = Add (a, w)  y = Add (x, b)
      r = RandomNormal <shape = [2]> ()  q = Add (r, w)  f = local.F (w)  z = Sum (q, f, w) }"""
    function = '<domain: "local", opset_import: ["" : 17]> F (u) => (v) { v = Neg (u) }'
    found = index(graph, functions=function)
    known = {name: found.value("", name).is_constant for name in "wabyrqf"}
    assert known == {"w": True, "a": True, "b": True, "y": False, "r": False, "q": False,
                     "f": False}  # fmt: skip
    assert found.value("", "b").values == (0.0, 0.0)
    assert [n.id for n in found.facts.nodes if found.operator(n.id).is_foldable] == ["a", "b"]


@pytest.mark.parametrize(("ir_version", "constant"), [(3, True), (4, False), (8, False)])
def test_an_initializer_that_can_be_overridden_is_no_constant(
    ir_version: int, constant: bool
) -> None:
    model = parse("g (float[2] x, float[2] w) => (float[2] y) <float[2] w = {1, 2}> "
                  "{ y = Add (x, w) }")  # fmt: skip
    model.ir_version = ir_version
    w = index_of(facts_of(model)).value("", "w")
    assert (w.is_initializer, w.is_input, w.is_constant) == (True, True, constant)
    assert w.values == ((1.0, 2.0) if constant else None)


def test_a_size_that_was_assumed_is_no_constant() -> None:
    graph = "g (float[n] x) => (int64[1] s) { s = Shape (x) }"
    assert value(graph, "s").values is None


def test_attributes_have_the_defaults_of_the_version_in_force() -> None:
    found = index("g (float[2,3] x) => (float[3,2] y, float[2,3] z) "
                  "{ y = Transpose <perm = [1, 0]> (x)  z = Softmax (x) }")  # fmt: skip
    assert found.operator("y").attr == {"perm": (1, 0)}
    assert found.operator("z").attr == {"axis": -1}
    old = index("g (float[2,3] x) => (float[2,3] z) { z = Softmax (x) }", opset=11)
    assert old.operator("z").attr == {"axis": 1}
    assert (found.operator("z").version, old.operator("z").version) == (17, 11)


def test_an_operator_has_the_fields_of_its_node_and_its_neighbours() -> None:
    found = index(NET)
    relu = found.operator("r")
    assert (relu.op_type, relu.macs, relu.scope) == ("Relu", 0, "")
    assert [o.op_type for o in relu.producers] == ["Conv"]
    assert [o.op_type for o in found.operator("c").readers] == ["Relu", "Mul"]
    assert found.by_type[("", "Mul")] == ["s"]


def test_a_name_that_nothing_defines_is_a_value_of_which_nothing_is_known() -> None:
    ghost = value("g (float[2] x) => (float[2] y) { y = Add (x, ghost) }", "ghost")
    assert (ghost.producer, ghost.shape, ghost.is_constant, ghost.uses) == (None, None, False, 1)


def test_an_operator_of_facts_without_a_graph_has_no_neighbours() -> None:
    found = index_of(build.facts(build.node()))
    operator = found.operator("y")
    assert (operator.inputs, operator.readers, operator.attr, operator.op_type) == (
        (), (), {}, "Conv")  # fmt: skip


def test_the_index_of_some_facts_is_made_once() -> None:
    some = facts(NET)
    assert index_of(some) is index_of(some)


def test_a_size_that_was_assumed_is_not_fixed() -> None:
    graph = "g (float[N,4] x) => (float[4,N] y) { r = Relu (x)  y = Transpose (r) }"
    made = value(graph, "y")
    assert (made.shape, made.fixed_shape, made.least_elements) == ((4, 1), (4, None), 4)
    assert value(graph, "x").fixed_shape == (None, 4)


def test_without_an_assumption_every_size_is_fixed() -> None:
    made = value(NET, "c")
    assert (made.fixed_shape, made.least_elements) == ((1, 4, 6, 6), 144)


def test_what_elements_say_is_known_of_initializers_of_the_main_graph_alone() -> None:
    """Names of a body are its own: ``w`` in one is not the model's."""
    found = index(
        """g (bool c, float[2] x) => (float[2] y) <float[2] w = {1, 2}> { z = Add (x, w)
        y = If (c) <then_branch = t () => (float[2] p) <float[2] v = {1, 2}> { p = Add (z, v) },
        else_branch = e () => (float[2] q) { q = Neg (z) }> }"""
    )
    assert found.value("", "w").statistics is None  # no weights were read
    read: Any = SimpleNamespace(
        tensors=[SimpleNamespace(name=name, values=name) for name in "wvxz"]
    )
    found = index_of(replace(found.facts, evidence=read))
    assert [str(found.value(*at).statistics or "") for at in (
        ("", "w"), ("", "x"), ("", "z"), ("y.then_branch", "v"),
    )] == ["w", "", "", ""]  # fmt: skip
    assert found.value("y.then_branch", "v").is_initializer
