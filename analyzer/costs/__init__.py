"""MACs, FLOPs, parameters and bytes: formulas per operator, aggregation over scopes."""

from __future__ import annotations

from analyzer.costs.registry import cost, precision

__all__ = ["cost", "precision"]
