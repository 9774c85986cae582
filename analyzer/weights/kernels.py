"""Kernel taps that are dead over every channel pair, and the kernel that is left."""

from __future__ import annotations

from functools import reduce
from math import gcd, prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer.evidence import KernelUse
from analyzer.weights.chunks import TINY

if TYPE_CHECKING:
    from numpy.typing import NDArray


def kernel_use(columns: NDArray[np.float32], kernel: tuple[int, ...]) -> KernelUse:
    """Smallest equivalent kernel, from the peak magnitudes of columns whose last axes are taps.

    A tap is dead when its magnitude is below the smallest normal float32 for all
    (output, input) channel pairs. NaN keeps a tap alive. The live taps' bounding box,
    thinned by the common spacing of its taps, is the effective kernel.

    >>> w = np.zeros((4, 2, 3, 3), np.float32); w[:, :, 1, :] = 1
    >>> found = kernel_use(w.max(axis=0), (3, 3))
    >>> found.effective, found.offset
    ((1, 3), (1, 0))
    """
    taps = prod(kernel)
    grid = ~(columns.reshape(-1, taps).max(axis=0) < TINY).reshape(kernel)
    axes = [_axis(np.flatnonzero(grid.any(axis=_others(grid.ndim, a)))) for a in range(grid.ndim)]
    return KernelUse(
        kernel=kernel,
        effective=tuple(size for _, _, size in axes),
        offset=tuple(start for start, _, _ in axes),
        spread=tuple(step for _, step, _ in axes),
        taps=taps,
        dead_taps=taps - int(grid.sum()),
    )


def _others(ndim: int, axis: int) -> tuple[int, ...]:
    return tuple(a for a in range(ndim) if a != axis)


def _axis(live: NDArray[np.intp]) -> tuple[int, int, int]:
    """(first, spacing, count) of the regular grid that covers the live positions."""
    if not len(live):
        return 0, 1, 0
    step = reduce(gcd, (int(d) for d in np.diff(live)), 0) or 1
    return int(live[0]), step, int(live[-1] - live[0]) // step + 1
