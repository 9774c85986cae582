"""How often each rule speaks: ``check --statistics``, as text and JSON."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.language import _, retold, term
from analyzer.records import HIDDEN, Output, shown
from analyzer.report.columns import columns
from analyzer.report.json import encode
from analyzer.report.result import INCONCLUSIVE, Batch, Failure, Outcome
from analyzer.report.style import Style
from analyzer.sanitise import clean, encode_lines, label

if TYPE_CHECKING:
    from analyzer.report.result import Options

_GRAVE = list(Severity)


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often one rule speaks with one severity."""

    rule: str
    name: str
    severity: Severity
    findings: int
    """Causes, as the other formats of ``check`` list them."""
    places: int
    """Operators, tensors and whole models that they are about."""
    models: int
    """Models with at least one."""


@dataclass(frozen=True, slots=True)
class Statistics(Output):
    """What ``check --statistics --format json`` prints."""

    batch: Batch = field(metadata=HIDDEN)

    @property
    @shown
    def outcome(self) -> Outcome:
        """As ``check`` states it."""
        return self.batch.outcome

    @property
    @shown
    def models(self) -> int:
        """Models that were judged, at least in part."""
        return len(self.batch.results)

    @property
    @shown
    def inconclusive(self) -> tuple[str, ...]:
        """Paths of models that could not be judged, or only in part: their counts are too low."""
        return tuple(
            item.path if isinstance(item, Failure) else item.facts.model.path
            for item in self.batch.items
            if item.outcome == INCONCLUSIVE
        )

    @property
    @shown
    def rules(self) -> tuple[RuleCount, ...]:
        """Rules that speak, the most frequent first."""
        causes: dict[tuple[str, str, Severity], list[tuple[str, int]]] = defaultdict(list)
        for result in self.batch.results:
            for finding in result.groups:
                key = finding.rule, finding.name, finding.severity
                causes[key].append((result.facts.model.path, finding.count))
        counts = [
            RuleCount(*key, len(of), sum(n for _, n in of), len({path for path, _ in of}))
            for key, of in causes.items()
        ]
        return tuple(
            sorted(counts, key=lambda c: (-c.findings, _GRAVE.index(c.severity), c.rule, c.name))
        )


def json(batch: Batch, options: Options) -> bytes:
    """One object, ``rules`` in it."""
    return encode(Statistics(batch).to_dict())


def text(batch: Batch, options: Options) -> bytes:
    """A table of the rules that speak, and the models whose counts are not known, or too low."""
    style = Style(options.color)
    lines: list[str] = []
    rows = [
        (f"{c.findings:,}", f"{c.places:,}", f"{c.models:,}", label(c.rule), term(c.severity.value),
         label(c.name))
        for c in Statistics(batch).rules
    ]  # fmt: skip
    if rows:
        head = (_("findings"), _("places"), _("models"), _("rule"), _("severity"), _("name"))
        lines += columns(head, rows, style, {3, 4, 5})
    for item in batch.items:
        if isinstance(item, Failure):
            reason = clean(retold(item.reason))
            lines.append(f"{label(item.path)}: {style.error(_('cannot judge'))}: {reason}")
        elif item.facts.inconclusive:
            path = label(item.facts.model.path)
            part = _("judged only in part")
            lines.append(f"{path}: {style.warning(_('inconclusive'))}: {part}")
    return encode_lines(lines)
