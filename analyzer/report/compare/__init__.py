"""What changed between two models: one file per format, one for the record they show."""

from __future__ import annotations

from analyzer.report.compare.pair import Pair, Side, Turnover

__all__ = ["Pair", "Side", "Turnover"]
