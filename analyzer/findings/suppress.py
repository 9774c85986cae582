"""Suppressions: findings somebody decided to live with, for a stated reason."""

from __future__ import annotations

from dataclasses import field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.findings.configuration import EXPIRED_SUPPRESSION, UNUSED_SUPPRESSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from analyzer.findings.finding import Finding


@dataclass(frozen=True, slots=True)
class Suppression:
    """One entry of the configuration."""

    rule: str
    """Rule id or name, or a prefix of ids such as ``SEP``."""
    reason: str
    """Why the finding is accepted; required, and not blank."""
    model: str = "*"
    """Glob over the model's path as given; ``*`` also crosses ``/``."""
    node: str = "*"
    """Glob over the finding's node: its name, as findings show it, or its id."""
    expires: date | None = None
    """Last day on which it holds; ``None`` for ever."""

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise ValueError(f"suppression of {self.rule} needs a reason")

    def concerns(self, model: str) -> bool:
        """Whether it is about this model at all."""
        return fnmatchcase(model, self.model) or fnmatchcase(model, f"*/{self.model}")

    def covers(self, finding: Finding, name: str = "") -> bool:
        """Whether it silences this finding, about a node called ``name``; model and date aside."""
        named = finding.name == self.rule or finding.rule.startswith(self.rule)
        places = (finding.node, name or finding.node)
        return named and any(fnmatchcase(place, self.node) for place in places)

    def expired(self, today: date | None) -> bool:
        """Whether it has run out; without a date nothing has."""
        return today is not None and self.expires is not None and self.expires < today


@dataclass(frozen=True, slots=True)
class Suppressed:
    """What suppressions did to the findings of one model."""

    kept: tuple[Finding, ...]
    silenced: tuple[tuple[Finding, Suppression], ...]
    """With the entry that silenced each."""
    used: frozenset[Suppression] = field(default_factory=frozenset)
    """Every entry that covered something, also where another came first."""


def suppress(
    findings: Iterable[Finding],
    suppressions: Sequence[Suppression],
    model: str,
    today: date | None = None,
    names: Mapping[str, str] = {},
) -> Suppressed:
    """Split findings by the entries that concern ``model`` and have not expired by ``today``.

    ``names`` are those of nodes by id: people see a name and write it down, ids come from tensors.
    """
    active = [s for s in suppressions if s.concerns(model) and not s.expired(today)]
    kept, silenced, used = [], [], set()
    for finding in findings:
        name = names.get(finding.node, "")
        covering = [s for s in active if s.covers(finding, name)]
        used.update(covering)
        if covering:
            silenced.append((finding, covering[0]))
        else:
            kept.append(finding)
    return Suppressed(tuple(kept), tuple(silenced), frozenset(used))


def unused(
    suppressions: Sequence[Suppression],
    used: frozenset[Suppression],
    models: Sequence[str],
    today: date | None = None,
) -> tuple[Finding, ...]:
    """A finding for every entry that did nothing for any of ``models``.

    Entries about none of the models are left alone: another run checks those. An expired entry
    is reported as such.
    """
    findings = []
    for entry in dict.fromkeys(suppressions):
        if entry in used or not any(entry.concerns(model) for model in models):
            continue
        what = f"suppression of {entry.rule} (model {entry.model!r}, node {entry.node!r})"
        identity = entry.rule, entry.model, entry.node
        if entry.expired(today):
            text = f"{what} expired on {entry.expires}; its reason was: {entry.reason}"
            findings.append(EXPIRED_SUPPRESSION.finding(text, *identity))
        else:
            findings.append(UNUSED_SUPPRESSION.finding(f"{what} matches no finding", *identity))
    return tuple(findings)
