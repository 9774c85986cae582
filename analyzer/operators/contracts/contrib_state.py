"""Contracts of recurrences with a state in ``com.microsoft``: convolution, linear attention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    rank,
    same_shape,
    same_size,
    stretches_to,
    together,
    vector,
)
from analyzer.operators.contracts.reading import given, shape_of, size_at, volume, whole, word
from analyzer.operators.contracts.settings import at_least, one_of
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _channels(call: Call) -> Dim:
    """Channels of CausalConvWithState: axis 1, or all behind the length."""
    shape = shape_of(call, 0)
    if shape is None or len(shape) < 3:
        return None
    return volume(shape[2:]) if whole(call, "channels_last", 0) else shape[1]


def _causal(call: Call) -> Iterator[Violation]:
    """Weight (channels, 1, taps) and past state (batch, channels, reach of the taps)."""
    shape, weight = shape_of(call, 0), shape_of(call, 1)
    last, width = whole(call, "channels_last", 0), _channels(call)
    axes = 2 + (whole(call, "ndim", 1) or 1)
    if shape is not None and (len(shape) < 3 if last else len(shape) != axes):
        yield Violation(
            "rank", f"input has rank {len(shape)} ({spell(shape)}), it takes {axes}",
            "give (batch, channels, length)",
        )  # fmt: skip
        return
    if weight is not None and len(weight) != axes:
        yield Violation(
            "rank", f"weight has rank {len(weight)} ({spell(weight)}), it takes {axes}",
            "give (channels, 1, taps)",
        )  # fmt: skip
    if weight is None or len(weight) != 3 or shape is None or len(shape) < 3:
        return
    yield from fits("channels", "weight", weight, (width, 1, weight[2]), what="channels, 1, taps")
    taps, dilation = weight[2], whole(call, "dilation", 1)
    reach = None if taps is None or dilation is None else (taps - 1) * dilation
    wanted = (shape[0], reach, *shape[2:]) if last else (shape[0], shape[1], reach)
    if not whole(call, "state_window", 0):
        yield from fits(
            "past-shape", "past_state", shape_of(call, 3), wanted,
            what="batch, channels, past taps",
        )  # fmt: skip


def _linear_heads(call: Call) -> Iterator[Violation]:
    """Heads divide widths and one another; the state is (batch, heads, key size, value size)."""
    queries, keys = whole(call, "q_num_heads"), whole(call, "kv_num_heads")
    query, key, value = (shape_of(call, slot) for slot in range(3))
    if queries is None or keys is None or min(queries, keys) < 1 or query is None:
        return
    if max(queries, keys) % min(queries, keys):
        yield Violation(
            "heads", f"q_num_heads is {queries} and kv_num_heads {keys}; neither divides the other",
            "make one a multiple of the other",
        )  # fmt: skip
        return
    for name, shape, heads in (("query", query, queries), ("value", value, keys)):
        if shape is not None and len(shape) == 3 and (shape[2] or 0) % heads:
            yield Violation(
                "heads", f"the width of {name} ({spell(shape)}) does not divide into {heads} heads",
                f"correct the number of heads or {name}",
            )  # fmt: skip
            return
    if len(query) != 3 or query[2] is None:
        return
    size = query[2] // queries
    if key is not None and len(key) == 3 and size and (key[2] or 0) % size:
        yield Violation(
            "head-size",
            f"the key ({spell(key)}) does not divide into heads of {size} elements",
            "give keys the size of the query's heads",
        )
        return
    yield from _linear_state(call, (query[0], query[1]), keys, size)


def _linear_state(call: Call, tokens: tuple[Dim, Dim], keys: int, size: int) -> Iterator[Violation]:
    wide = size_at(call, 2, 2)
    yield from fits(
        "past-shape", "past_state", shape_of(call, 3),
        (tokens[0], keys, size, None if wide is None else wide // keys),
        what="batch, heads, key size, value size",
    )  # fmt: skip
    rule = word(call, "update_rule", "gated_delta") or ""
    for slot, name, forms in ((4, "decay", (keys, keys * size)), (5, "beta", (keys, 1))):
        if ("gated" if slot == 4 else "delta") in rule and not given(call, slot):
            yield Violation(
                "operand-missing", f"update_rule is {rule!r} and {name} is left out", f"give {name}"
            )
            return
        shape = shape_of(call, slot)
        if shape is not None and len(shape) == 3:
            yield from fits(
                "operand-shape", name, shape, *((None, None, n) for n in forms),
                what="batch, length, by head",
            )  # fmt: skip


_RULES = ("linear", "gated", "delta", "gated_delta")
_ACTIVATIONS = ("none", "silu", "swish")
_BY_OPERATOR: Mapping[str, tuple[Contract, ...]] = {
    "CausalConvWithState": (
        _causal, at_least("dilation", 1),
        vector(2, "bias", _channels, "channels", code="bias-length"),
        one_of("activation", _ACTIVATIONS),
    ),
    "LinearAttention": (
        *(rank(slot, name, 3) for slot, name in enumerate(("query", "key", "value"))),
        at_least("q_num_heads", 1), at_least("kv_num_heads", 1),
        one_of("update_rule", _RULES), together(1, "key", 2, "value"),
        *(
            same_size(0, "query", axis, slot, name, axis)
            for slot, name in ((1, "key"), (2, "value")) for axis in (0, 1)
        ),
        _linear_heads,
    ),
    "GatedRMSNorm": (same_shape(0, "X", 2, "gate"), stretches_to(1, "scale", 0, "X")),
    "DynamicTimeWarping": (rank(0, "input", 2, 3),),
}  # fmt: skip

CONTRIB_STATE: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts for op, contracts in _BY_OPERATOR.items()
}
