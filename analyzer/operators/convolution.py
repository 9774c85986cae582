"""Convolutions: of ai.onnx, fused and quantised ones of ONNX Runtime, in every layout.

Weights are (N, M/g, K…), of transposed convolutions (M, N/g, K…), in every layout: ONNX operator
specification and ONNX Runtime's ContribOperators.md.
"""

from __future__ import annotations

from analyzer.operators.counts.convolution import (
    causal,
    convolve,
    deformable,
    either_layout,
    transposed,
    varlen_causal,
    words,
)
from analyzer.operators.formula import ORT, SPEC, Formula, dtype_of, integer_of
from analyzer.operators.record import (
    BIAS,
    DATA,
    INDEX,
    MASK,
    MICROSOFT,
    NCHWC,
    NHWC,
    POSITION,
    SCALE,
    SHAPE,
    STATE,
    TABLE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
    weight,
)
from analyzer.operators.results.common import like
from analyzer.operators.results.product import words as word_vectors
from analyzer.operators.results.window import causal as causal_types
from analyzer.operators.results.window import convolved, deconvolved

HOWARD = "Howard et al. 2017 (arXiv 1704.04861), eq. 2, 3 and 5; ONNX Conv"
MACS = "|Y| · M/g · ΠK"
BACK = "|X| · N/g · ΠK"
FLOPS = "2·MACs + |Y| if bias"
FUSED = f"{FLOPS} + |Y| if activation + |Y| if sum"
CAUSAL = "2·MACs + |Y| if bias + 5·|Y| if SiLU"

CONV = Nature.CONVOLUTION
W, BACK_W = weight("N", "M/g", "K…"), weight("M", "N/g", "K…")
DEPTHWISE_W = weight("N", "1", "K…")
PLAIN = (DATA, W, BIAS)
ADDING = (DATA, W, BIAS, DATA)
QUANT = (SCALE, ZERO_POINT)
INTEGER = (DATA, *QUANT, W, *QUANT, *QUANT, BIAS)
BACK_INTEGER = (DATA, *QUANT, BACK_W, *QUANT, *QUANT, BIAS)

ABSORBED = ("Conv", "Relu", "Clip", "Add", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid")
"""What a fused convolution does besides: ``activation`` and the sum."""

NHWC_FORM = Formula(
    convolve(channel_axis=-1, activation=True, add=3), MACS, FUSED, ORT, dtype_of(0)
)
LAST = convolve(channel_axis=None)
"""Blocked or channels-last layouts: the weight alone says how many channels are multiplied."""

OPERATORS = (
    Operator(
        "Conv", CONV, PLAIN,
        Formula(convolve(), MACS, FLOPS, HOWARD, dtype_of(0)),
        scaling=Scaling.CONVOLVE, integer=True,
    ),
    Operator(
        "ConvTranspose", CONV, (DATA, BACK_W, BIAS),
        Formula(transposed(), BACK, FLOPS, "ONNX ConvTranspose", dtype_of(0)),
        scaling=Scaling.DECONVOLVE, integer=True,
    ),
    Operator(
        "ConvInteger", CONV, (DATA, W, ZERO_POINT, ZERO_POINT),
        Formula(convolve(1, None), MACS, "2·MACs", "ONNX ConvInteger", integer_of(0)),
        scaling=Scaling.CONVOLVE, tags=("quantized",),
    ),
    Operator(
        "QLinearConv", CONV, INTEGER,
        Formula(convolve(3, 8), MACS, FLOPS, "ONNX QLinearConv", integer_of(0)),
        scaling=Scaling.CONVOLVE, tags=("quantized",),
    ),
    Operator(
        "DeformConv", CONV, (DATA, W, POSITION, BIAS, MASK),
        Formula(
            deformable,
            MACS,
            "2·MACs + (2^(d+1) + 1 if mask) · |sampled taps| + |Y| if bias",
            "Zhu et al. 2018 (arXiv 1811.11168), eq. 1; ONNX DeformConv",
            dtype_of(0),
        ),
        tags=("deformable",),
    ),
    Operator(
        "CausalConvWithState", CONV, (DATA, DEPTHWISE_W, BIAS, STATE),
        Formula(causal, "|Y| · ΠK", CAUSAL, SPEC, dtype_of(0)),
    ),
    # com.microsoft
    Operator(
        "CausalConvWithState", CONV, (DATA, DEPTHWISE_W, BIAS, STATE),
        Formula(causal, "|Y| · ΠK", CAUSAL, SPEC, dtype_of(0)),
        MICROSOFT, shape=causal_types,
    ),
    Operator(
        "VarlenCausalConvWithState", CONV,
        (DATA, DEPTHWISE_W, INDEX, BIAS, STATE, INDEX, DATA, MASK),
        Formula(varlen_causal, "|Y| · k", CAUSAL, ORT, dtype_of(0)),
        MICROSOFT, shape=like(0, 4),
    ),
    Operator(
        "FusedConv", CONV, ADDING,
        Formula(convolve(activation=True, add=3), MACS, FUSED, ORT, dtype_of(0)),
        MICROSOFT, shape=convolved(), scaling=Scaling.CONVOLVE, tags=("fused",), fuses=ABSORBED,
    ),
    Operator(
        "NhwcConv", CONV, PLAIN, NHWC_FORM,
        MICROSOFT, shape=convolved(channels_last=True), channels_last=True,
    ),
    Operator(
        "NhwcFusedConv", CONV, ADDING, NHWC_FORM,
        MICROSOFT, shape=convolved(channels_last=True), channels_last=True, tags=("fused",),
        fuses=ABSORBED,
    ),
    Operator(
        "ConvTransposeWithDynamicPads", CONV, (DATA, BACK_W, SHAPE, BIAS),
        Formula(transposed(3), BACK, FLOPS, ORT, dtype_of(0)),
        MICROSOFT, shape=deconvolved(pads_slot=2),
    ),
    Operator(
        "QLinearConv", CONV, INTEGER,
        Formula(either_layout, MACS, FLOPS, ORT, integer_of(0)),
        MICROSOFT, shape=convolved(3, 7), scaling=Scaling.CONVOLVE, tags=("quantized",),
    ),
    Operator(
        "WordConvEmbedding", CONV, (INDEX, DEPTHWISE_W, BIAS, TABLE),
        Formula(words, "words · positions · |W|", "2·MACs + 3·outputs", ORT, dtype_of(1)),
        MICROSOFT, shape=word_vectors,
    ),
    # blocked and channels-last domains
    Operator(
        "Conv", CONV, ADDING,
        Formula(
            convolve(channel_axis=None, activation=True, add=3), MACS, FUSED, ORT, dtype_of(0)
        ),
        NCHWC, shape=convolved(), tags=("fused",), fuses=ABSORBED,
    ),
    Operator(
        "Conv", CONV, PLAIN,
        Formula(LAST, MACS, FLOPS, ORT, dtype_of(0)),
        NHWC, shape=convolved(channels_last=True), channels_last=True,
    ),
    Operator(
        "ConvTranspose", CONV, (DATA, BACK_W, BIAS),
        Formula(transposed(channel_axis=-1), BACK, FLOPS, ORT, dtype_of(0)),
        NHWC, shape=deconvolved(channels_last=True), channels_last=True,
    ),
    Operator(
        "QLinearConv", CONV, INTEGER,
        Formula(convolve(3, 8, channel_axis=None), MACS, FLOPS, ORT, integer_of(0)),
        NHWC, shape=convolved(3, 7, channels_last=True), channels_last=True, tags=("quantized",),
    ),
    Operator(
        "QLinearConvTranspose", CONV, BACK_INTEGER,
        Formula(transposed(8, 3, channel_axis=-1), BACK, FLOPS, ORT, integer_of(0)),
        NHWC, shape=deconvolved(3, 7, channels_last=True), channels_last=True, tags=("quantized",),
    ),
)  # fmt: skip
