"""Element-wise operators and activations: FLOPs per output element, no MACs."""

from __future__ import annotations

from analyzer.operators.counts.elementwise import (
    PER_ELEMENT,
    _bounds,
    _gelu,
    _operands,
    _swish,
    chosen,
)
from analyzer.operators.formula import Formula, per_element

RULES: dict[str, Formula] = {
    **{op: per_element(flops, equation) for op, (flops, equation) in PER_ELEMENT.items()},
    "Clip": chosen("(number of bounds)·|Y|", _bounds),
    "Gelu": chosen(
        "5·|Y|   [½·x·(1 + erf(x/√2))]; "
        "approximate=tanh: 8·|Y|   [½·x·(1 + tanh(c·(x + 0.044715·x³)))]",
        _gelu,
    ),
    "Swish": chosen("5·|Y|, 6·|Y| if α≠1   [x / (1 + e^(−α·x))]", _swish),
    "SwiGLU": chosen(
        "6·|Y|, 7·|Y| if α≠1   [a / (1 + e^(−α·a)) · b]", lambda call: _swish(call) + 1
    ),
    "Sum": chosen("(operands − 1)·|Y|", lambda call: _operands(call) - 1),
    "Max": chosen("(operands − 1)·|Y|", lambda call: _operands(call) - 1),
    "Min": chosen("(operands − 1)·|Y|", lambda call: _operands(call) - 1),
    "Mean": chosen("operands·|Y|", _operands),
}
