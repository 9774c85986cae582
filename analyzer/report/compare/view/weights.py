"""Stored tensors of both models, held against one another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from analyzer.language import retold
from analyzer.report.view.layers import show_names
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair

TensorFate = Literal["changed", "resized", "quantised", "converted", "folded"]
FATES: tuple[TensorFate, ...] = ("changed", "resized", "quantised", "converted", "folded")
MOST = 50
"""Tensors kept."""


@record
class TensorFateRow:
    """How many pairs of tensors had one fate."""

    fate: TensorFate
    count: int


@record
class ComparedTensor:
    """A pair of tensors that differ."""

    operator: str
    """Of the new model."""
    operand: str
    """``weight``, ``bias``, ``gain`` …"""
    old: str
    """Name; empty for zeros that no file holds."""
    new: str
    old_dtype: str
    new_dtype: str
    fate: TensorFate
    elements: int
    changed: int | None
    """Elements that are not equal."""
    relative: float | None
    """Norm of the difference over that of the old tensor; null where that is no number."""
    why: str
    """Why it is none."""


@record
class UnreadTensors:
    """Pairs that were not compared, for one reason."""

    why: str
    count: int


@record
class ComparedWeights:
    """All pairs of stored tensors."""

    tensors: int
    same: int
    layers: int
    """Operators with another weight, bias, gain or statistic."""
    largest: float | None
    fates: tuple[TensorFateRow, ...]
    rows: tuple[ComparedTensor, ...]
    """Largest relative change first, at most ``MOST``."""
    total: int
    """Pairs that differ."""
    unread: tuple[UnreadTensors, ...]
    """What was not compared, and why."""


def weights(pair: Pair) -> ComparedWeights:
    """The comparison of tensors as a page shows it."""
    found = pair.comparison.weights
    names = show_names(pair.new.facts.nodes)
    counts = Counter(change.fate for change in found.changes)
    unread = Counter(
        label(retold(c.why), widths.REASON) for c in found.changes if c.fate == "not compared"
    )
    if found.why and not unread:
        unread[label(retold(found.why), widths.REASON)] = found.unread
    rows: list[ComparedTensor] = []
    for change in found.changes:
        fate = next((each for each in FATES if each == change.fate), None)
        if fate is not None and len(rows) < MOST:
            rows.append(
                ComparedTensor(
                    operator=names.get(change.new, label(change.new, widths.NAME)),
                    operand=label(change.operand, widths.WORD),
                    old=label(change.names[0], widths.NAME),
                    new=label(change.names[-1], widths.NAME),
                    old_dtype=label(change.dtypes[0]),
                    new_dtype=label(change.dtypes[-1]),
                    fate=fate,
                    elements=change.elements,
                    changed=change.changed,
                    relative=change.relative,
                    why=label(retold(change.why), widths.CAUSE),
                )
            )
    return ComparedWeights(
        tensors=found.tensors,
        same=found.same,
        layers=found.layers,
        largest=found.largest,
        fates=tuple(TensorFateRow(fate, counts[fate]) for fate in FATES if counts[fate]),
        rows=tuple(rows),
        total=sum(counts[fate] for fate in FATES),
        unread=tuple(UnreadTensors(why, count) for why, count in unread.most_common()),
    )
