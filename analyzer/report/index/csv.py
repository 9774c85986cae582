"""The index as a table for spreadsheets: a row for each model, numbers with all their digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.index.summary import SEVERITIES, worst_first
from analyzer.report.result import INCONCLUSIVE
from analyzer.sanitise import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.index.entry import Elapsed, IndexEntry, IndexFigure, TargetReach

COLUMNS = (
    "model", "outcome", "judged", "errors", "warnings", "infos", "silenced", "rules",
    "trust_findings", "trust_findings_at_least",
    "architecture", "family", "macs", "macs_at_least", "params", "params_at_least",
    "weight_bytes", "weight_bytes_at_least", "peak_activation_bytes",
    "peak_activation_bytes_at_least", "peak_in_integer_kernels_bytes",
    "peak_in_integer_kernels_bytes_at_least",
    "targets_judged", "targets_whole", "targets_whole_at_least",
    "verdict", "reasons",
)  # fmt: skip


def render_index_csv(entries: Sequence[IndexEntry]) -> bytes:
    """UTF-8 with a header line, the worst model first; text is safe in formulas."""
    devices = list(dict.fromkeys(time.device for entry in entries for time in entry.times))
    formats = list(dict.fromkeys(name for entry in entries for name in entry.files or {}))
    head = (*COLUMNS, *(f"seconds_at_least_{device}" for device in devices), *formats)
    return csv_rows((head, *(_row(entry, devices, formats) for entry in worst_first(entries))))


def _row(entry: IndexEntry, devices: list[str], formats: list[str]) -> tuple[object, ...]:
    times = {t.device: _seconds(t) for t in entry.times}
    counts, files = entry.counts or {}, entry.files or {}
    return (
        entry.path, entry.standing, _judged(entry), *(counts.get(w) for w in SEVERITIES),
        entry.silenced if entry.judged else None, " ".join(entry.rules),
        *_pair(entry.trust),
        entry.detail, family(entry),
        *_pair(entry.macs), *_pair(entry.params), *_pair(entry.weight_bytes),
        *_pair(entry.peak_as_written), *_pair(entry.peak_bytes),
        *_reach(entry.reach),
        entry.verdict, "; ".join(entry.reasons),
        *(times.get(device) for device in devices), *(files.get(name, "") for name in formats),
    )  # fmt: skip


def _seconds(time: Elapsed) -> float | str | None:
    if time.fits is False:
        return "does not fit"
    return {"no": "does not run", "split": "in part only"}.get(time.runs, time.seconds)


def family(entry: IndexEntry) -> str:
    """The published architecture that it is, or its kind and the one that a part of it is."""
    return ", ".join(
        part for part in (entry.group, entry.backbone and f"{entry.backbone} backbone") if part
    )


def _judged(entry: IndexEntry) -> str:
    """``yes``, ``in part`` as its report says, or ``no``."""
    if not entry.judged:
        return "no"
    return "in part" if entry.standing == INCONCLUSIVE else "yes"


def _pair(figure: IndexFigure) -> Iterator[int | str | None]:
    yield figure.value
    yield _word(figure.least)


def _reach(reach: TargetReach | None) -> tuple[int | str | None, ...]:
    return (None, None, None) if reach is None else (reach.of, reach.whole, _word(reach.least))


def _word(true: bool) -> str:
    return "yes" if true else "no"
