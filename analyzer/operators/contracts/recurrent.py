"""Contracts of RNN, GRU and LSTM: weights, biases and states as their sizes demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    fits,
    rank,
)
from analyzer.operators.contracts.reading import (
    differ,
    integers,
    shape_of,
    size_at,
    whole,
    word,
)
from analyzer.operators.contracts.settings import (
    at_least,
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4, "DynamicQuantizeLSTM": 4}
_FUNCTIONS = {"RNN": 1, "GRU": 2, "LSTM": 3, "DynamicQuantizeLSTM": 3}
"""Activations that each direction has."""
_KNOWN = frozenset(
    "relu tanh sigmoid affine leakyrelu thresholdedrelu scaledtanh hardsigmoid elu softsign "
    "softplus".split()
)


def _directions(call: Call) -> int:
    return 2 if word(call, "direction", "forward") == "bidirectional" else 1


def _hidden(call: Call) -> Dim:
    """Hidden size: the attribute, or else the recurrent weight's last axis."""
    return whole(call, "hidden_size") or size_at(call, 2, 2)


def _batch(call: Call) -> Dim:
    first = whole(call, "layout", 0) == 1 and call.version >= 14
    return size_at(call, 0, 0 if first else 1)


def _expected(call: Call) -> Iterator[tuple[int, str, tuple[Dim, ...]]]:
    """Slot, name and shape of each operand behind the data."""
    directions, gates, hidden = _directions(call), _GATES[call.op_type], _hidden(call)
    batch, features = _batch(call), size_at(call, 0, 2)
    wide = None if hidden is None else gates * hidden
    if call.op_type == "DynamicQuantizeLSTM":  # its weights are transposed
        yield 1, "W", (directions, features, wide)
        yield 2, "R", (directions, hidden, wide)
    else:
        yield 1, "W", (directions, wide, features)
        yield 2, "R", (directions, wide, hidden)
    yield 3, "B", (directions, None if wide is None else 2 * wide)
    yield 4, "sequence_lens", (batch,)
    state: tuple[Dim, ...] = (directions, batch, hidden)
    if whole(call, "layout", 0) == 1 and call.version >= 14:
        state = (batch, directions, hidden)
    yield 5, "initial_h", state
    if call.op_type.endswith("LSTM"):
        yield 6, "initial_c", state
        yield 7, "P", (directions, None if hidden is None else 3 * hidden)


def _shapes(call: Call) -> Iterator[Violation]:
    for slot, name, wanted in _expected(call):
        shape = shape_of(call, slot)
        if shape is not None and (len(shape) != len(wanted) or any(map(differ, shape, wanted))):
            yield Violation(
                "recurrent-shape",
                f"{name} is {spell(shape)}, and {call.op_type} with "
                f"{so_many(_directions(call), 'direction')} and a hidden size of {_hidden(call)} "
                f"takes {spell(wanted)}",
                f"give {name} that shape, or correct direction, hidden_size or layout",
            )
            return


def _lengths(call: Call) -> Iterator[Violation]:
    """No sequence is longer than the data."""
    longest = size_at(call, 0, 1 if whole(call, "layout", 0) == 1 and call.version >= 14 else 0)
    values = integers(call, 4)
    if values and longest is not None and not 0 <= min(values) <= max(values) <= longest:
        yield Violation(
            "index-range",
            f"sequence_lens reach from {min(values)} to {max(values)}, the data is {longest} long",
            f"keep sequence_lens within 0 to {longest}",
        )


def _activations(call: Call) -> Iterator[Violation]:
    named = call.attr("activations")
    if not isinstance(named, tuple) or not named:
        return
    wanted = _FUNCTIONS[call.op_type] * _directions(call)
    if len(named) != wanted:
        yield Violation(
            "attribute-length",
            f"activations has {len(named)} entries, it takes {wanted} here",
            f"name {wanted} activations, or leave the attribute out",
        )
        return
    strange = [f for f in named if not isinstance(f, str) or f.lower() not in _KNOWN]
    if strange:
        yield Violation(
            "attribute-value",
            f"activations has {str(strange[0])[:60]!r}, which it does not know",
            f"use one of {', '.join(sorted(_KNOWN))}",
        )


def _quantised(call: Call) -> Iterator[Violation]:
    """Scales and zero points of DynamicQuantizeLSTM: one a direction, or one for each row."""
    directions, hidden = _directions(call), _hidden(call)
    for slot, name in (
        (8, "W_scale"), (9, "W_zero_point"), (10, "R_scale"), (11, "R_zero_point"),
    ):  # fmt: skip
        rows = None if hidden is None else 4 * hidden
        yield from fits(
            "scale-shape", name, shape_of(call, slot), (directions,), (directions, rows),
            what="directions, or directions and rows",
        )  # fmt: skip


_LAYER: tuple[Contract, ...] = (
    rank(0, "X", 3),
    one_of("direction", ("forward", "reverse", "bidirectional")),
    one_of("layout", (0, 1)),
    at_least("hidden_size", 1),
    _shapes,
    _lengths,
    _activations,
)

RECURRENT: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "RNN"): _LAYER,
    ("", "GRU"): (*_LAYER, one_of("linear_before_reset", (0, 1))),
    ("", "LSTM"): _LAYER,
    ("com.microsoft", "DynamicQuantizeLSTM"): (*_LAYER, _quantised),
}
