"""Fused normalisations, activations and sums of ONNX Runtime, and their quantised forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import MS, Case, f, positive, scalar, u8
from tests.costs.counted.convolutions import NO_KERNEL
from tests.costs.counted.elementwise import group_norm, leaky_relu
from tests.costs.counted.parts import (
    A,
    first,
    gelu,
    gelu_tanh,
    last,
    layer_norm,
    quantised,
    real,
    rms,
    sigmoid,
    silu,
    softmax,
)
from tests.costs.counted.products import swiglu
from tests.costs.counted.tally import counted, einsum, left_out, plain

LOOKED_UP = "looking rows up moves data"

# normalisations


def skip_layer(x: A, skip: A, gamma: A, beta: A = None, bias: A = None) -> A:
    x = x + skip
    return layer_norm(x if bias is None else x + bias, gamma, beta, 1e-12)


def skip_rms(x: A, skip: A, gamma: A, bias: A = None) -> A:
    x = x + skip
    return rms(x if bias is None else x + bias, 1e-12) * gamma


def embed(ids: A, segments: A, words: A, places: A, kinds: A, gamma: A, beta: A, *_: A) -> A:
    with left_out(LOOKED_UP):
        found = counted(plain(words)[plain(ids)])
        where = counted(plain(places)[: ids.shape[1]][None])
        kind = None if kinds is None else counted(plain(kinds)[plain(segments)])
    found = found + where
    found = found if kind is None else found + kind
    return layer_norm(found, gamma, beta, 1e-12)


def quantised_embed(
    ids: A, segments: A, words: A, places: A, kinds: A, gamma: A, beta: A, mask: A, *scales: A
) -> A:
    """Each embedding is brought back to real numbers: (x − z) · s; the norm's own two are small."""
    with left_out(LOOKED_UP):
        rows = [counted(plain(words)[plain(ids)].astype(np.float64))]
        rows.append(counted(np.broadcast_to(plain(places)[: ids.shape[1]], rows[0].shape) * 1.0))
        if kinds is not None:
            rows.append(counted(plain(kinds)[plain(segments)].astype(np.float64)))
    s, z = scales[:5], scales[5:]
    total = (rows[0] - z[0]) * s[0]
    for index, row in enumerate(rows[1:], 1):
        total = total + (row - z[index]) * s[index]
    return layer_norm(total, real(gamma, s[3], z[3]), real(beta, s[4], z[4]), 1e-12)


def channels_last_group(
    x: A, gamma: A, beta: A, skip: A = None, bias: A = None, *, groups: int, activation: int = 0,
    **_: Any,
) -> A:  # fmt: skip
    x = x if skip is None else x + skip
    x = x if bias is None else x + bias
    y = last(group_norm(first(x), gamma, beta, groups))
    return silu(y) if activation else y


def gated_rms(x: A, scale: A, gate: A, activation: str = "silu", **_: Any) -> A:
    y = rms(x) * scale
    return y * (sigmoid(gate) if activation == "sigmoid" else silu(gate))


def branchwise(x: A, scale: A = None, **_: Any) -> A:
    y = rms(x)
    return y if scale is None else y * scale


def ordered_norm(x: A, xs: A, scale: A, bias: A, ys: A) -> A:
    return quantised(layer_norm(real(x, xs), scale, bias), ys, 0, np.int8)


# activations and sums


def attention_gate(a: A, bias: A, scale: A, b: A = None) -> tuple[A, ...]:
    decay = scale * np.log(1 + np.exp(a + bias))
    return (decay,) if b is None else (decay, sigmoid(b))


def bias_split_gelu(x: A, bias: A) -> A:
    left, right = np.split(x + bias, 2, -1)
    return left * gelu(right)


def complex_product(a: A, b: A, conjugate: bool = False) -> A:
    """(p + iq)(r + is) = pr − qs + i(ps + qr)."""
    p, q, r, s = a[..., 0], a[..., 1], b[..., 0], b[..., 1]
    if conjugate:
        return counted(np.stack([plain(p * r + q * s), plain(q * r - p * s)], -1))
    parts = (p * r - q * s, p * s + q * r)
    return counted(np.stack([plain(x) for x in parts], -1))


def distance(a: A, b: A, metric: str = "sqeuclidean") -> A:
    apart = counted(plain(a)[:, None]) - counted(plain(b)[None])
    squares = (apart * apart).sum(axis=-1)
    return np.sqrt(squares) if metric == "euclidean" else squares


def premix(x: A, gates: A, **_: Any) -> A:
    return (x * gates).sum(axis=-2) * 1.0


def postmix(x: A, branch: A, gates: A, mix: A = None, **_: Any) -> A:
    """The mixed streams and the gated branch; without a mix the streams themselves."""
    injected = gates * counted(plain(branch)[..., None, :])
    return (x if mix is None else einsum("bsck,bsch->bskh", mix, x)) + injected


def warp(x: A) -> A:
    """cost + the least of the three cells before; the way back is a search."""
    cost = plain(x)[0]
    rows, columns = cost.shape
    least = np.full((rows + 1, columns + 1), np.inf)
    least[0, 0] = 0
    for r in range(rows):
        for c in range(columns):
            before = least[r, c + 1], least[r + 1, c], least[r, c]
            one, two, three = (counted(v) for v in before)
            least[r + 1, c + 1] = plain(np.minimum(np.minimum(one, two), three) + cost[r, c])
    way, at = [], (rows, columns)
    while at != (0, 0):
        way.append((at[0] - 1, at[1] - 1))
        steps = [(at[0] - 1, at[1] - 1), (at[0] - 1, at[1]), (at[0], at[1] - 1)]
        at = min(steps, key=lambda s: least[s])
    return counted(np.array(way[::-1], np.int32).T)


def qlinear(define: Any, kind: Any = np.uint8) -> Any:
    """A function of real numbers on the integers that stand for them."""
    return lambda x, xs, xz, ys, yz, **how: quantised(
        define(counted(plain(real(x, xs, xz))), **how), ys, yz, kind
    )


def two(define: Any) -> Any:
    return lambda a, sa, za, b, sb, zb, sy, zy: quantised(
        define(real(a, sa, za), real(b, sb, zb)), sy, zy
    )


def mean_of(x: A, axes: Any, keepdims: int = 1) -> A:
    return x.sum(axis=tuple(axes), keepdims=True) / np.prod([x.shape[a] for a in axes])


def gather_blocks(data: A, rows: A, scales: A, zeros: A, **how: Any) -> A:
    """Rows of packed bytes, 4 bits a value, and a scale and zero point for each block."""
    with left_out(LOOKED_UP):
        picked = plain(data)[plain(rows)]
        values = np.stack([picked & 15, picked >> 4], -1).reshape(*picked.shape[:-1], -1)
        s = np.repeat(plain(scales)[plain(rows)], how["block_size"], -1)
        z = plain(zeros)[plain(rows)]
        z = np.stack([z & 15, z >> 4], -1).reshape(*z.shape[:-1], -1)[..., : scales.shape[-1]]
        z = np.repeat(z, how["block_size"], -1).astype(np.float32)
    return (counted(values.astype(np.float32)) - z) * s


def quantised_linear(x: A, s: A, z: A) -> A:
    y = np.clip(np.rint(x / s) + z, 0, 255)
    return counted(plain(y).astype(np.uint8))


S, Z = scalar(0.02), scalar(3, np.uint8)
Q = (S, Z)
YQ = (scalar(0.03), scalar(100, np.uint8))
X3, X4 = f(2, 3, 4), f(2, 4, 5, 6)
G, B = f(4, seed="g"), f(4, seed="b")
IDS, KINDS = np.array([[1, 4, 2]], np.int32), np.array([[0, 1, 1]], np.int32)
TABLES = (f(9, 4), f(5, 4), f(2, 4))
HWC = f(2, 3, 3, 4)


def ms(op: str, inputs: Any, define: Any, beside: str = "onnxruntime", **more: Any) -> Case:
    outputs, tolerance = more.pop("outputs", 1), more.pop("tolerance", 5e-4)
    return Case(op, inputs, define, more, MS, 1, outputs, beside, tolerance)


CASES: tuple[Case, ...] = (
    ms("Gelu", (X3,), gelu),
    ms("FastGelu", (X3, B), lambda x, b: gelu_tanh(x + b), tolerance=1e-3),
    ms("FastGelu", (X3,), gelu_tanh, tolerance=1e-3),
    ms("BiasGelu", (X3, B), lambda x, b: gelu(x + b)),
    ms("QuickGelu", (X3,), lambda x, alpha: x * sigmoid(alpha * x), alpha=1.702),
    ms("ScaledSiLU", (X3,), lambda x, alpha: silu(alpha * x), alpha=0.5),
    ms("BiasSplitGelu", (X3, B), bias_split_gelu, NO_KERNEL),
    ms("SwiGLU", (X3, f(2, 3, 4, seed="up")), swiglu, NO_KERNEL),
    ms("SwiGLU", (X3, f(2, 3, 4, seed="up")),
       lambda a, b, **h: swiglu(a, b, h["activation_alpha"], h["activation_beta"], h["limit"]),
       NO_KERNEL, activation_alpha=1.7, activation_beta=1.0, limit=7.0),
    ms("BiasAdd", (X3, B, f(2, 3, 4, seed="s")), lambda x, b, s: x + b + s, NO_KERNEL),
    ms("BiasDropout", (X3, B, f(2, 3, 4, seed="r")), lambda x, b, r: x + b + r, NO_KERNEL),
    ms("BiasDropout", (X3, B), lambda x, b: x + b, NO_KERNEL),
    ms("BitmaskBiasDropout", (X3, B, f(2, 3, 4, seed="r")), lambda x, b, r: x + b + r, NO_KERNEL),
    ms("BiasSoftmax", (X3, B), lambda x, b: softmax(x + b), NO_KERNEL),
    ms("ComplexMul", (f(3, 2), f(3, 2, seed="b")), complex_product, NO_KERNEL),
    ms("ComplexMulConj", (f(3, 2), f(3, 2, seed="b")),
       lambda a, b: complex_product(a, b, conjugate=True), NO_KERNEL),
    ms("LinearAttentionGate", (X3, B, G, f(2, 3, 4, seed="b")), attention_gate, outputs=2),
    ms("LinearAttentionGate", (X3, B, G), attention_gate),
    ms("GatedRMSNorm", (X3, G, f(2, 3, 4, seed="z")), gated_rms),
    ms("GatedRMSNorm", (X3, G, f(2, 3, 4, seed="z")), gated_rms, activation="sigmoid"),
    ms("BranchwiseRMSNorm", (X3, G), branchwise),
    ms("BranchwiseRMSNorm", (X3,), branchwise),
    ms("LayerNormalization", (X3, G, B), layer_norm, "ONNX Runtime has its schema no more"),
    ms("QOrderedLayerNormalization",
       (u8(2, 3, 4).astype(np.int8), S, G, B, S), ordered_norm, NO_KERNEL),
    ms("SimplifiedLayerNormalization", (X3, G), lambda x, g: rms(x) * g,
       "ONNX Runtime has its schema no more"),
    ms("SkipLayerNormalization", (X3, f(2, 3, 4, seed="s"), G, B, f(4, seed="bias")), skip_layer),
    ms("SkipLayerNormalization", (X3, f(2, 3, 4, seed="s"), G), skip_layer),
    ms("SkipLayerNormalization", (X3, f(1, 3, 4, seed="s"), G), skip_layer),
    ms("SkipLayerNormalization", (X3, f(3, 4, seed="s"), G), skip_layer),
    ms("SkipSimplifiedLayerNormalization", (X3, f(2, 3, 4, seed="s"), G, B), skip_rms),
    ms("SkipSimplifiedLayerNormalization", (X3, f(2, 3, 4, seed="s"), G), skip_rms),
    ms("GroupNorm", (HWC, G, B), channels_last_group, NO_KERNEL, groups=2, activation=1),
    ms("GroupNorm", (HWC, G, B), channels_last_group, NO_KERNEL, groups=2, activation=0),
    ms("SkipGroupNorm", (HWC, G, B, f(2, 3, 3, 4, seed="s"), f(4, seed="bias")),
       channels_last_group, NO_KERNEL, groups=2, activation=1),
    ms("EmbedLayerNormalization", (IDS, KINDS, *TABLES, G, B), embed, outputs=2),
    ms("EmbedLayerNormalization", (IDS, None, *TABLES[:2], None, G, B), embed, outputs=2),
    ms("QEmbedLayerNormalization",
       (IDS, KINDS, u8(9, 4), u8(5, 4), u8(2, 4), u8(4), u8(4), None, *(S,) * 5, *(Z,) * 5),
       quantised_embed, outputs=2, tolerance=2e-3),
    ms("QEmbedLayerNormalization",
       (IDS, None, u8(9, 4), u8(5, 4), None, u8(4), u8(4), None, S, S, None, S, S, Z, Z, None, Z,
        Z), quantised_embed, outputs=2, tolerance=2e-3),
    ms("HyperConnectionPreMix", (f(1, 2, 3, 4), f(1, 2, 3, 4, seed="g")), premix),
    ms("HyperConnectionPostMix", (f(1, 2, 3, 4), f(1, 2, 4), f(1, 2, 3, 4, seed="g"),
                                  f(1, 2, 3, 3)), postmix),
    ms("HyperConnectionPostMix", (f(1, 2, 3, 4), f(1, 2, 4), f(1, 2, 3, 4, seed="g")), postmix),
    ms("CDist", (f(3, 5), f(4, 5)), distance, metric="euclidean"),
    ms("CDist", (f(3, 5), f(4, 5)), distance, metric="sqeuclidean"),
    ms("QLinearAdd", (u8(2, 3), *Q, u8(3), *Q, *Q), two(lambda a, b: a + b), tolerance=1),
    ms("QLinearMul", (u8(2, 3), *Q, u8(3), *Q, *Q), two(lambda a, b: a * b), tolerance=1),
    ms("MulInteger", (u8(2, 3), Z, u8(3), Z), lambda a, az, b, bz: real(a, 1, az) * real(b, 1, bz),
       NO_KERNEL),
    ms("QLinearLeakyRelu", (u8(2, 3), *Q, *YQ), qlinear(leaky_relu), alpha=0.1, tolerance=1),
    ms("QLinearSigmoid", (u8(2, 3), *Q, *Q), qlinear(sigmoid), tolerance=1),
    ms("QLinearSoftmax", (u8(2, 3), *Q, scalar(1 / 256), scalar(0, np.uint8)),
       qlinear(lambda x, **_: softmax(x)), axis=-1, opset=13, tolerance=1),
    ms("QOrderedGelu", (u8(2, 3).astype(np.int8), S, S),
       lambda x, xs, ys: quantised(gelu(real(x, xs)), ys, 0, np.int8), NO_KERNEL),
    ms("QLinearReduceMean", (u8(2, 3, 4), *Q, *Q), qlinear(mean_of), NO_KERNEL, axes=[1]),
    ms("ReduceSumInteger", (u8(2, 3, 4),),
       lambda x, axes: real(x).sum(axis=tuple(axes), keepdims=True), NO_KERNEL, axes=[1]),
    ms("QuantizeLinear", (X3, *Q), quantised_linear),
    ms("DequantizeLinear", (u8(2, 3), *Q), lambda x, s, z: (x.astype(np.float32) - z) * s),
    ms("QuantizeWithOrder", (X3, S), lambda x, s: np.clip(np.rint(x / s), -128, 127), NO_KERNEL),
    ms("DequantizeWithOrder", (u8(2, 3).astype(np.int8), S), lambda x, s: x * s, NO_KERNEL),
    ms("GatherBlockQuantized",
       (u8(5, 16) * 27, np.array([[1, 3]]), positive(5, 2), u8(5, 1) * 9), gather_blocks,
       block_size=16, bits=4, gather_axis=0, quantize_axis=1),
    ms("DynamicTimeWarping", (positive(1, 4, 5),), warp),
)  # fmt: skip
