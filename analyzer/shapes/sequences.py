"""Sequence operators: the types of the elements one by one, as far as they are known.

onnx's inference knows one element type for a whole sequence. Counting what a scripted loop
collects needs more: how many elements there are, and the size of each along the axis on which
they are joined. Semantics from the ONNX operator specification of Sequence…, SplitToSequence
and ConcatFromSequence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.facts import BITS
from analyzer.model.dtypes import DTYPES
from analyzer.shapes.types import UNKNOWN, Type, element_type, merge, sequence_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.arrays import Elements


MAX_ITEMS = 1024
"""Elements of a sequence that are told apart; a longer one has a common element type only."""


def _position(values: Sequence[Elements | None], index: int) -> int | None:
    """Content of the scalar input ``index``; ``None`` where it is not known."""
    value = next(iter(values[index:]), None)
    return int(value.item()) if value is not None and value.size == 1 else None


def _common(items: Sequence[Type]) -> Type:
    common = items[0]
    for item in items[1:]:
        common = merge(common, item)
    return common


def _made(items: Sequence[Type], element: Type = UNKNOWN) -> Type | None:
    """A sequence of ``items``; ``element`` is the type of a missing element."""
    if len(items) > MAX_ITEMS:
        return sequence_type(_common(items), None)
    return sequence_type(_common(items) if items else element, tuple(items))


def _empty(attributes: Mapping[str, Any], inputs: Sequence[Type], values: Any) -> Type | None:
    dtype = DTYPES.get(int(attributes.get("dtype", 1)))
    return sequence_type(Type(dtype), ())


def _construct(attributes: Mapping[str, Any], inputs: Sequence[Type], values: Any) -> Type | None:
    return _made(inputs)


def _insert(
    attributes: Mapping[str, Any], inputs: Sequence[Type], values: Sequence[Elements | None]
) -> Type | None:
    items, added = inputs[0].items, inputs[1]
    if items is None:
        return sequence_type(merge(element_type(inputs[0]), added), None)
    position = _position(values, 2) if len(inputs) > 2 else len(items)
    if position is None:
        alike = all(item == added for item in items)
        return _made([*items, added]) if alike else sequence_type(_common([*items, added]), None)
    return _made([*items[:position], added, *items[position:]])


def _erase(
    attributes: Mapping[str, Any], inputs: Sequence[Type], values: Sequence[Elements | None]
) -> Type | None:
    items = inputs[0].items
    if not items:
        return inputs[0]
    position = _position(values, 1) if len(inputs) > 1 else len(items) - 1
    if position is None:
        alike = all(item == items[0] for item in items)
        return _made(items[1:], items[0]) if alike else sequence_type(_common(items), None)
    position += len(items) if position < 0 else 0
    return _made([*items[:position], *items[position + 1 :]], _common(items))


def _at(
    attributes: Mapping[str, Any], inputs: Sequence[Type], values: Sequence[Elements | None]
) -> Type | None:
    items, position = inputs[0].items, _position(values, 1)
    if not items:
        return element_type(inputs[0])
    if position is not None and -len(items) <= position < len(items):
        return items[position]
    return _common(items)


def _split(
    attributes: Mapping[str, Any], inputs: Sequence[Type], values: Sequence[Elements | None]
) -> Type | None:
    """A scalar ``split`` cuts equal chunks, the last one shorter; without, chunks of 1."""
    data, shape = inputs[0], inputs[0].shape
    if shape is None:
        return None
    axis = int(attributes.get("axis", 0))
    axis += len(shape) if axis < 0 else 0
    if not 0 <= axis < len(shape):
        return None
    single = len(inputs) < 2 or inputs[1].dtype is None
    drop = single and not attributes.get("keepdims", 1)
    sizes = [1] if single else _chunks(values[1])
    size = shape[axis]
    if sizes is not None and (single or (values[1] is not None and values[1].ndim == 0)):
        step = sizes[0]
        if size is None or step < 1 or size // step > MAX_ITEMS:
            sizes = None
        else:
            sizes = [min(step, size - start) for start in range(0, size, step)]

    def part(length: int | None) -> Type:
        middle = () if drop else (length,)
        return Type(data.dtype, (*shape[:axis], *middle, *shape[axis + 1 :]))

    if sizes is None:
        return sequence_type(part(1 if single else None), None)
    return _made([part(length) for length in sizes], part(None))


def _chunks(value: Elements | None) -> list[int] | None:
    if value is None or value.size == 0 or value.dtype == object:
        return None
    return [int(v) for v in value.ravel()]


def _concat(attributes: Mapping[str, Any], inputs: Sequence[Type], values: Any) -> Type | None:
    items, axis = inputs[0].items, int(attributes.get("axis", 0))
    element = _common(items) if items else element_type(inputs[0])
    shape = element.shape
    if shape is None:
        return Type(element.dtype)
    new = bool(attributes.get("new_axis", 0))
    axis += (len(shape) + new) if axis < 0 else 0
    if not 0 <= axis < len(shape) + new:
        return None
    if new:
        count = None if items is None else len(items)
        return Type(element.dtype, (*shape[:axis], count, *shape[axis:]))
    parts = [i.shape[axis] if i.shape is not None else None for i in items or ()]
    total = None if items is None or None in parts else sum(p for p in parts if p is not None)
    return Type(element.dtype, (*shape[:axis], total, *shape[axis + 1 :]))


RULES: Mapping[
    str, Callable[[Mapping[str, Any], Sequence[Type], Sequence[Elements | None]], Type | None]
] = {
    "SequenceEmpty": _empty,
    "SequenceConstruct": _construct,
    "SequenceInsert": _insert,
    "SequenceErase": _erase,
    "SequenceAt": _at,
    "SplitToSequence": _split,
    "ConcatFromSequence": _concat,
}
"""Operators that make, change or read a sequence."""


def sequence_result(
    op_type: str,
    attributes: Mapping[str, Any],
    inputs: Sequence[Type],
    values: Sequence[Elements | None],
) -> Type | None:
    """Type of the result; ``None`` where only onnx's own inference can tell more."""
    if not inputs and op_type != "SequenceEmpty":
        return None
    try:
        result = RULES[op_type](attributes, inputs, values)
    except (IndexError, OverflowError, TypeError, ValueError):  # inputs or attributes do not fit
        return None
    if result is None or (result.proto is None and result.dtype not in BITS):
        return None
    return result
