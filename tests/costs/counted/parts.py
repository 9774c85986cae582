"""Pieces of definitions, each written as its equation in the literature or the specification.

What the convention of docs/operators.md leaves out is computed inside ``left_out``, with the
reason; everything else is counted by the arrays themselves.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from tests.costs.counted.tally import counted, einsum, left_out, plain

A = Any
"""A counting array."""

ROW = "once per row or channel, against hundreds of operations per row"
INTEGER = "integers stand for real numbers; scaling and rounding the result does not count"
WEIGHT = "a weight is unpacked once, not by each call"
SAMPLING = "positions and weights of sampling are left out"

erf = np.vectorize(math.erf, otypes=[np.float64])


# activations


def sigmoid(x: A) -> A:
    """1 / (1 + e⁻ˣ)."""
    return 1 / (1 + np.exp(-x))


def silu(x: A) -> A:
    """x · σ(x) (Elfwing et al. 2017, arXiv 1702.03118)."""
    return x * sigmoid(x)


def gelu(x: A) -> A:
    """½·x·(1 + erf(x/√2)) (Hendrycks and Gimpel 2016, arXiv 1606.08415)."""
    return 0.5 * x * (1 + erf(x / math.sqrt(2)))


def gelu_tanh(x: A) -> A:
    """½·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as above."""
    return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def relu(x: A) -> A:
    return np.maximum(x, 0)


def softmax(x: A, axis: int = -1) -> A:
    """exp(x − max x) / Σ exp(x − max x)."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


# normalisations


def normalise(x: A, axes: tuple[int, ...], epsilon: float = 1e-5) -> A:
    """(x − mean) / √(variance + ε)."""
    size = math.prod(x.shape[a] for a in axes)
    total = x.sum(axis=axes, keepdims=True)
    with left_out(ROW):
        mean = total / size
    apart = x - mean
    squares = (apart * apart).sum(axis=axes, keepdims=True)
    with left_out(ROW):
        deviation = np.sqrt(squares / size + epsilon)
    return apart / deviation


def layer_norm(x: A, gamma: A, beta: A = None, epsilon: float = 1e-5) -> A:
    """Ba et al. 2016 (arXiv 1607.06450)."""
    y = normalise(x, (x.ndim - 1,), epsilon) * gamma
    return y if beta is None else y + beta


def rms(x: A, epsilon: float = 1e-5) -> A:
    """x / √(mean x² + ε) (Zhang and Sennrich 2019, arXiv 1910.07467)."""
    squares = (x * x).sum(axis=-1, keepdims=True)
    with left_out(ROW):
        root = np.sqrt(squares / x.shape[-1] + epsilon)
    return x / root


# convolutions and pools: x (N, C, spatial …), kernels (N, M/g, K …)


def windows(
    x: A,
    kernel: tuple[int, ...],
    strides: tuple[int, ...] = (),
    pads: tuple[int, ...] = (),
    dilations: tuple[int, ...] = (),
    fill: float = 0,
) -> A:
    """What each output position sees: (N, C, output …, kernel …)."""
    rank = len(kernel)
    strides, dilations = strides or (1,) * rank, dilations or (1,) * rank
    pads = pads or (0,) * 2 * rank
    around: Any = [(0, 0), (0, 0), *zip(pads[:rank], pads[rank:], strict=True)]
    wide = np.pad(plain(x), around, constant_values=fill)
    out = [
        (wide.shape[2 + i] - (kernel[i] - 1) * dilations[i] - 1) // strides[i] + 1
        for i in range(rank)
    ]
    seen = np.empty((*wide.shape[:2], *out, *kernel), wide.dtype)
    for tap in product(*map(range, kernel)):
        at: Any = tuple(
            slice(t * d, t * d + (n - 1) * s + 1, s)
            for t, d, n, s in zip(tap, dilations, out, strides, strict=True)
        )
        to: Any = (..., *tap)
        seen[to] = wide[(slice(None), slice(None), *at)]
    return counted(seen)


def convolve(x: A, w: A, b: A = None, group: int = 1, **how: Any) -> A:
    """Σ over channels and kernel of x · w, then the bias."""
    rank = w.ndim - 2
    o, k = "opq"[:rank], "uvw"[:rank]
    seen = windows(x, w.shape[2:], **how)
    parts = []
    for xs, ws in zip(np.split(plain(seen), group, 1), np.split(plain(w), group, 0), strict=True):
        parts.append(plain(einsum(f"nc{o}{k},mc{k}->nm{o}", xs, ws)))
    y = counted(np.concatenate(parts, 1))
    return y if b is None else y + b.reshape(-1, *(1,) * rank)


def deconvolve(
    x: A, w: A, b: A = None, group: int = 1, strides: tuple[int, ...] = (), pads: A = ()
) -> A:
    """Every input times every tap of its group, added up where it falls; then cropped by pads."""
    rank = w.ndim - 2
    strides, pads = strides or (1,) * rank, tuple(pads) or (0,) * 2 * rank
    sides = [(n - 1) * s + k for n, s, k in zip(x.shape[2:], strides, w.shape[2:], strict=True)]
    out = np.zeros((x.shape[0], w.shape[1] * group, *sides), plain(x).dtype)
    o = "opq"[:rank]
    pairs = zip(np.split(plain(x), group, 1), np.split(plain(w), group, 0), strict=True)
    for index, (xs, ws) in enumerate(pairs):
        mine = slice(index * w.shape[1], (index + 1) * w.shape[1])
        for tap in product(*map(range, w.shape[2:])):
            at: Any = tuple(
                slice(t, t + (n - 1) * s + 1, s)
                for t, n, s in zip(tap, x.shape[2:], strides, strict=True)
            )
            to: Any = (..., *tap)
            # The additions into ``out`` are those that einsum counts for its sum.
            out[(slice(None), mine, *at)] += plain(einsum(f"nc{o},cm->nm{o}", xs, ws[to]))
    crop: Any = tuple(
        slice(a, n - z) for a, z, n in zip(pads[:rank], pads[rank:], sides, strict=True)
    )
    y = counted(out[:, :, *crop])
    return y if b is None else y + b.reshape(-1, *(1,) * rank)


def last(x: A) -> A:
    """Channels last, from channels first."""
    return counted(np.moveaxis(plain(x), 1, -1))


def first(x: A) -> A:
    """Channels first, from channels last."""
    return counted(np.moveaxis(plain(x), -1, 1))


# attention: q (…, Sq, d), k (…, Skv, d), v (…, Skv, dv)


def attend(q: A, k: A, v: A, bias: A = None, softcap: float = 0, scale: float = 0) -> A:
    """softmax(Q·Kᵀ/√d)·V (Vaswani et al. 2017, arXiv 1706.03762, eq. 1)."""
    scores = q @ counted(np.swapaxes(plain(k), -1, -2))
    scores = scores * (scale or 1 / math.sqrt(q.shape[-1]))
    if softcap:
        scores = softcap * np.tanh(scores / softcap)
    if bias is not None:
        scores = scores + bias
    return softmax(scores) @ v


def heads(x: A, count: int) -> A:
    """(B, S, H·d) as (B, H, S, d)."""
    batch, steps, width = x.shape
    return counted(plain(x).reshape(batch, steps, count, width // count).swapaxes(1, 2))


def merge(x: A) -> A:
    """(B, H, S, d) as (B, S, H·d)."""
    batch, count, steps, width = x.shape
    return counted(plain(x).swapaxes(1, 2).reshape(batch, steps, count * width))


def join(*parts: A, axis: int = -1) -> A:
    return counted(np.concatenate([plain(p) for p in parts], axis))


def split(x: A, *sizes: int, axis: int = -1) -> list[A]:
    return [counted(p) for p in np.split(plain(x), np.cumsum(sizes)[:-1], axis)]


def turn(x: A, cos: A, sin: A) -> A:
    """(x₁·cos − x₂·sin, x₂·cos + x₁·sin) on halves (Su et al. 2021, arXiv 2104.09864, eq. 34)."""
    one, two = np.split(x, 2, -1)
    return join(one * cos - two * sin, two * cos + one * sin)


def real(x: A, scale: A = 1, zero: A = 0) -> A:
    """The number that a quantised one stands for."""
    with left_out(INTEGER):
        zero = plain(zero) if zero is not None else 0
        return counted((plain(x).astype(np.float64) - zero) * plain(scale))


def quantised(x: A, scale: A, zero: A, kind: Any = np.uint8) -> A:
    """The integer that stands for a real result."""
    with left_out(INTEGER):
        limits = np.iinfo(kind)
        found = np.rint(plain(x) / plain(scale)) + plain(zero)
        return counted(np.clip(found, limits.min, limits.max).astype(kind))
