"""Elements of a stored tensor, read where they are looked at and held by nobody."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.arrays import Elements


class Rows:
    """A tensor of which only the part that is asked for is in memory.

    As an array of NumPy it has ``shape``, ``dtype``, ``ndim`` and ``size``, and ``rows[i]`` and
    ``rows[i:j]`` along its first axis.

    Parameters
    ----------
    dtype, shape
        Of the tensor.
    read
        ``read(start, stop)`` gives elements in C order, flat.
    """

    __slots__ = ("_read", "dtype", "shape")

    def __init__(
        self, dtype: Any, shape: tuple[int, ...], read: Callable[[int, int], Elements]
    ) -> None:
        self.dtype: Any = dtype
        """A ``numpy.dtype``."""
        self.shape: tuple[int, ...] = shape
        self._read = read

    @classmethod
    def of(cls, array: Elements) -> Rows:
        """The rows of an array that is in memory; a view of it, if it is in C order."""
        flat = np.ascontiguousarray(array).ravel()
        return cls(array.dtype, array.shape, lambda start, stop: flat[start:stop])

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * int(self.dtype.itemsize)

    def __len__(self) -> int:
        return self.shape[0] if self.shape else 1

    def __getitem__(self, place: int | slice) -> Elements:
        row = prod(self.shape[1:])
        if isinstance(place, slice):
            start, stop, _ = place.indices(len(self))
            stop = max(start, stop)
            part = np.asarray(self._read(start * row, stop * row))
            return part.reshape(stop - start, *self.shape[1:])
        return np.asarray(self._read(place * row, (place + 1) * row)).reshape(self.shape[1:])

    def flat(self, start: int, stop: int) -> Elements:
        """Elements ``start`` to ``stop`` in C order."""
        return self._read(start, stop)

    def whole(self) -> Elements:
        """All elements in their shape."""
        return np.asarray(self._read(0, self.size)).reshape(self.shape)

    def held(self, most: int) -> Rows:
        """The same in memory, where that is at most ``most`` bytes: for what is read several
        times."""
        return Rows.of(self.whole()) if self.nbytes <= most else self

    def like(self, shape: tuple[int, ...]) -> Rows:
        """The same elements in another shape of the same size."""
        return Rows(self.dtype, shape, self._read)
