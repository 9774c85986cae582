"""What a step needs to be done before, and which other step does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.view.height import height_of_step
from analyzer.report.view.options.before import Before
from analyzer.report.view.options.form import SmallerForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options.before import Tool
    from analyzer.report.view.step import ActionStep


def needed_by(step: Action | SmallerForm) -> tuple[Before, ...]:
    """What comes before an action or a form."""
    if isinstance(step, SmallerForm):
        return step.before
    return (Before("", (step.needs,)),) if step.needs else ()


def settles(of: Sequence[Action | SmallerForm], tool: Tool, need: Before) -> bool:
    """Whether a step of these actions or forms does what is needed. ``tool``: the command of those
    that one command does. One that leaves large results computed folds no weights for certain."""
    asks = [each for each in of if not isinstance(each, SmallerForm)]
    if any(ask.rule in need.rules for ask in asks):
        return True
    run = tool or (asks[0].tool if len(asks) == len(of) == 1 else "")
    if not run or run != need.tool:
        return False
    return min((ask.limit for ask in asks if ask.tool == run), default=0) == 0


def needed_first(
    steps: Sequence[ActionStep], found: Mapping[str, Action | SmallerForm]
) -> tuple[ActionStep, ...]:  # fmt: skip
    """The same steps, each after those that do what something in it needs."""
    told: list[ActionStep] = []

    def tell(step: ActionStep, asking: tuple[ActionStep, ...] = ()) -> None:
        for other in steps:
            if other not in (step, *asking) and _is_needed(other, step, found):
                tell(other, (step, *asking))
        if step not in told:
            told.append(step)

    for step in steps:
        tell(step)
    return tuple(told)


def _is_needed(
    step: ActionStep, by: ActionStep, found: Mapping[str, Action | SmallerForm]
) -> bool:  # fmt: skip
    """Whether a step does what something in another one needs."""
    of = [found[name] for name in step.ids if name in found]
    needs = [need for name in by.ids if name in found for need in needed_by(found[name])]
    return any(settles(of, step.tool, need) for need in needs)


def is_needed_first(
    steps: Sequence[ActionStep], asks: Iterable[Action], options: Iterable[SmallerForm]
) -> bool:
    """Whether a step stands before one that comes earlier by the order, as that needs it."""
    of = {ask.rule: ask for ask in asks} | {form.id: form for form in options}
    return any(height_of_step(other, of) > height_of_step(step, of)
               for place, step in enumerate(steps) for other in steps[:place])  # fmt: skip
