"""What contracts read of a call: sizes, attributes and contents, ``None`` where not known.

A node may give any attribute any type and leave any input out; whatever does not have the type
that the operator's specification gives it reads as unknown here, because its type is another
check's business.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.arrays import Elements
    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call

_NOT_TENSORS = ("seq(", "optional(", "map", "sparse", "opaque")


def given(call: Call, slot: int) -> bool:
    """Whether input ``slot`` is there at all."""
    return call.input(slot) is not None


def shape_of(call: Call, slot: int) -> Shape:
    """Sizes of input ``slot``; ``None`` where it is omitted or its rank is unknown."""
    tensor = call.input(slot)
    if tensor is None or (tensor.dtype or "").startswith(_NOT_TENSORS):
        return None
    return tensor.shape


def rank_of(call: Call, slot: int) -> int | None:
    """Number of axes of input ``slot``."""
    shape = shape_of(call, slot)
    return None if shape is None else len(shape)


def size_at(call: Call, slot: int, axis: int) -> Dim:
    """Size of ``axis`` (negative counts from behind) of input ``slot``."""
    shape = shape_of(call, slot)
    if shape is None or not -len(shape) <= axis < len(shape):
        return None
    return shape[axis]


def volume(sizes: Iterable[Dim] | None) -> int | None:
    """Elements of a shape; ``None`` unless every size is known."""
    if sizes is None:
        return None
    known = tuple(sizes)
    return None if None in known else prod(cast("tuple[int, ...]", known))


def elements_of(call: Call, slot: int) -> int | None:
    """Elements of input ``slot``."""
    return volume(shape_of(call, slot))


def differ(a: Dim, b: Dim) -> bool:
    """Both sizes are known, and they are not the same."""
    return a is not None and b is not None and a != b


def whole(call: Call, name: str, default: int | None = None) -> int | None:
    """Integer attribute ``name``."""
    value = call.attributes.get(name, default)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def wholes(call: Call, name: str) -> tuple[int, ...] | None:
    """Attribute ``name``, a list of integers."""
    value = call.attributes.get(name)
    if not isinstance(value, tuple) or not {int, bool}.issuperset(map(type, value)):
        return None
    return value


def word(call: Call, name: str, default: str | None = None) -> str | None:
    """Attribute ``name``, a text."""
    value = call.attributes.get(name, default)
    return value if isinstance(value, str) else None


def contents(call: Call, slot: int) -> Elements | None:
    """Numbers in input ``slot`` where they are small and known, of any type that NumPy orders."""
    value = call.values[slot] if slot < len(call.values) else None
    if value is None or value.dtype.kind in "OSU":
        return None
    return np.asarray(value, np.float64) if value.dtype.kind == "V" else value


def number(call: Call, slot: int) -> float | None:
    """The number in input ``slot`` where that is one number, and known."""
    values = contents(call, slot)
    return values.item() if values is not None and values.size == 1 else None


def integer(call: Call, slot: int) -> int | None:
    """The integer in input ``slot`` where that is one integer, and known."""
    match integers(call, slot):
        case (value,):
            return value
    return None


def integers(call: Call, slot: int) -> tuple[int, ...] | None:
    """Integers in input ``slot``, flattened."""
    return call.integers(slot)


def listed(call: Call, name: str, slot: int, since: int) -> tuple[int, ...] | None:
    """A list that became an input in version ``since`` and was the attribute ``name`` before."""
    return integers(call, slot) if call.version >= since else wholes(call, name)


def outputs_of(call: Call) -> int:
    """Outputs that the node lists, omitted ones among them."""
    return len(call.outputs)


def broadcast(shapes: Iterable[Shape]) -> Shape:
    """Common shape under NumPy's rules, unknown sizes staying so; ``None`` where one has no rank.

    Raises
    ------
    ValueError
        Two sizes that are known do not fit; its arguments are the axis from behind and the sizes.
    """
    result: list[Dim] = []
    for shape in shapes:
        if shape is None:
            return None
        result[:0] = [1] * (len(shape) - len(result))
        for behind, size in enumerate(reversed(shape), 1):
            seen = result[-behind]
            if seen == 1:
                result[-behind] = size
            elif differ(seen, size) and size != 1:
                raise ValueError(-behind, seen, size)
            elif seen is None and size != 1:
                result[-behind] = size
    return tuple(result)
