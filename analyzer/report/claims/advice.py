"""The verdict, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.conformance import ASSUMPTION
from analyzer.findings.finding import Severity
from analyzer.report.claims.cost import other_saving, possible_saving
from analyzer.report.claims.record import Claim
from analyzer.report.result import CLEAN, INCONCLUSIVE
from analyzer.report.view import actions as view_actions
from analyzer.report.view import conversion as view
from analyzer.report.view import whatif
from analyzer.report.view.audits import checked
from analyzer.report.view.devices import main_device
from analyzer.report.view.findings import is_told, messages
from analyzer.report.view.memory import EXAMPLE
from analyzer.report.view.options import options as forms

if TYPE_CHECKING:
    from analyzer.report.result import Result

LARGE = 0.01
"""Share of the MACs from which a saving is worth the first sentence."""


def verdict(result: Result, options: tuple[str, ...] = ()) -> Claim:
    """What a reader in a hurry may take away: the gravest of what is true; ``options`` are smaller
    forms that bring much."""
    totals = result.facts.totals
    macs, _ = possible_saving(result)
    share = macs / totals.macs if totals.macs else 0.0
    grave = [group for group in result.groups if group.severity is Severity.ERROR]
    # What only passes on why the analysis is not conclusive is counted as that, not as an error
    # once more. A rule that picks problems (missing data) has an error of its own.
    echoes = {r.id for r in result.rules if r.subject == "problem" and not r.selector}
    errors = sum(group.rule not in echoes for group in grave)
    unjudged = [problem for problem in result.facts.problems if problem.inconclusive]
    inconclusive = len(unjudged)
    told = messages(f for f in result.places if f.severity is Severity.ERROR
                    and f.rule not in echoes)  # fmt: skip
    misfits = [b for b in result.facts.breaches if b.family == ASSUMPTION]
    if errors:
        kind = "errors"
    elif result.outcome == INCONCLUSIVE:
        kind = "inconclusive"
    elif misfits:
        kind = "misfit"
    elif share >= LARGE:
        kind = "saving"
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
    speed = _speed(result)
    return Claim(
        "verdict",
        {
            "kind": kind,
            "outcome": result.outcome,
            "errors": errors,
            "inconclusive": inconclusive,
            "besides": sum(not is_told(problem, told) for problem in unjudged),
            "misfits": len(misfits),
            "state": max((b.options for b in misfits), key=len, default=""),
            "findings": len(result.groups),
            "rules_with_findings": len({group.rule for group in result.groups}),
            "rules": len(result.judging),
            "macs_now": totals.macs,
            "macs_after": totals.macs - macs,
            "share": share,
            "others_share": other_saving(result) / totals.macs if totals.macs else 0.0,
            "options": options,
            "complete": totals.complete,
            "unknown_nodes": totals.unknown_nodes,
            "slower": speed is not None and speed < 1,
            "device": EXAMPLE.name,
            "suppressed": result.suppressed,
            "accepted": result.accepted,
        },
        ("outcome", "findings", "problems", "breaches", "totals", "suppressed", "accepted"),
    )


def verdict_with_options(result: Result) -> Claim:
    """The verdict, and the smaller forms among what to do first that bring much."""
    facts, device = result.facts, main_device(result.devices)
    found = forms(facts, facts.once(whatif.view), device)
    chosen = view_actions.first(view_actions.actions(result, device), found)
    high = {form.id for form in found if form.impact == "high"}
    return verdict(result, tuple(name for step in chosen for name in step.ids if name in high))


def actions(result: Result) -> Claim:
    """What rules ask for first; never what our own model calls slower."""
    asked = view_actions.actions(result, main_device(result.devices))
    chosen = view_actions.recommended(asked)
    return Claim(
        "actions",
        {
            "rules": tuple(each.rule for each in chosen),
            "places": tuple(each.places for each in chosen),
            "macs": tuple(each.macs for each in chosen),
            "findings": len(result.groups),
            "slower": tuple(sorted(each.rule for each in asked if each.slower)),
            "applied": len(result.judging),
        },
        ("findings", "nodes"),
    )


def options(result: Result) -> Claim | None:
    """Smaller forms that the model admits, and what is left of it in each."""
    facts = result.facts
    found = forms(facts, facts.once(whatif.view), main_device(result.devices))
    if not found:
        return None
    return Claim(
        "options",
        {
            "forms": tuple(form.id for form in found),
            "macs": tuple(form.macs for form in found),
            "weight_bytes": tuple(form.weight_bytes for form in found),
            "seconds": tuple(form.seconds for form in found),
            "macs_now": facts.totals.macs,
            "weight_bytes_now": facts.parameters.weight_bytes,
            "seconds_now": found[0].seconds_now,
            "device": found[0].device if any(form.seconds for form in found) else "",
        },
        ("totals.macs", "parameters.bytes_by_dtype", "nodes"),
    )


def _speed(result: Result) -> float | None:
    return view.speedup(result.facts, result.conversion.flagged)


def passed(result: Result) -> Claim | None:
    """How many rules of each category found nothing."""
    found = checked(result)
    if not found:
        return None
    return Claim(
        "passed",
        {
            "categories": tuple(row.category for row in found),
            "rules": tuple(row.rules for row in found),
            "speak": tuple(row.speak for row in found),
            "idle": sum(row.idle for row in found),
            "blind": sum(row.blind for row in found),
        },
        ("findings",),
    )


def findings(result: Result) -> Claim:
    return Claim(
        "findings",
        {
            "count": len(result.groups),
            "places": len(result.places),
            "rules": len(result.judging),
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


def conversion_speed(result: Result) -> Claim | None:
    """What the roofline model says of the conversions that findings ask for."""
    speed = _speed(result)
    if speed is None:
        return None
    return Claim("conversion.speed", {"device": EXAMPLE.name, "factor": speed}, ("nodes",))
