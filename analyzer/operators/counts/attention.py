"""Attention operators of ai.onnx: softmax attention, linear attention, rotary embedding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.formula import Work, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

VASWANI = "Vaswani et al. 2017 (arXiv 1706.03762), eq. 1"
SCORE = 6
"""FLOPs per attention score: scale (1) and softmax (5)."""


def attend(
    batch: int, heads: int, queries: int, keys: int, qk: int, v: int, extra: int = 0
) -> Work:
    """softmax(Q·Kᵀ/√d)·V: MACs = B·H·Sq·Skv·(Dqk + Dv).

    ``extra`` FLOPs per score beyond scale and softmax (mask or bias 1, softcap 3). Causal and
    windowed masking is not discounted.

    >>> attend(1, 12, 197, 197, 64, 64).macs  # one layer of ViT-B/16
    59610624
    """
    scores = batch * heads * queries * keys
    text = f"{batch} · {heads} · {queries} · {keys} · ({qk} + {v})"
    rest = f"{batch} · {heads} · {queries} · {keys} · {SCORE + extra}"
    return Work(scores * (qk + v), scores * (SCORE + extra), text, rest=rest)


def split(width: int, heads: int) -> int:
    """Head width; ``Unknown`` where the heads do not divide the width."""
    if heads < 1 or width % heads:
        raise Unknown(f"{width} does not divide into {heads} heads")
    return width // heads


def attention(call: Call) -> Work:
    """ONNX Attention, 3-D ``(B, S, H·D)`` or 4-D ``(B, H, S, D)``, grouped queries, past keys.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> q, kv = f32(2, 8, 4, 16), f32(2, 2, 6, 16)
    >>> attention(Call("Attention", "", 23, {}, (q, kv, kv), ())).macs  # 2 · 8 · 4 · 6 · (16 + 16)
    12288
    """
    query, key, value = call.shape(0), call.shape(1), call.shape(2)
    if len(query) == 4:
        batch, heads, queries, qk = query
        keys, v = key[2], value[3]
    else:
        batch, queries, width = query
        heads = call.attributes["q_num_heads"]
        qk, keys = split(width, heads), key[1]
        v = split(value[2], call.attributes["kv_num_heads"])
    if given(call, 4):
        keys += call.shape(4)[2]
    extra = given(call, 3) + (3 if call.attr("softcap", 0.0) else 0)
    return attend(batch, heads, queries, keys, qk, v, extra)


def flex(call: Call) -> Work:
    """FlexAttention: the MACs of attention; its score and probability subgraphs add FLOPs."""
    work = attention(call)
    modified = call.attr("score_mod") is not None or call.attr("prob_mod") is not None
    if not modified:
        return work
    return work._replace(other=None, reason="FLOPs of the score and probability graphs")


UPDATE = {"linear": 1, "gated": 1, "delta": 2, "gated_delta": 2}
"""Products with the d_k × d_v state per token and key head: k ⊗ v, and Sᵀ·k for delta rules."""


def linear_attention(rule: str) -> Callable[[Call], Work]:
    """Recurrent attention over a d_k × d_v state; ``rule`` is the default ``update_rule``.

    MACs = B·T·d_k·d_v·(H_kv·u + H_out): u = 1 product to update the state (k ⊗ v), 2 with a delta
    rule (also Sᵀ·k), and one read-out q·S for each output head. FLOPs add the decay of the state
    and its exponential, the delta and its rate, and the output scale.
    """

    def count(call: Call) -> Work:
        batch, steps, width = call.shape(0)
        q_heads, kv_heads = call.attributes["q_num_heads"], call.attributes["kv_num_heads"]
        dk, dv = split(width, q_heads), split(call.shape(2)[2], kv_heads)
        update = call.attr("update_rule", rule)
        if update not in UPDATE:
            raise Unknown(f"update_rule {update} is not known")
        heads = max(q_heads, kv_heads)
        work = recurrence(batch * steps, dk, dv, kv_heads, heads, update)
        decay = call.size(4) if given(call, 4) and "gated" in update else 0
        return work.plus(decay)

    return count


def recurrence(tokens: int, dk: int, dv: int, kv_heads: int, heads: int, update: str) -> Work:
    """MACs and FLOPs of ``tokens`` steps of the linear attention recurrence, ``exp`` excluded."""
    products = kv_heads * UPDATE[update] + heads
    gate = kv_heads * dk * dv if "gated" in update else 0
    delta = kv_heads * 2 * dv if "delta" in update else 0
    text = f"{tokens} · {dk} · {dv} · {products}"
    return Work(tokens * dk * dv * products, tokens * (gate + delta + heads * dv), text)


def rotary(call: Call) -> Work:
    """Rotation of pairs: 4 multiplications and 2 additions per pair, 3 FLOPs per rotated value.

    Su et al. 2021 (arXiv 2104.09864), eq. 34.
    """
    shape, size = call.shape(0), call.size(0)
    rotated = call.attr("rotary_embedding_dim", 0)
    if rotated:
        heads = call.attr("num_heads", 0)
        head = shape[3] if len(shape) == 4 else split(shape[-1], heads)
        size = size // head * rotated if head else 0
    return Work(0, 3 * size, f"3 · {size}")
