"""The verdict, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analyzer.conformance import ASSUMPTION
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.patterns.open_loops import open_loops
from analyzer.report.claims.cost import (
    converted_speedup,
    has_share,
    is_slower,
    possible_saving,
    roof,
    slower_elsewhere,
    wanted,
)
from analyzer.report.claims.kinds import quantised
from analyzer.report.claims.lead import chosen, leads_of, part_of, titles, untrained_saving
from analyzer.report.claims.record import Claim
from analyzer.report.claims.unadvised import is_saving
from analyzer.report.result import CLEAN, INCONCLUSIVE
from analyzer.report.view import actions as view_actions
from analyzer.report.view import conversion as view
from analyzer.report.view.actions import TRUST
from analyzer.report.view.asked import all_asked
from analyzer.report.view.audits import checked, tally
from analyzer.report.view.converted import is_lighter
from analyzer.report.view.devices import main_device, named
from analyzer.report.view.findings import is_told, messages
from analyzer.report.view.gains import gains
from analyzer.report.view.height import turns_of
from analyzer.report.view.matrix import unlisted
from analyzer.report.view.needs import is_needed_first
from analyzer.report.view.options import options_of
from analyzer.report.view.options.form import impact_of, is_brief, is_untrained
from analyzer.report.view.reach import time_on
from analyzer.report.view.steps import first, recommended, takes_longer
from analyzer.report.view.unseen import hidden_bytes, unseen
from analyzer.report.view.weights import odd
from analyzer.sanitise import label

if TYPE_CHECKING:
    from analyzer.report.result import Result
    from analyzer.report.view.action import Action
    from analyzer.report.view.options import SmallerForm
    from analyzer.report.view.options.form import Level

MOST_NAMED = 2
"""Inputs that decide how often a loop runs."""


def verdict(
    result: Result,
    options: tuple[SmallerForm, ...] = (),
    asks: tuple[Action, ...] | None = None,
) -> Claim:
    """What a reader in a hurry may take away: the gravest of what is true, then what to do first of
    what could be better.

    Parameters
    ----------
    options : smaller forms of the model.
    asks : what is asked for, where that is more than what rules ask for.
    """
    asks = _asked(result) if asks is None else asks
    totals = result.facts.totals
    macs, _ = possible_saving(result)
    total = 0 if totals.certainty is Certainty.UNKNOWN else totals.macs
    share = macs / total if total else 0.0
    grave = [group for group in result.groups if group.severity is Severity.ERROR]
    echoes = {rule.id for rule in result.rules if view_actions.is_echo(rule)}
    unjudged = [problem for problem in result.facts.problems if problem.inconclusive]
    inconclusive = len(unjudged)
    told = messages(f for f in result.places if f.severity is Severity.ERROR
                    and f.rule not in echoes)  # fmt: skip
    rules = tally(result)
    about_use = {rule.id for rule in result.rules if rule.stake == "use"}
    turn = {each.rule: place for place, each in enumerate(asks)}
    wrong, doubts = (
        sorted(found, key=lambda group: turn.get(label(group.rule), len(turn)))
        for found in (
            [group for group in grave if group.rule not in echoes],
            [group for group in result.groups
             if group.severity is Severity.WARNING and group.rule in about_use],
        )
    )  # fmt: skip
    harms = sum(group.category == TRUST for group in doubts)
    misfits = [b for b in result.facts.breaches if b.family == ASSUMPTION]
    falls = _fall(result, macs, total)
    converts = {label(f.rule) for f in result.places if f.saving is not None} if falls else set()
    leads = leads_of(asks, options)
    how, named = chosen(leads, converts)
    if wrong:
        kind = "errors"
    elif result.outcome == INCONCLUSIVE:
        kind = "inconclusive"
    elif misfits and not harms:
        kind = "misfit"
    elif doubts:
        kind = "doubts"
    elif totals.unknown_nodes:
        kind = "partial"
    elif not totals.complete:
        kind = "unbounded"
    elif result.findings:
        kind = "findings"
    elif result.suppressed or result.accepted:
        kind = "silenced"
    else:
        kind = CLEAN if result.judging else "unjudged"
    told_of = titles(named, figures=not doubts)
    besides = untrained_saving(asks, {each.id for each in told_of}) if falls else None
    part = part_of(leads)
    return Claim(
        "verdict",
        {
            "kind": kind,
            "outcome": result.outcome,
            "errors": len(wrong),
            "error_rules": len({group.rule for group in wrong}),
            "error": wrong[0].message if wrong else "",
            "inconclusive": inconclusive,
            "besides": sum(not is_told(problem, told) for problem in unjudged),
            "doubts": len(doubts),
            "harms": harms,
            "warnings": sum(group.severity is Severity.WARNING for group in result.groups),
            "doubt": doubts[0].message if doubts else "",
            "misfits": len(misfits),
            "state": max((b.options for b in misfits), key=len, default=""),
            "findings": len(result.groups),
            "rules": rules.rules,
            "looked": rules.looked,
            "macs_now": totals.macs,
            "decided": has_share(totals),
            "macs_after": totals.macs - macs if total else None,
            "share": share if total else None,
            "saves": is_saving(asks, options),
            "fall": falls,
            "without_training": besides.macs_share if besides is not None else None,
            "without_title": besides.does if besides is not None else "",
            "lead": tuple(each.id for each in told_of),
            "lead_how": how,
            "lead_steps": tuple(each.step for each in told_of),
            "lead_titles": tuple(each.title for each in told_of),
            "lead_brings": tuple(each.brings for each in told_of),
            "part_of": part.of,
            "part": part.share,
            "part_title": part.title,
            "complete": totals.complete,
            "unknown_nodes": totals.unknown_nodes,
            "untrained": is_untrained(result.facts),
            **slower_elsewhere(result),
            "suppressed": result.suppressed,
            "accepted": result.accepted,
        },
        ("outcome", "findings", "problems", "breaches", "totals", "suppressed", "accepted"),
    )


def _fall(result: Result, macs: int, total: int) -> Level | Literal[""]:
    """The impact of all that cheaper layers save, ``macs`` of ``total``: that of the list of what
    to do first; empty for low, and where all of them take longer."""
    brief = is_brief(result.facts, main_device(result.devices))
    impact = impact_of(macs, total, 0, 0, brief=brief)
    return "" if impact == "low" or is_slower(result) else impact


def _asked(result: Result) -> tuple[Action, ...]:
    """What rules ask for, in the order in which to act: that of what speaks against using it."""
    return view_actions.actions(result, main_device(result.devices))


def verdict_with_options(result: Result) -> Claim:
    """The verdict, with the smaller forms that the model admits."""
    asks = all_asked(result, main_device(result.devices))
    return verdict(result, options_of(result), asks)


def actions(result: Result) -> Claim:
    """What rules ask for first; never what our own model calls slower."""
    asked = _asked(result)
    chosen, rules = recommended(asked), tally(result)
    runs = result.facts.totals.certainty is not Certainty.UNKNOWN
    return Claim(
        "actions",
        {
            "rules": tuple(each.rule for each in chosen),
            "places": tuple(each.places for each in chosen),
            "macs": tuple(each.macs if runs else None for each in chosen),
            "findings": len(result.groups),
            "slower": tuple(sorted(each.rule for each in asked if each.slower)),
            "gains": len(gains(result.facts.targets)),
            "applied": rules.rules,
        },
        ("findings", "nodes"),
    )


def order(result: Result) -> Claim | None:
    """How what to do first is ordered, and whether there is time to save at all."""
    facts, device = result.facts, main_device(result.devices)
    found = options_of(result)
    asks = all_asked(result, device)
    steps = first(asks, found)
    if not steps:
        return None
    seconds = time_on(facts, device).seconds if device is not None else None
    return Claim(
        "order",
        {
            "turns": turns_of(steps, asks),
            "steps": len(steps),
            "brief": seconds is not None and is_brief(facts, device),
            "lighter": is_lighter(result, asks),
            "ahead": is_needed_first(steps, asks, found),
            "unlisted": unlisted(asks, found, steps),
            "slower": any(map(takes_longer, asks)) or any(map(takes_longer, found)),
            "unlocks": any(ask.unlocks for ask in asks),
            "by_itself": any(ask.traffic_loaded or ask.peak_loaded for ask in asks),
            "device": named(device) if device is not None else "",
            "seconds": seconds,
        },
        ("totals.macs_by_precision",),
    )


def options(result: Result) -> Claim | None:
    """Smaller forms that the model admits, and what is left of it in each."""
    facts = result.facts
    found = options_of(result)
    if not found:
        return None
    return Claim(
        "options",
        {
            "forms": tuple(form.id for form in found),
            "smaller": sum(form.smaller for form in found),
            "macs": tuple(form.macs for form in found),
            "weight_bytes": tuple(form.weight_bytes for form in found),
            "file_bytes": tuple(form.file_bytes for form in found),
            "constants": tuple(form.constants for form in found),
            "seconds": tuple(form.seconds for form in found),
            "macs_now": facts.totals.macs,
            "weight_bytes_now": facts.parameters.kept_bytes,
            "scales_now": facts.parameters.scale_bytes,
            "file_now": max(form.file_now or 0 for form in found),
            "seconds_now": found[0].seconds_now,
            "device": found[0].device if any(form.seconds for form in found) else "",
        },
        ("totals.macs", "parameters.bytes_by_dtype", "parameters.tensors", "nodes"),
    )


def passed(result: Result) -> Claim | None:
    """How many rules of each category found nothing; whether those of quantisation had something to
    find takes the graph, which ``check`` does not keep."""
    return _passed(result, integers=False)


def passed_of_quantised(result: Result) -> Claim | None:
    """The same, where the graph tells whether a runtime leaves quantised layers in floating
    point."""
    said = quantised(result)
    left = said is None or said.values["unaligned"] or said.values["left_on_x86"]
    return _passed(result, integers=not left)


def _passed(result: Result, *, integers: bool) -> Claim | None:
    found, rules = checked(result), tally(result)
    if not found:
        return None
    return Claim(
        "passed",
        {
            "categories": tuple(row.category for row in found),
            "rules": tuple(row.rules for row in found),
            "speak": tuple(row.speak for row in found),
            "stated": tuple(row.stated for row in found),
            "unjudged": tuple(row.blind for row in found),
            "idle": rules.idle,
            "blind": rules.blind,
            "unseen": unseen(result.facts) if rules.blind else (),
            "odd": len(odd(result.facts.evidence)),
            "integers": integers,
        },
        ("findings", "weights", "nodes"),
    )


def trust(result: Result) -> Claim | None:
    """Whether anything speaks against loading the file."""
    row = next((row for row in checked(result) if row.category == TRUST), None)
    if row is None:
        return None
    found = [group for group in result.groups if group.category == TRUST]
    loops = open_loops(result.facts)
    return Claim(
        "trust",
        {
            "rules": row.rules,
            "blind": row.blind,
            "unseen": unseen(result.facts) if row.blind else (),
            "hidden_bytes": hidden_bytes(result.facts),
            "findings": len(found),
            "first": found[0].message if found else "",
            "open_loops": len(loops),
            "loop": result.facts[loops[0].node].name or loops[0].node if loops else "",
            "inputs": loops[0].inputs[:MOST_NAMED] if loops else (),
        },
        ("findings", "problems", "nodes"),
    )


def findings(result: Result) -> Claim:
    rules = tally(result)
    return Claim(
        "findings",
        {
            "count": len(result.groups),
            "places": len(result.places),
            "rules": rules.rules,
            "looked": rules.looked,
        },
        ("findings",),
    )


def silenced(result: Result) -> Claim | None:
    """What the configuration and the baseline keep from the list."""
    if not result.suppressed and not result.accepted:
        return None
    return Claim(
        "silenced",
        {"suppressed": result.suppressed, "accepted": result.accepted},
        ("suppressed", "accepted"),
    )


def conversion(result: Result) -> Claim | None:
    """How few conversions bring most of what all of them would."""
    left = view.steps(result)
    if len(left) < 2:
        return None
    return Claim(
        "conversion",
        {
            "best": view.most_of_it(left),
            "candidates": len(left) - 1,
            "macs_now": left[0],
            "macs_after": left[-1],
        },
        ("separable", "nodes"),
    )


def conversion_memory(result: Result) -> Claim | None:
    """What the peak of activations is with the conversions that findings ask for."""
    found, flagged = result.facts.memory, frozenset(wanted(result))
    live = [n.saving.live_bytes for n in result.facts.nodes if n.id in flagged and n.saving]
    known = [size for size in live if size is not None]
    if not known or len(known) < len(flagged) or found.peak_bytes is None:
        return None
    return Claim(
        "conversion.memory",
        {"now": found.peak_bytes, "after": max(found.peak_bytes, *known)},
        ("memory.peak_bytes", "nodes"),
    )


def conversion_speed(result: Result) -> Claim | None:
    """What the roofline model says of the conversions that findings ask for."""
    speed = converted_speedup(result)
    if speed is None:
        return None
    return Claim(
        "conversion.speed",
        {
            "device": roof(result).name,
            "factor": speed,
            "left_out": len(result.conversion.flagged) - len(wanted(result)),
            **slower_elsewhere(result),
        },
        ("nodes",),
    )
