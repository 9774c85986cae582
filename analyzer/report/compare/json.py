"""What changed between two models as one object, complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.compare.sheet import ComparisonReport

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Options


def json(subject: Pair | ComparisonReport, options: Options) -> bytes:
    """The record, nothing left out, and all that pages are made of."""
    return ComparisonReport.of(subject).json
