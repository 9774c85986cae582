"""What the list of first steps leaves out, and why."""

from __future__ import annotations

from analyzer.report.view.action import Action
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.steps import first
from analyzer.report.view.unlisted import unlisted
from tests.each import each
from tests.report.test_steps_first import ask, form


@each(
    ("given", "why"),
    [
        ((ask("a"), form("f")), ()),
        ((ask("a"), form("f", effort="high")), ("effort",)),
        ((ask("a"), form("f", effort="high", impact="low")), ()),
        ((ask("a"), ask("b", confidence="low")), ("unsure",)),
        ((ask("a"), form("f", confidence="low")), ("unsure",)),
        ((ask("a"), ask("b", slower=True, impact="low")), ()),
        (tuple(map(ask, "abc")), ()),
        (tuple(map(ask, "abcd")), ("later",)),
        ((*map(ask, "abc"), ask("d", impact="low")), ()),
        ((*map(ask, "abc"), form("f", impact="medium")), ("later",)),
        ((form("f", effort="high"), *map(ask, "abcd"), ask("e", confidence="low")),
         ("effort", "unsure", "later")),
    ],
)  # fmt: skip
def test_what_of_more_than_low_impact_is_not_listed_has_a_reason(
    given: tuple[Action | SmallerForm, ...], why: tuple[str, ...]
) -> None:
    asks = [step for step in given if isinstance(step, Action)]
    forms = [step for step in given if isinstance(step, SmallerForm)]
    assert unlisted(first(asks, forms), asks, forms) == why
