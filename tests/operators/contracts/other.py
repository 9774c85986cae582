"""What an operand or an attribute may be instead: a little other than it is, or far off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.operators.contracts.nodes import Array, Node

FULL = 4096
"""Elements beyond which no axis is made longer."""
FAR = 64
"""A step that leaves the range of all axes, indices and windows here."""
_OTHER = {
    "bool": "uint8", "float16": "float32", "float32": "float64", "float64": "float32",
    "int8": "uint8", "uint8": "int8", "int16": "int32", "int32": "int64", "int64": "int32",
}  # fmt: skip
"""Another type of the elements, in which each value is the same or nearly."""


def ends(node: Node) -> tuple[int, ...]:
    """The last index and the length of each axis of the first operand: where ranges end."""
    data = next((a for a in node.inputs if a is not None), np.zeros(0))
    return tuple(sorted({n for size in data.shape[:4] for n in (size - 1, size)}))


def operands(array: Array, *, constant: bool, ends: tuple[int, ...]) -> Iterator[Array | None]:
    yield None
    yield from _sides(array)
    yield from _forms(array)
    if constant and array.dtype.kind in "iu" and 0 < array.size <= 8:
        for at in range(array.size):
            for step in (-1, 1, -FAR, FAR):
                moved = array.reshape(-1)[at] + np.asarray(step).astype(array.dtype)
                yield _changed(array, at, moved)
            for end in ends:
                if end < 128 and end != array.reshape(-1)[at]:
                    yield _changed(array, at, end)
    if constant and array.dtype.kind == "f" and 0 < array.size <= 4:
        for at in range(array.size):
            for value in (0, -array.reshape(-1)[at]):
                yield _changed(array, at, value)


def _sides(array: Array) -> Iterator[Array]:
    """With an axis one longer, one shorter, of one entry, and with one axis more or less."""
    for axis, size in enumerate(array.shape):
        if size > 0 and array.size < FULL:
            yield np.concatenate([array, np.take(array, [-1], axis)], axis)
            yield np.take(array, range(size - 1), axis)
        if size > 2:
            yield np.take(array, [0], axis)
    yield array[None]
    if array.ndim:
        yield array[..., None]
    if array.ndim > 1 and array.shape[0]:
        yield array[0]


def _forms(array: Array) -> Iterator[Array]:
    """Of another type, as a vector, as one number, and as two where it is one."""
    if array.dtype.name in _OTHER:
        yield array.astype(_OTHER[array.dtype.name])
    if array.ndim > 1:
        yield array.reshape(-1)
    if array.ndim and array.size:
        yield array.reshape(-1)[:1].reshape(())
    if array.ndim == 0:
        yield np.stack([array, array])


def _changed(array: Array, at: int, value: Any) -> Array:
    other = array.copy()
    other.reshape(-1)[at] = value
    return other


def values(value: Any, ends: tuple[int, ...]) -> Iterator[Any]:
    yield None
    if isinstance(value, (bytes, str)):
        yield "bogus"
    elif isinstance(value, int):
        yield from (value - 1, value + 1, -value, value + FAR)
        yield from (end for end in ends if abs(end - value) > 1)
    elif isinstance(value, float):
        yield -value
    elif isinstance(value, list | tuple) and value:
        listed = list(value)
        yield from (listed[:-1], [*listed, listed[-1]])
        for at in range(min(len(listed), 6)):
            if isinstance(listed[at], int):
                for step in (-1, 1, -FAR, FAR):
                    yield [*listed[:at], listed[at] + step, *listed[at + 1 :]]


def padded_twice(node: Node) -> Iterator[dict[str, Any]]:
    """Both ways to pad at once: by a word, and by one place before and after each axis."""
    data = next(a for a in node.inputs if a is not None)
    for word in ("NOTSET", "SAME_LOWER", "VALID"):
        yield {"auto_pad": word, "pads": [1] * 2 * (data.ndim - 2)}
