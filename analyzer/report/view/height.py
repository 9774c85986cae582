"""How high what can be done stands in the one order: by urgency, impact and effort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from analyzer.report.view.options.form import LEVELS, Level, SmallerForm
from analyzer.report.view.urgency import Urgency, urgency

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.report.view.action import Action
    from analyzer.report.view.step import ActionStep


Turn = Literal["against", "unjudged", "use", "sharing", "minima", "better", "figures"]
TURNS: Mapping[Urgency, Turn] = {
    Urgency.HARMFUL_ERROR: "against",
    Urgency.AGAINST: "against",
    Urgency.HARMFUL: "against",
    Urgency.UNJUDGED: "unjudged",
    Urgency.SETTLING: "unjudged",
    Urgency.PRESSING: "use",
    Urgency.SHARING: "sharing",
    Urgency.COUNTING: "minima",
    Urgency.BETTER: "better",
    Urgency.FIGURES: "figures",
}
"""What a reader is told apart."""


class Height(NamedTuple):
    """The least stands highest."""

    urgency: int
    impact: int
    """As a place in ``LEVELS``."""
    effort: int
    """The same, negative: of equals the least work comes first."""


def height_of(step: Action | SmallerForm) -> Height:
    urgent = Urgency.BETTER if isinstance(step, SmallerForm) else urgency(step)
    return Height(urgent, LEVELS.index(step.impact), -LEVELS.index(step.effort))


def height_of_step(step: ActionStep, of: Mapping[str, Action | SmallerForm]) -> Height:
    """Of several of which one is to be chosen that of the best; of what one command does, the best
    impact, all of it together, and the work of running it: the least."""
    best = min(height_of(of[name]) for name in step.ids if name in of)
    if not step.impact:
        return best
    return Height(best.urgency, LEVELS.index(step.impact), -LEVELS.index(effort_of(step, of)))


def effort_of(step: ActionStep, of: Mapping[str, Action | SmallerForm]) -> Level:
    """The least of all that stands in it."""
    return max((of[name].effort for name in step.ids if name in of), key=LEVELS.index)


def impact_of_step(step: ActionStep, of: Mapping[str, Action | SmallerForm]) -> Level:
    """That of all of it, or of the best of what stands in it."""
    levels = (of[name].impact for name in step.ids if name in of)
    best: Level = min(levels, key=LEVELS.index, default="high")
    return step.impact or best


def turns_of(steps: Iterable[ActionStep], asks: Iterable[Action]) -> tuple[Turn, ...]:
    """What the order tells apart of these steps, one after another."""
    urgent = {ask.rule: urgency(ask) for ask in asks}
    found = {min(urgent.get(name, Urgency.BETTER) for name in step.ids) for step in steps}
    return tuple(dict.fromkeys(TURNS[each] for each in sorted(found)))
