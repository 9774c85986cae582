"""What can be done: what rules ask for, and smaller forms that anybody may choose.

Each action has what it saves as far as that is a number, and how much work and risk it is. A
form is an option and no advice: it needs a decision, and mostly training or calibration. What to
do first is chosen of both, in one place: ``first``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field, replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.conformance import ASSUMPTION
from analyzer.converters import Left, converter, left, met
from analyzer.devices import bound, room
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.language import _, rule_name, spoken
from analyzer.records import HIDDEN
from analyzer.report.view import conversion
from analyzer.report.view.devices import on
from analyzer.report.view.findings import asked, first_sentence, heading_of
from analyzer.report.view.loaded import KEPT, made_on_load
from analyzer.report.view.options.form import (
    COMMANDS,
    LEVELS,
    REPLACEABLE,
    WORTHWHILE,
    Level,
    Risk,
    SmallerForm,
    Tool,
    Training,
    alternatives,
    impact_of,
    is_brief,
)
from analyzer.report.view.pace import pace
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule

EXPORTER = "pytorch"
"""The exporter whose ways the rules' remedies know, as producers call themselves."""
NEEDED = {"inputs": REPLACEABLE, "outputs": "ONX014"}
"""By what helps a tool, the rule that asks for it."""
REPLACED_FROM = 4
"""IR version from which weights need not be inputs."""
MOST_REMEDIES = 3
"""Of breaches that are told one after another."""
TRUST = "trust"
"""Category of the rules about what a file may do to whoever loads it."""
MOST_FIRST = 3
"""Actions that are told apart from all others."""


@record
class Action:
    """What one rule asks for."""

    rule: str
    name: str
    """The rule's, as words."""
    title: str
    """What to do, in a few words that begin with a verb, and where or at how many places."""
    does: str
    """What to do, without the place."""
    what: str
    """How: the first sentence of the rule's remedy; empty where the title is that."""
    places: int
    severity: str
    """Of the gravest of its findings."""
    impact: Level
    effort: Level
    risk: Risk
    confidence: Level
    macs: int
    """Saved in all; 0 where nobody can count, as with sizes that cannot be."""
    params: int
    traffic: int
    """Bytes that one inference need not move afterwards; 0 where nobody counted."""
    stored: int
    """Bytes by which the file shrinks; 0 where nobody counted."""
    device: str
    seconds_now: float | None
    """The least time on ``device``; null where it does not compute in the type, or the model does
    not fit."""
    seconds: float | None
    """The same afterwards; null where the savings are not a number."""
    slower: bool
    """By our own model of a device it takes longer afterwards: it is not recommended."""
    slower_alone: int = 0
    """Of ``places``, those that take longer on it afterwards, each by itself."""
    slower_macs: int = 0
    """Of ``macs``, what those save."""
    slowed: tuple[str, ...] = field(default=(), metadata=HIDDEN)
    """Their ids."""
    slower_on: tuple[str, ...] = ()
    """Other devices of the report that take longer for all of it afterwards."""
    training: Training = "none"
    """What has to follow before the model is of use again."""
    tool: Tool = ""
    """What undoes it in one command; empty for nothing."""
    alternatives: tuple[str, ...] = ()
    """Other rules that ask for something else at the same operators: what they save does not add
    up, and mostly one of them is to be chosen."""
    macs_share: float | None = None
    """``macs`` in proportion to all of the model's."""
    peak: int | None = None
    """Bytes of activations at the peak afterwards, where these are known to be more."""
    needs: str = ""
    """The rule whose remedy has to be followed before, as ``tool`` spoils the model else."""
    figures: bool = False
    """It changes no model, but what the report counts with."""
    pressing: bool = False
    """Whether the model may be used as it is, or any figure of compute and memory holds, hangs on
    it."""
    harms: bool = False
    """Of what presses, that the model may do something to whoever loads it: this comes first."""
    settles: bool = False
    """Of what presses, that figures of compute and memory hang on it: this comes next."""
    stays: int = 0
    """Of ``places``, those that ``tool`` leaves as they are."""
    may_stay: int = 0
    """Of the others, those that it may leave."""
    written: int = 0
    """Bytes of weights that operators make and ``tool`` writes into the file."""


@record
class ActionStep:
    """One thing to do, or several of which one is to be chosen."""

    ids: tuple[str, ...]
    """Rules and forms, the one that comes first by the order of ``first``, of forms alone the one
    that leaves least; of several each changes what the others change, so that what they save does
    not add up."""
    tool: Tool = ""
    """Of clean-ups, which change next to nothing and stand in one step, and of what the same
    command does, what undoes most of it; empty for other steps."""
    needs: str = ""
    """Of clean-ups, the rule whose remedy has to be followed before the command is run."""


def actions(result: Result, device: Profile | None = None) -> tuple[Action, ...]:
    """What rules ask for, in the order in which to act: see ``_rank``."""
    name = f"actions in {spoken()} on {device}"
    return result.kept(name, lambda: _actions(result, device))


def _actions(result: Result, device: Profile | None) -> tuple[Action, ...]:
    rules = {rule.id: rule for rule in result.rules}
    found: dict[str, list[Finding]] = {}
    for finding in result.places:
        found.setdefault(finding.rule, []).append(finding)
    rivals = alternatives({rule: _changed(items) for rule, items in found.items()})
    made = [
        _action(items, rules.get(rule), result.facts, device, result.devices, rivals[rule])
        for rule, items in found.items()
    ]
    return tuple(sorted(made, key=_rank))


def _changed(items: Iterable[Finding]) -> frozenset[str]:
    """Operators that have other arithmetic once a rule's findings are acted on."""
    return frozenset(f.node for f in items if f.saving is not None or f.saves == "macs")


def recommended(asks: Sequence[Action]) -> tuple[Action, ...]:
    """Of what rules ask for the first few that do not make the model slower."""
    return tuple(action for action in asks if not action.slower)[:MOST_FIRST]


def first(asks: Sequence[Action], options: Sequence[SmallerForm]) -> tuple[ActionStep, ...]:
    """What to look at first: at most ``MOST_FIRST`` steps, alternatives in one of them.

    What is wrong comes before what could be smaller, in the order of the verdict: ``_urgency``;
    then most impact, of equals the least work, then what leaves least of the time; at last what is
    about this model before what can be done to any. No form that takes training, that rests on
    what the file does not say, or that a device computes more slowly. What has to be done before a
    step comes before it, unless it is of low impact: then the step says so. Clean-ups are one
    step, the last, or with what the same command does and is worth more; after them what makes no
    model smaller, but figures truer.
    """
    order = LEVELS.index
    ranked: list[tuple[tuple[int, int, int, float, bool, int], str]] = []
    rivals: dict[str, tuple[str, ...]] = {}
    for place, ask in enumerate(asks):
        if (ask.slower and not _presses(ask)) or is_tidying(ask) or ask.figures:
            continue
        key = (_urgency(ask), order(ask.impact), -order(ask.effort), _left(ask),
               False, place)  # fmt: skip
        ranked.append((key, ask.rule))
        rivals[ask.rule] = ask.alternatives
    for place, form in enumerate(options):
        slower = (form.seconds or 0.0) > (form.seconds_now or 0.0)
        light = form.effort != "high" and form.confidence != "low"
        if form.impact != "low" and light and not slower:
            key = (_LAST, order(form.impact), -order(form.effort), _left(form), True, place)
            ranked.append((key, form.id))
            rivals[form.id] = form.alternatives
    before = {ask.rule: ask.needs for ask in asks} | {form.id: form.needs for form in options}
    tidied = tuple(_tidied(asks))
    tidy = {rule for step in tidied for rule in step.ids}
    steps_of = {ask.rule: ask for ask in asks} | {form.id: form for form in options}
    named = _in_turn([name for _, name in sorted(ranked)], before,
                     {ask.rule for ask in asks} - tidy)  # fmt: skip
    together = _together(named, {ask.rule: ask for ask in asks}, tidied)
    joined = {rule for step in together.values() for rule in step.ids}
    named = [name for name in named if name in together or name not in joined]
    figures = (ActionStep((ask.rule,)) for ask in asks if ask.figures)
    steps = _best_first(_steps(named, rivals), steps_of)
    steps = tuple(together.get(step.ids[0], step) for step in steps)
    last = [step for step in tidied if joined.isdisjoint(step.ids)]
    told = _needed_first(_with_headline(steps, asks), before, tidy)
    return (*told, *last, *figures)[:MOST_FIRST]


def _needed_first(
    steps: Sequence[ActionStep], before: Mapping[str, str], tidy: Collection[str]
) -> tuple[ActionStep, ...]:  # fmt: skip
    """The same steps, each after one that something in it needs, unless that is but clean-ups."""
    found: list[ActionStep] = []
    for step in steps:
        needed = {before[name] for name in step.ids if before[name]}
        ahead = (other for other in steps if needed & {*other.ids} and not {*other.ids} <= {*tidy})
        found.extend(each for each in (*ahead, step) if each not in found)
    return tuple(found)


def _together(
    named: Sequence[str], asks: Mapping[str, Action], tidied: Sequence[ActionStep]
) -> dict[str, ActionStep]:  # fmt: skip
    """What one command does in one step, by the first of it: clean-ups with those that are worth
    more, and that nothing is to be chosen instead of."""
    found: dict[Tool, list[str]] = {}
    for name in named:
        ask = asks.get(name)
        if ask is not None and ask.tool and not _presses(ask) and not ask.alternatives:
            found.setdefault(ask.tool, []).append(name)
    made = {}
    for tool, rules in found.items():
        more = [step for step in tidied if step.tool == tool]
        ids = (*rules, *(rule for step in more for rule in step.ids))
        needs = next((asks[rule].needs for rule in ids if asks[rule].needs), "")
        if len(ids) > 1:
            made[rules[0]] = ActionStep(ids, tool, needs)
    return made


def _in_turn(names: Sequence[str], before: Mapping[str, str], asked: Collection[str]) -> list[str]:
    """Each name after what it needs, where that is asked for.

    >>> _in_turn(["a", "b", "c"], {"a": "", "b": "c"}, {"a", "b", "c"})
    ['a', 'c', 'b']
    """
    pairs = ((before.get(name, ""), name) for name in names)
    return list(dict.fromkeys(each for pair in pairs for each in pair
                              if each in asked or each == pair[1]))  # fmt: skip


def _with_headline(steps: tuple[ActionStep, ...], asks: Sequence[Action]) -> tuple[ActionStep, ...]:
    """What saves most compute is in the first sentence, so it is listed whatever comes before."""
    saving = max((each for each in asks if not each.slower), key=lambda a: a.macs, default=None)
    listed = {name for step in steps for name in step.ids}
    if saving is None or saving.impact == "low" or not saving.macs or saving.rule in listed:
        return steps
    return (*steps[: MOST_FIRST - 1], ActionStep((saving.rule,)))


def is_tidying(ask: Action) -> bool:
    """Whether it changes next to nothing, and a tool does it."""
    return bool(ask.tool) and ask.impact == "low" and not _presses(ask)


def _tidied(asks: Sequence[Action]) -> Iterator[ActionStep]:
    """All clean-ups in one step, with what undoes most of them."""
    found = [ask for ask in asks if is_tidying(ask)]
    if found:
        tools = Counter(ask.tool for ask in found)
        tool = max(tools, key=lambda each: tools[each])
        rules = tuple(ask.rule for ask in found)
        needed = (ask.needs for ask in found if ask.tool == tool and ask.needs not in rules)
        yield ActionStep(rules, tool, next(filter(None, needed), ""))


def _steps(ranked: Sequence[str], rivals: Mapping[str, Sequence[str]]) -> tuple[ActionStep, ...]:
    """The first few, each with what can be done instead of it."""
    steps: list[list[str]] = []
    for name in ranked:
        beside = next((step for step in steps if set(step) & set(rivals[name])), None)
        if beside is not None:
            beside.append(name)
        elif len(steps) < MOST_FIRST:
            steps.append([name])
    return tuple(ActionStep(tuple(step)) for step in steps)


def _best_first(
    steps: Iterable[ActionStep], found: Mapping[str, Action | SmallerForm]
) -> tuple[ActionStep, ...]:  # fmt: skip
    """Of forms that are alternatives, of most impact, then what leaves least of the time, then of
    the bytes of weights."""

    def key(name: str) -> tuple[int, float, float]:
        step = found[name]
        return LEVELS.index(step.impact), _left(step), _held(step)

    return tuple(
        replace(step, ids=tuple(sorted(step.ids, key=key)))
        if all(isinstance(found[name], SmallerForm) for name in step.ids)
        else step
        for step in steps
    )


def _held(step: Action | SmallerForm) -> float:
    """The share of the bytes that is left; 1 where nobody counted."""
    if not isinstance(step, SmallerForm) or step.weight_bytes is None or not step.bytes_now:
        return 1.0
    return step.weight_bytes / step.bytes_now


def _left(step: Action | SmallerForm) -> float:
    """The share of the least time that is left; 1 where nobody can say."""
    if step.seconds is None or not step.seconds_now:
        return 1.0
    return step.seconds / step.seconds_now


_LAST = 5
"""Urgency of what could be better."""


def _presses(action: Action) -> bool:
    return action.severity == "error" or action.pressing


def _urgency(action: Action) -> int:
    """Errors, then what else is pressing; then what could be better. Of errors and of others what
    harms comes first, of others what figures hang on next."""
    if action.severity == "error":
        return 0 if action.harms else 1
    if not action.pressing:
        return _LAST
    return 2 if action.harms else 3 if action.settles else 4


def _rank(action: Action) -> tuple[int, int, int, int, int, int, str]:
    """The urgent, then most impact, of equals the least effort, then what saves most; clean-ups
    last."""
    order = LEVELS.index
    late = is_tidying(action) + 2 * action.figures
    return (_urgency(action), order(action.impact), late, -order(action.effort),
            -action.macs, -action.places, action.rule)  # fmt: skip


def _action(
    items: list[Finding],
    rule: Rule | None,
    facts: Facts,
    device: Profile | None,
    devices: Sequence[Profile],
    rivals: tuple[str, ...],
) -> Action:
    first_of = items[0]
    word, done = made_on_load(facts, first_of.rule, (f.node for f in items))
    left = [f for f in items if f.node not in done]  # the runtime does the others
    saved = _saved(left) if left and facts.totals.certainty is not Certainty.UNKNOWN else {}
    savings = {f.node: f.saving for f in items if f.saving is not None}
    macs = min(saved.get("macs", 0), facts.totals.macs)
    now, then = _times(facts, device, macs)
    timed = pace(facts, [f.node for f in items if f.saving is not None], device, devices)
    severity = min((f.severity for f in items), key=list(Severity).index)
    pressing = severity is Severity.WARNING and rule is not None and rule.stake == "use"
    tool = _tool(items, rule, facts)
    stays, may_stay = _staying(tool, items, rule, facts)
    settles = rule is not None and rule.subject == "breach" and rule.selector == (ASSUMPTION,)
    return Action(
        rule=label(first_of.rule),
        name=label(rule_name(first_of.name)),
        title=heading_of(items, facts, rule),
        does=asked(first_of),
        what=". ".join(filter(None, (_how(items, rule, facts), _by_itself(word, done, items)))),
        places=len(items),
        severity=severity.value,
        impact="high" if settles else _impact(severity, facts, saved, device),
        effort=_level(rule.effort if rule else ""),
        risk=_risk(rule.risk if rule else ""),
        confidence=_level(rule.confidence if rule else ""),
        macs=macs,
        params=sum(saving.params for saving in savings.values()),
        traffic=saved.get("traffic", 0),
        stored=saved.get("stored", 0),
        device=on(facts, device),
        seconds_now=now,
        seconds=then,
        slower=timed.slower,
        slower_alone=len(timed.alone),
        slower_macs=min(macs, sum(savings[node].macs for node in {*timed.alone})),
        slowed=timed.alone,
        slower_on=tuple(other.device for other in timed.elsewhere),
        training=_training(rule.training if rule else ""),
        tool=tool,
        alternatives=rivals,
        macs_share=macs / facts.totals.whole if macs and facts.totals.whole else None,
        peak=conversion.raised_peak(facts, savings) if macs else None,
        pressing=settles or pressing,
        needs=_needed(tool, facts),
        figures=rule is not None and rule.subject == "assumption",
        harms=(pressing or severity is Severity.ERROR) and first_of.category == TRUST,
        settles=settles,
        stays=stays,
        may_stay=may_stay,
        written=_written(facts, tool),
    )


def _written(facts: Facts, tool: Tool) -> int:
    """Bytes of weights that operators make and onnxslim stores in their place; 0 where few."""
    if tool != "onnxslim":
        return 0
    made = facts.parameters.weight_bytes - facts.parameters.stored_bytes
    return made if made >= WORTHWHILE else 0


def _how(items: Sequence[Finding], rule: Rule | None, facts: Facts) -> str:
    """What to do in more words than the heading has: of breaches their own remedies, where those
    are few; else the command of a tool that undoes it, for whoever has the file alone, and
    what to do at the export with the exporter that the rules speak of."""
    first_of = items[0]
    of_breach = rule is not None and rule.subject in {"breach", "assumption"}
    remedies = dict.fromkeys(f.remedy for f in items)
    if of_breach and all(remedies) and len(remedies) <= MOST_REMEDIES:
        text = label("; ".join(_joined(remedies, facts)), widths.NOTE)
        return "" if text.lower() == asked(first_of).lower() else text[:1].upper() + text[1:]
    told = first_sentence(first_of.fix) if first_of.action else ""
    if first_of.rule == REPLACEABLE and facts.model.ir_version < REPLACED_FROM:
        told = _("Set `ir_version`, which is {version}, to {least}. {told}", told=told,
                 version=facts.model.ir_version, least=REPLACED_FROM)  # fmt: skip
    tool = _tool(items, rule, facts)
    if not tool:
        return told
    command, rest = COMMANDS[tool], leaving(len(items), *_staying(tool, items, rule, facts))
    needed = _needed(tool, facts)
    if needed == REPLACEABLE:
        text = _("Take the weights out of the graph's inputs first ({rule}), then run `{command}`, "
                 "and compare outputs", rule=needed, command=command)  # fmt: skip
    elif needed:
        text = _("List each output once ({rule}), then run `{command}`, which may stop otherwise, "
                 "and compare outputs", rule=needed, command=command)  # fmt: skip
    elif told and EXPORTER in facts.model.producer.lower():
        text = _("Run `{command}`; or at the export: {told}", command=command, told=told)
    else:
        text = _("Run `{command}`, and compare outputs", command=command)
    more = grows(_written(facts, tool))
    return ". ".join(filter(None, (text, rest, more[:1].upper() + more[1:])))


def grows(written: int) -> str:
    """By what a file grows where a tool stores weights that operators make; empty for 0."""
    size = units.size(written)
    return _("it stores {size} of weights that operators make", size=size) if written else ""


def _joined(remedies: Iterable[str], facts: Facts) -> list[str]:
    """``remedies``, those that size several dimensions as one command."""
    told, options = list(remedies), dict.fromkeys(a.option for a in facts.assumptions)
    asked = [option for option in options if any(f" {option}`" in text for text in told)]
    if len(told) == len(asked) > 1:
        return [told[0].replace(f"{asked[0]}`", f"{' '.join(asked)}`")]
    return told


def leaving(places: int, stays: int, may_stay: int) -> str:
    """How many places a tool leaves as they are; empty for none."""
    if stays and may_stay:
        return _("It leaves {n} of {of}, and perhaps {more} more", n=stays, of=places,
                 more=may_stay)  # fmt: skip
    if stays:
        return _("It leaves {n} of {of}", n=stays, of=places)
    if may_stay:
        return _("It may leave {n} of {of}", n=may_stay, of=places)
    return ""


def _by_itself(word: str, done: Collection[str], items: Sequence[Finding]) -> str:
    """Why it gains nothing with ONNX Runtime, and at how many of the places."""
    if not done:
        return ""
    part = len({f.node for f in items} & set(done))
    if word == KEPT:
        return _("For {n} of {of} ONNX Runtime has no kernel: it writes the operator out again, "
                 "and gains nothing", n=part, of=len(items))  # fmt: skip
    return _("ONNX Runtime fuses {n} of {of} itself when it loads the model; other runtimes may "
             "gain", n=part, of=len(items))  # fmt: skip


def _needed(tool: Tool, facts: Facts) -> str:
    """The rule whose remedy has to be followed before: a tool leaves inputs without the weights
    that stood for them, does nothing, or stops."""
    limits = met(facts, converter(tool)) if tool else ()
    return next((NEEDED[each.limit.remedy] for each in limits if each.limit.remedy in NEEDED), "")


def _staying(
    tool: Tool, items: Sequence[Finding], rule: Rule | None, facts: Facts
) -> tuple[int, int]:  # fmt: skip
    """Places that a tool leaves, and those that it may leave."""
    if tool != "onnxslim":
        return 0, 0
    found = _left_by(items, rule, facts)
    return (
        sum(f.node in found.certain for f in items),
        sum(f.node in found.perhaps for f in items),
    )


def _saved(items: list[Finding]) -> dict[str, int]:
    """What acting on findings of one rule saves, each place once, by what it is."""
    savings = {f.node: f.saving for f in items if f.saving is not None}
    if savings:
        return {"macs": sum(saving.macs for saving in savings.values())}
    if not items[0].saves:
        return {}
    by_place = {f.node: f.value or 0 for f in items}
    return {items[0].saves: int(sum(by_place.values()))}


def _impact(
    severity: Severity, facts: Facts, saved: Mapping[str, int], device: Profile | None
) -> Level:
    """By the share that it saves of all there is; by its severity where that is no number."""
    if severity is Severity.ERROR:
        return "high"
    if not saved:
        return "medium" if severity is Severity.WARNING else "low"
    ((what, much),) = saved.items()
    if what == "macs":
        macs = facts.totals.macs
        return impact_of(min(much, macs), macs, 0, 0, brief=is_brief(facts, device))
    return impact_of(0, 0, much, _whole(facts, what))


def _whole(facts: Facts, what: str) -> int:
    """What a saving is a share of."""
    if what == "stored":
        return max(facts.model.bytes, facts.parameters.weight_bytes)
    if what == "params":
        return facts.parameters.weights
    moved = ((n.read_bytes or 0) + (n.write_bytes or 0) for n in facts.nodes if not n.composite)
    return sum(moved)


def _level(word: str) -> Level:
    return "high" if word == "high" else "low" if word == "low" else "medium"


def _tool(items: Iterable[Finding], rule: Rule | None, facts: Facts) -> Tool:
    """What undoes it, and leaves a model that loads: onnxslim drops the types of what is no
    tensor among inputs and outputs (0.1.98), and ONNX Runtime then refuses the file; it drops
    inputs that nothing reads, and ONNX Runtime refuses who gives them. None where
    a tool reaches no place; ONNX Runtime (1.32) makes a file in float16 one in float32."""
    word = "" if rule is None else rule.tool
    if word == "onnxslim":
        plain = all(each.is_plain for _, each in facts.interface.declared)
        limits = met(facts, converter("onnxslim"))
        plain = plain and all(each.limit.remedy == "outputs" for each in limits)
        stays = _left_by(items, rule, facts).certain if plain else frozenset[str]()
        return "onnxslim" if plain and any(f.node not in stays for f in items) else ""
    return "onnxruntime" if word == "onnxruntime" and not _is_half(facts) else ""


def _left_by(items: Iterable[Finding], rule: Rule | None, facts: Facts) -> Left:
    """Places that onnxslim leaves."""
    places = {f.node for f in items}
    return left(facts, converter("onnxslim"), "" if rule is None else rule.id, places)


def _is_half(facts: Facts) -> bool:
    return "float16" in facts.parameters.bytes_by_dtype


def _training(word: str) -> Training:
    return "train" if word == "train" else "fine-tune" if word == "fine-tune" else "none"


def _risk(word: str) -> Risk:
    return "none" if word == "none" else _level(word)


def _times(facts: Facts, device: Profile | None, macs: int) -> tuple[float | None, float | None]:
    """(least time now, least time with so many MACs less, where all are of one type)."""
    if device is None or room(facts, device).fits is False:
        return None, None
    now, totals = bound(facts, device).seconds, facts.totals
    alike = len(totals.macs_by_arithmetic) == 1 and totals.macs_range == (totals.macs, totals.macs)
    if now is None or not macs or not alike:
        return now, None
    return now, now * (totals.macs - macs) / totals.macs
