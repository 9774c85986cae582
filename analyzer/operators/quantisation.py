"""Quantise and dequantise; quantised products and poolings stand with their float forms.

Requantising the result of a QLinear operator (scale, round, saturate) is not counted: runtimes
fold it into the accumulation in different ways.
"""

from __future__ import annotations

from analyzer.operators.counts.elementwise import chosen
from analyzer.operators.formula import FREE, ORT, given, per_element, per_input, sourced
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
from analyzer.operators.results.common import dequantized, quantized, typed

QUANT = Nature.QUANTISATION
INPUTS = (DATA, SCALE, ZERO_POINT)
QUANTIZE = chosen(
    "4·|Y| + |Y| if zero point   [saturate(round(x / s) + z), two bounds]",
    lambda call: 4 + given(call, 2),
)
DEQUANTIZE = chosen("|Y| + |Y| if zero point   [(x − z) · s]", lambda call: 1 + given(call, 2))

OPERATORS = (
    Operator(
        "QuantizeLinear", QUANT, INPUTS, QUANTIZE, scaling=Scaling.QUANTISE, role="quantize",
        moot=("saturate", "precision", "output_dtype"),
    ),
    Operator(
        "DequantizeLinear", QUANT, INPUTS, DEQUANTIZE, scaling=Scaling.QUANTISE,
        role="dequantize",
    ),
    Operator(
        "DynamicQuantizeLinear", QUANT, (DATA,),
        per_input(7, "minimum, maximum, then saturate(round(x / s) + z)"),
    ),
    # com.microsoft
    Operator(
        "QuantizeLinear", QUANT, INPUTS, sourced(QUANTIZE, ORT), MICROSOFT, shape=quantized,
        scaling=Scaling.QUANTISE, role="quantize",
    ),
    Operator(
        "DequantizeLinear", QUANT, INPUTS, sourced(DEQUANTIZE, ORT), MICROSOFT,
        shape=dequantized, scaling=Scaling.QUANTISE, role="dequantize",
    ),
    Operator(
        "QuantizeWithOrder", QUANT, (DATA, SCALE),
        sourced(per_element(4, "saturate(round(x / s))"), ORT), MICROSOFT, shape=typed("int8"),
        role="quantize",
    ),
    Operator(
        "DequantizeWithOrder", QUANT, (DATA, SCALE), sourced(per_element(1, "x · s"), ORT),
        MICROSOFT, shape=typed("float32"), role="dequantize",
    ),
    Operator("QuantizeBFP", QUANT, (DATA,), FREE, MICROSOFT),
    Operator("DequantizeBFP", QUANT, (DATA, SHAPE, SHAPE), FREE, MICROSOFT),
)  # fmt: skip
