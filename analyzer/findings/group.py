"""Findings about places → findings that people read: one for each cause, with its places.

The last of the processors: suppressions and baselines are about places and have had their turn.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING

from analyzer.facts import Saving
from analyzer.findings.finding import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.findings.finding import Finding


def group(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each rule, severity and cause, in the order in which they first come.

    Its message, node and fingerprint are those of the place with the largest value, the first of
    equals; ``places`` has them all.
    """
    found: dict[tuple[str, str, str, str], list[Finding]] = {}
    for finding in findings:
        cause = finding.cause or finding.message
        key = (finding.rule, finding.severity.value, finding.target, cause)
        found.setdefault(key, []).append(finding)
    return tuple(map(_merged, found.values()))


def ungroup(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding for each place again, in the order of ``findings`` and their places."""
    return tuple(single for finding in findings for single in _singles(finding))


def _singles(finding: Finding) -> Iterator[Finding]:
    if not finding.places:
        yield finding
    for place in finding.places:
        yield replace(
            finding,
            node=place.node,
            message=place.message,
            fingerprint=place.fingerprint,
            value=place.value,
            saving=place.saving,
            remedy=place.remedy,
            ask=place.ask,
            action=place.action,
            loaded=place.loaded,
            places=(),
        )


def _merged(findings: Sequence[Finding]) -> Finding:
    ranked = sorted(findings, key=lambda f: -inf if f.value is None else f.value, reverse=True)
    lead = ranked[0]
    values = [f.value for f in ranked if f.value is not None]
    savings = [f.saving for f in ranked if f.saving is not None]
    return replace(
        lead,
        value=(sum if lead.total == "sum" else max)(values) if values else None,
        saving=_together(savings) if savings else None,
        places=tuple(
            Place(f.node, f.message, f.fingerprint, f.value, f.saving, f.remedy, f.ask, f.action,
                  f.loaded)
            for f in ranked
        ),
    )  # fmt: skip


def _together(savings: Sequence[Saving]) -> Saving:
    """What acting on all of them saves."""
    first, *others = savings
    now, after = sum(s.macs_now for s in savings), sum(s.macs_after for s in savings)
    theory = sum(s.theory_ratio * s.macs_now for s in savings)
    live = [s.live_bytes for s in savings if s.live_bytes is not None]
    return Saving(
        macs_now=now,
        macs_after=after,
        params_now=sum(s.params_now for s in savings),
        params_after=sum(s.params_after for s in savings),
        ratio=after / now if others else first.ratio,
        theory_ratio=theory / now if others else first.theory_ratio,
        live_bytes=max(live) if len(live) == len(savings) else None,
    )
