"""Contracts of grouped, packed and rotary attention in ``com.microsoft``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    indices_in_range,
    rank,
    size_of,
    together,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    given,
    integer,
    integers,
    shape_of,
    size_at,
    volume,
    whole,
)
from analyzer.operators.contracts.settings import at_least, flag
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _grouped(call: Call) -> Iterator[Violation]:
    """GroupQueryAttention: query heads are a multiple of key heads, operands match them."""
    query, key, value = shape_of(call, 0), shape_of(call, 1), shape_of(call, 2)
    heads, keys = whole(call, "num_heads"), whole(call, "kv_num_heads")
    if heads is None or keys is None or heads < 1 or keys < 1:
        return
    if heads % keys:
        yield Violation(
            "heads", f"num_heads is {heads}, no multiple of kv_num_heads = {keys}",
            "make num_heads a multiple of kv_num_heads",
        )  # fmt: skip
        return
    if query is None or len(query) != 3:
        return
    if given(call, 1) != given(call, 2):
        yield Violation(
            "operand-missing", "one of key and value is given",
            "give both, or neither and pack them into the query",
        )  # fmt: skip
        return
    parts = heads if given(call, 1) else heads + 2 * keys
    if query[2] is not None and query[2] % parts:
        yield Violation(
            "heads",
            f"the query's width {query[2]} does not divide into {parts} heads",
            "correct num_heads, kv_num_heads or the query",
        )
        return
    size = None if query[2] is None else query[2] // parts
    width = None if size is None else size * keys
    for name, shape in (("key", key), ("value", value)):
        yield from fits(
            f"{name}-shape", name, shape, (query[0], query[1], width),
            what="batch, length, key heads × size of a head",
        )  # fmt: skip
    yield from _grouped_past(call, query[0], keys, size)
    yield from _grouped_lengths(call, query[0], query[1])


def _grouped_past(call: Call, batch: Dim, keys: int, size: Dim) -> Iterator[Violation]:
    packed = whole(call, "kv_cache_bit_width", 0) == 4  # two elements in a byte
    for slot, name in ((3, "past_key"), (4, "past_value")):
        yield from fits(
            "past-shape", name, shape_of(call, slot),
            (batch, keys, size_at(call, 3, 2), None if packed else size),
            what="batch, key heads, past length, size of a head",
        )  # fmt: skip
    first = 9 if call.op_type == "SparseAttention" else 7
    for slot, name in ((first, "cos_cache"), (first + 1, "sin_cache")):
        cache = shape_of(call, slot)
        if cache is None or size is None:
            continue
        pairs = cache[-1] if cache else None
        if len(cache) != 2 or (pairs is not None and pairs > size // 2):
            yield Violation(
                "cache-shape",
                f"{name} is {spell(cache)} for heads of {size} elements",
                f"give {name} (positions, at most {size // 2} pairs)",
            )
            return
    cosine, sine = shape_of(call, first), shape_of(call, first + 1)
    if cosine is not None:
        yield from fits("cache-shape", "sin_cache", sine, cosine, what="as cos_cache")


def _grouped_lengths(call: Call, batch: Dim, length: Dim) -> Iterator[Violation]:
    """A past length for each entry of the batch, and one total that covers the query."""
    if call.op_type != "GroupQueryAttention":
        return
    lengths, total = shape_of(call, 5), integer(call, 6)
    count = volume(lengths)
    if lengths == () or differ(count, batch):
        yield Violation(
            "operand-length",
            f"seqlens_k is {spell(lengths)} for a batch of {batch}",
            f"give {batch} lengths on one axis",
        )
    elif total is not None and total < max(1, length or 0):
        yield Violation(
            "sequence-length",
            f"total_sequence_length is {total} and the query {length} long",
            f"state {length} or more",
        )
        return
    past: Dim = size_at(call, 3, 2) if given(call, 3) else 0
    if total is None or past is None:
        return
    if length is not None and past < total != past + length:
        yield Violation(
            "sequence-length",
            f"total_sequence_length is {total}, the past {past} and the query {length} long",
            f"state {past + length}",
        )
        return
    values, room = integers(call, 5), max(total, past)
    if values:
        wrong = [n for n in values if not 0 <= n < room]
        if wrong:
            yield Violation(
                "index-range", f"seqlens_k holds {wrong[0]} of a total length of {room}",
                f"keep seqlens_k within 0 to {room - 1}",
            )  # fmt: skip


def _rotary_inputs(call: Call) -> Iterator[Violation]:
    if whole(call, "do_rotary", 0) and not (given(call, 7) and given(call, 8)):
        yield Violation(
            "operand-missing", "do_rotary is set without cos_cache and sin_cache",
            "give both caches, or set do_rotary to 0",
        )  # fmt: skip


def _rotary(call: Call) -> Iterator[Violation]:
    """RotaryEmbedding: caches (positions, pairs), positions (1) or (batch, length)."""
    data, ids = shape_of(call, 0), shape_of(call, 1)
    cosine, sine = shape_of(call, 2), shape_of(call, 3)
    part, heads = whole(call, "rotary_embedding_dim", 0), whole(call, "num_heads", 0)
    if part is None or heads is None:
        return
    if part > 0 and heads < 1:
        yield Violation(
            "heads", f"rotary_embedding_dim is {part} and num_heads is absent", "state num_heads"
        )
        return
    yield from fits("cache-shape", "sin_cache", sine, cosine or (None, None), what="as cos_cache")
    if data is None or len(data) not in (3, 4):
        return
    length = data[1] if len(data) == 3 else data[2]
    yield from fits(
        "positions", "position_ids", ids, (1,), (), (data[0], length), what="batch, length"
    )
    wide = data[2] if len(data) == 3 else data[3]
    if len(data) == 3 and not part and cosine is not None and len(cosine) == 2 and cosine[1]:
        if wide is not None and wide % (2 * cosine[1]):
            yield Violation(
                "heads",
                f"a width of {wide} does not divide into heads of {2 * cosine[1]}, twice the "
                "columns of cos_cache",
                "correct the caches, or state rotary_embedding_dim and num_heads",
            )
        return
    if cosine is None or len(cosine) != 2 or cosine[1] is None or wide is None:
        return
    size = wide // heads if len(data) == 3 and heads else wide if len(data) == 4 else None
    if part and size is not None and part > size:
        yield Violation(
            "head-size", f"rotary_embedding_dim is {part}, a head has {size} elements",
            f"rotate at most {size}",
        )  # fmt: skip
    elif part and cosine[1] not in (part // 2, (size or 0) // 2):
        yield Violation(
            "cache-shape",
            f"cos_cache has {cosine[1]} columns, rotary_embedding_dim = {part} takes {part // 2}",
            "correct rotary_embedding_dim or the caches",
        )


def _packed_query(call: Call) -> Iterator[Violation]:
    """PackedMultiHeadAttention: (tokens, width) three times, or (tokens, heads, 3, size)."""
    query, key, value = shape_of(call, 0), shape_of(call, 1), shape_of(call, 2)
    heads = whole(call, "num_heads")
    if query is None:
        return
    packed = not given(call, 1)
    yield from fits(
        "query-shape", "query", query,
        (None, heads, 3, None) if packed else (None, None),
        what="tokens, heads, 3, size of a head" if packed else "tokens, width",
    )  # fmt: skip
    if key is not None and len(query) == 2:
        yield from fits("key-shape", "key", key, (query[0], query[1]), what="tokens, width")
        yield from fits("value-shape", "value", value, (query[0], None), what="tokens, width")


_HEADS = at_least("num_heads", 1)

CONTRIB_GROUPED: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts
    for op, contracts in {
        "PackedMultiHeadAttention": (
            _HEADS, _packed_query, rank(4, "token_offset", 2),
            rank(5, "cumulative_sequence_length", 1),
        ),
        "GroupQueryAttention": (
            _HEADS, at_least("kv_num_heads", 1), rank(0, "query", 3), _grouped,
            together(3, "past_key", 4, "past_value"), together(7, "cos_cache", 8, "sin_cache"),
            _rotary_inputs, flag("rotary_interleaved"),
        ),
        "SparseAttention": (
            _HEADS, at_least("kv_num_heads", 1), rank(0, "query", 3), _grouped,
            together(9, "cos_cache", 10, "sin_cache"),
        ),
        "RotaryEmbedding": (
            rank(0, "input", 3, 4), rank(2, "cos_cache", 2), rank(3, "sin_cache", 2), _rotary,
            indices_in_range(1, "position_ids", size_of(2, 0), "cos_cache", least=0),
        ),
        "RelativePositionBias": (
            rank(0, "bias_table", 2), at_least("max_distance", 1),
        ),
        "GatedRelativePositionBias": (
            _HEADS, rank(0, "query_layer", 3), vector(1, "query_bias", size_of(0, 2), "the width"),
        ),
        "RemovePadding": (rank(0, "input", 3), rank(1, "sequence_token_count", 1)),
        "RestorePadding": (rank(0, "input", 2), rank(1, "token_offset", 2)),
    }.items()
}  # fmt: skip
