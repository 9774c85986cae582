"""Quantise and dequantise; the quantised convolutions and products live with their float forms.

Requantising the result of a QLinear operator (scale, round, saturate) is not counted: runtimes
fold it into the accumulation in different ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.counts.elementwise import chosen
from analyzer.operators.formula import Formula, given, per_input

if TYPE_CHECKING:
    from analyzer.graph.call import Call


def _quantize(call: Call) -> int:
    return 4 + given(call, 2)


def _dequantize(call: Call) -> int:
    return 1 + given(call, 2)


QUANTIZE = chosen("4·|Y| + |Y| if zero point   [saturate(round(x / s) + z), two bounds]", _quantize)
DEQUANTIZE = chosen("|Y| + |Y| if zero point   [(x − z) · s]", _dequantize)

RULES: dict[str, Formula] = {
    "QuantizeLinear": QUANTIZE,
    "DequantizeLinear": DEQUANTIZE,
    "DynamicQuantizeLinear": per_input(7, "minimum, maximum, then saturate(round(x / s) + z)"),
}
