"""Output types of ``com.microsoft`` attention operators.

Letters: B batch, S query length, L key length, P past length, N query heads,
G key/value heads, D head size. Source: ONNX Runtime, "Contrib Operators".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import OutputType
from analyzer.operators.results.common import dtype_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Dim
    from analyzer.graph.call import Call


def _optional(call: Call, index: int) -> tuple[Dim, ...] | None:
    tensor = call.input(index)
    return None if tensor is None else tensor.shape


def _plus(a: Dim, b: Dim) -> Dim:
    return None if a is None or b is None else a + b


def _present(call: Call, new: Dim, past: Dim) -> Dim:
    """Rows of a cache with what is new; of a buffer that both share, which is as long as ever."""
    return past if call.attr("past_present_share_buffer", 0) else _plus(new, past)


def _divide(a: Dim, b: Dim) -> Dim:
    return None if a is None or not b else a // b


def attention(past_index: int, dtype_index: int) -> Callable[[Call], list[OutputType]]:
    """Attention and QAttention: X (B, S, H_in), W (H_in, H_q + H_k + H_v)."""

    def rule(call: Call) -> list[OutputType]:
        *leading, _ = call.dims(0)
        sizes = call.attr("qkv_hidden_sizes")
        if sizes:
            hidden: Dim = int(sizes[2])
        else:
            hidden = _divide(call.dims(1)[-1], 3)
        heads = int(call.attr("num_heads", 0)) or None
        dtype = dtype_of(call, dtype_index)
        past = _optional(call, past_index)
        length = leading[1] if len(leading) > 1 else None
        if past is not None and len(past) == 5:
            length = _present(call, length, past[3])
        present = OutputType(dtype, (2, leading[0], heads, length, _divide(hidden, heads)))
        return [OutputType(dtype, (*leading, hidden)), present]

    return rule


def multi_head(call: Call) -> list[OutputType]:
    """Q (B, S, N·D) or packed (B, S, N, 3, D); K and V 3-D, 4-D or packed (B, L, N, 2, D)."""
    query, key, value = call.dims(0), _optional(call, 1), _optional(call, 2)
    heads = int(call.attr("num_heads", 0)) or None
    dtype = dtype_of(call, 0)
    if len(query) == 5:
        hidden = None if query[2] is None or query[4] is None else query[2] * query[4]
        length: Dim = query[1]
    elif value is not None and len(value) == 4:
        hidden = None if value[1] is None or value[3] is None else value[1] * value[3]
        length = value[2]
    elif value is not None:
        hidden, length = value[-1], value[1]
    elif key is not None and len(key) == 5:
        hidden = None if key[2] is None or key[4] is None else key[2] * key[4]
        length = key[1]
    else:
        raise Unknown("shape of the value input is unknown")
    past = _optional(call, 6)
    if past is not None and len(past) == 4:
        length = _present(call, length, past[2])
    size = query[4] if len(query) == 5 else _divide(query[-1], heads)
    return [
        OutputType(dtype, (query[0], query[1], hidden)),
        OutputType(dtype, (query[0], heads, length, size)),
        OutputType(dtype, (query[0], heads, length, _divide(hidden, heads))),
    ]


def grouped_query(call: Call) -> list[OutputType]:
    """Q (B, S, N·D), or Q, K and V packed in it; caches (B, G, P, D)."""
    query, key, past = call.dims(0), _optional(call, 1), _optional(call, 3)
    heads, groups = int(call.attr("num_heads", 0)), int(call.attr("kv_num_heads", 0))
    if not heads or not groups:
        raise Unknown("attributes num_heads and kv_num_heads are missing")
    last = query[2]
    head = _divide(last, heads) if key is not None else _divide(last, heads + 2 * groups)
    hidden = None if head is None else head * heads
    total = call.values[6] if len(call.values) > 6 else None
    length: Dim
    if call.op_type == "SparseAttention":  # input 6 is another, and past and present are one
        length = None if past is None or len(past) != 4 else past[2]
    elif total is not None and total.size == 1:
        length = int(total.ravel()[0])
    else:
        length = _plus(query[1], past[2]) if past is not None and len(past) == 4 else query[1]
    cache = dtype_of(call, 0 if call.input(3) is None else 3)
    present = OutputType(cache, (query[0], groups, length, head))
    return [OutputType(dtype_of(call, 0), (query[0], query[1], hidden)), present, present]


def packed(call: Call) -> list[OutputType]:
    """PackedAttention: tokens (T, H_in) without padding → (T, H_v)."""
    sizes = call.attr("qkv_hidden_sizes")
    hidden = int(sizes[2]) if sizes else _divide(call.dims(1)[-1], 3)
    return [OutputType(dtype_of(call, 0), (call.dims(0)[0], hidden))]


def packed_multi_head(call: Call) -> list[OutputType]:
    """PackedMultiHeadAttention: Q (T, H) or packed (T, N, 3, D) → (T, H_v)."""
    query, value = call.dims(0), _optional(call, 2)
    if len(query) == 4:
        hidden = None if query[1] is None or query[3] is None else query[1] * query[3]
    elif value is not None:
        hidden = value[-1]
    else:
        raise Unknown("shape of the value input is unknown")
    return [OutputType(dtype_of(call, 0), (query[0], hidden))]


def gated_bias(call: Call) -> list[OutputType]:
    """GatedRelativePositionBias: (B, N, S, S)."""
    batch, length = call.dims(0)[:2]
    return [
        OutputType(
            dtype_of(call, 0), (batch, int(call.attr("num_heads", 0)) or None, length, length)
        )
    ]


def like_value(call: Call) -> list[OutputType]:
    """PagedAttention and relatives: as many values as there are query heads; caches as given."""
    query, key = call.dims(0), _optional(call, 1)
    heads, groups = int(call.attr("num_heads", 0)), int(call.attr("kv_num_heads", 0))
    if key is None and (not heads or not groups):
        raise Unknown("attributes num_heads and kv_num_heads are missing")
    hidden = query[-1]
    if key is None:
        head = _divide(hidden, heads + 2 * groups)
        hidden = None if head is None else head * heads
    caches = [OutputType(dtype_of(call, slot), _optional(call, slot)) for slot in (3, 4)]
    return [OutputType(dtype_of(call, 0), (*query[:-1], hidden)), *caches]


def decoder(call: Call) -> list[OutputType]:
    """DecoderAttention, sequence first: like the query; caches (B, heads, keys, head)."""
    query = call.dims(0)
    heads = int(call.attr("num_heads", 0)) or None
    cache = OutputType(dtype_of(call, 0), (query[1], heads, None, _divide(query[2], heads)))
    return [OutputType(dtype_of(call, 0), query), cache, cache]


def ordered(call: Call) -> list[OutputType]:
    """QOrderedAttention: (B, S, columns of V_weight)."""
    return [OutputType(dtype_of(call, 0), (*call.dims(0)[:-1], call.dims(7)[-1]))]


def linear(call: Call) -> list[OutputType]:
    """LinearAttention: (B, T, output heads · d_v) and a state (B, H_kv, d_k, d_v)."""
    query, value = call.dims(0), call.dims(2)
    heads, groups = int(call.attr("q_num_heads", 0)), int(call.attr("kv_num_heads", 0))
    dk, dv = _divide(query[-1], heads), _divide(value[-1], groups)
    out = None if dv is None else max(heads, groups) * dv
    kind = dtype_of(call, 0 if call.input(3) is None else 3)
    state = OutputType(kind, (query[0], groups or None, dk, dv))
    return [OutputType(dtype_of(call, 0), (*query[:-1], out)), state]


def delta_net(call: Call) -> list[OutputType]:
    """GatedDeltaNet: like its values (…, Hv, d_v); the state as it was given."""
    state = OutputType(dtype_of(call, 6), _optional(call, 6))
    return [OutputType(dtype_of(call, 0), _optional(call, 2)), state]
