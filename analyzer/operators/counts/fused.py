"""com.microsoft: fused activations, normalisations and quantised element-wise operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.counts.elementwise import SIGMOID
from analyzer.operators.counts.normalization import LAYER_NORM, RMS_NORM
from analyzer.operators.formula import (
    Work,
    given,
)

if TYPE_CHECKING:
    from analyzer.graph.call import Call

SILU = 5


def layer(call: Call) -> int:
    return LAYER_NORM - 1 + given(call, 2)


def skip_layer(call: Call) -> int:
    return LAYER_NORM + given(call, 3) + given(call, 4)


def skip_rms(call: Call) -> int:
    return RMS_NORM + 1 + given(call, 3)


def group(call: Call) -> int:
    return LAYER_NORM + (SILU if call.attr("activation", 0) else 0)


def skip_group(call: Call) -> int:
    return group(call) + 1 + given(call, 4)


def embed(call: Call) -> Work:
    """Sum of word, position and (optional) segment embedding, then layer normalisation."""
    each, size = LAYER_NORM + 1 + given(call, 4), call.out_size()
    return Work(0, each * size, f"{each} · {size}")


def quantised_embed(call: Call) -> Work:
    """QEmbedLayerNormalization: segment ids at input 1; embeddings are dequantised (2 each)."""
    tables = 3 if given(call, 1) else 2
    each, size = LAYER_NORM + tables - 1 + 2 * tables, call.out_size()
    return Work(0, each * size, f"{each} · {size}")


def swiglu(call: Call) -> int:
    clamp = 3 if call.attr("limit", 0.0) > 0 else 0
    scaled = int(call.attr("activation_alpha", 1.0) != 1.0)
    return SIGMOID + 2 + scaled + int(call.attr("activation_beta", 0.0) != 0.0) + clamp


def premix(call: Call) -> Work:
    """HyperConnectionPreMix: Σ over streams of stream · gate."""
    size = call.size(0)
    return Work(0, 2 * size + call.out_size(), f"2 · {size} + {call.out_size()}")


def postmix(call: Call) -> Work:
    """HyperConnectionPostMix: a C × C mix of the streams, and the gated branch output."""
    size = call.size(0)
    streams = call.shape(3)[-1] if given(call, 3) else 0
    return Work(size * streams, 2 * size, f"{size} · {streams}")


def distance(call: Call) -> Work:
    """CDist: |a − b|² needs 3 operations per feature, and a root per pair."""
    (rows, width), (columns, _) = call.shape(0), call.shape(1)
    root = rows * columns * (call.attr("metric", "sqeuclidean") == "euclidean")
    other = 3 * rows * columns * width + root
    text = f"3 · {rows} · {columns} · {width}" + (f" + {root}" if root else "")
    return Work(0, other, text)


def attention_gate(call: Call) -> Work:
    """decay = scale·ln(1 + e^(a + bias)): 5 per value; beta = sigmoid(b): 4."""
    size = call.size(0)
    rate = call.size(3) if given(call, 3) else 0
    return Work(0, 5 * size + 4 * rate, f"5 · {size} + 4 · {rate}")
