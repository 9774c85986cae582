"""Findings that came, went and stayed, by rule."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from analyzer.findings.group import ungroup
from analyzer.report.view.findings import ORDER, headline
from analyzer.report.view.layers import show_names
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.findings.finding import Finding
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Result

Turn = Literal["new", "gone", "kept"]
PLACES = 200
"""Places kept of one row."""
LONGEST = 400
"""Characters of a message."""


@record
class TurnedFinding:
    """Findings of one rule that say the same, and of which the same became."""

    turn: Turn
    rule: str
    severity: str
    title: str
    count: int
    message: str
    """Of the first."""
    places: tuple[str, ...]
    """Operators or tensors that it is about, at most ``PLACES``; an empty one is the model."""


def findings(pair: Pair) -> tuple[TurnedFinding, ...]:
    """New ones first, then those that went, then the others; errors before warnings."""
    came, went = pair.findings.came, pair.findings.went
    new = Counter(map(_identity, ungroup(came)))
    kept = []
    for finding in pair.new.places:
        identity = _identity(finding)
        if new[identity]:
            new[identity] -= 1
        else:
            kept.append(finding)
    return (
        *_rows("new", ungroup(came), pair.new),
        *_rows("gone", ungroup(went), pair.old),
        *_rows("kept", kept, pair.new),
    )


def _identity(finding: Finding) -> tuple[str, ...]:
    return finding.rule, finding.node, finding.fingerprint, finding.message


def _rows(turn: Turn, found: Iterable[Finding], result: Result) -> Iterator[TurnedFinding]:
    summaries = {rule.id: rule.summary for rule in result.rules}
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in found:
        cause = finding.cause or finding.message
        groups.setdefault((finding.rule, str(finding.severity), cause), []).append(finding)
    names = show_names(result.facts.nodes) if groups else {}
    ranked = sorted(groups.items(), key=lambda kv: (ORDER.index(kv[0][1]), kv[0][0]))
    for (rule, severity, _), some in ranked:
        yield TurnedFinding(
            turn=turn,
            rule=label(rule),
            severity=severity,
            title=headline(summaries.get(rule) or some[0].name.replace("-", " ")),
            count=len(some),
            message=label(some[0].message, LONGEST),
            places=tuple(names.get(f.node, label(f.node, widths.NAME)) for f in some[:PLACES]),
        )
