"""Contracts of attention and rotary embedding of ai.onnx."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    indices_in_range,
    rank,
    same_rank,
    same_shape,
    same_size,
    size_of,
    together,
)
from analyzer.operators.contracts.reading import (
    differ,
    given,
    integers,
    rank_of,
    shape_of,
    size_at,
    whole,
)
from analyzer.operators.contracts.settings import (
    at_least,
    flag,
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _heads(call: Call) -> tuple[Dim, Dim]:
    """Heads of the query and of key and value: stated, or axis 1 of operands of four axes."""
    query, key = whole(call, "q_num_heads"), whole(call, "kv_num_heads")
    if rank_of(call, 0) == 4:
        return size_at(call, 0, 1), size_at(call, 1, 1)
    return query, key


def _sizes(call: Call, slot: int, heads: Dim) -> tuple[Dim, Dim]:
    """Sequence length and size of a head of input ``slot``."""
    shape = shape_of(call, slot)
    if shape is None or len(shape) not in (3, 4):
        return None, None
    if len(shape) == 4:
        return shape[2], shape[3]
    last = shape[2]
    return shape[1], None if last is None or not heads else last // heads


def _divided(call: Call) -> Iterator[Violation]:
    """Three axes need the numbers of heads, which divide what they part."""
    if rank_of(call, 0) not in (3, 4):
        return
    queries, keys = _heads(call)
    if rank_of(call, 0) == 3:
        for name, heads, slots in (
            ("q_num_heads", queries, (0,)), ("kv_num_heads", keys, (1, 2)),
        ):  # fmt: skip
            if heads is None or heads < 1:
                yield Violation(
                    "heads",
                    f"the query has 3 axes and {name} is {'absent' if heads is None else heads}",
                    f"state {name}, or give the operands four axes (batch, heads, length, size)",
                )
                return
            for slot in slots:
                size = size_at(call, slot, 2)
                if size is not None and size % heads:
                    yield Violation(
                        "heads",
                        f"input {slot} ({spell(shape_of(call, slot))}) does not divide into "
                        f"{name} = {heads}",
                        f"correct {name}",
                    )
                    return
    else:
        for name, found in (("q_num_heads", queries), ("kv_num_heads", keys)):
            stated = whole(call, name)
            if stated and differ(stated, found):
                yield Violation(
                    "heads",
                    f"{name} is {stated}, and the operand has {found} on axis 1",
                    f"leave {name} out",
                )
                return
        if rank_of(call, 2) == 4 and differ(keys, size_at(call, 2, 1)):
            yield Violation(
                "heads",
                f"the key has {keys} heads and the value {size_at(call, 2, 1)}",
                "give key and value the same heads",
            )
            return
    if queries is not None and keys and queries % keys:
        yield Violation(
            "heads",
            f"{queries} query heads do not divide into {keys} heads of key and value",
            "make the query's heads a multiple",
        )


def _agreeing(call: Call) -> Iterator[Violation]:
    """Key is as wide as the query and as long as the value."""
    queries, keys = _heads(call)
    _, q_size = _sizes(call, 0, queries)
    k_length, k_size = _sizes(call, 1, keys)
    v_length, _ = _sizes(call, 2, keys)
    if differ(q_size, k_size):
        yield Violation(
            "head-size",
            f"a head of the query has {q_size} elements, one of the key {k_size}",
            "give query and key the same size of a head",
        )
    elif differ(k_length, v_length):
        yield Violation(
            "sequence-length",
            f"the key is {k_length} long and the value {v_length}",
            "give key and value the same length",
        )


def _padded(call: Call) -> Iterator[Violation]:
    """One length for each entry of the batch, and no past beside it."""
    lengths, batch = shape_of(call, 6), size_at(call, 0, 0)
    if lengths is None:
        return
    if given(call, 4) or given(call, 5):
        yield Violation(
            "operand-extra", "nonpad_kv_seqlen is given beside past_key and past_value",
            "leave one of the two out",
        )  # fmt: skip
    elif len(lengths) != 1 or differ(lengths[0], batch):
        yield Violation(
            "operand-length",
            f"nonpad_kv_seqlen is {spell(lengths)} for a batch of {batch}",
            f"give {batch} lengths",
        )
    else:
        total = _sizes(call, 1, _heads(call)[1])[0]
        wrong = [n for n in integers(call, 6) or () if total is not None and not 0 <= n <= total]
        if wrong:
            yield Violation(
                "index-range", f"nonpad_kv_seqlen holds {wrong[0]}, the key is {total} long",
                f"keep it within 0 to {total}", grave=call.version < 25,
            )  # fmt: skip


def _scaled(call: Call) -> Iterator[Violation]:
    scale = call.attr("scale")
    if isinstance(scale, float) and scale <= 0:
        yield Violation(
            "attribute-value", f"scale is {scale:g}", "use a scale above 0, or leave it out"
        )


def _past(call: Call) -> Iterator[Violation]:
    """Past keys and values are (batch, heads, past length, size of a head)."""
    _, keys = _heads(call)
    batch = size_at(call, 0, 0)
    for slot, name, now in ((4, "past_key", 1), (5, "past_value", 2)):
        shape = shape_of(call, slot)
        if shape is None:
            continue
        wanted = (batch, keys, size_at(call, 4, 2), _sizes(call, now, keys)[1])
        if len(shape) != 4 or any(map(differ, shape, wanted)):
            yield Violation(
                "past-shape",
                f"{name} is {spell(shape)}, the other operands take {spell(wanted)} "
                "(batch, heads, past length, size of a head)",
                f"give {name} that shape",
            )
            return


def _mask(call: Call) -> Iterator[Violation]:
    """The mask broadcasts to (batch, query heads, query length, total length)."""
    mask = shape_of(call, 3)
    if mask is None:
        return
    if not (1 if call.version >= 25 else 2) <= len(mask) <= 4:
        yield Violation(
            "mask-shape", f"attn_mask has {len(mask)} axes, it takes 2 to 4",
            "give the mask (…, query length, total length)",
        )  # fmt: skip
        return
    queries, keys = _heads(call)
    past: Dim = size_at(call, 4, 2) if given(call, 4) else 0
    now = _sizes(call, 1, keys)[0]
    total = None if past is None or now is None else past + now
    wanted = (size_at(call, 0, 0), queries, _sizes(call, 0, queries)[0], total)
    part = wanted[4 - len(mask) :]
    # The last axis may be shorter, and is padded then, from version 24 on.
    short = call.version >= 24 and mask[-1] is not None and total is not None and mask[-1] <= total
    last = False if short else differ(mask[-1], part[-1])
    if last or any(a != 1 and differ(a, b) for a, b in zip(mask[:-1], part[:-1], strict=True)):
        yield Violation(
            "mask-shape",
            f"attn_mask is {spell(mask)}, it broadcasts to {spell(wanted)} (batch, query heads, "
            "query length, total length)",
            "give the mask those sizes, or 1 in the first two",
            # From version 25 on masks may be cut to a window.
            grave=call.version < 25 or not last,
        )


def _rotated(call: Call) -> Iterator[Violation]:
    """Caches hold one cosine or sine for every pair of the rotated elements."""
    shape, cache, ids = shape_of(call, 0), shape_of(call, 1), shape_of(call, 3)
    if shape is None or len(shape) not in (3, 4):
        return
    heads, part = whole(call, "num_heads", 0), whole(call, "rotary_embedding_dim", 0)
    if heads is None or part is None:
        return
    if len(shape) == 3 and heads < 1:
        yield Violation(
            "heads",
            f"num_heads is {heads or 'absent'} and the input ({spell(shape)}) has three axes",
            "state num_heads, or give the input four axes (batch, heads, length, size)",
        )
        return
    size: Dim = shape[-1]
    if len(shape) == 3:
        size = None if size is None else size // heads
    if cache is not None and len(cache) != (2 if given(call, 3) else 3):
        yield Violation(
            "cache-shape",
            f"cos_cache is {spell(cache)}; {'with' if given(call, 3) else 'without'} position_ids "
            f"it has {2 if given(call, 3) else 3} axes",
            "give the caches (positions, pairs) with position_ids, (batch, length, pairs) without",
        )
        return
    length = shape[2] if len(shape) == 4 else shape[1]
    turned = part or size
    if cache is not None and len(cache) == 3 and any(map(differ, cache[:2], (shape[0], length))):
        yield Violation(
            "cache-shape",
            f"cos_cache is {spell(cache)}, without position_ids the input ({spell(shape)}) takes "
            f"{spell((shape[0], length, None))} (batch, length, pairs)",
            "give one row for each token, or position_ids",
        )
        return
    if cache is not None and turned is not None and differ(cache[-1], turned // 2):
        yield Violation(
            "cache-shape",
            f"cos_cache ({spell(cache)}) has {cache[-1]} columns, {turned} rotated elements of a "
            f"head take {turned // 2}",
            "correct rotary_embedding_dim, num_heads or the caches",
        )
    elif size is not None and part > size:
        yield Violation(
            "head-size",
            f"rotary_embedding_dim is {part}, a head has {size} elements",
            f"rotate at most {size}",
        )
    if ids is not None and (len(ids) != 2 or any(map(differ, ids, (shape[0], length)))):
        yield Violation(
            "positions",
            f"position_ids are {spell(ids)}, the input ({spell(shape)}) takes "
            f"{spell((shape[0], length))} (batch, length)",
            "give one position for each token",
        )


def _sections(call: Call) -> Iterator[Violation]:
    sections = call.attr("mrope_section")
    if isinstance(sections, tuple) and sections and min(sections) < 0:
        yield Violation(
            "attribute-value",
            f"mrope_section {list(sections[:MAX_LISTED])} has a size below 0",
            "state sizes of 0 or more",
        )


ATTENTION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "Attention"): (
        rank(0, "Q", 3, 4), same_rank(0, "Q", 1, "K"), same_rank(0, "Q", 2, "V"),
        same_size(0, "Q", 0, 1, "K", 0), same_size(0, "Q", 0, 2, "V", 0),
        _divided, _agreeing, _padded, _scaled, together(4, "past_key", 5, "past_value"),
        _past, _mask,
        one_of("qk_matmul_output_mode", (-1, 0, 1, 2, 3)), flag("is_causal"),
        one_of("softmax_precision", (0, 1, 10, 11, 16), grave=False),
    ),
    ("", "RotaryEmbedding"): (
        rank(0, "X", 3, 4), same_shape(1, "cos_cache", 2, "sin_cache"), _rotated,
        indices_in_range(3, "position_ids", size_of(1, 0), "cos_cache", least=0),
        flag("interleaved"), at_least("rotary_embedding_dim", 0),
    ),
    ("com.microsoft", "MRotaryEmbedding"): (
        rank(0, "input", 3, 4), same_shape(2, "cos_cache", 3, "sin_cache"), _sections,
        rank(2, "cos_cache", 2),
    ),
}  # fmt: skip
