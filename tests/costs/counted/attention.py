"""Attention in all its forms, linear attention, and rotation of positions."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.costs.counted.case import MS, REFERENCE, Case, by_reference, f, positive, scalar, u8
from tests.costs.counted.convolutions import NO_KERNEL
from tests.costs.counted.parts import (
    A,
    attend,
    heads,
    join,
    merge,
    quantised,
    real,
    rms,
    sigmoid,
    split,
    turn,
)
from tests.costs.counted.tally import counted, einsum, left_out, plain

MASKED = "masked scores count, whatever stands in their place"


def whole(x: A, past: A) -> A:
    """Keys or values of the past and of the present, (B, H, P + S, d)."""
    return x if past is None else join(past, x, axis=2)


def repeat(x: A, times: int) -> A:
    return counted(np.repeat(plain(x), times, 1))


def onnx_attention(
    q: A, k: A, v: A, mask: A = None, pk: A = None, pv: A = None, *, q_num_heads: int = 0,
    kv_num_heads: int = 0, softcap: float = 0, **_: Any,
) -> A:  # fmt: skip
    """ONNX Attention of 3 or 4 dimensions, grouped queries and past keys."""
    flat = q.ndim == 3
    if flat:
        q, k, v = heads(q, q_num_heads), heads(k, kv_num_heads), heads(v, kv_num_heads)
    k, v = whole(k, pk), whole(v, pv)
    times = q.shape[1] // k.shape[1]
    y = attend(q, repeat(k, times), repeat(v, times), mask, softcap)
    return merge(y) if flat else y


def project(x: A, w: A, b: A, sizes: tuple[int, ...], num_heads: int) -> list[A]:
    """Q, K and V of one product with the merged weights, and one bias."""
    y = x @ w
    y = y if b is None else y + b
    return [heads(part, num_heads) for part in split(y, *sizes)]


def merged(
    x: A, w: A, b: A = None, mask: A = None, past: A = None, bias: A = None, *rest: A,
    num_heads: int, qkv_hidden_sizes: Any = None, **_: Any,
) -> A:  # fmt: skip
    sizes = tuple(qkv_hidden_sizes or (w.shape[1] // 3,) * 3)
    q, k, v = project(x, w, b, sizes, num_heads)
    if past is not None:
        k, v = whole(k, past[0]), whole(v, past[1])
    return merge(attend(q, k, v, bias))


def quantised_attention(
    x: A, w: A, b: A, xs: A, ws: A, mask: A = None, xz: A = None, wz: A = None, *, num_heads: int
) -> A:
    return merged(real(x, xs, xz), real(w, ws, wz), b, num_heads=num_heads)


def ordered(x: A, *rest: A, num_heads: int, **_: Any) -> A:
    """Three projections of integers; every result is scaled to integers again."""
    weights, scales, biases = rest[4:7], rest[7:10], rest[10:13]
    x = real(x, rest[0])
    q, k, v = (
        heads(x @ real(w, s) + b, num_heads)
        for w, s, b in zip(weights, scales, biases, strict=True)
    )
    return quantised(merge(attend(q, k, v)), rest[15], 0, np.int8)


def packed(x: A, w: A, b: A, offsets: A, ends: A, bias: A = None, *, num_heads: int, **_: Any) -> A:
    """Tokens without padding are projected; scores are those of padded sequences."""
    batch, length = offsets.shape
    q, k, v = project(x[None], w, b, (w.shape[1] // 3,) * 3, num_heads)
    q, k, v = (spread(part, offsets) for part in (q, k, v))
    y = attend(q, k, v, bias)
    return counted(plain(merge(y)).reshape(batch * length, -1)[: x.shape[0]])


def spread(x: A, offsets: A) -> A:
    """(1, H, tokens, d) as (B, H, S, d), with zeros where there is padding."""
    batch, length = offsets.shape
    rows = np.zeros((batch * length, *plain(x).shape[1::2]), np.float32)
    tokens = x.shape[2]
    rows[plain(offsets).ravel()[:tokens]] = plain(x)[0].swapaxes(0, 1)
    return counted(rows.reshape(batch, length, *rows.shape[1:]).swapaxes(1, 2))


def packed_heads(
    q: A, k: A, v: A, b: A, offsets: A, ends: A, bias: A = None, *, num_heads: int, **_: Any
) -> A:
    q, k, v = (x + part for x, part in zip((q, k, v), split(b, *(x.shape[1] for x in (q, k, v))),
                                           strict=True))  # fmt: skip
    tokens = q.shape[0]
    q, k, v = (spread(heads(x[None], num_heads), offsets) for x in (q, k, v))
    y = merge(attend(q, k, v, bias))
    return counted(plain(y).reshape(-1, y.shape[-1])[:tokens])


def multi_head(
    q: A, k: A = None, v: A = None, b: A = None, mask: A = None, bias: A = None, pk: A = None,
    pv: A = None, *rest: A, num_heads: int, **_: Any,
) -> A:  # fmt: skip
    """Query, key and value apart, packed, or in a cache already."""
    if q.ndim == 5:
        q, k, v = (merge(counted(plain(q)[:, :, :, i].swapaxes(1, 2))) for i in range(3))
    elif k.ndim == 5:
        k, v = (merge(counted(plain(k)[:, :, :, i].swapaxes(1, 2))) for i in range(2))
    if b is not None:
        parts = split(b, *(x.shape[-1] for x in (q, k, v)))
        q, k, v = q + parts[0], k + parts[1], v + parts[2]
    q = heads(q, num_heads)
    if k.ndim == 3:
        k, v = whole(heads(k, num_heads), pk), whole(heads(v, num_heads), pv)
    return merge(attend(q, k, v, bias))


def decoder_heads(
    q: A, k: A, v: A, mask: A = None, bias: A = None, pk: A = None, pv: A = None, length: A = None,
    beams: A = None, cache: A = None, b: A = None, *, num_heads: int, **_: Any,
) -> A:  # fmt: skip
    return multi_head(q, k, v, b, mask, bias, pk, pv, num_heads=num_heads)


def grouped(
    q: A, k: A, v: A, pk: A, pv: A, lengths: A, total: A, cos: A = None, sin: A = None,
    positions: A = None, bias: A = None, sink: A = None, ks: A = None, vs: A = None, qn: A = None,
    kn: A = None, *, num_heads: int, kv_num_heads: int, do_rotary: int = 0, softcap: float = 0,
    **_: Any,
) -> A:  # fmt: skip
    """Causal attention of H query heads to H_kv key heads (Ainslie et al. 2023, 2305.13245)."""
    q, k, v = heads(q, num_heads), heads(k, kv_num_heads), heads(v, kv_num_heads)
    if qn is not None:
        q, k = rms(q, 1e-6) * qn, rms(k, 1e-6) * kn
    old = 0 if pk is None else pk.shape[2]
    if do_rotary:
        rows = slice(old, old + q.shape[2])
        q, k = turn(q, cos[rows], sin[rows]), turn(k, cos[rows], sin[rows])
    k, v = whole(k, pk), whole(v, pv)
    times = num_heads // kv_num_heads
    queries, keys = q.shape[2], k.shape[2]
    scores = einsum("bhqd,bhkd->bhqk", q, repeat(k, times)) * (1 / np.sqrt(q.shape[-1]))
    if softcap:
        scores = softcap * np.tanh(scores / softcap)
    if bias is not None:
        scores = scores + bias
    with left_out(MASKED):
        later = np.arange(keys) > np.arange(queries)[:, None] + keys - queries
        scores = counted(np.where(later, -np.inf, plain(scores)))
    e = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares = e / e.sum(axis=-1, keepdims=True)
    return merge(einsum("bhqk,bhkd->bhqd", shares, repeat(v, times)))


def decoder(q: A, k: A, qw: A, kvw: A, b: A, *rest: A, num_heads: int, **_: Any) -> A:
    """Sequence first; the keys are those of the encoder where ``static_kv`` says so."""
    source = k if bool(plain(rest[3])) else q
    width = qw.shape[1]
    parts = split(b, width, width, width)
    queries = counted(plain(q).swapaxes(0, 1)) @ qw + parts[0]
    both = split(counted(plain(source).swapaxes(0, 1)) @ kvw, width, width)
    keys, values = both[0] + parts[1], both[1] + parts[2]
    y = attend(*(heads(x, num_heads) for x in (queries, keys, values)))
    return counted(plain(merge(y)).swapaxes(0, 1))


def relative_bias(
    q: A, qb: A, relative: A, w: A, b: A, eco: A, offsets: A = None, *, num_heads: int
) -> A:
    """The equation in ONNX Runtime's documentation (Chi et al. 2022, arXiv 2106.16138)."""
    x = heads(q + qb, num_heads)
    y = x @ w + b
    sums = y.reshape(*y.shape[:-1], 2, -1).sum(axis=-1)
    gate_u, gate_r = np.split(sigmoid(sums), 2, -1)
    return (gate_u * (gate_r * eco - 1.0) + 2.0) * relative


def recur(
    q: A, k: A, v: A, past: A = None, decay: A = None, beta: A = None, *, q_num_heads: int,
    kv_num_heads: int, update_rule: str = "gated_delta", scale: float = 0, **_: Any,
) -> tuple[A, A]:  # fmt: skip
    """S ← e^g·S + β·k ⊗ (v − Sᵀ·k) and o = scale·q·S, token by token."""
    batch, steps, width = q.shape
    dk, dv = width // q_num_heads, v.shape[2] // kv_num_heads
    many = max(q_num_heads, kv_num_heads)
    state = counted(np.zeros((batch, kv_num_heads, dk, dv))) if past is None else past
    if decay is not None:
        kept = np.exp(decay)
    found = []
    for t in range(steps):
        kt = k[:, t].reshape(batch, kv_num_heads, dk)
        vt = v[:, t].reshape(batch, kv_num_heads, dv)
        qt = q[:, t].reshape(batch, q_num_heads, dk)
        if "gated" in update_rule:
            state = state * kept[:, t].reshape(batch, kv_num_heads, -1, 1)
        if "delta" in update_rule:
            vt = vt - einsum("bhkv,bhk->bhv", state, kt)
            vt = vt * beta[:, t].reshape(batch, -1, 1)
        # The product's own sum is the addition to the state.
        state = counted(plain(state) + plain(einsum("bhk,bhv->bhkv", kt, vt)))
        here = counted(np.repeat(plain(state), many // kv_num_heads, 1))
        asks = counted(np.repeat(plain(qt), many // q_num_heads, 1))
        out = einsum("bhk,bhkv->bhv", asks, here) * (scale or dk**-0.5)
        found.append(plain(out).reshape(batch, -1))
    return counted(np.stack(found, 1)), state


def delta_net(
    q: A, k: A, v: A, ends: A, decay: A, beta: A, state: A, *rest: A, update_rule: str, **_: Any
) -> A:
    """The same with one sequence of packed tokens; the state lies the other way round."""
    tokens, asked, _ = q.shape
    flat = [counted(plain(x).reshape(1, tokens, -1)) for x in (q, k, v, decay, beta)]
    times = v.shape[1] // asked
    flat[0] = counted(np.repeat(plain(q), times, 1).reshape(1, tokens, -1))
    flat[1] = counted(np.repeat(plain(k), times, 1).reshape(1, tokens, -1))
    y, _ = recur(
        flat[0], flat[1], flat[2], counted(plain(state).swapaxes(-1, -2)), flat[3], flat[4],
        q_num_heads=v.shape[1], kv_num_heads=v.shape[1], update_rule=update_rule,
    )  # fmt: skip
    return y.reshape(v.shape)


def rotate(x: A, positions: A, cos: A, sin: A, **_: Any) -> A:
    """ONNX Runtime's order of inputs; the whole head turns."""
    rows = plain(positions)[None] + np.arange(x.shape[2]) if positions.ndim == 1 else positions
    at = plain(rows)[..., :] if plain(rows).ndim == 2 else plain(rows)
    return turn(x, counted(plain(cos)[at][:, None]), counted(plain(sin)[at][:, None]))


def rotate_in_three(x: A, positions: A, cos: A, sin: A, **_: Any) -> A:
    """Text: the three positions of each token are the same."""
    return rotate(x, counted(plain(positions)[0]), cos, sin)


def gemma(emb: A, q: A, qr: A, k: A, kr: A) -> tuple[A, A]:
    sin, cos = np.sin(emb)[:, None], np.cos(emb)[:, None]
    return q * cos + qr * sin, k * cos + kr * sin


def norm_and_rotate(x: A, scale: A, position: A, cos: A, sin: A, **_: Any) -> A:
    """The whole width turns; heads before features."""
    y = rms(x) * scale
    y = turn(counted(plain(y).swapaxes(1, 2)), cos, sin)
    return merge(y)


def ms(op: str, inputs: Any, define: Any, beside: str = "onnxruntime", **more: Any) -> Case:
    outputs, tolerance = more.pop("outputs", 1), more.pop("tolerance", 2e-4)
    return Case(op, inputs, define, more, MS, 1, outputs, beside, tolerance)


Q4, K4, V4 = f(2, 4, 5, 8), f(2, 2, 7, 8), f(2, 2, 7, 6)
B3 = f(1, 5, 16)
W3, BIAS3 = f(16, 48), f(48)
OFFSETS = np.array([[0, 1, 2, 3], [4, 5, 6, 7]], np.int32)
PACK = (f(7, 16), W3, BIAS3, np.array([[0, 1, 2, 3], [4, 5, 6, 7]], np.int32),
        np.array([0, 4, 7], np.int32))  # fmt: skip
PK, PV = f(1, 2, 3, 8), f(1, 2, 3, 8, seed="v")
GROUPED = (f(1, 2, 64), f(1, 2, 32), f(1, 2, 32, seed="v"), f(1, 2, 3, 16),
           f(1, 2, 3, 16, seed="v"), np.array([4], np.int32), scalar(5, np.int32))  # fmt: skip
WIDE = (f(9, 8), f(9, 8, seed="sin"))
TABLES = (f(9, 4), f(9, 4, seed="sin"))
HEADS: dict[str, Any] = {"num_heads": 4, "kv_num_heads": 2}
LINEAR = (f(2, 3, 8), f(2, 3, 8), f(2, 3, 10), f(2, 2, 4, 5), f(2, 3, 8), positive(2, 3, 2))
TWO: dict[str, Any] = {"q_num_heads": 2, "kv_num_heads": 2}
ORDERED = (
    u8(1, 5, 16).astype(np.int8), *(scalar(0.1),) * 4,
    *(u8(16, 16).astype(np.int8) for _ in range(3)), *(scalar(0.1),) * 3,
    f(16), f(16), f(16), *(scalar(0.1),) * 3,
)  # fmt: skip
TOKENS = (f(5, 2, 4), f(5, 2, 4, seed="k"), f(5, 4, 6))
STREAM = (*TOKENS, None, f(5, 4), positive(5, 4), f(1, 4, 6, 4))

CASES: tuple[Case, ...] = (
    Case("Attention", (Q4, K4, V4, f(5, 7)), onnx_attention, {"softcap": 2.0}),
    Case("Attention", (f(2, 5, 32), f(2, 7, 16), f(2, 7, 12)), onnx_attention,
         {"q_num_heads": 4, "kv_num_heads": 2}),
    Case("Attention", (Q4, K4, K4, None, f(2, 2, 3, 8), f(2, 2, 3, 8)), onnx_attention, outputs=1,
         beside=REFERENCE),
    Case("FlexAttention", (Q4, repeat(counted(K4), 2).view(np.ndarray),
                           repeat(counted(V4), 2).view(np.ndarray)), onnx_attention,
         domain="ai.onnx.preview", version=1, beside=REFERENCE),
    Case("LinearAttention", LINEAR, recur, {**TWO, "update_rule": "gated_delta"}, version=27,
         outputs=2, beside=REFERENCE),
    Case("LinearAttention", LINEAR[:5], recur, {**TWO, "update_rule": "gated"}, version=27,
         outputs=2, beside=REFERENCE),
    Case("LinearAttention", (*LINEAR[:4], None, LINEAR[5]), recur, {**TWO, "update_rule": "delta"},
         version=27, outputs=2, beside=REFERENCE),
    Case("LinearAttention", LINEAR[:4], recur, {**TWO, "update_rule": "linear"}, version=27,
         outputs=2, beside=REFERENCE),
    by_reference("RotaryEmbedding", f(2, 3, 4, 8), f(9, 4), f(9, 4),
                 np.array([[0, 1, 2, 3], [2, 3, 4, 5]])),
    # com.microsoft
    ms("Attention", (B3, W3, BIAS3, None, None, f(1, 2, 5, 5)), merged, num_heads=2),
    ms("Attention", (B3, f(16, 40), f(40)), merged, num_heads=2, qkv_hidden_sizes=[16, 16, 8]),
    ms("Attention", (B3, W3, BIAS3, None, f(2, 1, 2, 3, 8)), merged, num_heads=2, outputs=2),
    ms("QAttention",
       (u8(1, 5, 16), u8(16, 48), f(48), scalar(0.02), scalar(0.03), None, scalar(3, np.uint8),
        scalar(4, np.uint8)), quantised_attention, num_heads=2, tolerance=1e-3),
    ms("DecoderMaskedSelfAttention", (B3[:, :1], W3, BIAS3, None, f(2, 1, 2, 3, 8)), merged,
       NO_KERNEL, num_heads=2),
    ms("QOrderedAttention", ORDERED, ordered, NO_KERNEL, num_heads=2),
    ms("PackedAttention", PACK, packed, NO_KERNEL, num_heads=2),
    ms("PackedMultiHeadAttention",
       (f(7, 16), f(7, 16), f(7, 16), f(48), *PACK[3:], f(1, 2, 4, 4)), packed_heads, NO_KERNEL,
       num_heads=2),
    ms("MultiHeadAttention", (B3, f(1, 7, 16), f(1, 7, 16), BIAS3, None, f(1, 2, 5, 7)), multi_head,
       num_heads=2),
    ms("MultiHeadAttention", (B3, f(1, 2, 7, 8), f(1, 2, 7, 8)), multi_head, num_heads=2),
    ms("MultiHeadAttention", (f(1, 5, 2, 3, 8),), multi_head,
       "its kernel for a processor takes no packed tensor", num_heads=2),
    ms("MultiHeadAttention", (B3, B3, B3, None, None, None, PK, PV), multi_head, num_heads=2,
       outputs=3),
    ms("DecoderMaskedMultiHeadAttention",
       (B3[:, :1], f(1, 1, 16), f(1, 1, 16), None, None, PK, PV, None, None, None, f(48)),
       decoder_heads, "its kernel for a processor wants a shared buffer", num_heads=2),
    ms("GroupQueryAttention", (*GROUPED, *WIDE), grouped, **HEADS, do_rotary=1, outputs=3),
    ms("GroupQueryAttention", (*GROUPED, None, None, None, f(1, 1, 2, 5)), grouped, **HEADS,
       softcap=2.0, outputs=3),
    ms("GroupQueryAttention", (*GROUPED, *WIDE, *(None,) * 5, positive(16), positive(16)), grouped,
       "its kernel for a processor normalises no queries", **HEADS, do_rotary=1, outputs=3),
    ms("DecoderAttention",
       (f(3, 2, 16), f(5, 2, 16), f(16, 16), f(16, 32), f(48), None, None, None,
        np.array(True), np.array(False), np.array(False), np.array(False)), decoder, NO_KERNEL,
       num_heads=2),
    ms("GatedRelativePositionBias",
       (f(2, 3, 8), f(8), f(1, 2, 3, 3), f(4, 6), f(6), f(1, 2, 1, 1)), relative_bias, NO_KERNEL,
       num_heads=2),
    ms("LinearAttention", LINEAR, recur, **TWO, outputs=2),
    ms("GatedDeltaNet", STREAM, delta_net, update_rule="gated_delta", outputs=2),
    ms("RotaryEmbedding", (f(2, 3, 4, 8), np.array([[0, 1, 2, 3], [2, 3, 4, 5]]), *TABLES), rotate),
    ms("MRotaryEmbedding",
       (f(2, 3, 4, 8), np.array([[[0, 1, 2, 3], [2, 3, 4, 5]]] * 3), *TABLES), rotate_in_three,
       mrope_section=[2, 1, 1]),
    ms("GemmaRotaryEmbedding",
       (f(2, 3, 8), *(f(2, 4, 3, 8, seed=s).astype(np.float16) for s in "abcd")), gemma, NO_KERNEL,
       outputs=2),
    ms("RMSNormRotary", (f(1, 3, 2, 8), f(8), np.array([[0, 1, 2]]), f(3, 4), f(3, 4)),
       norm_and_rotate, NO_KERNEL),
)  # fmt: skip
