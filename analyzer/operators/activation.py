"""Activations: nonlinear functions of each element of one tensor, some with a bias of their own."""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.elementwise import (
    GELU_TANH,
    bounds,
    chosen,
    gelu,
    swish,
)
from analyzer.operators.counts.fused import swiglu
from analyzer.operators.formula import LEGACY, ORT, SPEC, Formula, given, per_element, sourced
from analyzer.operators.record import (
    BIAS,
    BOUND,
    DATA,
    GAIN,
    MICROSOFT,
    ONNX,
    SCALE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import halved, same
from analyzer.operators.results.common import swiglu as swiglu_shape

ACTIVATION = Nature.ACTIVATION
ONE = (DATA,)
QUANT = (SCALE, ZERO_POINT)
QUANTIZED = ("quantized",)
WRITTEN_OUT = ("Erf", "Tanh", "Pow", "Div", "Add", "Mul", "Sigmoid", "Gelu", "Sqrt")
"""A Gelu in its three forms: with an error function, a tangent, and a sigmoid."""


def _each(name: str, flops: int, equation: str, source: str = SPEC, **more: Any) -> Operator:
    return Operator(
        name, ACTIVATION, ONE, per_element(flops, equation, source), scaling=Scaling.SAME, **more
    )


def _chosen(name: str, cost: Formula, inputs: tuple[Any, ...] = ONE, **more: Any) -> Operator:
    more.setdefault("scaling", Scaling.SAME)
    return Operator(name, ACTIVATION, inputs, cost, **more)


def _contrib(name: str, cost: Formula, inputs: tuple[Any, ...] = ONE, **more: Any) -> Operator:
    more.setdefault("scaling", Scaling.SAME)
    more.setdefault("shape", same)
    return Operator(name, ACTIVATION, inputs, sourced(cost, ORT), MICROSOFT, **more)


def _both(cost: Formula, name: str, inputs: tuple[Any, ...]) -> tuple[Operator, Operator]:
    """A Gelu of com.microsoft, and of ai.onnx where ONNX Runtime took it before."""
    return tuple(
        Operator(
            name, ACTIVATION, inputs, sourced(cost, ORT if domain else LEGACY), domain,
            shape=same, scaling=Scaling.BROADCAST, fuses=WRITTEN_OUT,
        )
        for domain in (ONNX, MICROSOFT)
    )  # type: ignore[return-value]  # fmt: skip


FAST_GELU = chosen("8·|Y| + |Y| if bias   [tanh form]", lambda call: GELU_TANH + given(call, 1))

OPERATORS = (
    _each("Relu", 1, "max(0, x)", selects=True, integer=True),
    _each("LeakyRelu", 2, "x < 0 ? α·x : x", integer=True),
    Operator(
        "PRelu", ACTIVATION, (DATA, GAIN), per_element(2, "x < 0 ? slope·x : x"),
        scaling=Scaling.BROADCAST,
    ),
    _each("ThresholdedRelu", 1, "x > α ? x : 0"),
    _each("Sigmoid", 4, "1 / (1 + e⁻ˣ)", gate=True, integer=True),
    _each("HardSigmoid", 4, "max(0, min(1, α·x + β))", gate=True),
    _each("HardSwish", 5, "x · max(0, min(1, α·x + β))"),
    _each("Tanh", 1, "tanh x"),
    _each("Elu", 4, "x < 0 ? α·(eˣ − 1) : x"),
    _each("Celu", 7, "max(0, x) + min(0, α·(e^(x/α) − 1))"),
    _each("Selu", 5, "γ·(x < 0 ? α·eˣ − α : x)"),
    _each("Softplus", 3, "ln(1 + eˣ)"),
    _each("Softsign", 3, "x / (1 + |x|)"),
    _each("Mish", 5, "x · tanh(ln(1 + eˣ))"),
    _each("Shrink", 3, "x < −λ ? x + bias : x > λ ? x − bias : 0"),
    _chosen(
        "Clip", chosen("(number of bounds)·|Y|", bounds), (DATA, BOUND, BOUND),
        first=True, gate=True, selects=True, integer=True,
    ),
    _chosen(
        "Gelu",
        chosen(
            "5·|Y|   [½·x·(1 + erf(x/√2))]; "
            "approximate=tanh: 8·|Y|   [½·x·(1 + tanh(c·(x + 0.044715·x³)))]",
            gelu,
        ),
        fuses=WRITTEN_OUT,
    ),
    _chosen("Swish", chosen("5·|Y|, 6·|Y| if α≠1   [x / (1 + e^(−α·x))]", swish)),
    _chosen(
        "SwiGLU",
        chosen(
            "6·|Y|, 7·|Y| if α≠1   [a / (1 + e^(−α·a)) · b]", lambda call: swish(call) + 1
        ),
        (DATA, DATA), scaling=Scaling.OPAQUE,
    ),
    _each("ParametricSoftplus", 5, "α·ln(1 + e^(β·x))", LEGACY, shape=same),
    _each("ScaledTanh", 3, "α·tanh(β·x)", LEGACY, shape=same),
    # com.microsoft
    *_both(per_element(6, "½·s·(1 + erf(s / √2)), s = x + bias"), "BiasGelu", (DATA, BIAS)),
    *_both(FAST_GELU, "FastGelu", (DATA, BIAS)),
    _contrib("Gelu", per_element(5, "½·x·(1 + erf(x/√2))"), fuses=WRITTEN_OUT),
    _contrib("QuickGelu", per_element(6, "x / (1 + e^(−α·x))"), fuses=WRITTEN_OUT),
    _contrib(
        "BiasSplitGelu", per_element(8, "(l + b) · gelu(r + b)"), (DATA, BIAS), shape=halved,
        scaling=Scaling.OPAQUE,
    ),
    _contrib("ScaledSiLU", per_element(6, "z / (1 + e⁻ᶻ), z = scale·x"), (DATA, BOUND)),
    _contrib(
        "SwiGLU", chosen("6·|Y| + scaling, shift and clamp", swiglu), (DATA, DATA),
        shape=swiglu_shape, scaling=Scaling.OPAQUE,
    ),
    _contrib(
        "QLinearLeakyRelu", per_element(2, "x < 0 ? α·x : x"), (DATA, *QUANT, *QUANT),
        tags=QUANTIZED,
    ),
    _contrib(
        "QLinearSigmoid", per_element(4, "1 / (1 + e⁻ˣ)"), (DATA, *QUANT, *QUANT),
        gate=True, tags=QUANTIZED,
    ),
    _contrib(
        "QOrderedGelu", per_element(5, "½·x·(1 + erf(x/√2))"), (DATA, SCALE, SCALE),
        tags=QUANTIZED,
    ),
)  # fmt: skip
