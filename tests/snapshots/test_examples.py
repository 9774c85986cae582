"""What rules say of their own examples, and what is known of these, compared with files, which
`make snapshots` rewrites. Like all snapshots they say what changed, not what is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from tests.rules.test_shipped import RULES, judged, looked_at
from tests.snapshots.test_snapshots import compare

if TYPE_CHECKING:
    from analyzer.findings.finding import Finding


def _said(finding: Finding) -> Iterator[str]:
    """One line with what is not empty."""
    saving = asdict(finding.saving) if finding.saving is not None else {}
    numbers = [
        f"{name} {_short(value)}" for name, value in saving.items() if value not in (None, "")
    ]
    value = [] if finding.value is None else [f"{_short(finding.value)} {finding.unit}".rstrip()]
    parts = [finding.severity, finding.node, finding.message, finding.remedy, finding.ask]
    yield " | ".join(filter(None, (*parts, *value, ", ".join(numbers))))


def _short(value: object) -> object:
    """Of what is not counted, no more digits than every processor agrees on."""
    return f"{value:.5g}" if isinstance(value, float) and not value.is_integer() else value


def test_rules_say_their_snapshot_of_their_examples() -> None:
    lines = []
    for rule in RULES:
        for number, example in enumerate(rule.examples):
            if found := judged(rule.id, number).findings:
                lines.append(f"{rule.id} {example.name}")
                lines += [f"  {line}" for finding in found for line in _said(finding)]
    compare("rules.findings", "\n".join(lines) + "\n")


def test_all_that_is_known_of_examples_is_its_snapshot() -> None:
    lines, seen = [], set()
    for rule in RULES:
        for number, example in enumerate(rule.examples):
            known = looked_at(rule.id, number)[1]
            if known not in seen:
                seen.add(known)
                lines += [f"{rule.id} {example.name}", *(f"  {line}" for line in known)]
    compare("examples.facts", "\n".join(lines) + "\n")
