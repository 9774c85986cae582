"""Walk the filters of a tensor without ever holding more than one chunk of them as floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.model.rows import Rows

CHUNK_BYTES = 4 << 20
"""Largest working copy, whatever the size of the tensor; it stays in a processor's cache."""

TINY = float(np.finfo(np.float32).tiny)
"""Smallest normal float32; a whole tensor below it computes nothing.

float16 and bfloat16 keep their own small values: hardware computes with them at full speed.
"""
FADED = 1e-12
"""Share of a layer's largest weight below which a channel is dead: what it adds is far below the
rounding of float32 (6e-8), whatever normalisation behind it may lift (by 1/√ε, 300 times)."""


def spans(length: int, row_elements: int, itemsize: int = 8) -> Iterator[slice]:
    """Slices of ``range(length)`` so that one holds at most ``CHUNK_BYTES`` (at least one row)."""
    step = max(1, CHUNK_BYTES // max(1, row_elements * itemsize))
    for start in range(0, length, step):
        yield slice(start, min(length, start + step))


def rows(weights: Rows) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """Chunks of whole output filters, flattened to ``(filters, elements)`` of float32.

    A single filter larger than the chunk comes as one row: filters are what is compared.
    """
    per_row = weights.size // len(weights) if len(weights) else 0
    for span in spans(len(weights), per_row, 4):
        with np.errstate(over="ignore"):  # float64 beyond float32 counts as infinite
            chunk = np.asarray(weights[span], dtype=np.float32)
        yield span, chunk.reshape(span.stop - span.start, -1)


def dead_below(peaks: NDArray[np.float32]) -> float:
    """Magnitude below which a channel of a layer with these peaks is dead."""
    finite = peaks[np.isfinite(peaks)]
    return max(TINY, FADED * float(finite.max(initial=0.0)))
