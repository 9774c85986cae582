"""Totals of both models, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from analyzer.facts import Certainty, Range
from analyzer.report.compare.gate import known_range
from analyzer.restore import record

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Result

FigureName = Literal[
    "macs", "flops", "params", "weight-bytes", "peak", "operators", "layers", "file-bytes"
]
FIGURES: tuple[FigureName, ...] = get_args(FigureName)
STORED = ("params", "weight-bytes")


@record
class ComparedFigure:
    """One total, of both models."""

    name: FigureName
    """As ``--fail-on-increase`` calls it."""
    old: Range | None
    """Lower and upper end; null where nothing is known."""
    new: Range | None


def figures(pair: Pair) -> tuple[ComparedFigure, ...]:
    """All of them, in the order of a page."""
    return tuple(ComparedFigure(name, _known(pair.old, name), _known(pair.new, name))
                 for name in FIGURES)  # fmt: skip


def _known(result: Result, name: FigureName) -> Range | None:
    """As a gate sees it; of what is stored also what is there at least."""
    found = known_range(result, name)
    stored = result.facts.parameters
    if found is None and name in STORED and stored.certainty is Certainty.LOWER_BOUND:
        totals = result.facts.totals
        return (totals.params if name == "params" else totals.weight_bytes, None)
    return found
