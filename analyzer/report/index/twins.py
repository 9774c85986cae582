"""Models that may be one network: totals count each, so an index names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, series
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.report.index.entry import IndexEntry

ALIKE = 4
"""Most groups of equal models, and of models of one, that are named."""


def alike(entries: Iterable[IndexEntry]) -> tuple[tuple[IndexEntry, ...], ...]:
    """Models with compute of which these figures and the rules with findings are equal, in their
    order: one network, perhaps, more than once in all totals."""
    found: dict[tuple[object, ...], list[IndexEntry]] = {}
    for entry in entries:
        if entry.macs.value:
            key = (entry.group, entry.backbone, entry.detail, entry.rules, entry.macs, entry.params,
                   entry.weight_bytes, entry.peak_as_written, entry.peak_bytes)  # fmt: skip
            found.setdefault(key, []).append(entry)
    return tuple(tuple(group) for group in found.values() if len(group) > 1)


def told(groups: Sequence[Sequence[IndexEntry]]) -> str:
    """Models that may be one network, which totals count each."""
    if not groups:
        return ""
    named = [_some([label(entry.path, widths.NOTE) for entry in group]) for group in groups[:ALIKE]]
    left = len(groups) - ALIKE
    named += [_("{n} more such groups", n=units.count(left))] if left > 0 else []
    return _(
        "Equal in compute, parameters, weights and peak, and counted each: {groups}.",
        groups="; ".join(named),
    )


def _some(names: Sequence[str]) -> str:
    left = len(names) - ALIKE
    more = [_("{n} more", n=units.count(left))] if left > 0 else []
    return series([*names[:ALIKE], *more])
