"""What to do first: in which order actions and forms come, and which of them stand in one step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.view.height import height_of, height_of_step
from analyzer.report.view.needs import needed_first
from analyzer.report.view.options.form import SmallerForm
from analyzer.report.view.step import ActionStep
from analyzer.report.view.together import impact_together
from analyzer.report.view.tools import UNTRAINED
from analyzer.report.view.urgency import is_tidying, presses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options.before import Tool

MOST_FIRST = 3
"""Actions that are told apart from all others."""


def recommended(asks: Sequence[Action]) -> tuple[Action, ...]:
    """Of what rules ask for the first few that do not make the model slower, as far as is known."""
    return tuple(action for action in asks if promises(action))[:MOST_FIRST]


def promises(action: Action) -> bool:
    """Whether nothing says that the model gets slower, neither our own model nor what was tried."""
    return not action.slower and action.confidence != "low"


class Turn(NamedTuple):
    """When a step comes: the least first."""

    urgency: int
    impact: int
    """As a place in ``LEVELS``, as the next."""
    effort: int
    """Negative: of equals the least work comes first."""
    is_form: bool
    """What is about this model comes before what can be done to any, and may cost accuracy."""
    left: float
    """Share of the time."""
    place: int
    """Among actions or forms as they are given."""


def first(asks: Sequence[Action], options: Sequence[SmallerForm]) -> tuple[ActionStep, ...]:
    """What to do first: the beginning of the one order, at most ``MOST_FIRST`` steps, one that
    another of them needs before that. What needs something else says so itself."""
    found = {ask.rule: ask for ask in asks} | {form.id: form for form in options}
    return needed_first(ordered(asks, options)[:MOST_FIRST], found)


def ordered(asks: Sequence[Action], options: Sequence[SmallerForm]) -> tuple[ActionStep, ...]:
    """Steps in the one order, alternatives in one of them, as clean-ups are, or what the same
    command does.

    What is wrong comes before what could be smaller: ``Urgency``; then most impact, of equals the
    least work, then what is about this model before what can be done to any; at last what leaves
    least of the time. No form that takes training, that rests on what the file does not say, or
    that a device computes more slowly.
    """
    asked = {ask.rule: ask for ask in asks}
    found = asked | {form.id: form for form in options}
    turns = _turns(asks, options)
    together = _together(sorted(turns, key=turns.__getitem__), asked, tuple(_tidied(asks)))
    turns = _taken_together(turns, together, asked)
    rivals = {name: () if name in together else found[name].alternatives for name in turns}
    ranked = _best_first(_steps(sorted(turns, key=turns.__getitem__), rivals), found)
    steps = (together.get(step.ids[0], step) for step in ranked)
    return tuple(replace(step, operators=_gone(step, asked)) for step in steps)


def _turns(asks: Sequence[Action], options: Sequence[SmallerForm]) -> dict[str, Turn]:
    """Of what is worth a step of its own, by rule or form."""
    turns = {}
    for place, ask in enumerate(asks):
        if (promises(ask) or presses(ask)) and not is_tidying(ask):
            turns[ask.rule] = Turn(*height_of(ask), False, left(ask), place)
    for place, form in enumerate(options):
        if form.impact != "low" and is_light(form):
            turns[form.id] = Turn(*height_of(form), True, left(form), place)
    return turns


def _taken_together(
    turns: Mapping[str, Turn], together: Mapping[str, ActionStep], asked: Mapping[str, Action]
) -> dict[str, Turn]:  # fmt: skip
    """The same, where what one command does has the impact of all and the turn of its best part;
    without such a part it comes before its equals, as it is several things at once."""
    turns = dict(turns)
    for step in together.values():
        early = Turn(0, 0, 0, False, 1.0, -1)
        best = min((turns.pop(name) for name in step.ids if name in turns), default=early)
        turns[step.ids[0]] = Turn(*height_of_step(step, asked), *best[3:])
    return turns


def is_light(form: SmallerForm) -> bool:
    """Whether it takes no training, rests on what the file says, and is no slower."""
    light = form.effort != "high" and form.confidence != "low"
    return light and not takes_longer(form)


def takes_longer(step: Action | SmallerForm) -> bool:
    """Whether the device whose times stand beside it takes longer, as far as is known."""
    if isinstance(step, SmallerForm):
        return (step.seconds or 0.0) > (step.seconds_now or 0.0)
    return step.slower


def _gone(step: ActionStep, asked: Mapping[str, Action]) -> int:
    if not step.tool:
        return 0
    return len({node for name in step.ids if name in asked for node in asked[name].gone
                if asked[name].tool == step.tool})  # fmt: skip


def worth(
    step: ActionStep, found: Mapping[str, Action | SmallerForm]
) -> tuple[Action | SmallerForm, ...]:  # fmt: skip
    """What makes a step worth the first sentence of a report: what changes the model for the better
    by more than a little. Nothing of a step that presses, which is told in other words (but for
    what is to be done before it is shared and saves much, too), or that waits for trained
    weights."""
    of = tuple(found[name] for name in step.ids if name in found)
    rules = [each for each in of if not isinstance(each, SmallerForm)]
    told = [each for each in rules if presses(each) and not (each.shares and each.impact == "high")]
    if told or any(each.figures or each.needs == UNTRAINED for each in rules):
        return ()
    better = tuple(each for each in of if each.impact != "low")
    return better or (of if step.impact not in ("", "low") else ())


def _together(
    named: Sequence[str], asks: Mapping[str, Action], tidied: Sequence[ActionStep]
) -> dict[str, ActionStep]:  # fmt: skip
    """What one command does in one step, by the first of it: clean-ups with those that are worth
    more, and that nothing is to be chosen instead of."""
    found: dict[Tool, list[str]] = {}
    for name in named:
        ask = asks.get(name)
        if ask is not None and ask.tool and not presses(ask) and not ask.alternatives:
            found.setdefault(ask.tool, []).append(name)
    made = {}
    for tool, rules in found.items():
        more = [step for step in tidied if step.tool == tool]
        ids = (*rules, *(rule for step in more for rule in step.ids))
        needs = next((asks[rule].needs for rule in ids if asks[rule].needs), "")
        first, *others = ids
        if others:
            made[first] = _joint(ids, tool, needs, asks)
    made |= {step.ids[0]: step for step in tidied if step.tool not in found}
    return made


def _joint(
    ids: tuple[str, ...], tool: Tool, needs: str, asks: Mapping[str, Action]
) -> ActionStep:  # fmt: skip
    of = [asks[rule] for rule in ids]
    return ActionStep(ids, tool, needs, impact_together(of, tool))


def _tidied(asks: Sequence[Action]) -> Iterator[ActionStep]:
    """All clean-ups in one step, with what undoes most of them."""
    found = [ask for ask in asks if is_tidying(ask)]
    if found:
        tools = Counter(ask.tool for ask in found)
        tool = max(tools, key=lambda each: tools[each])
        rules = tuple(ask.rule for ask in found)
        needed = (ask.needs for ask in found if ask.tool == tool and ask.needs not in rules)
        yield ActionStep(rules, tool, next(filter(None, needed), ""), impact_together(found, tool))


def _steps(ranked: Sequence[str], rivals: Mapping[str, Sequence[str]]) -> tuple[ActionStep, ...]:
    """One after another, each with what can be done instead of it."""
    steps: list[list[str]] = []
    for name in ranked:
        beside = next((step for step in steps if set(step) & set(rivals[name])), None)
        if beside is not None:
            beside.append(name)
        else:
            steps.append([name])
    return tuple(ActionStep(tuple(step)) for step in steps)


def _best_first(
    steps: Iterable[ActionStep], found: Mapping[str, Action | SmallerForm]
) -> Iterator[ActionStep]:  # fmt: skip
    """Of forms that are alternatives, that of most impact, then of the least effort, then what
    leaves least of the time, then of the file: the order of all steps."""
    for step in steps:
        forms = {name: form for name in step.ids if isinstance(form := found[name], SmallerForm)}
        if len(forms) == len(step.ids):
            best = sorted(forms.values(), key=lambda each: (*height_of(each), left(each),
                                                            _file(each)))  # fmt: skip
            yield replace(step, ids=tuple(form.id for form in best))
        else:
            yield step


def _held(form: SmallerForm) -> float:
    """The share of the bytes that is left; 1 where nobody counted."""
    if form.weight_bytes is None or not form.bytes_now:
        return 1.0
    return form.weight_bytes / form.bytes_now


def _file(form: SmallerForm) -> float:
    """The share of the file that is left, or of the weights where nobody counted that."""
    if form.file_bytes is None or not form.file_now:
        return _held(form)
    return form.file_bytes / form.file_now


def left(step: Action | SmallerForm) -> float:
    """The share of the least time that is left; 1 where nobody can say."""
    if step.seconds is None or not step.seconds_now:
        return 1.0
    return step.seconds / step.seconds_now
