"""Walk a weight array without ever holding more than one chunk of it as floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

CHUNK_BYTES = 16 << 20
"""Largest working copy, whatever the size of the tensor."""

TINY = float(np.finfo(np.float32).tiny)
"""Smallest normal float32; smaller magnitudes count as dead.

float16 and bfloat16 keep their own small values: hardware computes with them at full speed.
"""


def spans(length: int, row_elements: int, itemsize: int = 8) -> Iterator[slice]:
    """Slices of ``range(length)`` so that one holds at most ``CHUNK_BYTES`` (at least one row)."""
    step = max(1, CHUNK_BYTES // max(1, row_elements * itemsize))
    for start in range(0, length, step):
        yield slice(start, min(length, start + step))


def rows(weights: NDArray[np.generic]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Chunks of whole output filters, flattened to ``(filters, elements)`` of float32.

    A single filter larger than the chunk comes as one row: filters are what is compared.
    """
    per_row = weights[0].size if len(weights) else 0
    for span in spans(len(weights), per_row, 4):
        with np.errstate(over="ignore"):  # float64 beyond float32 counts as infinite
            chunk = np.asarray(weights[span], dtype=np.float32)
        yield span, chunk.reshape(span.stop - span.start, -1)
