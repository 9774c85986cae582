"""What follows an If whose branches differ in shape is typed and counted for each of them."""

from __future__ import annotations

import numpy as np

from analyzer.facts import Certainty, Facts, Node
from analyzer.shapes.ways import same
from tests.golden.text import facts

SQUEEZE = (
    "z = If (c) <then_branch = t () => (float[10,6] a) { a = Squeeze (x, zero) }, "
    "else_branch = e () => (float[1,10,6] b) { b = Identity (x) }>"
)
HEAD = "float[1,10,6] x, bool c, float[6,5] w"
ZERO = "<int64[1] zero = {0}, int64[2] rows = {-1, 6}>"


def graph(tail: str, head: str = HEAD) -> Facts:
    return facts(f"g ({head}) => (float[] y) {ZERO} {{ {SQUEEZE}  {tail} }}")


def last(found: Facts) -> Node:
    return next(n for n in found.nodes if n.outputs[0].name == "y")


def test_a_product_behind_a_squeeze_costs_the_same_at_either_rank() -> None:
    found = graph("y = MatMul (z, w)")
    assert (found.totals.macs, found.totals.macs_range) == (300, (300, 300))
    assert (found.totals.complete, found.totals.certainty) == (True, Certainty.EXACT)


def test_ranks_that_meet_again_are_decided_from_there() -> None:
    found = graph("r = Relu (z)  f = Reshape (r, rows)  y = MatMul (f, w)")
    assert last(found).outputs[0].shape == (10, 5)
    assert (found.totals.macs, found.totals.complete) == (300, True)


def test_shapes_computed_from_either_rank_are_followed() -> None:
    found = graph(
        "s = Shape <start = -2> (z)  e = Expand (one, s)  y = MatMul (e, w)", f"{HEAD}, float one"
    )
    assert last(found).outputs[0].shape == (10, 5)
    assert found.totals.macs == 300


CROP = (
    "z = If (c) <then_branch = t () => (float[1,3,8,8] a) { a = Identity (x) }, "
    "else_branch = e () => (float[1,3,4,4] b) "
    "{ b = AveragePool <kernel_shape = [2,2], strides = [2,2]> (x) }>"
)


def test_a_convolution_of_one_of_two_sizes_costs_between_them() -> None:
    found = facts(
        f"g (float[1,3,8,8] x, bool c, float[5,3,1,1] w) => (float[] y) "
        f"{{ {CROP}  y = Conv (z, w) }}"
    )
    assert found.totals.macs_range == (5 * 3 * 16, 5 * 3 * 64)
    assert found.totals.macs == 5 * 3 * 64
    assert last(found).macs_range == found.totals.macs_range
    assert "condition depends on data" in last(found).cost.reason
    low, high = found.totals.peak_activation_range
    assert high is not None
    assert low < high


def test_behind_a_loop_without_bound_the_smaller_size_is_what_is_certain() -> None:
    found = facts(
        f"g (float[1,3,8,8] x, bool c, float[5,3,1,1] w, int64 n, float[4,4] s) => "
        f"(float[] y, float[4,4] l) {{ {CROP}  y = Conv (z, w)  "
        "l = Loop (n, c, s) <body = b (int64 i, bool before, float[4,4] u) => "
        "(bool after, float[4,4] v) { v = MatMul (u, u)  after = Identity (before) }> }"
    )
    assert found.totals.macs_range == (240, None)
    assert found.totals.macs == 240 == sum(found.totals.macs_by_kind.values())


def test_where_one_shape_does_not_fit_nothing_is_claimed() -> None:
    found = facts(
        f"g (float[1,3,8,8] x, bool c, float[64,5] w) => (float[] y) "
        f"{{ {CROP}  f = Flatten <axis = 2> (z)  y = MatMul (f, w) }}"
    )
    assert not found.totals.complete


def test_many_undecided_branches_in_a_row_stay_linear() -> None:
    chain, name = [], "x"
    for i in range(40):
        chain.append(
            f"z{i} = If (c) <then_branch = t{i} () => (float[p,q] a{i}) "
            f"{{ a{i} = Concat <axis = 0> ({name}, x) }}, "
            f"else_branch = e{i} () => (float[r,q] b{i}) {{ b{i} = Identity ({name}) }}>"
        )
        name = f"z{i}"
    found = facts(
        f"g (float[2,6] x, bool c, float[6,5] w) => (float[] y) "
        f"{{ {' '.join(chain)}  y = MatMul ({name}, w) }}"
    )
    assert found.totals.macs_range[0] == 0
    assert not found.inconclusive


def test_ranks_that_nested_branches_decide_are_followed() -> None:
    nested = (
        "z = If (c) <then_branch = t () => (float[] u) { "
        "u = If (d) <then_branch = t2 () => (float[10,6] a) { a = Squeeze (x, zero) }, "
        "else_branch = e2 () => (float[1,10,6] b) { b = Identity (x) }> }, "
        "else_branch = e () => (float[1,1,10,6] k) { k = Unsqueeze (x, zero) }>"
    )
    found = facts(f"g ({HEAD}, bool d) => (float[] y) {ZERO} {{ {nested}  y = MatMul (z, w) }}")
    assert (found.totals.macs, found.totals.complete) == (300, True)


def test_contents_from_either_branch_cost_what_each_of_them_does() -> None:
    """The length of a transform is an operand."""

    def flops(length: str) -> Node:
        found = facts(
            "g (bool c, float[1,8,2] x) => (float[] y) "
            f"{{ n = {length}  y = DFT <axis = 1> (x, n) }}"
        )
        return last(found)

    def one(value: int) -> str:
        return f"Constant <value_int = {value}> ()"

    either = flops(
        f"If (c) <then_branch = t () => (int64 a) {{ a = {one(4)} }}, "
        f"else_branch = e () => (int64 b) {{ b = {one(8)} }}>"
    )
    short, long = flops(one(4)).cost.flops, flops(one(8)).cost.flops
    assert (short or 0) < (long or 0)
    assert either.cost.flops_range == (short, long)


def test_contents_are_the_same_where_both_are_known_and_alike() -> None:
    one = np.array([1, 2])
    assert same(one, np.array([1, 2]))
    for other in (np.array([1, 3]), np.array([[1, 2]]), np.array([1.0, 2.0]), np.array([1]), None):
        assert not same(one, other)
        assert not same(other, one)
    assert not same(None, None)
    assert not same(np.array(1), np.array([1]))


def test_four_ways_of_nested_branches_are_followed_and_five_are_not() -> None:
    def product(*ranks: int) -> Facts:
        """Of ``x`` or the same with more axes in front, as nested conditions choose."""
        choice = "z = Identity (x)"
        for number, rank in enumerate(ranks):
            form = "{" + ", ".join(["1"] * (rank - 2) + ["10", "6"]) + "}"
            choice = (
                f"z = If (c{number}) <then_branch = t{number} () => (float[] a{number}) "
                f"{{ s{number} = Constant <value = int64[{rank}] {form}> ()  "
                f"a{number} = Reshape (x, s{number}) }}, "
                f"else_branch = e{number} () => (float[] z) {{ {choice} }}>"
            )
        flags = ", ".join(f"bool c{number}" for number in range(len(ranks)))
        return facts(f"g ({HEAD}, {flags}) => (float[] y) {{ {choice}  y = MatMul (z, w) }}")

    four, five = product(2, 4, 5), product(2, 4, 5, 6)
    assert (four.totals.macs, four.totals.complete) == (300, True)
    assert not five.totals.complete
