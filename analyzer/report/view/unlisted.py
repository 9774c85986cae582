"""Why something of more than low impact is not in the list of what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer.report.view.steps import is_light, promises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options.form import SmallerForm
    from analyzer.report.view.step import ActionStep

Why = Literal["effort", "unsure", "later"]
"""An option of high effort; nobody knows that it is not slower; the list is full."""
REASONS: tuple[Why, ...] = ("effort", "unsure", "later")


def unlisted(
    steps: Sequence[ActionStep], asks: Iterable[Action], options: Iterable[SmallerForm]
) -> tuple[Why, ...]:
    """What keeps actions and forms of more than low impact out of ``steps``, each reason once."""
    told = {name for step in steps for name in step.ids}
    found = set(_reasons(told, asks, options))
    return tuple(why for why in REASONS if why in found)


def _reasons(
    told: set[str], asks: Iterable[Action], options: Iterable[SmallerForm]
) -> Iterator[Why]:  # fmt: skip
    for ask in asks:
        if ask.rule not in told and ask.impact != "low":
            yield "later" if promises(ask) else "unsure"
    for form in options:
        if form.id not in told and form.impact != "low":
            yield "effort" if form.effort == "high" else "later" if is_light(form) else "unsure"
