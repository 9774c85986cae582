"""Exact, assumed, lower bound, unknown: each figure says which, and why."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import numpy_helper

from analyzer.facts import Certainty
from tests.golden.text import facts, facts_of, parse

PRODUCT = "y = MatMul (x, w) }"


def test_static_shapes_are_exact() -> None:
    found = facts(f"g (float[2,3] x, float[3,4] w) => (float[2,4] y) {{ {PRODUCT}")
    assert (found.totals.certainty, found.totals.reason) == (Certainty.EXACT, "")
    assert (found.nodes[0].cost.certainty, found.memory.certainty) == ("exact", "exact")


def test_a_guessed_dimension_makes_everything_behind_it_assumed() -> None:
    found = facts(
        "g (float[N,3] x, float[3,4] w, float[5,3] z) => (float[] y, float[] v) "
        "{ y = MatMul (x, w)  v = MatMul (z, w) }"
    )
    assert found.totals.certainty is Certainty.ASSUMED
    assert found.totals.reason == "with x axis 0 (N) = 1"
    # the product of z does not depend on it
    assert [n.cost.certainty for n in found.nodes] == [Certainty.ASSUMED, Certainty.EXACT]
    assert found.memory.certainty is Certainty.ASSUMED


def test_a_dimension_without_a_name_is_spoken_of_by_its_axis() -> None:
    """Exporters write None, too, for one that has none."""
    for symbol in ("", "None"):
        model = parse("g (float[N,3] x) => (float[N,3] y) { y = Relu (x) }")
        dim = model.graph.input[0].type.tensor_type.shape.dim[0]
        dim.Clear()
        if symbol:
            dim.dim_param = symbol
        assert facts_of(model).totals.reason == "with x axis 0 = 1"


def test_assumptions_reach_into_bodies() -> None:
    found = facts(
        "g (float[N,3] x, float[3,3] w) => (float[] y) <bool c = {1}> { y = If (c) <"
        "then_branch = t () => (float[] a) { a = MatMul (x, w) }, "
        "else_branch = e () => (float[] b) { b = Identity (x) }> }"
    )
    inner = next(n for n in found.nodes if n.op_type == "MatMul")
    assert (inner.macs, inner.cost.certainty) == (9, Certainty.ASSUMED)


def test_a_shape_from_the_files_own_declaration_is_assumed() -> None:
    found = facts(
        "g (float[2,3] x, float[3,4] w) => (float[2,4] y) <float[2,3] a> "
        "{ a = com.example.Magic (x)  y = MatMul (a, w) }"
    )
    product = found.nodes[1]
    assert product.macs == 24
    assert found.totals.certainty is Certainty.LOWER_BOUND
    assert "Magic" in found.nodes[0].cost.reason


RESIZED = """g (float[1,2,4,4] x, float[4] s) => (float[1,2,8,8] y)
{ y = Resize <mode="linear"> (x, "", s) }"""
"""Only a run and the file tell the size of the result: 128 values of 4 neighbours, 1,024 FLOPs."""


def test_a_cost_by_a_shape_that_only_the_file_states_is_assumed() -> None:
    found = facts(RESIZED)
    (cost,) = (node.cost for node in found.nodes)
    assert (cost.flops, cost.certainty) == (1_024, Certainty.ASSUMED)
    assert cost.reason.startswith("an output shape is taken from the file's declaration")
    assert (found.totals.certainty, found.totals.flops) == (Certainty.ASSUMED, 1_024)


def test_what_a_file_states_of_other_input_sizes_counts_for_nothing() -> None:
    found = facts(RESIZED, shapes={"x": (1, 2, 2, 2)})
    assert found.nodes[0].cost.flops is None
    assert found.outputs[0].shape == (None, None, None, None)


def test_unknown_is_null_and_says_what_is_missing() -> None:
    found = facts(f"g (float[] x, float[3,4] w) => (float[] y) {{ {PRODUCT}")
    cost = found.nodes[0].cost
    assert (cost.macs, cost.flops, cost.certainty) == (None, None, Certainty.UNKNOWN)
    assert "unknown" in cost.reason
    assert (found.totals.macs, found.totals.unknown_nodes) == (0, 1)


def test_flops_may_be_incomplete_where_macs_are_not() -> None:
    # how many hits NonZero finds, and so how much Abs does, depends on data
    found = facts(
        "g (float[2,3] x, float[3,4] w) => (float[] y, float[] z) "
        "{ y = MatMul (x, w)  n = NonZero (y)  f = Cast <to = 1> (n)  z = Abs (f) }"
    ).totals
    assert (found.macs, found.complete, found.certainty) == (24, True, Certainty.EXACT)
    assert (found.flops, found.flops_complete) == (48, False)


def test_an_open_loop_without_products_leaves_macs_exact() -> None:
    found = facts(
        "g (float[2,3] x, float[3,4] w, int64 n, bool c) => (float[] y, float[] z) "
        "{ y = MatMul (x, w)  z = Loop (n, c, y) <body = b (int64 i, bool d, float[2,4] s) => "
        "(bool e, float[2,4] t) { e = Identity (d)  t = Abs (s) }> }"
    ).totals
    assert (found.macs, found.complete, found.certainty) == (24, True, Certainty.EXACT)
    assert not found.flops_complete


def test_a_tied_classifier_is_a_weighted_layer() -> None:
    found = facts(
        "g (int64[1,7] ids) => (float[] y) { table = Constant <value = float[5,2] "
        "{0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}> ()  e = Gather (table, ids)  "
        "t = Transpose (table)  y = MatMul (e, t) }"
    ).totals
    assert (found.params, found.weighted_layers) == (10, 1)


def test_operators_on_a_cycle_have_no_cost() -> None:
    found = facts_of(
        parse("g (float[4] x) => (float[4] y) { a = Relu (x)  y = Add (a, z)  z = Neg (y) }", 17)
    )
    assert {n.op_type: n.macs for n in found.nodes} == {"Relu": 0, "Add": None, "Neg": None}
    assert (found.totals.complete, found.totals.unknown_nodes) == (False, 2)
    assert [b.code for b in found.breaches] == ["cycle"]


@pytest.mark.parametrize(("shape", "exact"), [((2, 3, 3, 3), True), ((4, 3, 1, 1), False)])
def test_a_tensor_stored_twice_in_two_shapes_makes_nothing_exact(
    shape: tuple[int, ...], exact: bool
) -> None:
    model = parse("g (float[1,3,8,8] x) => (float[a,b,c,d] y) { y = Conv (x, w) }")
    for dims in ((2, 3, 3, 3), shape):
        model.graph.initializer.append(numpy_helper.from_array(np.ones(dims, np.float32), "w"))
    found = facts_of(model)
    assert found.totals.complete == exact
    assert (found.totals.certainty is Certainty.EXACT) == exact
    (breach,) = (b for b in found.breaches if b.code == "duplicate-initializer")
    assert breach.grave is not exact
