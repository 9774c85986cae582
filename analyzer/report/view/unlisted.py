"""Why something of more than low impact is not in the list of what to do first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer.report.view.steps import is_light, promises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options.form import SmallerForm
    from analyzer.report.view.step import ActionStep

Why = Literal["effort", "unsure", "outdone", "later"]
"""An option of high effort; nobody knows that it is not slower; one in the list of less effort
outdoes it; the list is full."""
REASONS: tuple[Why, ...] = ("effort", "unsure", "outdone", "later")


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
            outdone = not told.isdisjoint(form.alternatives)
            yield (
                "effort" if form.effort == "high" else "unsure" if not is_light(form)
                else "outdone" if outdone else "later"
            )  # fmt: skip
