"""com.microsoft attention: fused projections, key-value caches, grouped queries."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction, Unknown
from analyzer.operators.counts.attention import (
    UPDATE,
    attend,
    recurrence,
    split,
)
from analyzer.operators.counts.normalization import RMS_NORM
from analyzer.operators.counts.signal import scalar
from analyzer.operators.formula import Work, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

BUFFER = "keys counted at the length of the shared cache buffer"
PADDED = "every sequence counted at the padded length"
PROJECTED = "B · S · |W| + B · S · Skv · (Hqk + Hv)"
HEADS = "B · H · Sq · Skv · (Dqk + Dv)"
FLOPS = "2·MACs + biases + B·H·Sq·Skv · (6 + 1 if bias + 3 if softcap)"


def _sum(projection: int, bias: int, work: Work, text: str, reason: str = "") -> Work:
    rest = f"{bias} + {work.rest}" if bias else work.rest
    return Work(
        projection + work.macs, bias + (work.other or 0), f"{text} + {work.text}", reason, rest
    )


def projected(past: int, score_bias: int | None = 5) -> Callable[[Call], Work]:
    """Attention with merged Q, K, V weights ``(I, Hqk + Hqk + Hv)`` as input 1.

    MACs = B·S·|W| + B·S·(S + P)·(Hqk + Hv), with P past keys from ``past`` ``(2, B, N, P, d)``.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("Attention", "com.microsoft", 1, {"num_heads": 12},
    ...             (f32(1, 128, 768), f32(768, 2304), f32(2304)), ())
    >>> projected(4)(call).macs  # BERT-base: 128·768·2304 + 2·128·128·768
    251658240
    """

    def count(call: Call) -> Work:
        batch, queries, width = call.shape(0)
        weight = call.shape(1)
        if weight[0] != width:
            raise Contradiction(f"inconsistent inner dimension: {width} and {weight[0]}")
        sizes = call.attr("qkv_hidden_sizes") or (weight[1] // 3,) * 3
        if sum(sizes) != weight[1]:
            raise Unknown(f"hidden sizes {sizes} do not add up to {weight[1]}")
        heads, keys, reason = call.attributes["num_heads"], queries, ""
        if given(call, past):
            keys, reason = _cached(call, queries, call.shape(past)[3], 6)
        work = attend(
            batch, heads, queries, keys, split(sizes[0], heads), split(sizes[2], heads),
            given(call, score_bias),
        )  # fmt: skip
        tokens = batch * queries
        added = tokens * weight[1] if given(call, 2) else 0
        return _sum(tokens * prod(weight), added, work, f"{tokens} · {prod(weight)}", reason)

    return count


def _cached(call: Call, queries: int, past: int, length: int) -> tuple[int, str]:
    """Keys attended to and why that is an assumption, with ``past`` rows in the cache input."""
    if not call.attr("past_present_share_buffer", 0):
        return past + queries, ""
    known = scalar(call, length)
    return (past, BUFFER) if known is None else (known + queries, "")


def packed_attention(call: Call) -> Work:
    """Tokens without padding are projected; scores are counted at the padded length."""
    tokens, weight = call.shape(0)[0], call.shape(1)
    batch, length = call.shape(3)
    sizes = call.attr("qkv_hidden_sizes") or (weight[1] // 3,) * 3
    heads = call.attributes["num_heads"]
    qk, v = split(sizes[0], heads), split(sizes[2], heads)
    work = attend(batch, heads, length, length, qk, v, given(call, 5))
    text = f"{tokens} · {prod(weight)}"
    return _sum(tokens * prod(weight), tokens * weight[1], work, text, PADDED)


def packed_heads(call: Call) -> Work:
    query, heads = call.shape(0), call.attributes["num_heads"]
    batch, length = call.shape(4)
    qk = query[3] if len(query) == 4 else split(query[1], heads)
    v = split(call.shape(2)[1], heads) if given(call, 2) else qk
    work = attend(batch, heads, length, length, qk, v, given(call, 6))
    added = query[0] * call.size(3) if given(call, 3) else 0
    return work.plus(added, PADDED)


def multi_head(past: int, score_bias: int, bias: int, length: int) -> Callable[[Call], Work]:
    """Attention on projected Q, K, V: separate, packed QKV or KV, or cached keys.

    Query ``(B, S, H·D)`` or packed ``(B, S, H, 3, D)``; key ``(B, L, H·D)``, packed with the value
    ``(B, L, H, 2, D)`` or cached ``(B, H, L, D)``.
    """

    def count(call: Call) -> Work:
        query, heads = call.shape(0), call.attributes["num_heads"]
        batch, queries = query[:2]
        keys, qk, v = queries, 0, 0
        if len(query) == 5:
            qk = v = query[4]
        elif not given(call, 1):
            qk = v = split(query[2], 3 * heads)
        else:
            key, qk = call.shape(1), split(query[2], heads)
            keys = key[2] if len(key) == 4 else key[1]
            v = qk if len(key) == 5 else _value_head(call, heads)
        cross = given(call, 1) and len(call.shape(1)) == 4
        new, reason = keys, ""
        if given(call, past) and not cross:
            keys, reason = _shared(call, keys, past, length)
        work = attend(batch, heads, queries, keys, qk, v, given(call, score_bias))
        added = 0
        if given(call, bias):
            width = heads * qk
            added = queries * width + (0 if cross else new * (call.size(bias) - width))
        return work.plus(batch * added, reason)

    return count


def _value_head(call: Call, heads: int) -> int:
    value = call.shape(2)
    return value[3] if len(value) == 4 else split(value[2], heads)


def _shared(call: Call, keys: int, past: int, length: int) -> tuple[int, str]:
    """Total keys when the cache is a buffer of fixed length (a length input says so) or grows."""
    rows = call.shape(past)[2]
    if not given(call, length):
        return rows + keys, ""
    known = scalar(call, length)
    return (rows, BUFFER) if known is None else (known + keys, "")


def grouped(call: Call) -> Work:
    """GroupQueryAttention: H query heads on H_kv key heads, cache ``(B, H_kv, P, D)``.

    Keys: ``total_sequence_length`` where it is a constant, else the length of the present key,
    else past + new. Local windows and causality are not discounted.
    """
    batch, queries, width = call.shape(0)
    heads, kv_heads = call.attributes["num_heads"], call.attributes["kv_num_heads"]
    head = split(width, heads if given(call, 1) else heads + 2 * kv_heads)
    keys, reason = _total(call, queries)
    extra = given(call, 10) + (3 if call.attr("softcap", 0.0) else 0)
    work = attend(batch, heads, queries, keys, head, head, extra)
    each = 3 * bool(call.attr("do_rotary", 0)) + RMS_NORM * given(call, 14)
    turned = batch * queries * head * (heads + kv_heads) * each
    return work.plus(turned, reason)


def _total(call: Call, queries: int) -> tuple[int, str]:
    known = scalar(call, 6)
    if known is not None:
        return known, ""
    new = call.shape(1)[1] if given(call, 1) else queries
    past = call.shape(3)[2] if given(call, 3) else 0
    present = call.output(1)
    length = present.shape[2] if present and present.shape and len(present.shape) == 4 else None
    if length is not None and length == past and new:
        return past, BUFFER
    return past + new, ""


def decoder(call: Call) -> Work:
    """DecoderAttention, sequence first: query ``(Sq, B, H)``, key ``(Sk, B, H)``, no cache used."""
    queries, batch, width = call.shape(0)
    keys, heads = call.shape(1)[0], call.attributes["num_heads"]
    cross, cached = scalar(call, 8), scalar(call, 9)
    if cached:
        raise Unknown("the cache decides how many keys are projected")
    keys = keys if cross else queries
    head = split(width, heads)
    work = attend(batch, heads, queries, keys, head, head)
    macs = batch * (queries * prod(call.shape(2)) + keys * prod(call.shape(3)))
    bias = batch * width * (queries + 2 * keys)
    reason = "" if None not in (cross, cached) else "self-attention without a cache"
    return _sum(macs, bias, work, f"{macs}", reason)


def ordered(call: Call) -> Work:
    """QOrderedAttention: separate Q, K, V weights ``(I, H)`` at inputs 5, 6, 7."""
    batch, queries, _ = call.shape(0)
    heads, tokens = call.attributes["num_heads"], batch * queries
    keys = queries + (call.shape(18)[3] if given(call, 18) else 0)
    weights = [call.shape(i) for i in (5, 6, 7)]
    qk, v = split(weights[0][1], heads), split(weights[2][1], heads)
    work = attend(batch, heads, queries, keys, qk, v, given(call, 19))
    volume = sum(map(prod, weights))
    bias = tokens * sum(w[1] for w in weights)
    return _sum(tokens * volume, bias, work, f"{tokens} · {volume}")


def gated_bias(call: Call) -> Work:
    """GatedRelativePositionBias: q·W with W ``(head, D)``, two sigmoid gates, scale of the bias."""
    batch, length, _ = call.shape(0)
    heads, (head, columns) = call.attributes["num_heads"], call.shape(3)
    rows = batch * heads * length
    each = head + 2 * columns + 2 * 4 + 4  # query bias, product bias, sums, sigmoids, gate
    return Work(
        rows * head * columns, rows * each + call.out_size(), f"{rows} · {head} · {columns}"
    )


def delta_net(call: Call) -> Work:
    """GatedDeltaNet, token first: query ``(…, Hq, d_k)``, value ``(…, Hv, d_v)``."""
    if not given(call, 2):
        state, tokens = call.shape(6), prod(call.shape(0)[:-1])
        heads, dv, dk = state[1:]
    else:
        value = call.shape(2)
        tokens, heads, dv, dk = prod(value[:-2]), value[-2], value[-1], call.shape(0)[-1]
    update = call.attr("update_rule", "gated_delta")
    if update not in UPDATE:
        raise Unknown(f"update_rule {update} is not known")
    work = recurrence(tokens, dk, dv, heads, heads, update)
    decay = call.size(4) if given(call, 4) and "gated" in update else 0
    return work.plus(decay)
