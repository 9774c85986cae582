"""What to do first: in which order actions and forms come, and which of them stand in one step."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.view.needs import impact_of_step, needed_first
from analyzer.report.view.options.form import LEVELS, MOMENT, Level, SmallerForm
from analyzer.report.view.step import ActionStep
from analyzer.report.view.together import impact_together
from analyzer.report.view.tools import UNTRAINED
from analyzer.report.view.urgency import Urgency, is_tidying, presses, urgency

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
    """What to look at first: at most ``MOST_FIRST`` steps, alternatives in one of them.

    What is wrong comes before what could be smaller, in the order of the verdict: ``Urgency``;
    then most impact, of equals the least work, then what is about this model before what can be
    done to any; at last what leaves least of the time. No form that takes training, that rests on
    what the file does not say, or that a device computes more slowly. Clean-ups are one step, the
    last, or with what the same command does and is worth more; after them what makes no model
    smaller, but figures truer, unless much of the cost hangs on it: ``_stated_first``.
    """
    asked = {ask.rule: ask for ask in asks}
    found = asked | {form.id: form for form in options}
    turns, tidied = _turns(asks, options), tuple(_tidied(asks))
    together = _together(sorted(turns, key=turns.__getitem__), asked, tidied)
    turns = _taken_together(turns, together, asked)
    rivals = {name: () if name in together else found[name].alternatives for name in turns}
    ordered = _best_first(_steps(sorted(turns, key=turns.__getitem__), rivals), found)
    ranked = [together.get(step.ids[0], step) for step in ordered]
    joined = {rule for step in together.values() for rule in step.ids}
    last = [step for step in tidied if joined.isdisjoint(step.ids)]
    figures = [ActionStep((ask.rule,)) for ask in asks if ask.figures and not is_first(ask)]
    ranked, last = ([replace(step, operators=_gone(step, asked)) for step in steps]
                    for steps in (ranked, last))  # fmt: skip
    return _stated_first(_chosen(ranked, last, figures, found), asked)


def _turns(asks: Sequence[Action], options: Sequence[SmallerForm]) -> dict[str, Turn]:
    """Of what is worth a step of its own, by rule or form."""
    order = LEVELS.index
    turns = {}
    for place, ask in enumerate(asks):
        if (promises(ask) or presses(ask)) and not (is_tidying(ask) or ask.figures):
            turns[ask.rule] = Turn(urgency(ask), order(ask.impact), -order(ask.effort), False,
                                   left(ask), place)  # fmt: skip
    for place, form in enumerate(options):
        if form.impact != "low" and is_light(form):
            turns[form.id] = Turn(Urgency.BETTER, order(form.impact), -order(form.effort),
                                  True, left(form), place)  # fmt: skip
    return turns


def _taken_together(
    turns: Mapping[str, Turn], together: Mapping[str, ActionStep], asked: Mapping[str, Action]
) -> dict[str, Turn]:  # fmt: skip
    """The same, where what one command does has the turn of its best part and the impact of all;
    without such a part, that of the least effort, behind all others of its impact."""
    order, turns = LEVELS.index, dict(turns)
    for step in together.values():
        height = order(step.impact or "low")
        late = Turn(Urgency.BETTER, height, -order(_effort(step, asked)), True, 1.0, len(asked))
        best = min((turns.pop(name) for name in step.ids if name in turns), default=late)
        turns[step.ids[0]] = best._replace(impact=height)
    return turns


def _chosen(
    ranked: Sequence[ActionStep],
    last: Sequence[ActionStep],
    figures: Sequence[ActionStep],
    found: Mapping[str, Action | SmallerForm],
) -> tuple[ActionStep, ...]:
    """The first few, each after what has to be done before it. A clean-up that others need comes
    before them unless what is worth more loses its place by that: then the step says what to do."""
    ahead = _few(needed_first((*ranked, *last, *figures), found), found)
    behind = _few((*needed_first(ranked, found), *last, *figures), found)
    lost = any(step not in ahead and not _is_slight(step, found) for step in behind)
    return behind if lost else ahead


def _few(
    told: tuple[ActionStep, ...], found: Mapping[str, Action | SmallerForm]
) -> tuple[ActionStep, ...]:  # fmt: skip
    """The first of them; the last yields to what is best, if that is of high impact and later: the
    verdict names it."""
    best = next((step for step in told if worth(step, found)), ActionStep(()))
    if best in told[MOST_FIRST:] and impact_of_step(best, found) == "high":
        return (*told[: MOST_FIRST - 1], best)
    return told[:MOST_FIRST]


def _is_slight(step: ActionStep, found: Mapping[str, Action | SmallerForm]) -> bool:
    """Whether it is of low impact and does not press."""
    of = [found[name] for name in step.ids if name in found]
    return impact_of_step(step, found) == "low" and not any(
        presses(each) for each in of if not isinstance(each, SmallerForm)
    )


def _stated_first(
    steps: tuple[ActionStep, ...], asked: Mapping[str, Action]
) -> tuple[ActionStep, ...]:  # fmt: skip
    """The same, and before what could be better to state what costs hang on: a line in which
    nothing is to be decided, and which takes no other's place."""
    stated = tuple(ActionStep((ask.rule,)) for ask in asked.values() if is_first(ask))
    pressing = sum(
        any(name in asked and presses(asked[name]) for name in step.ids) for step in steps
    )
    return (*steps[:pressing], *stated, *steps[pressing:])


def is_first(action: Action) -> bool:
    """Whether it makes figures truer that are minima, or of a guess, for much of the cost."""
    return action.figures and action.impact == "high"


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
    by more than a little. Nothing of a step that presses, which is told in other words, or that
    waits for trained weights."""
    of = tuple(found[name] for name in step.ids if name in found)
    rules = [each for each in of if not isinstance(each, SmallerForm)]
    if any(presses(each) or each.figures or each.needs == UNTRAINED for each in rules):
        return ()
    better = tuple(each for each in of if each.impact != "low")
    return better or (of if step.impact not in ("", "low") else ())


def _outdoes(one: SmallerForm, other: SmallerForm) -> bool:
    """Whether a form takes less effort than another, is of no less impact, and leaves no larger a
    file and no more time, where a run takes more than a moment."""
    order = LEVELS.index
    easier = order(one.effort) > order(other.effort) and order(one.impact) <= order(other.impact)
    brief = (other.seconds_now or 0.0) < MOMENT
    return easier and _file(one) <= _file(other) and (brief or left(one) <= left(other))


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
    alone = (step for step in tidied if step.impact != "low" and step.tool not in found)
    made |= {step.ids[0]: step for step in alone}
    return made


def _joint(
    ids: tuple[str, ...], tool: Tool, needs: str, asks: Mapping[str, Action]
) -> ActionStep:  # fmt: skip
    of = [asks[rule] for rule in ids]
    return ActionStep(ids, tool, needs, impact_together(of, tool))


def _effort(step: ActionStep, asks: Mapping[str, Action]) -> Level:
    """The least work of all, as steps are ranked by."""
    return max((asks[rule].effort for rule in step.ids), key=LEVELS.index)


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
    """Of forms that are alternatives, those that no easier one outdoes: of most impact, then of the
    least effort, then what leaves least of the time, then of the file: the order of all steps."""

    def key(form: SmallerForm) -> tuple[int, int, float, float]:
        return (LEVELS.index(form.impact), -LEVELS.index(form.effort), left(form),
                _file(form))  # fmt: skip

    for step in steps:
        forms = {name: form for name in step.ids if isinstance(form := found[name], SmallerForm)}
        if len(forms) == len(step.ids):
            best = (name for name, form in forms.items()
                    if not any(_outdoes(other, form) for other in forms.values()))  # fmt: skip
            yield replace(step, ids=tuple(sorted(best, key=lambda name: key(forms[name]))))
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
