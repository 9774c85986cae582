"""Convolutions, pools and recurrent layers, in every layout and form of execution."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import MS, REFERENCE, Case, f, positive, scalar, u8
from tests.costs.counted.elementwise import batch_norm, instance_norm, local_response
from tests.costs.counted.parts import (
    SAMPLING,
    A,
    convolve,
    deconvolve,
    first,
    last,
    quantised,
    real,
    relu,
    sigmoid,
    silu,
    windows,
)
from tests.costs.counted.tally import counted, einsum, left_out, plain

NCHWC, NHWC = "com.microsoft.nchwc", "com.ms.internal.nhwc"
INTERNAL = "an internal operator, which ONNX Runtime makes of the one of ONNX and takes from nobody"
NO_KERNEL = "no kernel for a processor"

X, W, B = f(2, 4, 6, 5), f(6, 2, 3, 2), f(6)
HOW: dict[str, Any] = {"group": 2, "strides": [2, 1], "pads": [1, 0, 1, 1], "dilations": [1, 2]}
UP: dict[str, Any] = {"group": 2, "strides": [2, 3], "pads": [1, 0, 0, 1]}
S, Z = scalar(0.02), scalar(3, np.uint8)


def conv(x: A, w: A, b: A = None, **how: Any) -> A:
    return convolve(x, w, b, **how)


def fused_conv(x: A, w: A, b: A = None, z: A = None, activation: str = "", **how: Any) -> A:
    """Convolution, sum and activation; Relu is the one that costs 1."""
    y = convolve(x, w, b, **how)
    y = y if z is None else y + z
    return relu(y) if activation else y


def channels_last(x: A, w: A, b: A = None, z: A = None, **how: Any) -> A:
    return last(fused_conv(first(x), w, b, None if z is None else first(z), **how))


def integer_conv(x: A, w: A, xz: A = None, wz: A = None, **how: Any) -> A:
    y = convolve(real(x, 1, xz), real(w, 1, wz), **how)
    return counted(plain(y).astype(np.int32))


def qlinear_conv(
    x: A, xs: A, xz: A, w: A, ws: A, wz: A, ys: A, yz: A, b: A = None, **how: Any
) -> A:
    bias = None if b is None else real(b, plain(xs) * plain(ws))
    if how.pop("channels_last", 0):
        y = last(convolve(first(real(x, xs, xz)), real(w, ws, wz), bias, **how))
    else:
        y = convolve(real(x, xs, xz), real(w, ws, wz), bias, **how)
    return quantised(y, ys, yz)


def qlinear_deconv(
    x: A, xs: A, xz: A, w: A, ws: A, wz: A, ys: A, yz: A, b: A = None, **how: Any
) -> A:
    bias = None if b is None else real(b, plain(xs) * plain(ws))
    return quantised(last(deconvolve(first(real(x, xs, xz)), real(w, ws, wz), bias, **how)), ys, yz)


def deformable(x: A, w: A, offset: A, b: A = None, mask: A = None, **_: Any) -> A:
    """Zhu et al. 2018 (arXiv 1811.11168), eq. 1: each tap of each channel is interpolated from 4
    neighbours and scaled by its mask; one group, no padding, stride 1."""
    count = x.shape[0]
    kernel = w.shape[2:]
    sides = tuple(n - k + 1 for n, k in zip(x.shape[2:], kernel, strict=True))
    with left_out(SAMPLING):
        taps = np.indices(kernel).reshape(2, -1)  # (axis, tap)
        grid = np.indices(sides)[:, None] + taps[:, :, None, None]
        moved = plain(offset).reshape(count, -1, 2, *sides).transpose(0, 2, 1, 3, 4)
        at = grid + moved  # (n, axis, tap, out …)
        low = np.floor(at).astype(int)
        part = at - low
        wide = np.pad(plain(x), [(0, 0), (0, 0), (9, 9), (9, 9)])
        batch = np.arange(count)[:, None, None, None]
        seen, shares = [], []
        for dy in (0, 1):
            for dx in (0, 1):
                y, z = low[:, 0] + dy + 9, low[:, 1] + dx + 9
                seen.append(wide.transpose(0, 2, 3, 1)[batch, y, z].transpose(0, 4, 1, 2, 3))
                share = (part[:, 0] if dy else 1 - part[:, 0]) * (
                    part[:, 1] if dx else 1 - part[:, 1]
                )
                shares.append(np.broadcast_to(share[:, None], seen[-1].shape))
    sampled = (counted(np.stack(seen)) * counted(np.stack(shares))).sum(axis=0)
    if mask is not None:
        sampled = sampled * counted(plain(mask)[:, None])
    y = einsum("nckpq,mck->nmpq", sampled, w.reshape(*w.shape[:2], -1))
    y = counted(plain(y).astype(np.float32))
    return y if b is None else y + b.reshape(-1, 1, 1)


def causal(
    x: A, w: A, b: A = None, past: A = None, activation: str = "none", **_: Any
) -> tuple[A, A]:
    """A depthwise convolution over the past and the present steps."""
    size = w.shape[2] - 1
    state = np.zeros((*x.shape[:2], size), plain(x).dtype) if past is None else plain(past)
    wide = counted(np.concatenate([state, plain(x)], 2))
    y = convolve(wide, w, b, group=x.shape[1])
    present = counted(plain(wide)[..., -size:])
    return (silu(y) if activation in ("silu", "swish") else y), present


def varlen_causal(
    x: A, w: A, ends: A, b: A = None, state: A = None, activation: str = "none", **_: Any
) -> tuple[A, A]:
    """One sequence of packed tokens."""
    y, present = causal(counted(plain(x).T[None]), w, b, state, activation)
    return counted(plain(y)[0].T), present


def words(x: A, w: A, b: A, c: A, **_: Any) -> A:
    """Characters are looked up, convolved over each word, bent, and the largest one is kept."""
    with left_out("looking up moves data"):
        rows = plain(c)[plain(x).reshape(-1, x.shape[-1])]  # (word, char, embedding)
    y = np.tanh(convolve(counted(rows[:, None]), w, b)[..., 0])
    return y.max(axis=2).reshape(*x.shape[:-1], -1)


# pools


def pool_axes(kernel: Any) -> tuple[int, ...]:
    return tuple(range(-len(kernel), 0))


def max_pool(x: A, kernel_shape: Any, **how: Any) -> A:
    seen = windows(x, tuple(kernel_shape), fill=-np.inf if x.dtype.kind == "f" else 0, **how)
    return seen.max(axis=pool_axes(kernel_shape))


def average_pool(x: A, kernel_shape: Any, count_include_pad: int = 1, **how: Any) -> A:
    sums = windows(x, tuple(kernel_shape), **how).sum(axis=pool_axes(kernel_shape))
    return sums / np.float32(np.prod(kernel_shape))


def lp_pool(x: A, kernel_shape: Any, p: int = 2, **how: Any) -> A:
    """(Σ |x|ᵖ)^(1/p); every window takes its own powers."""
    seen = windows(x, tuple(kernel_shape), **how)
    return (np.abs(seen) ** p).sum(axis=pool_axes(kernel_shape)) ** (1 / p)


def spatial(x: A) -> tuple[int, ...]:
    return tuple(range(2, x.ndim))


def global_average(x: A) -> A:
    size = np.float32(np.prod(x.shape[2:]))
    return x.sum(axis=spatial(x), keepdims=True) / size


def global_max(x: A) -> A:
    return x.max(axis=spatial(x), keepdims=True)


def global_lp(x: A, p: int = 2) -> A:
    return (np.abs(x) ** p).sum(axis=spatial(x), keepdims=True) ** (1 / p)


def in_nhwc(define: Any) -> Any:
    """The same on channels that come last."""
    return lambda x, *rest, **how: last(define(first(x), *rest, **how))


def qlinear_average(x: A, xs: A, xz: A, ys: A, yz: A, **how: Any) -> A:
    axis_last = how.pop("channels_last", 0)
    inside = first(real(x, xs, xz)) if axis_last else real(x, xs, xz)
    y = average_pool(inside, **how) if "kernel_shape" in how else global_average(inside)
    return quantised(last(y) if axis_last else y, ys, yz)


# recurrent layers, one direction, as ONNX writes their equations


def gates(x: A, h: A, w: A, r: A, wb: A, rb: A) -> A:
    y = x @ w.T + h @ r.T
    return y if wb is None else y + wb + rb


def unroll(step: Any, x: A, *state: A) -> tuple[A, ...]:
    found = []
    for row in x:
        state = step(row, *state)
        found.append(plain(state[0])[None])
    return (counted(np.stack(found)), *(s[None] for s in state))


def start(x: A, r: A) -> A:
    return counted(np.zeros((x.shape[1], r.shape[2]), np.float32))


def biases(b: A, size: int) -> tuple[Any, Any]:
    return (None, None) if b is None else (b[0][:size], b[0][size:])


def rnn(x: A, w: A, r: A, b: A = None, hidden_size: int = 0) -> tuple[A, ...]:
    wb, rb = biases(b, hidden_size)
    return unroll(lambda row, h: (np.tanh(gates(row, h, w[0], r[0], wb, rb)),), x, start(x, r))


def gru(
    x: A, w: A, r: A, b: A = None, hidden_size: int = 0, linear_before_reset: int = 0
) -> tuple[A, ...]:
    """z, r and the new state; the reset gate before or after the product with the state."""
    n = hidden_size
    wb, rb = biases(b, 3 * n)

    def step(row: A, h: A) -> tuple[A]:
        part = [slice(i * n, (i + 1) * n) for i in range(3)]
        bs = [(None, None) if wb is None else (wb[p], rb[p]) for p in part]
        z, reset = (
            sigmoid(gates(row, h, w[0][p], r[0][p], *q)) for p, q in zip(part[:2], bs, strict=False)
        )
        if linear_before_reset:
            back = h @ r[0][part[2]].T
            back = back if wb is None else back + bs[2][1]
            y = row @ w[0][part[2]].T
            y = y if wb is None else y + bs[2][0]
            new = np.tanh(y + reset * back)
        else:
            new = np.tanh(gates(row, reset * h, w[0][part[2]], r[0][part[2]], *bs[2]))
        return ((1 - z) * new + z * h,)

    return unroll(step, x, start(x, r))


def lstm(
    x: A, w: A, r: A, b: A = None, lengths: A = None, h: A = None, c: A = None, p: A = None,
    hidden_size: int = 0,
) -> tuple[A, ...]:  # fmt: skip
    """Gates i, o, f, c with peepholes on i, f (old cell) and o (new cell)."""
    n = hidden_size
    wb, rb = biases(b, 4 * n)
    looks = None if p is None else [p[0][i * n : (i + 1) * n] for i in range(3)]

    def step(row: A, h: A, c: A) -> tuple[A, A]:
        all_gates = gates(row, h, w[0], r[0], wb, rb)
        i, o, f_, g = (all_gates[:, k * n : (k + 1) * n] for k in range(4))
        if looks is not None:
            i, f_ = i + looks[0] * c, f_ + looks[2] * c
        new = sigmoid(f_) * c + sigmoid(i) * np.tanh(g)
        if looks is not None:
            o = o + looks[1] * new
        return sigmoid(o) * np.tanh(new), new

    return unroll(step, x, start(x, r), start(x, r))


def quantised_lstm(
    x: A, w: A, r: A, b: A, lengths: A, h: A, c: A, p: A, ws: A, wz: A, rs: A, rz: A,
    hidden_size: int = 0,
) -> tuple[A, ...]:  # fmt: skip
    """Weights stand for real numbers, and lie transposed."""
    w, r = real(w, ws, wz).swapaxes(1, 2), real(r, rs, rz).swapaxes(1, 2)
    return lstm(x, w, r, b, hidden_size=hidden_size)


STEPS, WIDE, H = 3, 4, 5
SEQUENCE = f(STEPS, 2, WIDE)


def recurrent(gate_count: int) -> tuple[Any, ...]:
    return (SEQUENCE, f(1, gate_count * H, WIDE), f(1, gate_count * H, H), f(1, 2 * gate_count * H))


SIZE = {"hidden_size": H}
POOL: dict[str, Any] = {"kernel_shape": [3, 2], "strides": [2, 1]}
PADDED: dict[str, Any] = {**POOL, "pads": [1, 0, 1, 1]}
XL, ZL = np.moveaxis(X, 1, -1), np.moveaxis(f(2, 6, 3, 4), 1, -1)
QX, QW, QB = u8(2, 4, 6, 5), u8(6, 2, 3, 2), np.arange(6, dtype=np.int32)
Q = (S, Z)
YS = (scalar(0.05), scalar(100, np.uint8))
TOKENS = f(2, 6, 7)
DEFORM = (f(1, 2, 5, 6), f(3, 2, 2, 2), f(1, 8, 4, 5) * 1.5)


def internal(domain: str, op: str, inputs: Any, define: Any, **more: Any) -> Case:
    return Case(op, inputs, define, more, domain, 1, beside=INTERNAL)


CASES: tuple[Case, ...] = (
    Case("Conv", (X, W, B), conv, HOW),
    Case("Conv", (f(1, 2, 9), f(3, 2, 4)), conv, {"strides": [2]}),
    Case("Conv", (f(1, 2, 4, 5, 3), f(3, 2, 2, 3, 2)), conv),
    Case("ConvTranspose", (X, f(4, 3, 3, 2), B), deconvolve, UP),
    Case("ConvTranspose", (f(1, 2, 5), f(2, 3, 3)), deconvolve, {"strides": [2]}),
    Case("ConvInteger", (QX, QW, Z), integer_conv, HOW),
    Case("QLinearConv", (QX, *Q, QW, *Q, *YS, QB), qlinear_conv, HOW, tolerance=1),
    Case("QLinearConv", (QX, *Q, QW, *Q, *YS), qlinear_conv, HOW, tolerance=1),
    Case("DeformConv", (*DEFORM, f(3), positive(1, 4, 4, 5)), deformable, beside=REFERENCE),
    Case("DeformConv", DEFORM, deformable, beside=REFERENCE),
    Case("CausalConvWithState", (TOKENS, f(6, 1, 3), f(6)), causal, {"activation": "silu"},
         version=27, beside=REFERENCE, outputs=2),
    Case("CausalConvWithState", (TOKENS, f(6, 1, 3), f(6), f(2, 6, 2)), causal,
         {"activation": "silu"}, MS, 1, 2),
    Case("VarlenCausalConvWithState",
         (f(7, 6), f(6, 1, 3), np.array([0, 7], np.int32), f(6), f(1, 6, 2)), varlen_causal,
         {"activation": "silu"}, MS, 1, 2),
    Case("MaxPool", (X,), max_pool, PADDED),
    Case("AveragePool", (X,), average_pool, {**PADDED, "count_include_pad": 1}),
    Case("LpPool", (X,), lp_pool, {**PADDED, "p": 3}),
    Case("GlobalAveragePool", (X,), global_average),
    Case("GlobalMaxPool", (X,), global_max),
    Case("GlobalLpPool", (X,), global_lp, {"p": 2}, version=18),
    Case("RNN", recurrent(1), rnn, SIZE, outputs=2),
    Case("RNN", recurrent(1)[:3], rnn, SIZE, outputs=2),
    Case("GRU", recurrent(3), gru, SIZE, outputs=2),
    Case("GRU", recurrent(3)[:3], gru, SIZE, outputs=2),
    Case("GRU", recurrent(3), gru, {**SIZE, "linear_before_reset": 1}, outputs=2),
    Case("LSTM", recurrent(4), lstm, SIZE, outputs=3),
    Case("LSTM", (*recurrent(4), None, None, None, f(1, 3 * H)), lstm, SIZE, outputs=3),
    Case("DynamicQuantizeLSTM",
         (SEQUENCE, u8(1, WIDE, 4 * H), u8(1, H, 4 * H), f(1, 8 * H), None, None, None, None,
          f(1) * 0 + np.float32(0.05), np.array([4], np.uint8),
          f(1) * 0 + np.float32(0.05), np.array([4], np.uint8)),
         quantised_lstm, SIZE, MS, 1, 3, tolerance=3e-2),
    # com.microsoft
    Case("FusedConv", (X, W, B, f(2, 6, 3, 4)), fused_conv, {**HOW, "activation": "Relu"}, MS, 1),
    Case("FusedConv", (X, W), fused_conv, HOW, MS, 1),
    Case("NhwcConv", (XL, W, B), channels_last, HOW, MS, 1, beside=NO_KERNEL),
    Case("NhwcFusedConv", (XL, W, B, ZL), channels_last, {**HOW, "activation": "Relu"}, MS, 1,
         beside="its kernel for a processor takes 16-bit numbers"),
    Case("ConvTransposeWithDynamicPads",
         (X, f(4, 3, 3, 2), np.array([1, 0, 0, 1]), B),
         lambda x, w, pads, b, **how: deconvolve(x, w, b, pads=plain(pads), **how),
         {"group": 2, "strides": [2, 3]}, MS, 1),
    Case("QLinearConv", (np.moveaxis(QX, 1, -1), *Q, QW, *Q, *YS, QB), qlinear_conv,
         {**HOW, "channels_last": 1}, MS, 1, tolerance=1),
    Case("WordConvEmbedding",
         (np.array([[3, 1, 4, 1, 5], [2, 6, 5, 3, 5]], np.int32), f(7, 1, 3, 4), f(7), f(9, 4)),
         words, {}, MS, 1),
    Case("MaxpoolWithMask", (X, np.ones_like(X, np.int32)), lambda x, m, **h: max_pool(x, **h),
         PADDED, MS, 1),
    Case("NhwcMaxPool", (np.moveaxis(QX, 1, -1),), in_nhwc(max_pool), POOL, MS, 1),
    Case("QLinearAveragePool", (QX, *Q, *Q), qlinear_average, POOL, MS, 1, tolerance=1),
    Case("QLinearGlobalAveragePool", (np.moveaxis(QX, 1, -1), *Q, *Q), qlinear_average,
         {"channels_last": 1}, MS, 1, tolerance=1),
    # com.microsoft.nchwc: channels in blocks, whose padding is in the shapes
    internal(NCHWC, "Conv", (X, W, B, f(2, 6, 3, 4)), fused_conv, **HOW, activation="Relu"),
    internal(NCHWC, "MaxPool", (X,), max_pool, **PADDED),
    internal(NCHWC, "AveragePool", (X,), average_pool, **PADDED),
    internal(NCHWC, "GlobalMaxPool", (X,), global_max),
    internal(NCHWC, "GlobalAveragePool", (X,), global_average),
    # com.ms.internal.nhwc
    internal(NHWC, "Conv", (XL, W, B), channels_last, **HOW),
    internal(NHWC, "ConvTranspose", (XL, f(4, 3, 3, 2), B), in_nhwc(deconvolve), **UP),
    internal(NHWC, "QLinearConv", (np.moveaxis(QX, 1, -1), *Q, QW, *Q, *YS, QB),
             lambda *a, **k: qlinear_conv(*a, channels_last=1, **k), **HOW),
    internal(NHWC, "QLinearConvTranspose",
             (np.moveaxis(QX, 1, -1), *Q, u8(4, 3, 3, 2), *Q, *YS, QB), qlinear_deconv, **UP),
    internal(NHWC, "QLinearAveragePool", (np.moveaxis(QX, 1, -1), *Q, *Q),
             lambda *a, **k: qlinear_average(*a, channels_last=1, **k), **POOL),
    internal(NHWC, "MaxPool", (XL,), in_nhwc(max_pool), **PADDED),
    internal(NHWC, "AveragePool", (XL,), in_nhwc(average_pool), **PADDED),
    internal(NHWC, "LpPool", (XL,), in_nhwc(lp_pool), **PADDED),
    internal(NHWC, "GlobalAveragePool", (XL,), in_nhwc(global_average)),
    internal(NHWC, "GlobalMaxPool", (XL,), in_nhwc(global_max)),
    internal(NHWC, "GlobalLpPool", (XL,), in_nhwc(global_lp)),
    internal(NHWC, "BatchNormalization", (XL, f(4), f(4), f(4), positive(4)), in_nhwc(batch_norm)),
    internal(NHWC, "InstanceNormalization", (XL, f(4), f(4)), in_nhwc(instance_norm)),
    internal(NHWC, "LRN", (XL,), in_nhwc(local_response), size=3),
)  # fmt: skip
