"""Two tensors held against one another, a block at a time.

With w the old elements and v the new ones, as float64:

    relative change = ‖v − w‖ / ‖w‖,   ‖x‖ = √Σxᵢ²

over the whole tensor. Elements count as changed if they are not equal; NaN equals NaN, and +0
equals −0. Where w is all zeros, or either has NaN or infinity in an element that changed, there is
no such number, and the result says so.

>>> old, new = Rows.of(np.array([3.0, 4.0])), Rows.of(np.array([3.0, 4.5]))
>>> measure(old, new).relative  # 0.5 / 5
0.1
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.arrays import Elements

    _Array = np.ndarray[Any, Any]

BLOCK = 1 << 18
"""Elements looked at at a time; as float64 of both they stay in a processor's cache."""
TURNED_BYTES = 256 << 20
"""Largest matrix that is turned in memory."""
FROM_ZERO = "all of it was 0"
NOT_FINITE = "it has NaN or infinite values"
BEYOND = "its squares are beyond float64"


class WeightMeasure(NamedTuple):
    """How far one tensor is from another."""

    elements: int
    changed: int
    relative: float | None
    """``None`` where there is no such number, and 0 where nothing changed."""
    why: str = ""
    """Why there is no number."""


def measure(old: Rows, new: Rows) -> WeightMeasure:
    """Compare two tensors of one size, element by element in C order."""
    differ = [
        (start, stop) for start, stop in _blocks(old.size) if not _identical(old, new, start, stop)
    ]
    changed = 0
    squares: Any = 0.0
    finite = True
    for start, stop in differ:
        w, v = _wide(old.flat(start, stop)), _wide(new.flat(start, stop))
        unlike = _unlike(w, v)
        changed += int(np.count_nonzero(unlike))
        w, v = w[unlike], v[unlike]
        finite = finite and _is_finite(w) and _is_finite(v)
        if finite:
            squares += _energy(v - w)
    if not changed:
        return WeightMeasure(old.size, 0, 0.0)
    if not finite:
        return WeightMeasure(old.size, changed, None, NOT_FINITE)
    norm: Any = sum(_norm(old, start, stop) for start, stop in _blocks(old.size))
    if norm == 0:
        return WeightMeasure(old.size, changed, None, FROM_ZERO)
    share = squares / norm
    if not np.isfinite(share):
        return WeightMeasure(old.size, changed, None, BEYOND)
    return WeightMeasure(old.size, changed, sqrt(share))


def turned(rows: Rows) -> Rows | None:
    """A matrix with rows for columns; ``None`` where it is none, or too large."""
    if rows.ndim != 2 or rows.nbytes > TURNED_BYTES:
        return None
    return Rows.of(np.ascontiguousarray(np.asarray(rows.whole()).T))


def _blocks(size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, BLOCK):
        yield start, min(size, start + BLOCK)


def _identical(old: Rows, new: Rows, start: int, stop: int) -> bool:
    """Bit for bit, which is what nearly every block of nearly every comparison is."""
    if old.dtype != new.dtype or old.dtype.hasobject:
        return False
    one, other = old.flat(start, stop), new.flat(start, stop)
    return one.tobytes() == other.tobytes()


def _wide(found: Elements) -> _Array:
    """As numbers whose squares have room; texts as they are."""
    values = np.asarray(found)
    if values.dtype.hasobject:
        return values
    if values.dtype.kind == "c":
        return values.astype(np.complex128)
    return values.astype(np.longdouble if values.dtype == np.float64 else np.float64)


def _unlike(w: _Array, v: _Array) -> _Array:
    unlike: _Array = w != v
    if w.dtype != object:
        unlike &= ~(np.isnan(w) & np.isnan(v))
    return unlike


def _is_finite(values: _Array) -> bool:
    """Whether all are finite numbers; texts are none."""
    return values.dtype != object and bool(np.isfinite(values).all())


def _norm(rows: Rows, start: int, stop: int) -> Any:
    """Sum of squares; NaN and infinity that both have alike are left out."""
    values = _wide(rows.flat(start, stop))
    return _energy(values[np.isfinite(values)])


def _energy(values: _Array) -> Any:
    with np.errstate(over="ignore"):
        return np.sum(np.square(np.abs(values)))
