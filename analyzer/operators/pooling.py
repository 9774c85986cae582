"""Pooling: in every layout."""

from __future__ import annotations

from typing import Any

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


def _pool(name: str, cost: Formula, **more: Any) -> Operator:
    return Operator(
        name, POOL, ONE, cost, scaling=Scaling.POOL, role="pool", channelwise=True, **more
    )


def _whole(name: str, cost: Formula, role: str = "", **more: Any) -> Operator:
    return Operator(
        name, POOL, ONE, cost, scaling=Scaling.GLOBAL_POOL, role=role, channelwise=True, **more
    )


def _blocked(name: str, cost: Formula, role: str = "", **more: Any) -> Operator:
    return Operator(
        name, POOL, ONE, cost, NCHWC, shape=pooled(), role=role, channelwise=True, **more
    )


def _last(name: str, cost: Formula, role: str = "", **more: Any) -> Operator:
    return Operator(
        name, POOL, ONE, cost, NHWC, shape=pooled(channels_last=True), role=role,
        channels_last=True, channelwise=True, **more,
    )  # fmt: skip


OPERATORS = (
    _pool("MaxPool", MAX, selects=True, integer=True),
    _pool("AveragePool", AVERAGE, averages=True, integer=True),
    _pool("LpPool", POWER),
    _whole("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool", averages=True, integer=True),
    _whole("GlobalMaxPool", GLOBAL_MAX, selects=True),
    _whole("GlobalLpPool", GLOBAL_POWER),
    Operator("MaxUnpool", POOL, (DATA, INDEX, SHAPE), FREE),
    # com.microsoft
    Operator(
        "QLinearAveragePool", POOL, QUANT, sourced(AVERAGE, ORT), MICROSOFT, shape=pooled(),
        role="pool", tags=("quantized",), channelwise=True, averages=True,
    ),
    Operator(
        "QLinearGlobalAveragePool", POOL, QUANT, sourced(GLOBAL_AVERAGE, ORT), MICROSOFT,
        shape=pooled(), role="global-pool", tags=("quantized",), channelwise=True, averages=True,
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
    _blocked("AveragePool", AVERAGE, "pool", averages=True),
    _blocked("GlobalMaxPool", GLOBAL_MAX),
    _blocked("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool", averages=True),
    # channels last
    _last("MaxPool", MAX, "pool"),
    _last("AveragePool", AVERAGE, "pool", averages=True),
    _last("LpPool", POWER, "pool"),
    _last("GlobalAveragePool", GLOBAL_AVERAGE, "global-pool", averages=True),
    _last("GlobalMaxPool", GLOBAL_MAX),
    _last("GlobalLpPool", GLOBAL_POWER),
    Operator(
        "MaxUnpool", POOL, (DATA, INDEX, SHAPE), FREE, NHWC, channels_last=True
    ),
    Operator(
        "QLinearAveragePool", POOL, QUANT, AVERAGE, NHWC, shape=pooled(channels_last=True),
        role="pool", tags=("quantized",), channels_last=True, channelwise=True, averages=True,
    ),
)  # fmt: skip
