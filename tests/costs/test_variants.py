"""One operator in the branches of an If: what it costs when a condition decides."""

from __future__ import annotations

import pytest

from analyzer.costs import variants
from analyzer.costs.variants import cost_of_variants
from analyzer.facts import Certainty, Cost
from tests.costs.calls import call
from tests.golden.text import facts


def test_the_same_work_in_each_branch_is_exact() -> None:
    both = [call("MatMul", [(2, 3), (3, 4)], (2, 4))] * 2
    found = cost_of_variants("pick", both)
    assert (found.macs, found.flops, found.certainty) == (24, 48, Certainty.EXACT)
    assert (found.macs_range, found.flops_range, found.reason) == (None, None, "")


@pytest.mark.parametrize("order", [1, -1])
def test_other_sizes_in_a_branch_are_a_range_and_the_largest_counts(order: int) -> None:
    calls = [
        call("MatMul", [(2, 3), (3, 4)], (2, 4)),
        call("MatMul", [(2, 3), (3, 5)], (2, 5)),
    ][::order]
    found = cost_of_variants("pick", calls)
    assert (found.macs, found.flops, found.certainty) == (30, 60, Certainty.ASSUMED)
    assert (found.macs_range, found.flops_range) == ((24, 30), (48, 60))
    assert found.reason == "at pick the condition depends on data"


def test_branches_that_differ_in_flops_alone_are_a_range_too() -> None:
    found = cost_of_variants("pick", [call("Relu", [(4,)], (4,)), call("Relu", [(6,)], (6,))])
    assert (found.macs, found.flops) == (0, 6)
    assert (found.macs_range, found.flops_range) == ((0, 0), (4, 6))
    assert found.certainty is Certainty.ASSUMED


def test_one_branch_that_nobody_can_count_leaves_nothing_known() -> None:
    known = call("MatMul", [(2, 3), (3, 4)], (2, 4))
    found = cost_of_variants("pick", [known, call("MatMul", [(2, 3), None], None)])
    assert (found.macs, found.certainty) == (None, Certainty.UNKNOWN)


@pytest.mark.parametrize("amounts", [(None, 7), (3, None), (None, None)])
def test_a_count_of_one_kind_alone_is_no_cost_to_compare(
    amounts: tuple[int | None, int | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    costs = [Cost(5, 12, "", "a"), Cost(*amounts, "", "b"), Cost(9, 20, "", "c")]
    monkeypatch.setattr(variants, "cost", lambda op: costs[op])
    assert cost_of_variants("pick", [0, 1, 2]) == costs[1]  # type: ignore[list-item]


def test_of_branches_the_one_that_runs_is_counted_in_sums_by_kind() -> None:
    def by_kind(condition: int) -> tuple[int, dict[str, int]]:
        totals = facts(
            f"""g (float[2,3] x, float[3,4] w, float[2,5] p, float[5,4] q) => (float[2,4] y)
            <bool c = {{{condition}}}> {{ y = If (c) <
              then_branch = t () => (float[2,4] a) {{ a = MatMul (x, w) }},
              else_branch = e () => (float[2,4] b) {{ b = Gemm (p, q) }}> }}"""
        ).totals
        return totals.macs, dict(totals.macs_by_kind)

    assert by_kind(1) == (24, {"MatMul": 24, "Gemm": 0})
    assert by_kind(0) == (40, {"MatMul": 0, "Gemm": 40})
