"""The verdict, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.findings.finding import Severity
from analyzer.report.claims.cost import possible_saving
from analyzer.report.claims.record import Claim
from analyzer.report.result import CLEAN, INCONCLUSIVE
from analyzer.report.view import conversion as view
from analyzer.report.view.actions import checked
from analyzer.report.view.memory import EXAMPLE

if TYPE_CHECKING:
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result

MOST_ACTIONS = 3
LARGE = 0.01
"""Share of the MACs from which a saving is worth the first sentence."""


def verdict(result: Result) -> Claim:
    """What a reader in a hurry may take away: the gravest of what is true."""
    totals = result.facts.totals
    macs, _ = possible_saving(result)
    share = macs / totals.macs if totals.macs else 0.0
    grave = [group for group in result.groups if group.severity is Severity.ERROR]
    # What only passes on why the analysis is not conclusive is counted as that, not as an error
    # once more. A rule that picks problems (missing data) has an error of its own.
    echoes = {r.id for r in result.rules if r.subject == "problem" and not r.selector}
    errors = sum(group.rule not in echoes for group in grave)
    inconclusive = sum(problem.inconclusive for problem in result.facts.problems)
    if errors:
        kind = "errors"
    elif result.outcome == INCONCLUSIVE:
        kind = "inconclusive"
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
        kind = CLEAN if result.rules else "unjudged"
    speed = _speed(result)
    return Claim(
        "verdict",
        {
            "kind": kind,
            "outcome": result.outcome,
            "errors": errors,
            "inconclusive": inconclusive,
            "findings": len(result.groups),
            "rules_with_findings": len({group.rule for group in result.groups}),
            "rules": len(result.rules),
            "macs_now": totals.macs,
            "macs_after": totals.macs - macs,
            "share": share,
            "complete": totals.complete,
            "unknown_nodes": totals.unknown_nodes,
            "slower": speed is not None and speed < 1,
            "device": EXAMPLE.name,
            "suppressed": result.suppressed,
            "accepted": result.accepted,
        },
        ("outcome", "findings", "problems", "totals", "suppressed", "accepted"),
    )


def actions(result: Result) -> Claim:
    """What to do first, by rule; never what our own model calls slower."""
    asking = recommended(result)
    places = result.places
    found_by = {finding.rule for finding in places}  # few, where findings may be thousands
    rules = {rule: [f for f in places if f.rule == rule] for rule in asking}
    return Claim(
        "actions",
        {
            "rules": asking,
            "places": tuple(len(found) for found in rules.values()),
            "macs": tuple(_macs(found) for found in rules.values()),
            "findings": len(result.groups),
            "slower": tuple(sorted(rule for rule in found_by if _is_slower(result, rule))),
            "applied": len(result.rules),
        },
        ("findings", "nodes"),
    )


def recommended(result: Result) -> tuple[str, ...]:
    """Ids of the rules to act on first: errors, then what saves most, then the gravest, then what
    has most places."""
    groups: dict[str, list[Finding]] = {}
    for finding in result.places:
        groups.setdefault(finding.rule, []).append(finding)
    ranks = {
        rule: (
            min(_rank(f.severity) for f in found) > 0,
            -_macs(found),
            min(_rank(f.severity) for f in found),
            -len(found),
            rule,
        )
        for rule, found in groups.items()
    }
    chosen = [rule for rule in ranks if not _is_slower(result, rule)]
    return tuple(sorted(chosen, key=ranks.__getitem__)[:MOST_ACTIONS])


def _rank(severity: Severity) -> int:
    return list(Severity).index(severity)


def _macs(found: list[Finding]) -> int:
    return sum({f.node: f.saving.macs for f in found if f.saving is not None}.values())


def _is_slower(result: Result, rule: str) -> bool:
    """Whether the example device takes longer once every conversion of a rule is made."""
    nodes = [f.node for f in result.places if f.rule == rule and f.saving is not None]
    speed = view.speedup(result.facts, nodes)
    return speed is not None and speed < 1


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
        },
        ("findings",),
    )


def findings(result: Result) -> Claim:
    return Claim(
        "findings",
        {
            "count": len(result.groups),
            "places": len(result.places),
            "rules": len(result.rules),
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
