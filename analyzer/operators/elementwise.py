"""Functions of each element, with broadcasting: arithmetic, comparison, logic.

Operations per output element are counted from the equation beside them, the operator's definition
in the ONNX specification; see ``formula`` for what counts as one operation.
"""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.elementwise import chosen, operands
from analyzer.operators.counts.fused import distance, postmix, premix
from analyzer.operators.formula import (
    FREE,
    LEGACY,
    ORT,
    Formula,
    dtype_of,
    per_element,
    sourced,
)
from analyzer.operators.record import (
    BIAS,
    DATA,
    MASK,
    MICROSOFT,
    SCALE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import (
    broadcasting,
    cdist,
    mixed_streams,
    qlinear_binary,
    qlinear_where,
    same,
)

ELEMENTWISE = Nature.ELEMENTWISE
ONE, TWO = (DATA,), (DATA, DATA)
QUANT = (SCALE, ZERO_POINT)
QUANTIZED = ("quantized",)


def _unary(name: str, equation: str, **more: Any) -> Operator:
    """One operation per element."""
    return Operator(name, ELEMENTWISE, ONE, per_element(1, equation), scaling=Scaling.SAME, **more)


def _binary(name: str, equation: str, **more: Any) -> Operator:
    return Operator(
        name, ELEMENTWISE, TWO, per_element(1, equation), scaling=Scaling.BROADCAST, **more
    )


def _free(name: str, arity: int, **more: Any) -> Operator:
    """Logic, bits and tests: no arithmetic."""
    scaling = Scaling.SAME if arity == 1 else Scaling.BROADCAST
    return Operator(name, ELEMENTWISE, (DATA,) * arity, FREE, scaling=scaling, **more)


def _folded(name: str, equation: str, flops: int, **more: Any) -> Operator:
    """Any number of operands: ``flops`` + operands − 1 operations an element."""
    return Operator(
        name, ELEMENTWISE, ONE, chosen(equation, lambda call: operands(call) - 1 + flops),
        scaling=Scaling.BROADCAST, repeat=1, **more,
    )  # fmt: skip


def _contrib(name: str, inputs: tuple[Any, ...], cost: Formula, **more: Any) -> Operator:
    return Operator(name, ELEMENTWISE, inputs, sourced(cost, ORT), MICROSOFT, **more)


OPERATORS = (
    # arithmetic
    _binary("Add", "a + b", commutes=True, role="add", sign="+", neutral=0, integer=True),
    _binary("Sub", "a − b", sign="−", neutral=0, integer=True),
    _binary(
        "Mul", "a · b", commutes=True, role="mul", sign="×", neutral=1, absorbing=0, integer=True
    ),
    _binary("Div", "a / b", sign="÷", neutral=1),
    _binary("Pow", "aᵇ", sign="^", neutral=1),
    _binary("Mod", "a mod b"),
    _folded("Sum", "(operands − 1)·|Y|", 0, commutes=True, role="add", sign="+"),
    _folded("Max", "(operands − 1)·|Y|", 0, commutes=True, bends=True),
    _folded("Min", "(operands − 1)·|Y|", 0, commutes=True, bends=True, gate=True),
    _folded("Mean", "operands·|Y|", 1, commutes=True),
    _unary("Neg", "−x"),
    _unary("Abs", "|x|"),
    _unary("Sign", "sign x"),
    _unary("Reciprocal", "1 / x"),
    _unary("Ceil", "⌈x⌉"),
    _unary("Floor", "⌊x⌋"),
    _unary("Round", "round x"),
    # comparisons
    _binary("Equal", "a = b", commutes=True, sign="="),
    _binary("Greater", "a > b", sign=">"),
    _binary("GreaterOrEqual", "a ≥ b", sign="≥"),
    _binary("Less", "a < b", sign="<"),
    _binary("LessOrEqual", "a ≤ b", sign="≤"),
    # transcendental
    _unary("Sqrt", "√x"),
    _unary("Exp", "eˣ"),
    _unary("Log", "ln x"),
    _unary("Erf", "erf x", bends=True),
    _unary("Sin", "sin x"),
    _unary("Cos", "cos x"),
    _unary("Tan", "tan x"),
    _unary("Asin", "asin x"),
    _unary("Acos", "acos x"),
    _unary("Atan", "atan x"),
    _unary("Sinh", "sinh x"),
    _unary("Cosh", "cosh x"),
    _unary("Asinh", "asinh x"),
    _unary("Acosh", "acosh x"),
    _unary("Atanh", "atanh x"),
    # logic, bits and tests
    Operator(
        "Where", ELEMENTWISE, (MASK, DATA, DATA), FREE, scaling=Scaling.BROADCAST, integer=True
    ),
    _free("And", 2, commutes=True, sign="∧", neutral=1, absorbing=0),
    _free("Or", 2, commutes=True, sign="∨", neutral=0, absorbing=1),
    _free("Xor", 2, commutes=True, sign="⊻", neutral=0),
    _free("Not", 1, sign="¬"),
    _free("BitShift", 2, neutral=0),
    _free("BitwiseAnd", 2, commutes=True),
    _free("BitwiseOr", 2, commutes=True, neutral=0),
    _free("BitwiseXor", 2, commutes=True, neutral=0),
    _free("BitwiseNot", 1),
    _free("IsInf", 1),
    _free("IsNaN", 1),
    # of ai.onnx for ONNX Runtime only
    Operator(
        "Affine", ELEMENTWISE, ONE, per_element(2, "α·x + β", LEGACY), shape=same,
        scaling=Scaling.SAME,
    ),
    Operator(
        "ImageScaler", ELEMENTWISE, ONE, per_element(2, "scale·x + bias", LEGACY), shape=same,
        scaling=Scaling.SAME,
    ),
    Operator(
        "Scale", ELEMENTWISE, ONE, per_element(1, "scale·x", LEGACY), shape=same,
        scaling=Scaling.SAME,
    ),
    # com.microsoft
    _contrib(
        "BiasAdd", (DATA, BIAS, DATA), per_element(2, "x + bias + skip"), shape=same,
        scaling=Scaling.BROADCAST, role="add",
    ),
    _contrib(
        "QLinearAdd", (DATA, *QUANT, DATA, *QUANT, *QUANT), per_element(1, "a + b"),
        shape=qlinear_binary, role="add", tags=QUANTIZED,
    ),
    _contrib(
        "QLinearMul", (DATA, *QUANT, DATA, *QUANT, *QUANT), per_element(1, "a · b"),
        shape=qlinear_binary, role="mul", tags=QUANTIZED,
    ),
    _contrib(
        "QLinearWhere", (MASK, DATA, *QUANT, DATA, *QUANT, *QUANT), FREE, shape=qlinear_where,
        tags=QUANTIZED,
    ),
    _contrib(
        "MulInteger", (DATA, ZERO_POINT, DATA, ZERO_POINT), per_element(1, "a · b"),
        shape=broadcasting(0, 2, dtype="int32"), role="mul", tags=QUANTIZED,
    ),
    _contrib(
        "ComplexMul", TWO, per_element(3, "6 per complex product of two values"), shape=same,
        commutes=True,
    ),
    _contrib(
        "ComplexMulConj", TWO, per_element(3, "6 per complex product of two values"), shape=same,
    ),
    _contrib(
        "HyperConnectionPreMix", TWO, Formula(premix, flops="2·|streams| + |Y|"),
        shape=mixed_streams,
    ),
    _contrib(
        "HyperConnectionPostMix", (DATA, DATA, DATA, DATA),
        Formula(
            postmix, "|streams| · C with a stream mix, else 0", "2·MACs + 2·|streams|",
            precision=dtype_of(0),
        ),
        shape=same,
    ),
    _contrib("CDist", TWO, Formula(distance, flops="3·M·K·N + M·K if euclidean"), shape=cdist),
)  # fmt: skip
