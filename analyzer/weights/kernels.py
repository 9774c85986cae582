"""Kernel taps that are dead over every channel pair, and the kernel that is left."""

from __future__ import annotations

from functools import reduce
from math import gcd, prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer.evidence import KernelUse
from analyzer.weights.chunks import TINY, rows

if TYPE_CHECKING:
    from numpy.typing import NDArray


def kernel_use(weights: NDArray[np.generic]) -> KernelUse:
    """Smallest equivalent kernel of weights ``(N, M/groups, *K)``.

    A tap is dead when its magnitude is below the smallest normal float32 for all
    (output, input) channel pairs. NaN keeps a tap alive. The live taps' bounding box,
    thinned by the common spacing of its taps, is the effective kernel.

    >>> w = np.zeros((4, 2, 3, 3), np.float32); w[:, :, 1, :] = 1
    >>> kernel_use(w).effective, kernel_use(w).offset
    ((1, 3), (1, 0))
    """
    kernel = tuple(weights.shape[2:])
    taps = prod(kernel)
    alive = np.zeros(taps, dtype=bool)
    for _, chunk in rows(weights):
        peak = np.abs(chunk).reshape(-1, taps).max(axis=0)
        alive |= ~(peak < TINY)
    grid = alive.reshape(kernel)
    axes = [_axis(np.flatnonzero(grid.any(axis=_others(grid.ndim, a)))) for a in range(grid.ndim)]
    return KernelUse(
        kernel=kernel,
        effective=tuple(size for _, _, size in axes),
        offset=tuple(start for start, _, _ in axes),
        spread=tuple(step for _, step, _ in axes),
        taps=taps,
        dead_taps=taps - int(alive.sum()),
    )


def _others(ndim: int, axis: int) -> tuple[int, ...]:
    return tuple(a for a in range(ndim) if a != axis)


def _axis(live: NDArray[np.intp]) -> tuple[int, int, int]:
    """(first, spacing, count) of the regular grid that covers the live positions."""
    if not len(live):
        return 0, 1, 0
    step = reduce(gcd, (int(d) for d in np.diff(live)), 0) or 1
    return int(live[0]), step, int(live[-1] - live[0]) // step + 1
