"""Reductions and running sums: n operations to reduce n elements."""

from __future__ import annotations

from analyzer.operators.formula import Formula, per_input

RULES: dict[str, Formula] = {
    "ReduceSum": per_input(1, "Σx"),
    "ReduceMean": per_input(1, "Σx / n", divide=1),
    "ReduceMax": per_input(1, "max"),
    "ReduceMin": per_input(1, "min"),
    "ReduceProd": per_input(1, "Πx"),
    "ReduceL1": per_input(2, "Σ|x|"),
    "ReduceL2": per_input(2, "√Σx²", divide=1),
    "ReduceSumSquare": per_input(2, "Σx²"),
    "ReduceLogSum": per_input(1, "ln Σx", divide=1),
    "ReduceLogSumExp": per_input(2, "ln Σeˣ", divide=1),
    "ArgMax": per_input(1, "max"),
    "ArgMin": per_input(1, "min"),
    "CumSum": per_input(1, "running Σx"),
    "CumProd": per_input(1, "running Πx"),
}
