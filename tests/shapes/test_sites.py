"""Identities of operators: unique, stable, telling where they are."""

from __future__ import annotations

from tests.golden.text import facts, facts_of, parse


def test_ids_are_the_path_and_the_first_output() -> None:
    found = facts(
        "g (bool c, float[2,2] x) => (float[2,2] y) { a = Relu (x)  y = If (c) <"
        "then_branch = t () => (float[2,2] p) { p = local.F (a) }, "
        "else_branch = e () => (float[2,2] q) { q = Neg (a) }> }",
        functions='<domain: "local", opset_import: ["" : 17]> F (u) => (v) { v = Abs (u) }',
    )
    assert [n.id for n in found.nodes][:2] == ["a", "y"]
    assert {n.id: n.scope for n in found.nodes} == {
        "a": "",
        "y": "",
        "y.then_branch/p": "y.then_branch",
        "y.else_branch/q": "y.else_branch",
        "local.F/v": "local.F",
    }


def test_duplicate_names_and_outputs_keep_apart() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x)  y = Neg (x) }")
    for node in model.graph.node:
        node.name = "same"
    found = facts_of(model)
    assert [n.id for n in found.nodes] == ["y", "y#2"]
    assert [n.name for n in found.nodes] == ["same", "same"]
    assert set(found.graph) == {"y", "y#2"}


def test_operators_without_outputs_have_an_id() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    model.graph.node.add(op_type="Neg", input=["x"])
    model.graph.node.add(op_type="Neg", input=["x"], name="sink")
    ids = [n.id for n in facts_of(model).nodes]
    assert ids == ["y", "Neg[1]", "sink"]


def test_a_function_called_with_other_shapes_is_another_instance() -> None:
    found = facts(
        "g (float[2] x, float[3] z) => (float[2] y, float[3] w, float[2] v) "
        "{ y = local.F (x)  w = local.F (z)  v = local.F (x) }",
        functions='<domain: "local", opset_import: ["" : 17]> F (u) => (v) { v = Abs (u) }',
    )
    runs = {n.id: n.executions for n in found.nodes if n.op_type == "Abs"}
    assert runs == {"local.F/v": 2, "local.F#2/v": 1}
