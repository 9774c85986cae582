"""What can be done: what rules ask for, and smaller forms that anybody may choose.

Each action has what it saves as far as that is a number, and how much work and risk it is. A
form is an option and no advice: it needs a decision, and mostly training or calibration. What to
do first of both is chosen in ``steps``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.conformance import ASSUMPTION
from analyzer.converters.loading import FOLDED, KEPT, OnLoad
from analyzer.devices import room
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.graph.values import OVERRIDABLE_SINCE
from analyzer.language import _, rule_name, spoken
from analyzer.report.view import split
from analyzer.report.view.action import Action
from analyzer.report.view.devices import on
from analyzer.report.view.edited import converting, mending, stating
from analyzer.report.view.findings import asked, first_sentence, heading_of
from analyzer.report.view.gains import impact_on, won_by
from analyzer.report.view.options.form import (
    LEVELS,
    NOTABLE,
    REPLACEABLE,
    WORTHWHILE,
    Level,
    Risk,
    Training,
    alternatives,
    file_bytes,
    impact_of,
    is_brief,
    level_of,
)
from analyzer.report.view.pace import Pace, paces, split_paces
from analyzer.report.view.reach import time_on
from analyzer.report.view.simplified import Added, added, command, lowered_peak
from analyzer.report.view.speed import raised_peak
from analyzer.report.view.target_names import plain_names
from analyzer.report.view.tools import (
    TOLERATED,
    UNTRAINED,
    folds,
    gone_by,
    leaving,
    needed_before,
    places_left,
    staying,
    tool_of,
)
from analyzer.report.view.urgency import rank
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Breach, Facts
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result
    from analyzer.ruleset.rule import Rule

EXPORTER = "pytorch"
"""The exporter whose ways the rules' remedies know, as producers call themselves."""
OLD = "GRF004"
"""The rule about models of opsets that runtimes promise nothing of."""
OLDEST = 7
"""The oldest that they promise to run, which its limit is, too."""
YOUNG = frozenset({"IOP004", "IOP005"})
"""Rules about an IR version that is older than what the file holds."""
UNCOUNTED = "GRF002"
"""The rule about what nobody knows the cost of."""
MOST_REMEDIES = 3
"""Of breaches that are told one after another."""
TRUST = "trust"
"""Category of the rules about what a file may do to whoever loads it."""


def actions(result: Result, device: Profile | None = None) -> tuple[Action, ...]:
    """What rules ask for, in the order in which to act: see ``rank``."""
    name = f"actions in {spoken()} on {device}"
    return result.kept(name, lambda: _actions(result, device))


def _actions(result: Result, device: Profile | None) -> tuple[Action, ...]:
    rules = {rule.id: rule for rule in result.rules}
    found: dict[str, list[Finding]] = {}
    for finding in result.places:
        found.setdefault(finding.rule, []).append(finding)
    timed = {rule: Pace() for rule in found} | paces(result, device) | split_paces(result, device)
    wanted = {
        rule: [finding for finding in items if finding.node not in timed[rule].left_out]
        for rule, items in found.items()
    }
    rivals = alternatives({rule: _changed(items) for rule, items in wanted.items()})
    made = [
        _action(items, rules.get(rule), result.facts, device, rivals[rule], timed[rule])
        for rule, items in wanted.items()
    ]
    return tuple(sorted(made, key=rank))


def is_echo(rule: Rule | None) -> bool:
    """Whether it only passes on why the analysis is not conclusive: what keeps a model from being
    judged is no error of the model. A rule that picks problems (missing data) has one of its own.
    """
    return rule is not None and rule.subject == "problem" and not rule.selector


def _changed(items: Iterable[Finding]) -> frozenset[str]:
    """Operators that have other arithmetic once a rule's findings are acted on."""
    return frozenset(f.node for f in items if f.saving is not None or f.saves == "macs")


def _action(
    items: list[Finding],
    rule: Rule | None,
    facts: Facts,
    device: Profile | None,
    rivals: tuple[str, ...],
    timed: Pace,
) -> Action:
    """Of those findings that are not left out as slower."""
    first_of = items[0]
    loaded = _loaded(items)
    tool = tool_of(items, rule, facts)
    others = staying(tool, items, rule, facts)
    others |= frozenset() if loaded.word == FOLDED else loaded.nodes  # nothing is saved by those
    left = [f for f in items if f.node not in others]
    saved = _saved(left) if left and facts.totals.certainty is not Certainty.UNKNOWN else {}
    savings = {f.node: f.saving for f in items if f.saving is not None}
    macs = min(saved.get("macs", 0), facts.totals.macs)
    now, then = times(facts, device, macs)
    severity = min((f.severity for f in items), key=list(Severity).index)
    error = severity is Severity.ERROR
    doubted = severity is Severity.WARNING and rule is not None and rule.stake == "use"
    settles = rule is not None and rule.subject == "breach" and rule.selector == (ASSUMPTION,)
    wrong = error and not is_echo(rule)
    harms = (error or doubted) and first_of.category == TRUST
    shares = not error and rule is not None and rule.stake == "sharing"
    minima = first_of.rule == UNCOUNTED and not facts.totals.complete
    grave = settles or harms or minima
    by_itself = _by_loading(left, loaded) if "traffic" in saved else 0
    gained = saved | {"traffic": saved["traffic"] - by_itself} if by_itself else saved
    impact: Level = (
        "high" if grave else _impact(severity, facts, gained, device, _idle(facts, left))
    )
    if timed.slower and not (error or settles or harms):
        impact = "low"
    folded = _folded_peak(facts, rule)
    if folded is not None and not (settles or harms):
        impact = min(impact, level_of(_lowered(facts, folded, items, loaded)), key=LEVELS.index)
    won = won_by(facts.targets, rule, {f.node for f in items})
    impact = min(impact, impact_on(won), key=LEVELS.index)
    if shares:  # whatever it saves
        impact = min(impact, "medium", key=LEVELS.index)
    tidies = impact == "low" and folded is None and not (error or doubted or settles)
    more = added(facts, tool, tidies=tidies)
    stays, may_stay = places_left(tool, items, rule, facts, more.limit)
    return Action(
        rule=label(first_of.rule),
        name=label(rule_name(first_of.name)),
        title=heading_of(items, facts, rule),
        does=asked(first_of),
        what=". ".join(filter(None, (_how(items, rule, facts, more), _by_itself(loaded, items)))),
        places=len(items),
        severity=severity.value,
        impact=impact,
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
        slower_alone=len(timed.left_out),
        slower_macs=sum(s.macs for n in timed.left_out if (s := facts[n].saving)),
        left_out=timed.left_out,
        slower_on=tuple(other.device for other in timed.elsewhere),
        slower_factors=tuple(other.factor for other in timed.elsewhere),
        roofline=timed.roofline,
        arithmetic=timed.arithmetic,
        training=_training(rule.training if rule else ""),
        tool=tool,
        alternatives=rivals,
        macs_share=macs / facts.totals.whole if macs and facts.totals.whole else None,
        peak=_peak(facts, rule, savings, items) if macs else None,
        peak_folded=folded,
        peak_loaded=folded is not None
        and _lowered(facts, folded, items, loaded) < _lowered(facts, folded, items, OnLoad()),
        pressing=settles or doubted or shares,
        needs=needed_before(tool, facts),
        figures=minima or (rule is not None and rule.subject == "assumption"),
        against=wrong or harms,
        harms=harms,
        shares=shares,
        settles=settles,
        stays=stays,
        may_stay=may_stay,
        written=more.written,
        limit=more.limit,
        unlimited=more.unlimited,
        states=more.states,
        peak_sorted=more.peak,
        peak_now=None if more.peak is None else more.peak_now,
        unlocks=tuple(
            name
            for fit, name in zip(facts.targets, plain_names(facts.targets), strict=True)
            if fit in won
        ),
        gone=gone_by(tool, items, rule, facts, more.limit),
        loaded=len(loaded.nodes),
        traffic_loaded=by_itself,
        traffic_now=_whole(facts, "traffic"),
        stored_now=_whole(facts, "stored"),
        file_now=file_bytes(facts),
    )


def _loaded(items: Iterable[Finding]) -> OnLoad:
    """At which places a runtime does it itself."""
    done = [f for f in items if f.loaded]
    return OnLoad(done[0].loaded, frozenset(f.node for f in done)) if done else OnLoad()


def _by_loading(items: Sequence[Finding], loaded: OnLoad) -> int:
    """Of what acting on findings of a rule saves, what a runtime saves itself, each place once."""
    values = {f.node: f.value or 0 for f in items if f.node in loaded.nodes}
    return int(sum(values.values()))


def _peak(
    facts: Facts, rule: Rule | None, savings: Collection[str], items: Iterable[Finding]
) -> int | None:
    """Of activations once layers are two or more each, where that is more."""
    splits = split.splits(facts, rule, (f.node for f in items))
    return split.raised_peak(facts, splits) if splits else raised_peak(facts, savings)


def _folded_peak(facts: Facts, rule: Rule | None) -> int | None:
    """Of activations once constants are folded, where a rule asks for that and it is less by a
    twentieth."""
    if not folds(rule):
        return None
    after, now = facts.memory.folded_bytes, as_run(facts)
    peak = None if after is None else lowered_peak(facts, after, now)
    return peak if peak is not None and now - peak >= NOTABLE * now else None


def as_run(facts: Facts) -> int:
    """Bytes of activations at the peak, with QuantizeLinear and DequantizeLinear in kernels."""
    memory = facts.memory
    return (memory.peak_bytes if memory.fused_bytes is None else memory.fused_bytes) or 0


def _lowered(facts: Facts, peak: int, items: Iterable[Finding], loaded: OnLoad) -> float:
    """The share of the peak of activations by which it is lower than a runtime makes it itself: no
    more than what the results take that this leaves. 0 for less than is worth a line."""
    now, left = as_run(facts), {f.node for f in items} - loaded.nodes
    results = sum(made.bytes or 0 for node in left if node in facts for made in facts[node].outputs)
    less = min(now - peak, results) if loaded.nodes else now - peak
    return less / now if less >= WORTHWHILE else 0.0


def _how(
    items: Sequence[Finding], rule: Rule | None, facts: Facts, more: Added | None = None
) -> str:  # fmt: skip
    """What to do in more words than the heading has: of breaches their own remedies, where those
    are few; else the command of a tool that undoes it, for whoever has the file alone, and
    what to do at the export with the exporter that the rules speak of."""
    first_of = items[0]
    of_breach = rule is not None and rule.subject in {"breach", "assumption"}
    remedies = dict.fromkeys(f.remedy for f in items)
    if of_breach and all(remedies) and len(remedies) <= MOST_REMEDIES:
        text = label("; ".join(_joined(remedies, facts)), widths.NOTE)
        typed = mending(facts, _tolerated(items, facts)) if first_of.rule == TOLERATED else ""
        if text.lower() == asked(first_of).lower() and not typed:
            return ""
        text = text[:1].upper() + text[1:]
        return _("{text}: `{command}`", text=text, command=typed) if typed else text
    told = first_sentence(first_of.fix) if first_of.action else ""
    if first_of.rule == REPLACEABLE and facts.model.ir_version < OVERRIDABLE_SINCE:
        told = _("Set `ir_version`, which is {version}, to {least}. {told}", told=told,
                 version=facts.model.ir_version, least=OVERRIDABLE_SINCE)  # fmt: skip
    old = first_of.rule == OLD and (facts.model.opset or 0) < OLDEST
    if old and (typed := converting(facts, OLDEST)):
        return _("{told}; or run `{command}`, and compare outputs", told=told, command=typed)
    if first_of.rule in YOUNG and (typed := stating(facts, ir=_named(items))):
        return _("Run `{command}`", command=typed)
    tool = tool_of(items, rule, facts)
    if not tool:
        return told
    more = more or Added()
    typed = command(tool, more.limit)
    rest = leaving(len(items), *places_left(tool, items, rule, facts, more.limit))
    needed = needed_before(tool, facts)
    if needed == REPLACEABLE and facts.model.ir_version < OVERRIDABLE_SINCE:
        text = _("Take the weights out of the graph's inputs first, as those that are "
                 "folded would be inputs without a value otherwise, then run `{command}`, and "
                 "compare outputs", command=typed)  # fmt: skip
    elif needed == REPLACEABLE:
        text = _("Take the weights out of the graph's inputs first, as none is folded "
                 "otherwise, then run `{command}`, and compare outputs",
                 command=typed)  # fmt: skip
    elif needed == UNTRAINED:
        text = _("Put the trained weights in first, as placeholders would be stored otherwise, "
                 "then run `{command}`, and compare outputs", command=typed)  # fmt: skip
    elif needed:
        text = _("List each output once, then run `{command}`, which may stop otherwise, "
                 "and compare outputs", command=typed)  # fmt: skip
    elif told and EXPORTER in facts.model.producer.lower():
        text = _("Run `{command}`; or at the export: {told}", command=typed, told=told)
    else:
        text = _("Run `{command}`, and compare outputs", command=typed)
    grown = more.told(file_bytes(facts))
    return ". ".join(filter(None, (text, rest, grown[:1].upper() + grown[1:])))


def _named(items: Iterable[Finding]) -> int:
    """The latest IR version that what findings ask for names."""
    return max(int(number) for item in items for number in re.findall("[0-9]+", item.action))


def _tolerated(items: Iterable[Finding], facts: Facts) -> list[Breach]:
    """The breaches that findings of the rule about such are of; none unless those are all."""
    found = [each for each in facts.breaches if not each.grave and each.family != ASSUMPTION]
    return found if {each.where for each in found} == {f.node for f in items} else []


def _joined(remedies: Iterable[str], facts: Facts) -> list[str]:
    """``remedies``, those that size several dimensions as one command."""
    told, options = list(remedies), dict.fromkeys(a.option for a in facts.assumptions)
    asked = [option for option in options if any(f" {option}`" in text for text in told)]
    if len(told) == len(asked) > 1:
        return [told[0].replace(f"{asked[0]}`", f"{' '.join(asked)}`")]
    return told


def _by_itself(loaded: OnLoad, items: Sequence[Finding]) -> str:
    """Why it gains nothing with ONNX Runtime, and at how many of the places; nothing where that
    stands beside what it saves."""
    if not loaded.nodes or (loaded.word == FOLDED and items[0].saves):
        return ""
    part = len({f.node for f in items} & loaded.nodes)
    if loaded.word == KEPT:
        return _("For {n} of {of} ONNX Runtime has no kernel: it writes the operator out again, "
                 "and gains nothing", n=part, of=len(items))  # fmt: skip
    if loaded.word == FOLDED:
        return _("ONNX Runtime folds {n} of {of} itself when it loads the model; other runtimes "
                 "may gain", n=part, of=len(items))  # fmt: skip
    return _("ONNX Runtime fuses {n} of {of} itself when it loads the model; other runtimes may "
             "gain", n=part, of=len(items))  # fmt: skip


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
    severity: Severity,
    facts: Facts,
    saved: Mapping[str, int],
    device: Profile | None,
    idle: int = 0,
) -> Level:
    """By the share that it saves of all there is; by its severity where that is no number.
    ``idle``: MACs that go with parameters."""
    if severity is Severity.ERROR:
        return "high"
    if not saved:
        return "medium" if severity is Severity.WARNING else "low"
    ((what, much),) = saved.items()
    macs, brief = facts.totals.macs, is_brief(facts, device)
    if what == "macs":
        return impact_of(min(much, macs), macs, 0, 0, brief=brief)
    if what == "params":
        whole = _whole(facts, what)
        held = facts.parameters.weight_bytes
        fewer = held * much // whole if whole else 0
        return impact_of(min(idle, macs), macs, fewer, held, brief=brief)
    return impact_of(0, 0, much, _whole(facts, what))


def _idle(facts: Facts, items: Iterable[Finding]) -> int:
    """MACs of layers that go with channels of theirs; of what reads or makes these, none."""
    layers = {} if facts.evidence is None else facts.evidence.layers
    total = 0.0
    for finding in items:
        use = layers[finding.node].filters if finding.node in layers else None
        if use is not None and finding.saves == "params":
            node, unread = facts[finding.node], finding.value == use.freed_unread
            share = use.unread_share if unread else use.dead_share
            total += (node.macs or 0) * node.counted * share
    return int(total)


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


def _training(word: str) -> Training:
    return "train" if word == "train" else "fine-tune" if word == "fine-tune" else "none"


def _risk(word: str) -> Risk:
    return "none" if word == "none" else _level(word)


def times(facts: Facts, device: Profile | None, macs: int) -> tuple[float | None, float | None]:
    """(least time now, least time with so many MACs less, where all are of one type)."""
    if device is None or room(facts, device).fits is False:
        return None, None
    now, totals = time_on(facts, device).seconds, facts.totals
    alike = len(totals.macs_by_arithmetic) == 1 and totals.macs_range == (totals.macs, totals.macs)
    if now is None or not macs or not alike:
        return now, None
    return now, now * (totals.macs - macs) / totals.macs
