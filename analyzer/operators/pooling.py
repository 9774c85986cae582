"""Pooling: in every layout."""

from __future__ import annotations

from analyzer.operators.counts.pooling import windowed
from analyzer.operators.formula import FREE, ORT, Formula, per_input, sourced
from analyzer.operators.record import (
    DATA,
    INDEX,
    MASK,
    MICROSOFT,
    NCHWC,
    NHWC,
    SCALE,
    SHAPE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.window import pooled

POOL = Nature.POOLING
ONE = (DATA,)
QUANT = (DATA, SCALE, ZERO_POINT, SCALE, ZERO_POINT)

MAX = Formula(windowed(1, 0), flops="|Y| · ΠK")
AVERAGE = Formula(windowed(1, 1), flops="|Y| · (ΠK + 1)")
POWER = Formula(windowed(3, 1), flops="|Y| · (3·ΠK + 1)   [(Σ|x|ᵖ)^(1/p)]")
GLOBAL_AVERAGE = per_input(1, "Σx / n", divide=1)
GLOBAL_MAX = per_input(1, "max")
GLOBAL_POWER = per_input(3, "(Σ|x|ᵖ)^(1/p)", divide=1)


def _pool(name: str, cost: Formula, *, selects: bool = False) -> Operator:
    return Operator(
        name, POOL, ONE, cost, scaling=Scaling.POOL, role="pool", channelwise=True,
        selects=selects,
    )  # fmt: skip


def _whole(name: str, cost: Formula, role: str = "", *, selects: bool = False) -> Operator:
    return Operator(
        name, POOL, ONE, cost, scaling=Scaling.GLOBAL_POOL, role=role, channelwise=True,
        selects=selects,
    )  # fmt: skip


def _blocked(name: str, cost: Formula, role: str = "") -> Operator:
    return Operator(name, POOL, ONE, cost, NCHWC, shape=pooled(), role=role, channelwise=True)


def _last(name: str, cost: Formula, role: str = "") -> Operator:
    return Operator(
        name, POOL, ONE, cost, NHWC, shape=pooled(channels_last=True), role=role,
        channels_last=True, channelwise=True,
    )  # fmt: skip


OPERATORS = (
    _pool("MaxPool", MAX, selects=True),
    _pool("AveragePool", AVERAGE),
    _pool("LpPool", POWER),
    _whole("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool"),
    _whole("GlobalMaxPool", GLOBAL_MAX, selects=True),
    _whole("GlobalLpPool", GLOBAL_POWER),
    Operator("MaxUnpool", POOL, (DATA, INDEX, SHAPE), FREE),
    # com.microsoft
    Operator(
        "QLinearAveragePool", POOL, QUANT, sourced(AVERAGE, ORT), MICROSOFT, shape=pooled(),
        role="pool", tags=("quantized",), channelwise=True,
    ),
    Operator(
        "QLinearGlobalAveragePool", POOL, QUANT, sourced(GLOBAL_AVERAGE, ORT), MICROSOFT,
        shape=pooled(), role="global-pool", tags=("quantized",), channelwise=True,
    ),
    Operator(
        "MaxpoolWithMask", POOL, (DATA, MASK), sourced(MAX, ORT), MICROSOFT, shape=pooled(),
        role="pool", channelwise=True,
    ),
    Operator(
        "NhwcMaxPool", POOL, ONE, sourced(MAX, ORT), MICROSOFT,
        shape=pooled(channels_last=True), role="pool", channels_last=True, channelwise=True,
    ),
    # blocked
    _blocked("MaxPool", MAX, "pool"),
    _blocked("AveragePool", AVERAGE, "pool"),
    _blocked("GlobalMaxPool", GLOBAL_MAX),
    _blocked("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool"),
    # channels last
    _last("MaxPool", MAX, "pool"),
    _last("AveragePool", AVERAGE, "pool"),
    _last("LpPool", POWER, "pool"),
    _last("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool"),
    _last("GlobalMaxPool", GLOBAL_MAX),
    _last("GlobalLpPool", GLOBAL_POWER),
    Operator(
        "MaxUnpool", POOL, (DATA, INDEX, SHAPE), FREE, NHWC, channels_last=True
    ),
    Operator(
        "QLinearAveragePool", POOL, QUANT, AVERAGE, NHWC, shape=pooled(channels_last=True),
        role="pool", tags=("quantized",), channels_last=True, channelwise=True,
    ),
)  # fmt: skip
