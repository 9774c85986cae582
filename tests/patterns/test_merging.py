"""What could be merged gives the same result, and costs what is said: both by making the merge."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from analyzer.patterns.merging import Merge, merges_of
from tests import runtime
from tests.golden.text import facts, parse

PICTURE = "float[1,2,8,8] x"
KERNEL = "float[3,2,3,3] k = {" + ", ".join(str(n % 7 - 3) for n in range(54)) + "}"
POINT = "float[3,2,1,1] p = {1, -2, 3, 4, 5, -6}"
DOUBLE = "float[4] s = {1, 1, 2, 2}"
WIDE = "float[2,4] a = {1, 2, 3, 4, 5, 6, 7, 8}, float[4,2] b = {1, 2, 3, 4, 5, 6, 7, 8}"


class Case(NamedTuple):
    """A graph, what it could be instead, and the kind of the merge."""

    kind: str
    before: str
    after: str


CASES = (
    Case(
        "bias",
        f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float[3] b = {{1, 1, 1}}, float[1,3,1,1] c "
        "= {1, 2, 3}> { a = Conv (x, p, b) y = Sub (a, c) }",
        f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float[3] b = {{0, -1, -2}}> "
        "{ y = Conv (x, p, b) }",
    ),
    Case(
        "scale",
        f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float[3] b = {{1, 1, 1}}, float[3,1,1] c "
        "= {2, 4, 1}> { a = Conv (x, p, b) y = Div (a, c) }",
        f"g ({PICTURE}) => (float[1,3,8,8] y) <float[3,2,1,1] p = {{0.5, -1, 0.75, 1, 5, -6}}, "
        "float[3] b = {0.5, 0.25, 1}> { y = Conv (x, p, b) }",
    ),
    Case(
        "linear-pair",
        f"g (float[8,2] x) => (float[8,2] y) <{WIDE}, float[4] c = {{1, 0, 0, 2}}> "
        "{ h = MatMul (x, a) i = Add (h, c) y = MatMul (i, b) }",
        "g (float[8,2] x) => (float[8,2] y) <float[2,2] w = {50, 60, 114, 140}, float[2] c = "
        "{15, 18}> { h = MatMul (x, w) y = Add (h, c) }",
    ),
    Case(
        "late-pointwise",
        f"g ({PICTURE}) => (float[1,3,16,16] y) <{POINT}, {DOUBLE}> "
        '{ r = Resize <mode = "linear"> (x, , s) y = Conv (r, p) }',
        f"g ({PICTURE}) => (float[1,3,16,16] y) <{POINT}, {DOUBLE}> "
        '{ r = Conv (x, p) y = Resize <mode = "linear"> (r, , s) }',
    ),
    Case(
        "early-pointwise",
        f"g ({PICTURE}) => (float[1,3,1,1] y) <{POINT}> {{ r = Conv (x, p) y = GlobalAveragePool "
        "(r) }",
        f"g ({PICTURE}) => (float[1,3,1,1] y) <{POINT}> {{ r = GlobalAveragePool (x) y = Conv "
        "(r, p) }",
    ),
    Case(
        "early-pointwise",
        f"g ({PICTURE}) => (float[1,3,1,1] y) <{POINT}> {{ r = Conv (x, p) y = ReduceMean "
        "<axes = [2, 3]> (r) }",
        f"g ({PICTURE}) => (float[1,3,1,1] y) <{POINT}> {{ r = ReduceMean <axes = [2, 3]> (x) "
        "y = Conv (r, p) }",
    ),
)


def merges(graph: str) -> tuple[Merge, ...]:
    return merges_of(facts(graph))


def run(graph: str) -> np.ndarray:
    model = parse(graph).SerializeToString()
    session = runtime.session(model)
    shape = session.get_inputs()[0].shape
    x = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
    return np.asarray(session.run(None, {"x": x})[0])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_merge_gives_the_same_result_for_what_is_said(case: Case) -> None:
    (merge,) = merges(case.before)
    assert merge.kind == case.kind
    assert run(case.after) == pytest.approx(run(case.before), rel=1e-4, abs=1e-4)
    assert merge.macs_now == facts(case.before).totals.macs
    assert merge.macs == facts(case.after).totals.macs
    assert merges(case.after) == ()


def test_a_pair_of_products_holds_two_matrices_and_what_they_merge_to_one() -> None:
    def pair(r: int) -> str:
        ones = (", ".join(["1"] * n) for n in (3 * r, r * 5))
        held = "<float[3,{0}] a = {{{1}}}, float[{0},5] b = {{{2}}}>".format(r, *ones)
        return (
            f"g (float[8,3] x) => (float[8,5] y) {held} {{ h = MatMul (x, a) y = MatMul (h, b) }}"
        )

    (merge,) = merges(pair(4))
    assert (merge.params_now, merge.params) == (3 * 4 + 4 * 5, 3 * 5)
    assert (merge.macs_now, merge.macs) == (8 * (3 * 4 + 4 * 5), 8 * 3 * 5)
    assert merges(pair(1)) == (), "1·(3 + 5) weights are fewer than 3·5"


def test_a_stride_moves_one_layer_up() -> None:
    before = (
        f"g ({PICTURE}) => (float[1,2,4,4] y) <{KERNEL}, float[2,3,1,1] q = {{1, 2, 3, 4, 5, 6}}> "
        "{ a = Conv <pads = [1,1,1,1]> (x, k) r = Relu (a) y = Conv <strides = [2,2]> (r, q) }"
    )
    after = (
        f"g ({PICTURE}) => (float[1,2,4,4] y) <{KERNEL}, float[2,3,1,1] q = {{1, 2, 3, 4, 5, 6}}> "
        "{ a = Conv <pads = [1,1,1,1], strides = [2,2]> (x, k) r = Relu (a) y = Conv (r, q) }"
    )
    (merge,) = merges(before)
    assert (merge.kind, merge.node, merge.partner) == ("discarded", "a", "y")
    assert run(after) == pytest.approx(run(before), rel=1e-4)
    assert merge.saved == facts(before).totals.macs - facts(after).totals.macs


def test_products_of_one_input_are_one_product_that_reads_it_once() -> None:
    (merge,) = merges(
        "g (float[4,2] x) => (float[4,2] a, float[4,4] b) <float[2,2] q = {1, 2, 3, 4}, "
        "float[2,4] k = {1, 2, 3, 4, 5, 6, 7, 8}> { a = MatMul (x, q) b = MatMul (x, k) }"
    )
    assert (merge.kind, merge.operators, merge.params, merge.macs) == ("parallel", 1, 12, 48)
    assert merge.moved_bytes == 4 * 2 * 4


def test_a_look_up_gives_the_rows_that_one_hot_rows_pick() -> None:
    held = "float[4,2] w = {1, -2, 3.5, 4, 5, 6, 7, 8}, int64[4] r = {0, 1, 2, 3}"
    held += ", int64[1] m = {-1}, int64 d = {4}, float[2] v = {0, 1}"
    asked = np.array([[0, 3, 1], [2, 2, 0]])
    for before in (
        "u = Unsqueeze (x, m) e = Equal (u, r) h = Cast <to = 1> (e) y = MatMul (h, w)",
        "h = OneHot (x, d, v) y = MatMul (h, w)",
    ):
        graphs = [
            f"g (int64[2,3] x) => (float[2,3,2] y) <{held}> {{ {body} }}"
            for body in (before, "y = Gather (w, x)")
        ]
        (merge,) = merges(graphs[0])
        assert (merge.kind, merge.saved) == ("lookup", facts(graphs[0]).totals.macs)
        assert (facts(graphs[1]).totals.macs, merges(graphs[1])) == (0, ())
        sessions = [runtime.session(parse(g).SerializeToString()) for g in graphs]
        assert np.array_equal(*(session.run(None, {"x": asked})[0] for session in sessions))


NOTHING = {
    "a bias for each row of pixels": f"g (float[1,2,3,3] x) => (float[1,3,3,3] y) <{POINT}, "
    "float[3,1] c = {1, 2, 3}> { a = Conv (x, p) y = Add (a, c) }",
    "a constant less the sums": f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float c = {{1}}> "
    "{ a = Conv (x, p) y = Sub (c, a) }",
    "a constant by the sums": f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float c = {{1}}> "
    "{ a = Conv (x, p) y = Div (c, a) }",
    "sums that are an output": f"g ({PICTURE}) => (float[1,3,8,8] y, float[1,3,8,8] a) <{POINT}, "
    "float c = {1}> { a = Conv (x, p) y = Add (a, c) }",
    "a bias that comes from outside": f"g ({PICTURE}, float[3] b) => (float[1,3,8,8] y) <{POINT}, "
    "float c = {2}> { a = Conv (x, p, b) y = Mul (a, c) }",
    "weights that come from outside": f"g ({PICTURE}, float[3,2,1,1] p) => (float[1,3,8,8] y) "
    "<float c = {2}> { a = Conv (x, p) y = Mul (a, c) }",
    "a constant that makes the result larger": f"g (float[1,2,8,8] x) => (float[5,3,8,8] y) "
    f"<{POINT}, float[5,1,1,1] c = {{1, 2, 3, 4, 5}}> {{ a = Conv (x, p) y = Add (a, c) }}",
    "a bottleneck": "g (float[8,4] x) => (float[8,4] y) <float[4,1] a = {1, 2, 3, 4}, float[1,4] b "
    "= {1, 2, 3, 4}> { h = MatMul (x, a) y = MatMul (h, b) }",
    "interpolation that fills in": f"g ({PICTURE}) => (float[1,3,16,16] y) <{POINT}, {DOUBLE}, "
    'float[8] roi = {0,0,0,0,1,1,2,2}> { r = Resize <mode = "linear", '
    'coordinate_transformation_mode = "tf_crop_and_resize"> (x, roi, s) y = Conv (r, p) }',
    "a padded 1×1 convolution": f"g ({PICTURE}) => (float[1,3,18,18] y) <{POINT}, {DOUBLE}> "
    '{ r = Resize <mode = "nearest"> (x, , s) y = Conv <pads = [1,1,1,1]> (r, p) }',
    "an average that reads beyond the edge": f"g ({PICTURE}) => (float[1,3,5,5] y) <{POINT}> "
    "{ r = Conv (x, p) y = AveragePool <kernel_shape = [2,2], strides = [2,2], pads = [1,1,1,1]> "
    "(r) }",
    "a mean over channels": f"g ({PICTURE}) => (float[1,1,8,8] y) <{POINT}> {{ r = Conv (x, p) "
    "y = ReduceMean <axes = [1]> (r) }",
    "readers with different strides": f"g ({PICTURE}) => (float[1,3,4,4] y, float[1,3,8,4] z) "
    f"<{KERNEL}, float[3,3,1,1] q = {{1,2,3,4,5,6,7,8,9}}> {{ a = Conv <pads = [1,1,1,1]> (x, k) "
    "y = Conv <strides = [2,2]> (a, q) z = Conv <strides = [1,2]> (a, q) }",
    "as many pictures as the data say": "g (float[9,2,8,8] v, bool[9] c) => (float[m,2,4,4] y) "
    f"<{KERNEL}, float[2,3,1,1] q = {{1, 2, 3, 4, 5, 6}}> {{ x = Compress <axis = 0> (v, c) "
    "a = Conv <pads = [1,1,1,1]> (x, k) y = Conv <strides = [2,2]> (a, q) }",
}


@pytest.mark.parametrize("graph", NOTHING.values(), ids=NOTHING.keys())
def test_what_would_change_the_result_is_no_merge(graph: str) -> None:
    assert merges(graph) == ()


def test_a_scale_and_then_a_bias_are_both_held_by_the_layer_before_them() -> None:
    found = merges(
        f"g ({PICTURE}) => (float[1,3,8,8] y) <{POINT}, float s = {{2}}, float b = {{1}}> "
        "{ a = Conv (x, p) m = Mul (a, s) y = Add (m, b) }"
    )
    assert [(m.kind, m.partner_type) for m in found] == [("scale", "Conv"), ("bias", "Conv")]
