"""Element-wise operators and activations: FLOPs per output element, no MACs.

Each constant counts the operations in the equation beside it, which is the operator's definition
in the ONNX specification; see :mod:`analyzer.operators.formula` for what counts as one operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Formula, Work, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

PER_ELEMENT: dict[str, tuple[int, str]] = {
    # arithmetic
    "Add": (1, "a + b"),
    "Sub": (1, "a − b"),
    "Mul": (1, "a · b"),
    "Div": (1, "a / b"),
    "Pow": (1, "aᵇ"),
    "Mod": (1, "a mod b"),
    "Neg": (1, "−x"),
    "Abs": (1, "|x|"),
    "Sign": (1, "sign x"),
    "Reciprocal": (1, "1 / x"),
    "Ceil": (1, "⌈x⌉"),
    "Floor": (1, "⌊x⌋"),
    "Round": (1, "round x"),
    # comparisons
    "Equal": (1, "a = b"),
    "Greater": (1, "a > b"),
    "GreaterOrEqual": (1, "a ≥ b"),
    "Less": (1, "a < b"),
    "LessOrEqual": (1, "a ≤ b"),
    # transcendental
    "Sqrt": (1, "√x"),
    "Exp": (1, "eˣ"),
    "Log": (1, "ln x"),
    "Erf": (1, "erf x"),
    "Sin": (1, "sin x"),
    "Cos": (1, "cos x"),
    "Tan": (1, "tan x"),
    "Asin": (1, "asin x"),
    "Acos": (1, "acos x"),
    "Atan": (1, "atan x"),
    "Sinh": (1, "sinh x"),
    "Cosh": (1, "cosh x"),
    "Tanh": (1, "tanh x"),
    "Asinh": (1, "asinh x"),
    "Acosh": (1, "acosh x"),
    "Atanh": (1, "atanh x"),
    # activations
    "Relu": (1, "max(0, x)"),
    "LeakyRelu": (2, "x < 0 ? α·x : x"),
    "PRelu": (2, "x < 0 ? slope·x : x"),
    "ThresholdedRelu": (1, "x > α ? x : 0"),
    "Sigmoid": (4, "1 / (1 + e⁻ˣ)"),
    "HardSigmoid": (4, "max(0, min(1, α·x + β))"),
    "HardSwish": (5, "x · max(0, min(1, α·x + β))"),
    "Elu": (4, "x < 0 ? α·(eˣ − 1) : x"),
    "Celu": (7, "max(0, x) + min(0, α·(e^(x/α) − 1))"),
    "Selu": (5, "γ·(x < 0 ? α·eˣ − α : x)"),
    "Softplus": (3, "ln(1 + eˣ)"),
    "Softsign": (3, "x / (1 + |x|)"),
    "Mish": (5, "x · tanh(ln(1 + eˣ))"),
    "Shrink": (3, "x < −λ ? x + bias : x > λ ? x − bias : 0"),
}
"""Operator → operations per output element and the equation they are counted from."""

GELU, GELU_TANH, SIGMOID = 5, 8, 4
"""½·x·(1 + erf(x/√2)); ½·x·(1 + tanh(c·(x + 0.044715·x³))); 1/(1 + e⁻ˣ)."""


def chosen(equation: str, flops: Callable[[Call], int]) -> Formula:
    """A rule whose operations per output element depend on attributes or optional inputs."""

    def count(call: Call) -> Work:
        each, size = flops(call), call.out_size()
        return Work(0, each * size, f"{each} · {size}")

    return Formula(count, flops=equation)


def _bounds(call: Call) -> int:
    """Bounds of Clip: always two as attributes (before opset 11), else those that are given."""
    return 2 if call.version < 11 else given(call, 1) + given(call, 2)


def _gelu(call: Call) -> int:
    return GELU_TANH if call.attr("approximate", "none") == "tanh" else GELU


def _swish(call: Call) -> int:
    return SIGMOID + 1 + int(call.attr("alpha", 1.0) != 1.0)


def _operands(call: Call) -> int:
    return sum(t is not None for t in call.inputs)
