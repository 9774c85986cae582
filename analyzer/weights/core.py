"""How much of a large kernel is in its centre."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer import units
from analyzer.evidence import KernelCore
from analyzer.weights.chunks import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from analyzer.model.rows import Rows

TARGET = 0.99
"""Share of energy that the centre has to keep."""
LARGE = 5
"""Side from which a kernel is looked at."""
MOST = 1 << 16
"""Taps up to which it is."""


def has_core(kernel: tuple[int, ...]) -> bool:
    """Whether a kernel is looked at: neither small nor absurd."""
    return any(side >= LARGE for side in kernel) and prod(kernel) <= MOST


def tap_energy(weights: Rows) -> NDArray[np.float64]:
    """Squared norm of each tap over all channel pairs, of weights ``(N, M, *K)``."""
    taps = prod(weights.shape[2:])
    total = np.zeros(taps)
    for _, chunk in rows(weights):
        squares = np.square(chunk.reshape(-1, taps), dtype=np.float64)
        total += squares.sum(axis=0)
    return total.reshape(weights.shape[2:])


def kernel_core(energy: NDArray[np.float64], macs: int | None) -> KernelCore | None:
    """The smallest centred kernel that keeps ``TARGET``, every axis cut by the same number.

    ``None`` for kernels of which all axes are small, and for energy that is 0 or not finite.

    >>> taps = np.zeros((5, 5)); taps[2] = 1
    >>> kernel_core(taps, None).core
    '5×5'
    >>> taps[:, [0, 4]] = 0
    >>> kernel_core(taps, None).core
    '3×3'
    """
    total = float(energy.sum())
    if all(side < LARGE for side in energy.shape) or not np.isfinite(total) or total == 0:
        return None
    best, kept = energy.shape, 1.0
    for centre in _centres(energy.shape):
        share = float(energy[tuple(map(_middle, energy.shape, centre))].sum()) / total
        if share < TARGET:
            break
        best, kept = centre, share
    return KernelCore(
        kernel=units.shape(energy.shape),
        core=units.shape(best),
        core_shape=best,
        taps=prod(energy.shape),
        core_taps=prod(best),
        energy=kept,
        target=TARGET,
        macs_now=macs,
    )


def _centres(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Smaller and smaller kernels about the same centre, down to one of 1 or 2 a side."""
    while max(shape) > 2:
        shape = tuple(side - 2 if side > 2 else side for side in shape)
        yield shape


def _middle(side: int, left: int) -> slice:
    start = (side - left) // 2
    return slice(start, start + left)
