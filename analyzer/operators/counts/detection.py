"""Operators whose arithmetic depends on the data, and small dense algebra."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.operators.formula import SPEC, Formula, Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call

GOLUB = "Golub and Van Loan, Matrix Computations: LU 2n³/3, inverse 2n³"


def data_dependent(reason: str) -> Formula:
    """0 MACs, and FLOPs that no static analysis can know."""

    def count(call: Call) -> Work:
        return Work(0, None, "", reason)

    return Formula(count, flops=f"unknown: {reason}", source=SPEC)


def cubic(numerator: int, denominator: int) -> Formula:
    def count(call: Call) -> Work:
        shape = call.shape(0)
        batch, side = prod(shape[:-2]), shape[-1]
        other = batch * (numerator * side**3 // denominator)
        return Work(0, other, f"{batch} · {numerator}·{side}³/{denominator}")

    text = f"matrices · {numerator}·n³" + (f"/{denominator}" if denominator > 1 else "")
    return Formula(count, flops=text, source=GOLUB)
