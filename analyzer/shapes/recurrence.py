"""Which open axes of a model's inputs are the batch and the time steps of recurrent layers.

The operator's definition names them (ONNX operator specification, RNN, GRU and LSTM): X is
[steps, batch, features], ``initial_h`` and ``initial_c`` are [directions, batch, hidden] and
``sequence_lens`` is [batch]; with ``layout`` 1 the batch comes first. Exporters pack states into
one input and take them apart again, so axes are followed backwards through what moves them only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, cast

import numpy as np
from onnx import TensorProto

from analyzer.graph.call import MALFORMED
from analyzer.graph.tensors import decode_tensor
from analyzer.operators import find
from analyzer.operators.record import DATA, INDEX, STATE, Nature

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from analyzer.arrays import Elements
    from analyzer.graph.scope import FunctionKey, Op, Program

Part = Literal["batch", "steps"]
"""What an axis is to a recurrent layer."""
MOST_PLACES = 10_000
"""Axes of values that are looked at in one model."""
COPIES = (Nature.CONVERSION, Nature.QUANTISATION)
"""Operators whose first result has the axes of what they read first."""
RANK = 3
"""Axes of X and of a state."""
MOST_AXES = 64
"""Axes that an operator may name; none real names more than a tensor has."""


class AxisOf(NamedTuple):
    """An axis of a value."""

    scope: int
    name: str
    axis: int
    rank: int


def parts_of_inputs(program: Program) -> Mapping[tuple[str, int], Part]:
    """By name and axis of an input of the main graph; the first layer that says it counts."""
    starts = [start for scope in program.scopes for op in scope.ops
              for start in _demands(scope.index, op, scope.opsets)]  # fmt: skip
    if not starts:
        return {}
    walk = _Walk(program)
    found: dict[tuple[str, int], Part] = {}
    for place, part in starts:
        for name, axis in walk.inputs_behind(place):
            found.setdefault((name, axis), part)
    return found


def _demands(scope: int, op: Op, opsets: Mapping[str, int]) -> Iterator[tuple[AxisOf, Part]]:
    """The axes of its operands that a recurrent layer names."""
    record = find(op.domain, op.op_type)
    if record is None or record.nature is not Nature.RECURRENT:
        return
    first = op.attributes.get("layout", 0) == 1 and opsets.get(op.domain, 1) >= 14
    batch, steps = (0, 1) if first else (1, 0)
    for name, kind in zip(op.inputs, record.inputs, strict=False):
        if name and kind is DATA and name == op.inputs[0]:
            yield AxisOf(scope, name, batch, RANK), "batch"
            yield AxisOf(scope, name, steps, RANK), "steps"
        elif name and kind is STATE:
            yield AxisOf(scope, name, batch, RANK), "batch"
        elif name and kind is INDEX:
            yield AxisOf(scope, name, 0, 1), "batch"


class _Walk:
    """From an axis of a value to those of the inputs that it comes from."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._left = MOST_PLACES
        self._slots: dict[int, dict[str, int]] = {}
        self._makers: list[dict[str, tuple[Op, int]]] = []
        self._around: dict[int, tuple[int, Op]] = {}
        self._callers: dict[FunctionKey, list[tuple[int, Op]]] = {}
        for scope in program.scopes:
            made = {name: (op, slot) for op in scope.ops for slot, name in enumerate(op.outputs)}
            self._makers.append(made)
            for op in scope.ops:
                self._around.update((body, (scope.index, op)) for body in op.bodies.values())
                if op.key in program.functions:
                    self._callers.setdefault(op.key, []).append((scope.index, op))

    def inputs_behind(self, start: AxisOf) -> Iterator[tuple[str, int]]:
        """Names and axes of inputs of the main graph."""
        seen, pending = {start}, [start]
        while pending and self._left > 0:
            self._left -= 1
            place = pending.pop()
            if self._is_input(place):
                yield place.name, place.axis
                continue
            before = [each for each in self._behind(place) if each not in seen]
            pending += before
            seen.update(before)

    def _is_input(self, place: AxisOf) -> bool:
        main = self._program.main
        return not place.scope and place.name in main.input_types and (
            place.name not in main.constants)  # fmt: skip

    def _behind(self, place: AxisOf) -> list[AxisOf]:
        made = self._makers[place.scope].get(place.name)
        if made is None:
            own = place.name in self._program.scopes[place.scope].constants
            return [] if own else [*self._outside(place)]
        try:
            return [*self._before(place, *made)]
        except MALFORMED:  # other checks name what is malformed
            return []

    def _outside(self, place: AxisOf) -> Iterator[AxisOf]:
        """What a scope's input is where the scope runs, or the outer value that it reads."""
        scope = self._program.scopes[place.scope]
        slot = self._slot(place)
        if scope.function is not None:
            for outer, op in self._callers.get(scope.function, ()):
                if slot is not None and slot < len(op.inputs):
                    yield place._replace(scope=outer, name=op.inputs[slot])
        elif place.scope in self._around:
            outer, op = self._around[place.scope]
            if slot is None:
                yield place._replace(scope=outer)
            elif op.op_type == "Loop" and slot < len(op.inputs):  # carried
                yield place._replace(scope=outer, name=op.inputs[slot])

    def _slot(self, place: AxisOf) -> int | None:
        """Which input of its scope a value is."""
        if place.scope not in self._slots:
            names = self._program.scopes[place.scope].inputs
            self._slots[place.scope] = {name: slot for slot, name in enumerate(names)}
        return self._slots[place.scope].get(place.name)

    def _before(self, place: AxisOf, op: Op, slot: int) -> Iterator[AxisOf]:
        """The same axis of what ``op`` reads; nothing where it may be another."""
        inside = [self._program.functions[op.key]] if op.key in self._program.functions else [
            *op.bodies.values()] if op.op_type == "If" else []  # fmt: skip
        for index in inside:
            outputs = self._program.scopes[index].outputs
            if slot < len(outputs):
                yield place._replace(scope=index, name=outputs[slot])
        move = _move(op)
        if inside or move is None:
            return
        moved = move(self, place, op)
        if moved is not None and 0 <= moved[0] < moved[1]:
            axis, rank = moved
            names = op.inputs if op.op_type == "Concat" else op.inputs[:1]
            for name in names:
                yield AxisOf(place.scope, name, axis, rank)

    def constant(self, scope: int, name: str) -> Elements | None:
        """Contents of a small constant, of this scope or one around it."""
        while True:
            stored = self._program.scopes[scope].constants.get(name)
            if stored is not None:
                return cast("Elements | None", decode_tensor(stored))
            made = self._makers[scope].get(name)
            if made is not None:
                return _constant(made[0])
            if scope not in self._around:
                return None
            scope = self._around[scope][0]

    def axes(self, place: AxisOf, op: Op, rank: int, slot: int = 1) -> tuple[int, ...] | None:
        """``axes`` of an operator, as attribute or as input ``slot``, counted from the front."""
        found = [self.constant(place.scope, name) for name in op.inputs[slot : slot + 1]]
        stated = op.attributes.get("axes", *found)
        if stated is None or np.size(stated) > MOST_AXES:
            return None
        axes = [int(axis) for axis in np.ravel(stated)]
        return tuple(axis + rank if axis < 0 else axis for axis in axes)


def _constant(op: Op) -> Elements | None:
    if op.standard != "Constant":
        return None
    forms = ("value", "value_int", "value_ints")
    value = next((op.attributes[each] for each in forms if each in op.attributes), None)
    return None if value is None or isinstance(value, TensorProto) else np.asarray(value)


def _copied(_walk: _Walk, place: AxisOf, _op: Op) -> tuple[int, int] | None:
    return place.axis, place.rank


def _unsqueezed(walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    axes = walk.axes(place, op, place.rank)
    kept = [axis for axis in range(place.rank) if axes is not None and axis not in axes]
    return (kept.index(place.axis), len(kept)) if place.axis in kept else None


def _squeezed(walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    count = walk.axes(place, op, 0)
    if count is None:
        return None
    rank = place.rank + len(count)
    axes = walk.axes(place, op, rank)
    kept = [axis for axis in range(rank) if axis not in (axes or ())]
    return (kept[place.axis], rank) if len(kept) == place.rank else None


def _gathered(walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    index = walk.constant(place.scope, op.inputs[1]) if len(op.inputs) > 1 else None
    if index is None:
        return None
    inner = index.ndim
    rank = place.rank + 1 - inner
    axis = _own_axis(op, rank)
    if place.axis < axis:
        return place.axis, rank
    return (place.axis - inner + 1, rank) if place.axis >= axis + inner else None


def _beside(_walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    return None if place.axis == _own_axis(op, place.rank) else (place.axis, place.rank)


def _sliced(walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    cut = walk.axes(place, op, place.rank, slot=3)
    return None if cut is None or place.axis in cut else (place.axis, place.rank)


def _transposed(_walk: _Walk, place: AxisOf, op: Op) -> tuple[int, int] | None:
    order = op.attributes.get("perm") or tuple(reversed(range(place.rank)))
    return (order[place.axis], place.rank) if len(order) == place.rank else None


def _own_axis(op: Op, rank: int) -> int:
    axis = op.attributes.get("axis", 0)
    return axis + rank if isinstance(axis, int) and axis < 0 else int(axis)


def _move(op: Op) -> Callable[[_Walk, AxisOf, Op], tuple[int, int] | None] | None:
    record = find("", op.op_type)
    if op.domain or not op.inputs or record is None:
        return None
    return _copied if record.nature in COPIES else _MOVES.get(op.op_type)


_MOVES = {
    "Identity": _copied, "Dropout": _copied, "Unsqueeze": _unsqueezed, "Squeeze": _squeezed,
    "Gather": _gathered, "Concat": _beside, "Split": _beside, "Slice": _sliced,
    "Transpose": _transposed,
}  # fmt: skip
"""How an axis of the result comes from one of the first operand (of Concat, of all)."""
