"""Contracts of attention in ``com.microsoft``: heads, masks, pasts, biases and caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    rank,
    same_size,
    together,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    given,
    integers,
    rank_of,
    shape_of,
    size_at,
    whole,
    wholes,
)
from analyzer.operators.contracts.settings import (
    at_least,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


class Multi:
    """Sizes of MultiHeadAttention: slots are query 0, key 1, value 2, past 6 and 7."""

    def __init__(self, call: Call, past_key: int = 6) -> None:
        query, key = shape_of(call, 0), shape_of(call, 1)
        heads = whole(call, "num_heads")
        self.heads: Dim = heads if heads is None or heads > 0 else None
        self.batch: Dim = query[0] if query else None
        self.length: Dim = query[1] if query and len(query) > 1 else None
        self.hidden: Dim = query[2] if query and len(query) == 3 else None
        self.size: Dim = None
        if query and len(query) == 5:
            self.size = query[4]
        elif self.hidden is not None and self.heads and given(call, 1):
            self.size = self.hidden // self.heads
        elif self.hidden is not None and self.heads:
            self.size = self.hidden // 3 // self.heads
        self.key_length: Dim = self.length
        if given(call, 1):
            axis = 2 if key and len(key) == 4 else 1
            self.key_length = key[axis] if key and len(key) > axis else None
        past: Dim = size_at(call, past_key, 2) if given(call, past_key) else 0
        shared = whole(call, "past_present_share_buffer", 0)
        self.past: Dim = None if shared else past
        known = self.past is not None and self.key_length is not None
        self.total: Dim = (self.past or 0) + (self.key_length or 0) if known else None


def _multi_operands(call: Call) -> Iterator[Violation]:
    """Key and value: (B, L, D) both, packed in the key, or (B, N, L, H) from a past."""
    query, key, value = shape_of(call, 0), shape_of(call, 1), shape_of(call, 2)
    multi = Multi(call)
    heads, size, batch = multi.heads, multi.size, multi.batch
    if given(call, 1) and query is not None and len(query) != 3:
        yield Violation(
            "query-shape",
            f"query is {spell(query)}; beside a key it takes (batch, length, width)",
            "give query three axes, or pack key and value into it and leave them out",
        )
        return
    packed = key is not None and len(key) == 5
    if key is not None:
        past = (batch, heads, None, size)
        allowed = {3: (batch, None, multi.hidden), 5: (batch, None, heads, 2, size), 4: past}
        yield from fits(
            "key-shape", "key", key, allowed.get(len(key), allowed[3]),
            what="batch, length, width",
        )  # fmt: skip
    if packed and given(call, 2):
        yield Violation(
            "value-shape", "value is given, and the key holds key and value",
            "leave value out, or give the key three axes",
        )  # fmt: skip
    elif value is not None and key is not None:
        forms = {3: (batch, multi.key_length, None), 4: (batch, heads, multi.key_length, None)}
        yield from fits(
            "value-shape", "value", value, forms.get(len(value), forms[len(key) if len(key) in forms
            else 3]), what="batch, length of the key, width",
        )  # fmt: skip
    elif given(call, 1) and key is not None and len(key) == 3 and not given(call, 2):
        yield Violation(
            "operand-missing", f"key ({spell(key)}) is given without a value", "give value"
        )


def _divided(call: Call) -> Iterator[Violation]:
    """The width of the query divides into the heads."""
    shape, heads = shape_of(call, 0), whole(call, "num_heads")
    if shape is None or len(shape) != 3 or heads is None or heads < 1 or not given(call, 1):
        return
    if shape[2] is not None and shape[2] % heads:
        yield Violation(
            "heads",
            f"the query's width {shape[2]} does not divide into {heads} heads",
            "correct num_heads or the query",
            grave=False,
        )


def _value_heads(call: Call) -> Iterator[Violation]:
    heads, value = whole(call, "num_heads"), shape_of(call, 2)
    if heads is None or heads < 1 or value is None or len(value) != 3 or value[2] is None:
        return
    if value[2] % heads:
        yield Violation(
            "heads",
            f"the value's width {value[2]} does not divide into {heads} heads",
            "correct num_heads or the value",
        )


def _multi_bias(call: Call) -> Iterator[Violation]:
    """Q, K and V biases joined."""
    multi, value = Multi(call), shape_of(call, 2)
    if multi.hidden is None or value is None or len(value) != 3 or value[2] is None:
        return
    wide = 2 * multi.hidden + value[2]
    yield from fits("bias-length", "bias", shape_of(call, 3), (wide,), what="query, key, value")


def _multi_mask(call: Call) -> Iterator[Violation]:
    multi = Multi(call)
    batch: Dim = multi.batch
    starts = None if batch is None else 3 * batch + 2
    yield from fits(
        "mask-shape", "key_padding_mask", shape_of(call, 4), (batch,), (starts,),
        (batch, multi.key_length), (batch, multi.total), (batch, multi.length, multi.total),
        what="by batch, by key, or by query and key",
    )  # fmt: skip


def _multi_past(call: Call) -> Iterator[Violation]:
    multi, value = Multi(call), shape_of(call, 2)
    size = multi.size if not given(call, 2) else None
    if value is not None and len(value) == 3 and value[2] is not None and multi.heads:
        size = value[2] // multi.heads
    for slot, name, wide in ((6, "past_key", multi.size), (7, "past_value", size)):
        yield from fits(
            "past-shape", name, shape_of(call, slot),
            (multi.batch, multi.heads, size_at(call, 6, 2), wide),
            what="batch, heads, past length, size of a head",
        )  # fmt: skip


def _bias_4d(slot: int, past: int) -> Contract:
    """A bias of attention is (batch or 1, heads or 1, query length, total length)."""

    def check(call: Call) -> Iterator[Violation]:
        multi = Multi(call, past)
        forms = [
            (batch, heads, multi.length, multi.total)
            for batch in (multi.batch, 1)
            for heads in (multi.heads, 1)
        ]
        yield from fits(
            "bias-shape", "attention_bias", shape_of(call, slot), *forms,
            what="batch, heads, query length, total length",
        )  # fmt: skip

    return check


def _past_of_one(flag: int, slot: int) -> Contract:
    """A shared buffer needs the past's length, one number."""

    def check(call: Call) -> Iterator[Violation]:
        if whole(call, "past_present_share_buffer", 0) and given(call, flag):
            shape = shape_of(call, slot)
            if not given(call, slot) or (shape is not None and shape not in ((), (1,), (None,))):
                yield Violation(
                    "past-length",
                    "past_present_share_buffer is set, and past_sequence_length is "
                    + (spell(shape) if given(call, slot) else "left out"),
                    "give past_sequence_length, one number",
                )

    return check


def _packed_weights(call: Call) -> Iterator[Violation]:
    """Attention: weights (width, D_q + D_k + D_v), bias and past to match."""
    data, weight = shape_of(call, 0), shape_of(call, 1)
    heads, sizes = whole(call, "num_heads"), wholes(call, "qkv_hidden_sizes")
    if weight is None or data is None or len(weight) != 2 or not data or heads is None or heads < 1:
        return
    if differ(weight[0], data[-1]):
        yield Violation(
            "inner-size",
            f"weights ({spell(weight)}) have {weight[0]} rows, the input ({spell(data)}) "
            f"{data[-1]} columns",
            "make the two equal",
        )
        return
    if sizes:
        wrong = len(sizes) != 3 or sizes[0] != sizes[1] or any(n % heads for n in sizes)
        if wrong or differ(weight[1], sum(sizes)):
            yield Violation(
                "heads",
                f"qkv_hidden_sizes {list(sizes[:8])} against {heads} heads and {weight[1]} columns "
                "of weights",
                "give three sizes that divide into the heads, the first two equal, which sum to "
                "the columns",
            )
    elif weight[1] is not None and weight[1] % 3:
        yield Violation(
            "heads", f"weights have {weight[1]} columns, which are no query, key and value",
            "give weights three equal parts, or state qkv_hidden_sizes",
        )  # fmt: skip
    elif weight[1] is not None and weight[1] % (3 * heads):
        yield Violation(
            "heads", f"a width of {weight[1] // 3} does not divide into {heads} heads",
            "correct num_heads",
        )  # fmt: skip


def _packed_state(mask: int, past: int, bias: int | None) -> Contract:
    """Mask, past and bias of Attention and QAttention."""

    def check(call: Call) -> Iterator[Violation]:
        data, weight = shape_of(call, 0), shape_of(call, 1)
        heads, sizes = whole(call, "num_heads"), wholes(call, "qkv_hidden_sizes")
        if data is None or len(data) != 3 or heads is None or heads < 1:
            return
        batch, length, _ = data
        columns = weight[1] if weight is not None and len(weight) == 2 else None
        hidden = sizes[0] if sizes else None if columns is None else columns // 3
        size = None if hidden is None else hidden // heads
        yield from fits(
            "past-shape", "past", shape_of(call, past), (2, batch, heads, None, size),
            what="key and value, batch, heads, past length, size of a head",
        )  # fmt: skip
        gone: Dim = size_at(call, past, 3) if given(call, past) else 0
        total = None if gone is None or length is None else gone + length
        if whole(call, "past_present_share_buffer", 0):
            total = None
        double = None if batch is None else 2 * batch
        square = size_at(call, mask, 3)
        yield from fits(
            "mask-shape", "mask_index", shape_of(call, mask), (batch,), (double,), (batch, total),
            (batch, 1), (1, 1), (batch, length, total), (batch, 1, square, square),
            what="by batch, by key, or by query and key",
        )  # fmt: skip
        if bias is not None:
            forms = [(b, h, length, total) for b in (batch, 1) for h in (heads, 1)]
            yield from fits(
                "bias-shape", "attention_bias", shape_of(call, bias), *forms,
                what="batch, heads, query length, total length",
            )  # fmt: skip

    return check


def _mask_lengths(slot: int) -> Contract:
    """A mask of one axis begins with a length for each entry of the batch."""

    def check(call: Call) -> Iterator[Violation]:
        batch = size_at(call, 0, 0)
        lengths = integers(call, slot) if rank_of(call, slot) == 1 else None
        if lengths and batch and min(lengths[:batch]) < 0:
            yield Violation(
                "index-range", f"mask_index has the length {min(lengths[:batch])}",
                "state lengths of 0 or more",
            )  # fmt: skip

    return check


def _columns(call: Call) -> Dim:
    return size_at(call, 1, 1)


_HEADS = at_least("num_heads", 1)

CONTRIB_ATTENTION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts
    for op, contracts in {
        "MultiHeadAttention": (
            _HEADS, rank(0, "query", 3, 5), _multi_operands, _divided, _value_heads,
            rank(3, "bias", 1),
            _multi_bias, _multi_mask, together(6, "past_key", 7, "past_value"), _multi_past,
            _bias_4d(5, 6), _past_of_one(6, 8),
        ),
        "DecoderMaskedMultiHeadAttention": (
            _HEADS, rank(0, "query", 3, 5), together(5, "past_key", 6, "past_value"),
            rank(5, "past_key", 4), rank(6, "past_value", 4), rank(4, "attention_bias", 4),
            _past_of_one(5, 7),
        ),
        "Attention": (
            _HEADS, rank(0, "input", 3), rank(1, "weights", 2),
            vector(2, "bias", _columns, "columns of weights", code="bias-length"),
            _packed_weights, _packed_state(3, 4, 5), _past_of_one(4, 6), _mask_lengths(3),
        ),
        "QAttention": (
            _HEADS, rank(0, "input", 3), rank(1, "weight", 2),
            vector(2, "bias", _columns, "columns of weight", code="bias-length"),
            _packed_weights, _packed_state(5, 8, None), _mask_lengths(5),
        ),
        "PackedAttention": (
            _HEADS, rank(0, "input", 2), rank(1, "weights", 2),
            vector(2, "bias", _columns, "columns of weights", code="bias-length"), _packed_weights,
            rank(3, "token_offset", 2), rank(4, "cumulative_sequence_length", 1),
        ),
        "LongformerAttention": (
            _HEADS, rank(0, "input", 3), rank(1, "weight", 2), rank(2, "bias", 1),
            same_size(0, "input", 2, 1, "weight", 0), at_least("window", 1),
        ),
        "DecoderAttention": (_HEADS, rank(0, "query", 3), rank(1, "key", 3)),
    }.items()
}  # fmt: skip
