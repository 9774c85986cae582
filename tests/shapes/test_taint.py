"""What rests on an assumed size is marked, wherever the value goes; nothing else is."""

from __future__ import annotations

from analyzer.facts import Certainty
from tests.golden.text import facts


def assumed(graph: str, functions: str = "") -> set[str]:
    found = facts(graph, functions=functions)
    return {node.id for node in found.nodes if node.cost.certainty is Certainty.ASSUMED}


def test_an_assumption_follows_the_edges_and_no_further() -> None:
    found = assumed(
        "g (float[N,2] x, float[3,2] z) => (float[] y, float[] w) "
        "{ a = Relu (x)  y = Neg (a)  b = Relu (z)  w = Neg (b) }"
    )
    assert found == {"a", "y"}


def test_it_follows_captured_values_into_both_bodies_and_out_again() -> None:
    found = assumed(
        "g (bool c, float[N] x, float[2] z) => (float[] y, float[2] w) { late = Relu (x)  "
        "r = If (c) <then_branch = t () => (float[] p) { p = Neg (late) }, "
        "else_branch = e () => (float[] q) { q = Abs (z) }>  y = Neg (r)  w = Neg (z) }"
    )
    assert {"late", "r.then_branch/p", "y"} <= found
    assert "w" not in found


def test_it_follows_an_input_that_only_a_body_reads() -> None:
    found = assumed(
        "g (bool c, float[N] x) => (float[] y) { "
        "r = If (c) <then_branch = t () => (float[] p) { p = Neg (x) }, "
        "else_branch = e () => (float[] q) { q = Abs (x) }>  y = Neg (r) }"
    )
    assert {"r.then_branch/p", "r.else_branch/q", "y"} <= found


def test_it_marks_the_instance_of_a_function_that_one_call_is_given() -> None:
    found = assumed(
        "g (float[N] x, float[2] z) => (float[] y, float[2] w) "
        "{ y = local.F (x)  w = local.F (z) }",
        functions='<domain: "local", opset_import: ["" : 17]> F (u) => (v) { v = Neg (u) }',
    )
    assert len(found & {"local.F/v", "local.F#2/v"}) == 1
    assert "w" not in found


def test_a_size_that_was_stated_is_no_assumption() -> None:
    found = facts("g (float[N,2] x) => (float[] y) { y = Relu (x) }", dims={"N": 3})
    assert found.nodes[0].cost.certainty is Certainty.EXACT
