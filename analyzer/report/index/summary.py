"""What many models are together: their order, their totals, their families."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.report.index.entry import UNKNOWN, IndexFigure
from analyzer.report.result import CLEAN, FINDINGS, INCONCLUSIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analyzer.report.index.entry import IndexEntry

GRAVEST_FIRST = (INCONCLUSIVE, FINDINGS, CLEAN)
SEVERITIES = tuple(severity.value for severity in Severity)


def worst_first(entries: Iterable[IndexEntry]) -> tuple[IndexEntry, ...]:
    """Without a verdict, then what speaks against use, then what is to be looked at before, then by
    the gravest finding, then by cost; what cannot be read leads."""
    return tuple(sorted(entries, key=_rank))


def _rank(entry: IndexEntry) -> tuple[object, ...]:
    counts = entry.counts or {}
    gravest = next((n for n, word in enumerate(SEVERITIES) if counts.get(word)), len(SEVERITIES))
    return (entry.judged, GRAVEST_FIRST.index(entry.standing), not entry.wrong, not entry.harmful,
            not entry.doubtful, gravest, -(entry.macs.value or 0), entry.path)  # fmt: skip


@dataclass(frozen=True, slots=True)
class IndexTotals:
    """Sums over all models."""

    models: int
    outcomes: Mapping[str, int]
    """Models by standing, those that could not be read not among them."""
    unread: int
    """Files that could not be judged at all."""
    counts: Mapping[str, int]
    """Findings by severity."""
    findings_least: bool
    """A model is not judged, or only in part."""
    silenced: int
    trust: int
    """Findings about trust among them, as far as rules looked for any."""
    macs: IndexFigure
    params: IndexFigure
    weight_bytes: IndexFigure
    unseen_bytes: IndexFigure
    """External data among them that are missing or could not be read."""
    unstored_bytes: int
    """Weights among them that no file states."""
    peak_bytes: IndexFigure
    """The largest of all."""
    peak_of: str
    """Whose that is."""
    peaks_open: int = 0
    """Models besides whose peak is unknown, or a least one."""


def totals_of(entries: Sequence[IndexEntry]) -> IndexTotals:
    """What is known of all of them; a sum that misses a model is *at least*."""
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(entry.counts or {})
    largest = max(entries, key=lambda e: e.peak_bytes.value or 0, default=None)
    known = largest is not None and largest.peak_bytes.value is not None
    return IndexTotals(
        models=len(entries),
        outcomes=Counter(entry.standing for entry in entries if entry.judged),
        unread=sum(not entry.judged for entry in entries),
        counts={word: counts[word] for word in SEVERITIES},
        findings_least=any(entry.outcome == INCONCLUSIVE for entry in entries),
        silenced=sum(entry.silenced for entry in entries),
        trust=sum(entry.trust.value or 0 for entry in entries),
        macs=_total(entries, lambda entry: entry.macs),
        params=_total(entries, lambda entry: entry.params),
        weight_bytes=_total(entries, lambda entry: entry.weight_bytes),
        unseen_bytes=_total(entries, lambda entry: entry.unseen_bytes),
        unstored_bytes=sum(entry.unstored_bytes for entry in entries),
        peak_bytes=largest.peak_bytes if largest is not None and known else UNKNOWN,
        peak_of=largest.path if largest is not None and known else "",
        peaks_open=sum(
            entry.peak_bytes.least or entry.peak_bytes.value is None
            for entry in entries
            if not known or entry is not largest
        ),
    )


def _total(
    entries: Sequence[IndexEntry],
    of: Callable[[IndexEntry], IndexFigure],
) -> IndexFigure:
    figures = [of(entry) for entry in entries]
    known = [figure.value for figure in figures if figure.value is not None]
    least = len(known) < len(figures) or any(figure.least for figure in figures)
    return IndexFigure(sum(known) if known else None, least)


@dataclass(frozen=True, slots=True)
class IndexFamily:
    """Models of one architecture, or of one kind where none is recognised."""

    name: str
    recognised: bool
    members: tuple[IndexEntry, ...]
    """By cost, the least first."""
    counts: Mapping[str, int]
    """Their findings by severity."""
    backbone: str = ""
    """The published architecture that a part of each is."""


def families(entries: Iterable[IndexEntry]) -> tuple[IndexFamily, ...]:
    """Recognised architectures, then kinds of network, those with most models first."""
    found: dict[tuple[bool, str, str], list[IndexEntry]] = {}
    for entry in entries:
        if entry.judged:
            found.setdefault((not entry.recognised, entry.group, entry.backbone), []).append(entry)
    rows = sorted(found.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1:]))
    made = []
    for (unknown, name, backbone), members in rows:
        counts: Counter[str] = Counter()
        for entry in members:
            counts.update(entry.counts or {})
        by_cost = sorted(members, key=lambda e: (e.macs.value or 0, e.path))
        made.append(IndexFamily(name, not unknown, tuple(by_cost), counts, backbone))
    return tuple(made)
