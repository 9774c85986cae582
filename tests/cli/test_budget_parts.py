"""What a budget comes to, and why nothing can be said of one, with figures made for it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.cli.budgets import hold


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@pytest.fixture(autouse=True)
def figure(monkeypatch: pytest.MonkeyPatch) -> None:
    """One figure, of which facts are what is known of it."""
    made = some(noun="MACs", text=lambda n: f"{n} M", of=lambda facts: facts)
    monkeypatch.setattr(hold, "FIGURES", {"macs": made})


def test_a_figure_that_may_be_more_than_its_budget_is_told() -> None:
    def told(value: int | None, why: str = "a loop", *, bounded: bool = True) -> list[str]:
        facts = some(value=value, open=why, is_bounded=bounded)
        problems = [*hold._open(facts, {"macs": 9})]
        assert all((p.code, p.where, p.inconclusive) == ("budget-open", "", True) for p in problems)
        return [p.message.removesuffix(f" cannot be judged; {hold.REMEDY}") for p in problems]

    at_least = "the model has {} M at least (a loop), so its budget of 9 M"
    assert told(None) == ["the number of MACs is unknown, so its budget of 9 M"]
    assert told(8) == [at_least.format(8)]
    assert told(9) == [at_least.format(9)]
    assert told(10) == [], "it is more than that for certain"
    assert told(8, "") == []
    assert told(8, bounded=False) == []
    assert told(None, bounded=False) == told(None)


def test_a_budget_is_a_number_or_is_above_what_the_base_has() -> None:
    limit: Any = some(most=None, text="+5%", above=lambda there: there + 5)
    there = some(value=100, open="")
    base: Any = some(problem="", is_absent=False, is_same=True, name="main", figures={})
    assert hold._bound(there, "macs", some(most=7), None) == (7, "")
    assert hold._bound(there, "macs", limit, base) == (105, ", 100 M of main plus 5 %")
    for changes in ({"problem": "no such"}, {"is_absent": True}):
        assert hold._bound(there, "macs", limit, some(**vars(base) | changes)) is None
    assert hold._bound(there, "macs", limit, None) is None
    other = some(**vars(base) | {"is_same": False, "figures": {"macs": some(value=50, open="")}})
    limit.text = "-2"
    assert hold._bound(there, "macs", limit, other) == (55, ", 50 M of main minus 2")
    for value, why, what in (
        (None, "", "unknown"), (None, "a loop", "unknown (a loop)"),
        (3, "a loop", "3 M at least (a loop)"),
    ):  # fmt: skip
        found: Any = hold._bound(some(value=value, open=why), "macs", limit, base)
        assert found.message == (
            f"the MACs of the base main are {what}, so the budget macs -2 cannot be judged; "
            f"{hold.REMEDY}"
        )


def test_budgets_without_a_base_say_why() -> None:
    def why(problem: str = "", *, absent: bool = False) -> str:
        return hold._baseless(some(problem=problem, is_absent=absent, name="main"), "macs +5%")

    new = ("the model is new: main does not have it, so budgets relative to it (macs +5%) do not "
           "hold yet")  # fmt: skip
    assert why() == ""
    assert why(absent=True) == why("gone", absent=True) == new
    assert why("gone") == "budgets relative to main (macs +5%) cannot be judged: gone"
