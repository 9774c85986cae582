"""Normalisations and softmax, with what ONNX Runtime fuses into them."""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.fused import (
    SILU,
    group,
    layer,
    skip_group,
    skip_layer,
    skip_rms,
)
from analyzer.operators.counts.normalization import (
    LAYER_NORM,
    RMS_NORM,
    SOFTMAX,
    STANDARDISE,
    batch,
    normalise,
)
from analyzer.operators.formula import LEGACY, ORT, Formula, given, per_element, per_input, sourced
from analyzer.operators.record import (
    BIAS,
    DATA,
    GAIN,
    INDEX,
    MASK,
    MICROSOFT,
    NHWC,
    ONNX,
    POSITION,
    SCALE,
    STATISTIC,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
)
from analyzer.operators.results.common import (
    all_same,
    normalised_heads,
    same,
    skip_norm,
)

WRITTEN_OUT = ("ReduceMean", "Sub", "Pow", "Add", "Sqrt", "Div", "Mul", "Cast", "Reciprocal")
"""Mean and variance, root, division, scale and shift, perhaps in another type."""
SKIPPED = (*WRITTEN_OUT, "LayerNormalization")
NORM, SOFT = Nature.NORMALISATION, Nature.SOFTMAX
ONE = (DATA,)
BATCH = (DATA, GAIN, BIAS, STATISTIC, STATISTIC)
AFFINE = (DATA, GAIN, BIAS)
QUANT = (SCALE, ZERO_POINT)

BATCH_COST = normalise("2·|X|   [scale and shift per channel, folded]; training: 7·|X|", batch)
INSTANCE_COST = per_input(LAYER_NORM, f"{STANDARDISE}, scale, shift")
LRN_COST = normalise(
    "(size + 5)·|X|   [x / (bias + α/size · Σx²)^β]", lambda call: call.attributes["size"] + 5
)
SIMPLIFIED_COST = per_input(RMS_NORM, "square, mean, divide, scale")
SKIP_COST = normalise("7·|X| + |X| if β + |X| if bias   [x + skip, then layer norm]", skip_layer)
SKIP_RMS_COST = normalise("5·|X| + |X| if bias   [x + skip, then RMS norm]", skip_rms)


def _of_both(
    name: str, inputs: tuple[Any, ...], cost: Formula, **more: Any
) -> tuple[Operator, ...]:
    """Of com.microsoft, and of ai.onnx where ONNX Runtime took it before."""
    return tuple(
        Operator(name, NORM, inputs, sourced(cost, ORT if domain else LEGACY), domain, **more)
        for domain in (ONNX, MICROSOFT)
    )


def _contrib(name: str, inputs: tuple[Any, ...], cost: Formula, **more: Any) -> Operator:
    more.setdefault("shape", same)
    return Operator(name, NORM, inputs, sourced(cost, ORT), MICROSOFT, **more)


OPERATORS = (
    Operator(
        "BatchNormalization", NORM, BATCH, BATCH_COST, scaling=Scaling.PER_CHANNEL,
        channelwise=True, moot=("momentum", "spatial", "is_test"), changed=(14,),
    ),
    Operator(
        "InstanceNormalization", NORM, AFFINE, INSTANCE_COST, scaling=Scaling.PER_CHANNEL,
        channelwise=True,
    ),
    Operator(
        "GroupNormalization", NORM, AFFINE, per_input(LAYER_NORM, f"{STANDARDISE}, scale, shift"),
        scaling=Scaling.PER_CHANNEL, changed=(21,),
    ),
    Operator(
        "LayerNormalization", NORM, AFFINE,
        normalise(
            f"6·|X| + |X| if bias   [{STANDARDISE}, scale, shift]",
            lambda call: LAYER_NORM - 1 + given(call, 2),
        ),
        scaling=Scaling.BROADCAST, moot=("stash_type",), fuses=WRITTEN_OUT,
    ),
    Operator(
        "RMSNormalization", NORM, (DATA, GAIN),
        per_input(RMS_NORM, "square, mean, divide, scale"), scaling=Scaling.BROADCAST,
        fuses=WRITTEN_OUT,
    ),
    Operator(
        "MeanVarianceNormalization", NORM, ONE, per_input(5, STANDARDISE), scaling=Scaling.SAME
    ),
    Operator(
        "LpNormalization", NORM, ONE, per_input(3, "power, sum, divide"), scaling=Scaling.SAME
    ),
    Operator("LRN", NORM, ONE, LRN_COST, scaling=Scaling.SAME),
    Operator(
        "Softmax", SOFT, ONE, per_input(SOFTMAX, "maximum, subtract, exp, sum, divide"),
        scaling=Scaling.SAME, role="softmax", integer=True, changed=(13,),
    ),
    Operator(
        "LogSoftmax", SOFT, ONE, per_input(SOFTMAX, "maximum, subtract, exp, sum, subtract"),
        scaling=Scaling.SAME, changed=(13,),
    ),
    Operator(
        "Hardmax", SOFT, ONE, per_input(1, "maximum"), scaling=Scaling.SAME, changed=(13,)
    ),
    # com.microsoft
    *_of_both(
        "SimplifiedLayerNormalization", (DATA, GAIN), SIMPLIFIED_COST, shape=same,
        scaling=Scaling.BROADCAST, fuses=WRITTEN_OUT,
    ),
    *_of_both(
        "SkipLayerNormalization", (DATA, DATA, GAIN, BIAS, BIAS), SKIP_COST, shape=skip_norm,
        role="add", tags=("fused",), fuses=SKIPPED,
    ),
    *_of_both(
        "SkipSimplifiedLayerNormalization", (DATA, DATA, GAIN, BIAS), SKIP_RMS_COST,
        shape=skip_norm, role="add", tags=("fused",), fuses=SKIPPED,
    ),
    _contrib(
        "LayerNormalization", AFFINE, normalise("6·|X| + |X| if bias", layer),
        scaling=Scaling.BROADCAST, fuses=WRITTEN_OUT,
    ),
    _contrib(
        "QOrderedLayerNormalization", (DATA, SCALE, GAIN, BIAS, SCALE),
        per_input(LAYER_NORM, "layer normalisation"), tags=("quantized",),
    ),
    _contrib("GroupNorm", AFFINE, normalise("7·|X| + 5·|X| if SiLU", group)),
    _contrib(
        "SkipGroupNorm", (DATA, GAIN, BIAS, DATA, BIAS),
        normalise("8·|X| + |X| if bias + 5·|X| if SiLU", skip_group), shape=all_same,
        role="add", tags=("fused",),
    ),
    _contrib(
        "GatedRMSNorm", (DATA, GAIN, DATA),
        normalise(
            "10·|X|, sigmoid 9·|X|   [RMS norm · gate]",
            lambda call: RMS_NORM + 1
            + (4 if call.attr("activation", "silu") == "sigmoid" else SILU),
        ),
    ),
    _contrib(
        "BranchwiseRMSNorm", (DATA, GAIN),
        normalise("3·|X| + |X| if scale", lambda call: RMS_NORM - 1 + given(call, 1)),
    ),
    _contrib(
        "RMSNormRotary", (DATA, GAIN, INDEX, POSITION, POSITION, INDEX),
        per_element(RMS_NORM + 3, "RMS norm, then rotation at full width"),
        shape=normalised_heads,
    ),
    Operator(
        "BiasSoftmax", SOFT, (DATA, MASK),
        sourced(per_element(SOFTMAX + 1, "softmax(x + bias)"), ORT), MICROSOFT, shape=same,
        role="softmax",
    ),
    Operator(
        "QLinearSoftmax", SOFT, (DATA, *QUANT, *QUANT),
        sourced(per_input(SOFTMAX, "maximum, subtract, exp, sum, divide"), ORT), MICROSOFT,
        shape=same, role="softmax", tags=("quantized",),
    ),
    # channels last
    Operator(
        "BatchNormalization", NORM, BATCH, BATCH_COST, NHWC, shape=same, channels_last=True,
        channelwise=True,
    ),
    Operator(
        "InstanceNormalization", NORM, AFFINE, INSTANCE_COST, NHWC, shape=same,
        channels_last=True, channelwise=True,
    ),
    Operator("LRN", NORM, ONE, LRN_COST, NHWC, shape=same, channels_last=True),
)  # fmt: skip
