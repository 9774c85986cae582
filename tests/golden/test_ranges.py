"""Bounds that hold: what one inference costs where data decide which bodies run, and how often.

The counts are those of each way the model can run, added up by hand: a product of 4×8 by 8×8 is
256 MACs.
"""

from __future__ import annotations

import pytest

from analyzer.facts import Certainty, Facts
from analyzer.report import INSPECT_FORMATS, Options
from analyzer.report.result import Result
from tests.golden.text import facts

STEP = 4 * 8 * 8
BODY = (
    "<body = b (int64 i, bool before, float[4,8] s) => (bool after, float[4,8] t) "
    "{ t = MatMul (s, w)  top = ReduceMax <keepdims = 0> (t)  after = Less (top, lim) }>"
)
INPUTS = "float[4,8] x, float[8,8] w, float lim, bool go, int64 n"
CONSTANTS = "<int64 five = {5}, int64 none = {0}, bool true = {1}, bool false = {0}>"


def loop(limit: str, condition: str, body: str = BODY) -> Facts:
    return facts(
        f"g ({INPUTS}) => (float[4,8] y) {CONSTANTS} "
        f"{{ y = Loop ({limit or '_'}, {condition or '_'}, x) {body} }}".replace("_,", '"",')
    )


@pytest.mark.parametrize(
    ("limit", "condition", "low", "high"),
    [
        ("five", "go", 0, 5),  # not entered, or up to the limit
        ("five", "true", 1, 5),  # entered for certain, then the data decide
        ("five", "", 1, 5),
        ("n", "true", 0, None),  # the limit may be 0
        ("", "go", 0, None),
        ("", "true", 1, None),
        ("five", "false", 0, 0),
        ("none", "go", 0, 0),
    ],
)
def test_a_loop_that_data_end_runs_between_its_bounds(
    limit: str, condition: str, low: int, high: int | None
) -> None:
    found = loop(limit, condition)
    most = None if high is None else high * STEP
    assert found.totals.macs_range == (low * STEP, most)
    assert found.totals.macs == (low * STEP if most is None else most)
    assert found.totals.complete is (high is not None)
    body = next(n for n in found.nodes if n.op_type == "MatMul")
    assert body.executions_range == (low, high)
    assert body.executions == (high if low == high else None)
    assert body.macs_range == (STEP, STEP)


def test_a_limit_that_is_not_known_bounds_nothing_where_the_body_stops_at_once() -> None:
    ends = "after = Constant <value = bool {0}> ()"
    body = BODY.replace("top = ReduceMax <keepdims = 0> (t)  after = Less (top, lim)", ends)
    assert loop("n", "true", body).totals.macs_range == (0, STEP)
    assert loop("five", "go", body).totals.macs_range == (0, STEP)
    assert loop("five", "true", body).totals.macs_range == (STEP, STEP)


BRANCHES = (
    "<then_branch = t () => (float[4,8] a) { a = MatMul (x, w) }, "
    "else_branch = e () => (float[4,8] b) { h = MatMul (x, w)  b = MatMul (h, w) }>"
)


def test_an_undecided_branch_costs_from_the_smaller_to_the_larger() -> None:
    found = facts(f"g ({INPUTS}) => (float[4,8] y) {{ y = If (go) {BRANCHES} }}")
    assert found.totals.macs_range == (STEP, 2 * STEP)
    assert found.totals.flops_range == (2 * STEP, 4 * STEP)
    assert (found.totals.macs, found.totals.complete) == (2 * STEP, True)


def test_where_a_loop_has_no_bound_only_what_is_certain_is_counted() -> None:
    """The smaller branch, and the loop not at all: no run costs less."""
    found = facts(
        f"g ({INPUTS}) => (float[4,8] z) {{ y = If (go) {BRANCHES}  z = Loop (n, go, y) {BODY} }}"
    )
    assert found.totals.macs_range == (STEP, None)
    assert found.totals.macs == STEP
    assert found.totals.macs == sum(
        (n.macs or 0) * n.counted for n in found.nodes if not n.composite
    )
    assert found.totals.certainty is Certainty.LOWER_BOUND


def test_ranges_multiply_through_nested_bodies() -> None:
    inner = (
        "<body = b (int64 i, bool before, float[4,8] s) => (bool after, float[4,8] t) "
        f"{{ t = If (go) {BRANCHES.replace('x, w', 's, w')}  after = Identity (before) }}>"
    )
    found = loop("five", "true", inner)
    assert found.totals.macs_range == (5 * STEP, 10 * STEP)
    found = loop("five", "go", inner)
    assert found.totals.macs_range == (0, 10 * STEP)


def test_an_operator_of_unknown_cost_leaves_no_upper_end() -> None:
    found = facts(
        f"g ({INPUTS}) => (float[4,8] z) {{ y = If (go) {BRANCHES}  z = com.example.Magic (y) }}"
    )
    assert found.totals.macs_range == (STEP, None)
    assert found.totals.macs == STEP


def test_the_peak_of_memory_spans_what_may_run() -> None:
    body = (
        "<then_branch = t () => (float[4,8] a) { a = Relu (x) }, "
        "else_branch = e () => (float[4,8] b) "
        "{ wide = Concat <axis = 1> (x, x, x, x)  k = Abs (wide)  b = Slice (k, lo, hi, ax) }>"
    )
    small, wide = 4 * 8 * 4, 4 * 32 * 4
    found = facts(
        "g (float[4,8] x, bool go) => (float[4,8] y) "
        "<int64[1] lo = {0}, int64[1] hi = {8}, int64[1] ax = {1}> "
        f"{{ y = If (go) {body} }}"
    )
    low, high = found.totals.peak_activation_range
    assert (low, high) == (3 * small + 1, 2 * small + 2 * wide + 1)  # x, go, y beside the branch
    assert found.totals.peak_activation_bytes == high


def test_a_branch_that_never_runs_takes_no_memory() -> None:
    found = facts(
        "g (float[4,8] x) => (float[4,8] y) <bool no = {0}> { y = If (no) <"
        "then_branch = t () => (float[4,8] a) "
        "{ wide = Concat <axis = 1> (x, x, x, x)  a = ReduceSum <keepdims = 0> (wide) }, "
        "else_branch = e () => (float[4,8] b) { b = Relu (x) }> }"
    )
    assert found.memory.peak_bytes == 3 * 4 * 8 * 4


def test_what_follows_branches_of_one_shape_and_value_is_decided() -> None:
    found = facts(
        "g (float[4,8] x, bool go, float[32,3] w) => (float[1,3] z) "
        "{ s = If (go) "
        "<then_branch = t () => (int64[2] a) { a = Constant <value_ints = [1, 32]> () }, "
        "else_branch = e () => (int64[2] b) { b = Constant <value_ints = [1, 32]> () }>  "
        "r = Reshape (x, s)  z = MatMul (r, w) }"
    )
    assert (found.totals.macs, found.totals.complete) == (96, True)


@pytest.mark.parametrize("trips", [1, 6, 40])
def test_a_sequence_that_a_loop_collects_is_as_long_as_the_loop(trips: int) -> None:
    found = facts(
        f"g (float[40,8] x, float[8,3] w) => (float[n,3] y) <int64 m = {{{trips}}}, "
        "bool true = {1}, int64[1] zero = {0}> { s0 = SequenceEmpty <dtype = 1> ()  "
        "s = Loop (m, true, s0) <body = b (int64 i, bool before, seq(float[]) si) => "
        "(bool after, seq(float[]) so) { row = Gather <axis = 0> (x, i)  "
        "r = Unsqueeze (row, zero)  so = SequenceInsert (si, r)  after = Identity (before) }>  "
        "c = ConcatFromSequence <axis = 0> (s)  y = MatMul (c, w) }"
    )
    assert (found.totals.macs, found.totals.certainty) == (trips * 8 * 3, Certainty.EXACT)


def test_what_a_loop_joins_grows_by_a_known_step() -> None:
    found = facts(
        "g (float[1,8] x, float[8,3] w) => (float[n,3] y) <int64 m = {5}, bool true = {1}> "
        "{ c = Loop (m, true, x) <body = b (int64 i, bool before, float[p,8] s) => "
        "(bool after, float[q,8] t) { t = Concat <axis = 0> (s, x)  after = Identity (before) }>  "
        "y = MatMul (c, w) }"
    )
    assert found.outputs[0].shape == (6, 3)
    assert found.totals.macs == 6 * 8 * 3


def test_upsample_of_opset_1_takes_its_scales_from_attributes() -> None:
    found = facts(
        "g (float[1,2,4,5] x, float[3,2,1,1] w) => (float[] y) "
        "{ u = Upsample <height_scale = 2.0, width_scale = 3.0> (x)  y = Conv (u, w) }",
        opset=6,
    )
    assert found.totals.macs == 3 * 2 * 8 * 15


def test_at_least_is_said_of_lower_bounds_only() -> None:
    bounded = INSPECT_FORMATS["text"](Result(loop("five", "go"), ()), Options()).decode()
    assert "0 MAC to 1.28 kMAC" in bounded
    assert "at least" not in bounded
    unbounded = INSPECT_FORMATS["text"](Result(loop("", "true"), ()), Options()).decode()
    assert "at least 256 MAC" in unbounded


def test_the_reason_names_the_loop_that_nothing_bounds() -> None:
    found = facts(
        f"g ({INPUTS}) => (float[4,8] z) {{ y = If (go) {BRANCHES}  z = Loop (n, go, y) {BODY} }}"
    )
    assert found.totals.reason.startswith("how often z runs depends on data and nothing bounds it")


def test_branches_of_equal_products_and_unequal_arithmetic_have_a_range_of_flops() -> None:
    body = (
        "<then_branch = t () => (float[4,8] a) { a = MatMul (x, w) }, "
        "else_branch = e () => (float[4,8] b) { h = MatMul (x, w)  b = Exp (h) }>"
    )
    found = facts(f"g ({INPUTS}) => (float[4,8] y) {{ y = If (go) {body} }}")
    assert found.totals.macs_range == (STEP, STEP)
    assert found.totals.flops_range == (2 * STEP, 2 * STEP + 32)
    assert (found.totals.flops, found.totals.certainty) == (2 * STEP + 32, Certainty.EXACT)


@pytest.mark.parametrize("limit", [(1 << 63) - 1, (1 << 31) - 1])
def test_the_largest_integer_is_no_bound(limit: int) -> None:
    """Scripted PyTorch writes it as the limit of ``while``."""
    found = facts(
        f"g ({INPUTS}) => (float[4,8] y) <int64 endless = {{{limit}}}, bool true = {{1}}> "
        f"{{ y = Loop (endless, true, x) {BODY} }}"
    )
    assert found.totals.macs_range == (STEP, None)
