"""Reductions and running sums: n operations to reduce n elements."""

from __future__ import annotations

from typing import Any

from analyzer.operators.formula import ORT, per_input, sourced
from analyzer.operators.record import (
    DATA,
    MICROSOFT,
    SCALE,
    SHAPE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import reduced

REDUCTION = Nature.REDUCTION
INPUTS = (DATA, SHAPE)
"""The axes are an input since opset 13 (ReduceSum) or 18."""


def _reduce(name: str, flops: int, equation: str, divide: int = 0, **more: Any) -> Operator:
    return Operator(
        name, REDUCTION, INPUTS, per_input(flops, equation, divide=divide),
        scaling=Scaling.REDUCE, **more,
    )  # fmt: skip


OPERATORS = (
    _reduce("ReduceSum", 1, "Σx"),
    _reduce("ReduceMean", 1, "Σx / n", divide=1, averages=True, integer=True),
    _reduce("ReduceMax", 1, "max"),
    _reduce("ReduceMin", 1, "min"),
    _reduce("ReduceProd", 1, "Πx"),
    _reduce("ReduceL1", 2, "Σ|x|"),
    _reduce("ReduceL2", 2, "√Σx²", divide=1),
    _reduce("ReduceSumSquare", 2, "Σx²"),
    _reduce("ReduceLogSum", 1, "ln Σx", divide=1),
    _reduce("ReduceLogSumExp", 2, "ln Σeˣ", divide=1),
    Operator("ArgMax", REDUCTION, (DATA,), per_input(1, "max"), scaling=Scaling.REDUCE),
    Operator("ArgMin", REDUCTION, (DATA,), per_input(1, "min"), scaling=Scaling.REDUCE),
    Operator("CumSum", REDUCTION, INPUTS, per_input(1, "running Σx"), scaling=Scaling.SAME),
    Operator("CumProd", REDUCTION, INPUTS, per_input(1, "running Πx"), scaling=Scaling.SAME),
    # com.microsoft
    Operator(
        "QLinearReduceMean", REDUCTION, (DATA, SCALE, ZERO_POINT, SCALE, ZERO_POINT),
        sourced(per_input(1, "Σx / n", divide=1), ORT), MICROSOFT, shape=reduced,
        tags=("quantized",), averages=True,
    ),
    Operator(
        "ReduceSumInteger", REDUCTION, (DATA,), sourced(per_input(1, "Σx"), ORT), MICROSOFT,
        shape=reduced,
    ),
)  # fmt: skip
