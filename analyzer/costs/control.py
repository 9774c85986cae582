"""Operators that run subgraphs: the analysis counts their bodies, not this table."""

from __future__ import annotations

from analyzer.operators.formula import Formula


def _control(what: str) -> Formula:
    return Formula(None, what, what, reason="counted from its subgraphs", control=True)


RULES: dict[str, Formula] = {
    "If": _control("the larger branch"),
    "Loop": _control("body × trip count"),
    "Scan": _control("body × scan length"),
    "SequenceMap": _control("body × sequence length"),
}

GENERATION = Formula(
    None, "unknown", "unknown", reason="its decoder runs a number of times that depends on the data"
)
"""BeamSearch and relatives of com.microsoft."""
