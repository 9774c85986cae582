"""Files to scopes: order, cycles, captured values, attribute references."""

from __future__ import annotations

import onnx
import pytest
from onnx import NodeProto, helper

from analyzer.graph.connect import topological_order
from analyzer.graph.program import build_program
from tests.golden.text import facts, facts_of, parse


def outputs(model: onnx.ModelProto) -> list[str]:
    return [op.outputs[0] for op in build_program(model, {"": 17}).main.ops]


def test_unsorted_nodes_are_sorted_stably() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Add (b, c)  c = Neg (a)  b = Abs (a) "
                  "a = Relu (x)  z = Neg (x) }")  # fmt: skip
    # ready operators go in the file's order: a before z, then c before b
    assert outputs(model) == ["a", "c", "b", "y", "z"]
    assert facts_of(model).totals.complete


def test_sorted_files_keep_their_order() -> None:
    assert outputs(parse("g (float[2] x) => (float[2] y) { b = Neg (x)  a = Abs (x) "
                         "y = Add (a, b) }")) == ["b", "a", "y"]  # fmt: skip


def test_values_captured_by_a_body_are_dependencies() -> None:
    model = parse(
        "g (bool c, float[2] x) => (float[2] y) { y = If (c) <"
        "then_branch = t () => (float[2] p) { p = Neg (late) }, "
        "else_branch = e () => (float[2] q) { q = Abs (x) }>  late = Relu (x) }"
    )
    program = build_program(model, {"": 17})
    assert [op.outputs[0] for op in program.main.ops] == ["late", "y"]
    assert set(program.main.ops[1].captured) == {"late", "x"}


def test_an_operator_knows_its_bytes_in_the_file_and_one_of_a_body_those_around_it() -> None:
    model = parse(
        "g (bool c, float[2] x) => (float[2] z) { y = If (c) <"
        "then_branch = t () => (float[2] p) { p = Neg (late) }, "
        "else_branch = e () => (float[2] q) { q = Abs (x) }>  late = Relu (x) "
        "z = local.twice (y) }",
        functions='<opset_import: ["" : 17], domain: "local"> twice (a) => (b) { b = Add (a, a) }',
    )
    file = model.SerializeToString()
    stated = {
        node.id: NodeProto.FromString(file[node.extent[0] :][: node.extent[1]]).output[0]
        for node in facts_of(model).nodes
        if node.extent
    }
    inside = {id_: first for id_, first in stated.items() if id_ != first}
    assert {"y", "late", "z"} == stated.keys() - inside.keys()
    assert [*inside.values()] == ["y", "y"]
    assert [n.op_type for n in facts_of(model).nodes if n.extent is None] == ["Add"]


def test_cycles_end_and_are_told() -> None:
    found = facts("g (float[2] x) => (float[2] y) { a = Add (x, b)  b = Neg (a)  y = Relu (x) }")
    assert [b.code for b in found.breaches if b.grave] == ["cycle"]
    assert {n.id for n in found.nodes} == {"y", "a", "b"}


@pytest.mark.parametrize(
    "body",
    ["y = Relu (x)  y = Neg (x)", "y, y = Split <axis = 0> (x)", "x = Relu (x)  y = Neg (x)",
     "w = Relu (x)  y = Neg (w)"],
)  # fmt: skip
def test_values_that_are_defined_twice_are_told(body: str) -> None:
    found = facts(f"g (float[2] x) => (float[N] y) <float[2] w = {{1, 2}}> {{ {body} }}")
    assert "duplicate-value" in [b.code for b in found.breaches if b.grave]


def test_bodies_may_define_what_each_other_define() -> None:
    found = facts("g (bool c, float[2] x) => (float[N] y) { y = If (c) <"
                  "then_branch = t () => (p) { a = Neg (x)  p = Relu (a) }, "
                  "else_branch = e () => (p) { a = Abs (x)  p = Relu (a) }> }")  # fmt: skip
    assert found.problems == ()


def test_long_chains_need_no_recursion() -> None:
    chain = [helper.make_node("Relu", [f"t{i + 1}"], [f"t{i}"]) for i in range(5000)]
    graph = helper.make_graph(
        chain,
        "g",
        [helper.make_tensor_value_info("t5000", 1, [2])],
        [helper.make_tensor_value_info("t0", 1, [2])],
    )
    program = build_program(helper.make_model(graph), {"": 17})
    assert topological_order(program, program.main.ops) == (program.main.ops, [])
    assert program.main.ops[0].outputs == ("t4999",)


@pytest.mark.parametrize(("given", "group", "macs"), [("<g = 2>", 2, 144), ("", 1, 288)])
def test_functions_take_attributes_from_their_call(given: str, group: int, macs: int) -> None:
    # 2·2 outputs · 4 filters · (4 / groups) channels · 9 taps, halved by the weight's shape
    channels = 4 // group
    found = facts(
        f"g (float[1,4,3,4] x, float[4,{channels},3,3] w) => (float[] y) "
        f"{{ y = local.F {given} (x, w) }}",
        functions='<domain: "local", opset_import: ["" : 17]> '
        "F <g: int = 1> (x, w) => (y) { y = Conv <group: int = @g> (x, w) }",
    )
    assert found.totals.macs == macs
    assert found.totals.complete


def test_recursive_functions_end_and_are_told() -> None:
    found = facts(
        "g (float[2] x) => (float[2] y) { y = local.F (x) }",
        functions='<domain: "local", opset_import: ["" : 17, "local" : 1]> '
        "F (u) => (v) { v = local.F (u) }",
    )
    assert "recursive-function" in [b.code for b in found.breaches if b.grave]
