"""Duplicates out, and one order for every output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.findings.finding import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

RANK: Mapping[Severity, int] = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
"""Gravest first."""


def dedupe(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first of findings that say the same about the same place."""
    first: dict[tuple[str, str, str], Finding] = {}
    for finding in findings:
        first.setdefault((finding.rule, finding.node, finding.message), finding)
    return tuple(first.values())


def sort(findings: Iterable[Finding], position: Mapping[str, int]) -> tuple[Finding, ...]:
    """By severity, rule, place in the model (``position`` of node ids), then message."""
    last = len(position)
    return tuple(
        sorted(
            findings,
            key=lambda f: (RANK[f.severity], f.rule, position.get(f.node, last), f.node, f.message),
        )
    )
