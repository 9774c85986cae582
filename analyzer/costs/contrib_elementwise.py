"""com.microsoft: fused activations, normalisations and quantised element-wise operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.costs.attention import ROTARY
from analyzer.costs.normalization import LAYER_NORM, RMS_NORM, SOFTMAX, normalise
from analyzer.costs.pooling import AVERAGE, GLOBAL_AVERAGE, MAX
from analyzer.costs.quantized import DEQUANTIZE, QUANTIZE
from analyzer.operators.counts.elementwise import GELU_TANH, SIGMOID, chosen
from analyzer.operators.formula import (
    FREE,
    SPEC,
    Formula,
    Work,
    dtype_of,
    given,
    per_element,
    per_input,
)

if TYPE_CHECKING:
    from analyzer.graph.call import Call

SILU = 5


def _layer(call: Call) -> int:
    return LAYER_NORM - 1 + given(call, 2)


def _skip_layer(call: Call) -> int:
    return LAYER_NORM + given(call, 3) + given(call, 4)


def _skip_rms(call: Call) -> int:
    return RMS_NORM + 1 + given(call, 3)


def _group(call: Call) -> int:
    return LAYER_NORM + (SILU if call.attr("activation", 0) else 0)


def _skip_group(call: Call) -> int:
    return _group(call) + 1 + given(call, 4)


def _embed(call: Call) -> Work:
    """Sum of word, position and (optional) segment embedding, then layer normalisation."""
    each, size = LAYER_NORM + 1 + given(call, 4), call.out_size()
    return Work(0, each * size, f"{each} · {size}")


def _quantised_embed(call: Call) -> Work:
    """QEmbedLayerNormalization: segment ids at input 1; embeddings are dequantised (2 each)."""
    tables = 3 if given(call, 1) else 2
    each, size = LAYER_NORM + tables - 1 + 2 * tables, call.out_size()
    return Work(0, each * size, f"{each} · {size}")


def _swiglu(call: Call) -> int:
    clamp = 3 if call.attr("limit", 0.0) > 0 else 0
    scaled = int(call.attr("activation_alpha", 1.0) != 1.0)
    return SIGMOID + 2 + scaled + int(call.attr("activation_beta", 0.0) != 0.0) + clamp


def _premix(call: Call) -> Work:
    """HyperConnectionPreMix: Σ over streams of stream · gate."""
    size = call.size(0)
    return Work(0, 2 * size + call.out_size(), f"2 · {size} + {call.out_size()}")


def _postmix(call: Call) -> Work:
    """HyperConnectionPostMix: a C × C mix of the streams, and the gated branch output."""
    size = call.size(0)
    streams = call.shape(3)[-1] if given(call, 3) else 0
    return Work(size * streams, 2 * size, f"{size} · {streams}")


def _distance(call: Call) -> Work:
    """CDist: |a − b|² needs 3 operations per feature, and a root per pair."""
    (rows, width), (columns, _) = call.shape(0), call.shape(1)
    root = rows * columns * (call.attr("metric", "sqeuclidean") == "euclidean")
    other = 3 * rows * columns * width + root
    return Work(0, other, f"3 · {rows} · {columns} · {width}")


def _attention_gate(call: Call) -> Work:
    """decay = scale·ln(1 + e^(a + bias)): 5 per value; beta = sigmoid(b): 4."""
    size = call.size(0)
    rate = call.size(3) if given(call, 3) else 0
    return Work(0, 5 * size + 4 * rate, f"5 · {size} + 4 · {rate}")


LAYER = normalise("6·|X| + |X| if bias", _layer)
SIMPLIFIED = per_input(RMS_NORM, "square, mean, divide, scale")

_LEGACY: dict[str, Formula] = {
    "SimplifiedLayerNormalization": SIMPLIFIED,
    "Affine": per_element(2, "α·x + β"),
    "ImageScaler": per_element(2, "scale·x + bias"),
    "ParametricSoftplus": per_element(5, "α·ln(1 + e^(β·x))"),
    "ScaledTanh": per_element(3, "α·tanh(β·x)"),
    "Scale": per_element(1, "scale·x"),
    "TrainableDropout": FREE,
    "Crop": FREE,
    "DynamicSlice": FREE,
    "GivenTensorFill": FREE,
}

_RULES: dict[str, Formula] = {
    "Gelu": per_element(5, "½·x·(1 + erf(x/√2))"),
    "FastGelu": chosen(
        "8·|Y| + |Y| if bias   [tanh form]", lambda call: GELU_TANH + given(call, 1)
    ),
    "BiasGelu": per_element(6, "½·s·(1 + erf(s / √2)), s = x + bias"),
    "QuickGelu": per_element(6, "x / (1 + e^(−α·x))"),
    "BiasSplitGelu": per_element(8, "(l + b) · gelu(r + b)"),
    "ScaledSiLU": per_element(6, "z / (1 + e⁻ᶻ), z = scale·x"),
    "SwiGLU": chosen("6·|Y| + scaling, shift and clamp", _swiglu),
    "BiasAdd": per_element(2, "x + bias + skip"),
    "BiasDropout": chosen("|Y| + |Y| if residual", lambda call: 1 + given(call, 2)),
    "BitmaskBiasDropout": chosen("|Y| + |Y| if residual", lambda call: 1 + given(call, 2)),
    "BiasSoftmax": per_element(SOFTMAX + 1, "softmax(x + bias)"),
    "ComplexMul": per_element(3, "6 per complex product of two values"),
    "ComplexMulConj": per_element(3, "6 per complex product of two values"),
    "LinearAttentionGate": Formula(
        _attention_gate, flops="5·|decay| + 4·|beta|"
    ),
    "GatedRMSNorm": normalise(
        "10·|X|, sigmoid 9·|X|   [RMS norm · gate]",
        lambda call: RMS_NORM + 1 + (4 if call.attr("activation", "silu") == "sigmoid" else SILU),
    ),
    "BranchwiseRMSNorm": normalise(
        "3·|X| + |X| if scale", lambda call: RMS_NORM - 1 + given(call, 1)
    ),
    "RMSNormRotary": per_element(RMS_NORM + 3, "RMS norm, then rotation at full width"),
    "LayerNormalization": LAYER,
    "QOrderedLayerNormalization": per_input(LAYER_NORM, "layer normalisation"),
    "SimplifiedLayerNormalization": SIMPLIFIED,
    "SkipLayerNormalization": normalise(
        "7·|X| + |X| if β + |X| if bias   [x + skip, then layer norm]", _skip_layer
    ),
    "SkipSimplifiedLayerNormalization": normalise(
        "5·|X| + |X| if bias   [x + skip, then RMS norm]", _skip_rms
    ),
    "GroupNorm": normalise("7·|X| + 5·|X| if SiLU", _group),
    "SkipGroupNorm": normalise("8·|X| + |X| if bias + 5·|X| if SiLU", _skip_group),
    "EmbedLayerNormalization": Formula(_embed, flops="8·|Y| + |Y| if segments"),
    "QEmbedLayerNormalization": Formula(_quantised_embed, flops="12·|Y|, 15·|Y| with segments"),
    "RotaryEmbedding": ROTARY,
    "MRotaryEmbedding": ROTARY,
    "GemmaRotaryEmbedding": Formula(
        lambda call: Work(
            0, 3 * (call.size(1) + call.size(3)) + 2 * call.size(0), "3·(|q| + |k|) + 2·|emb|"
        ),
        flops="3·(|q| + |k|) + 2·|emb|",
    ),
    "HyperConnectionPreMix": Formula(_premix, flops="2·|streams| + |Y|"),
    "HyperConnectionPostMix": Formula(
        _postmix, "|streams| · C with a stream mix, else 0", "2·MACs + 2·|streams|",
        precision=dtype_of(0),
    ),
    "CDist": Formula(_distance, flops="3·M·K·N + M·K if euclidean"),
    "QLinearAdd": per_element(1, "a + b"),
    "QLinearMul": per_element(1, "a · b"),
    "MulInteger": per_element(1, "a · b"),
    "QLinearLeakyRelu": per_element(2, "x < 0 ? α·x : x"),
    "QLinearSigmoid": per_element(4, "1 / (1 + e⁻ˣ)"),
    "QLinearSoftmax": per_input(SOFTMAX, "maximum, subtract, exp, sum, divide"),
    "QOrderedGelu": per_element(5, "½·x·(1 + erf(x/√2))"),
    "QLinearAveragePool": AVERAGE,
    "QLinearGlobalAveragePool": GLOBAL_AVERAGE,
    "QLinearReduceMean": per_input(1, "Σx / n", divide=1),
    "ReduceSumInteger": per_input(1, "Σx"),
    "MaxpoolWithMask": MAX,
    "NhwcMaxPool": MAX,
    "QuantizeLinear": QUANTIZE,
    "DequantizeLinear": DEQUANTIZE,
    "QuantizeWithOrder": per_element(4, "saturate(round(x / s))"),
    "DequantizeWithOrder": per_element(1, "x · s"),
    "GatherBlockQuantized": per_element(2, "(x − z) · s"),
}  # fmt: skip


def _from(source: str, rules: dict[str, Formula]) -> dict[str, Formula]:
    """The constructors name the ONNX specification, which does not know these operators."""
    return {
        op: replace(rule, source=source) if rule.source == SPEC else rule
        for op, rule in rules.items()
    }


RULES = _from("ONNX Runtime contrib operators", _RULES)
LEGACY = _from("ONNX Runtime, once experimental in ONNX", _LEGACY)
"""Operators that ONNX Runtime accepts in ai.onnx although the specification dropped them."""
