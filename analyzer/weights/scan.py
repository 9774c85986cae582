"""One pass over a tensor, a block at a time: what its values are, and the peak of each channel.

Magnitudes are compared as bit patterns: without its sign a float32 orders like an unsigned
integer (IEEE 754-2019, section 3.4), with denormals below, infinity above and NaN on top. A
block that holds nothing peculiar, which is nearly every one, is passed over a handful of times.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.arrays import Elements
    from analyzer.model.rows import Rows

    _Floats = NDArray[np.float32]
    _Bits = NDArray[np.uint32]

BLOCK = 1 << 20
"""Elements looked at at a time, 4 MiB of float32: they stay in a processor's cache."""
MOST_CHANNELS = 1 << 22
"""Rows, or elements of a row, beyond which channels are not told apart."""

MAGNITUDE = np.uint32(0x7FFFFFFF)
NORMAL = 0x00800000
"""Smallest normal float32."""
INFINITE = 0x7F800000
UNDERFLOW = 0x33000000
"""2⁻²⁵, the largest magnitude that rounds to 0 in float16 (half the smallest, ties to even)."""
OVERFLOW = 0x477FF000
"""65520, the smallest magnitude that rounds to infinity in float16 (halfway to 65536)."""
FP16_TAIL = 0x1FFF
"""Digits of a float32 that float16 has no room for."""
BF16_TAIL = 0xFFFF
"""Digits of a float32 that bfloat16 has no room for."""
FP16_NORMAL = 0x38800000
"""2⁻¹⁴, the smallest normal float16: below it, less digits are left."""
BF16_OVERFLOW = 0x7F7F8000
"""The smallest magnitude that rounds to infinity in bfloat16 (halfway from its largest)."""


@dataclass(slots=True)
class Tally:
    """What was counted in the values seen so far."""

    elements: int = 0
    nan: int = 0
    inf: int = 0
    positive_inf: int = 0
    zeros: int = 0
    denormals: int = 0
    underflow: int = 0
    overflow: int = 0
    """Infinite ones excluded, as in the next."""
    bf16_overflow: int = 0
    low: float = np.inf
    high: float = -np.inf
    beyond_float32: int = 0
    """Finite float64 values that are infinite as float32; counted as overflow, too."""
    digits: int = 0
    """Bits of magnitude that any value has, one or-ed to the other."""
    beyond_fp16: bool = False
    """Some value between 0 and the smallest normal float16 is no float16 number."""

    def add(self, values: _Floats) -> _Bits:
        """Count ``values``, flat and in C order, and return their magnitudes as bits."""
        bits = values.view(np.uint32) & MAGNITUDE
        self.elements += values.size
        if not values.size:
            return bits
        least, peak = int(bits.min()), int(bits.max())
        self.digits |= int(np.bitwise_or.reduce(bits))
        if least < FP16_NORMAL and not self.digits & FP16_TAIL and not self.beyond_fp16:
            small = values[bits < FP16_NORMAL]
            self.beyond_fp16 = bool((small.astype(np.float16) != small).any())
        finite = values
        if peak >= INFINITE:
            beyond = bits >= INFINITE
            every = int(np.count_nonzero(beyond))
            nan = int(np.count_nonzero(bits > INFINITE))
            self.nan, self.inf = self.nan + nan, self.inf + every - nan
            self.positive_inf += int(np.count_nonzero(values == np.inf))
            finite, bits_of_finite = values[~beyond], bits[~beyond]
        else:
            bits_of_finite = bits
        if finite.size:
            self.low = min(self.low, float(finite.min()))
            self.high = max(self.high, float(finite.max()))
            if peak >= OVERFLOW:
                self.overflow += int(np.count_nonzero(bits_of_finite >= OVERFLOW))
                self.bf16_overflow += int(np.count_nonzero(bits_of_finite >= BF16_OVERFLOW))
        if least <= UNDERFLOW:
            zeros = values.size - int(np.count_nonzero(bits))
            self.zeros += zeros
            self.underflow += int(np.count_nonzero(bits <= UNDERFLOW)) - zeros
            if least < NORMAL:
                self.denormals += int(np.count_nonzero(bits < NORMAL)) - zeros
        return bits


@dataclass(slots=True)
class TensorScan:
    """All of one tensor, seen as a matrix of rows (its first axis) and columns (the others)."""

    tally: Tally = field(default_factory=Tally)
    rows: _Floats | None = None
    """Peak magnitude of each row; NaN where there is one. ``None`` if there are too many."""
    columns: _Floats | None = None
    """The same of each column, with rows of one group apart: ``(groups, columns)``."""


def scan(tensor: Rows, groups: int = 1) -> TensorScan:
    """Look at every element of ``tensor`` once.

    Parameters
    ----------
    groups
        Equal parts of the first axis whose columns are told apart; 0 for no rows and columns.
    """
    count = len(tensor)
    width = tensor.size // count if count else 0
    found = TensorScan()
    if (
        not groups
        or not width
        or count % groups
        or max(count, width, groups * width) > MOST_CHANNELS
    ):
        for start in range(0, tensor.size, BLOCK):
            found.tally.add(
                _floats(
                    np.asarray(tensor.flat(start, min(tensor.size, start + BLOCK))), found.tally
                )
            )
        return found
    rows = np.zeros(count, np.uint32)
    columns = np.zeros((groups, width), np.uint32)
    for (top, bottom), (left, right), flat in _tiles(tensor, count, width):
        bits = found.tally.add(_floats(np.asarray(flat), found.tally)).reshape(
            bottom - top, right - left
        )
        np.maximum(rows[top:bottom], bits.max(axis=1), out=rows[top:bottom])
        _spread(columns[:, left:right], bits, top, count // groups)
    found.rows, found.columns = rows.view(np.float32), columns.view(np.float32)
    return found


def _tiles(
    tensor: Rows, count: int, width: int
) -> Iterator[tuple[tuple[int, int], tuple[int, int], Elements]]:
    """Blocks of whole rows, or of parts of one row: (rows, columns, elements)."""
    if width <= BLOCK:
        step = BLOCK // width
        for top in range(0, count, step):
            bottom = min(count, top + step)
            yield (top, bottom), (0, width), tensor.flat(top * width, bottom * width)
        return
    for row in range(count):
        for left in range(0, width, BLOCK):
            right = min(width, left + BLOCK)
            yield (
                (row, row + 1),
                (left, right),
                tensor.flat(row * width + left, row * width + right),
            )


def _spread(columns: _Bits, bits: _Bits, top: int, share: int) -> None:
    """Raise the peaks of the groups' columns to those of ``bits``, whose first row is ``top``."""
    first, last = top // share, (top + len(bits) - 1) // share
    if first == last:
        np.maximum(columns[first], bits.max(axis=0), out=columns[first])
        return
    starts = [max(0, group * share - top) for group in range(first, last + 1)]
    peaks = np.maximum.reduceat(bits, starts, axis=0)
    np.maximum(columns[first : last + 1], peaks, out=columns[first : last + 1])


def _floats(block: NDArray[Any], tally: Tally) -> _Floats:
    """``block`` as flat float32; finite float64 values that do not fit become the largest."""
    if block.dtype == np.float32:
        return block.reshape(-1)
    if block.dtype.kind == "c":
        return _floats(block.view(block.real.dtype), tally)
    with np.errstate(over="ignore", invalid="ignore"):
        values: NDArray[Any] = block.reshape(-1).astype(np.float32)
        if block.dtype == np.float64:
            lost = np.isinf(values) & np.isfinite(block.reshape(-1))
            if lost.any():
                values[lost] = np.copysign(np.finfo(np.float32).max, block.reshape(-1)[lost])
                tally.beyond_float32 += int(np.count_nonzero(lost))
    return values
