"""How close a layer of weights is to two smaller ones in a row.

A matrix of rank r is a product of two with r columns and rows: a layer that maps K inputs to N
outputs becomes one to r and one from r, ``K·r + r·N`` weights instead of ``K·N``. The best
matrix of rank r keeps the r largest squared singular values (Eckart and Young 1936).

* A matrix product, and a convolution as the matrix ``N × M·ΠK``: a convolution to r channels and
  a pointwise one (Zhang, Zou, He and Sun, https://arxiv.org/abs/1505.06798).
* A two-dimensional convolution as the matrix ``M·K_h × N·K_w``: a vertical convolution to r
  channels and a horizontal one (Jaderberg, Vedaldi and Zisserman,
  https://arxiv.org/abs/1405.3866, scheme 2).
"""

from __future__ import annotations

from functools import cache, lru_cache
from math import isfinite, prod
from typing import TYPE_CHECKING

import numpy as np

from analyzer.evidence import CHANNELS, SPATIAL, LowRank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analyzer.facts import Conv
    from analyzer.model.rows import Rows

TARGET = 0.95
"""Share of energy that the two layers together have to keep."""
SIDE = 1024
"""Largest shorter side of a matrix that is decomposed; a tenth of a second."""
HELD = 8 << 20
"""Most weights that are held at once."""
WORK = 30_000_000_000
"""Work of one model, as ``work`` counts it: some three seconds."""
STEPS = 4096
"""Of the integral over the law of noise."""
LEAST = 8
"""Sides below which nothing is worth splitting."""


def work(rows: int, columns: int) -> int:
    """Multiplications, weighted by their speed: the Gram matrix goes four times as fast."""
    side, long = min(rows, columns), max(rows, columns)
    return side * side * (side + long // 4)


def fits(rows: int, columns: int) -> bool:
    """Whether a matrix of this shape is looked at."""
    return LEAST <= min(rows, columns) <= SIDE and rows * columns <= HELD


def energies(matrix: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """Squared singular values, largest first; ``None`` where some are not finite or all are 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        gram = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
    if not np.isfinite(gram).all() or not gram.any():
        return None
    values: NDArray[np.float64] = np.linalg.eigvalsh(gram).astype(np.float64)
    return values[::-1].clip(min=0)


def by_channels(weights: Rows) -> NDArray[np.float64] | None:
    """Of a matrix, or of a convolution ``(N, M, *K)`` as the matrix ``N × M·ΠK``."""
    rows = len(weights)
    columns = weights.size // rows if rows else 0
    if not fits(rows, columns):
        return None
    return energies(_floats(weights).reshape(rows, columns))


def by_axes(weights: Rows) -> NDArray[np.float64] | None:
    """Of a convolution ``(N, M, K_h, K_w)`` as the matrix ``M·K_h × N·K_w``."""
    if weights.ndim != 4 or min(weights.shape[2:]) < 2:
        return None
    n, m, high, wide = weights.shape
    if not fits(m * high, n * wide):
        return None
    return energies(_floats(weights).transpose(1, 2, 0, 3).reshape(m * high, n * wide))


def judge_channels(
    found: NDArray[np.float64],
    shape: tuple[int, ...],
    macs: int | None,
    target: float = TARGET,
) -> LowRank:
    """Two layers in the place of a matrix ``shape`` or a convolution ``(N, M, *K)``.

    Both sit at the positions of the layer they replace (the first has its stride), so that MACs
    go the way of the weights.
    """
    rows, columns = shape[0], prod(shape[1:])
    positions = None if macs is None else macs // (rows * columns)
    per_rank = rows + columns
    return _judged(CHANNELS, found, (rows, columns), per_rank,
                   None if positions is None else positions * per_rank, macs, target)  # fmt: skip


def judge_axes(
    found: NDArray[np.float64],
    conv: Conv,
) -> LowRank:
    """A vertical convolution to r channels, which has the vertical stride, and a horizontal one.

    >>> from analyzer.facts import Conv
    >>> c = Conv("standard", False, "3×3", (3, 3), 9, 64, 64, 1, None, (1, 1), (1, 1),
    ...          (56, 56), (56, 56), 56 * 56 * 9 * 64 * 64, 9 * 64 * 64)
    >>> judge_axes(np.array([1.0, *[0.0] * 191]), c).macs == 56 * 56 * 3 * (64 + 64)
    True
    """
    (high, wide), m, n = conv.kernel_shape, conv.in_channels, conv.out_channels
    per_rank = high * m + wide * n
    sizes = (*conv.in_spatial, *conv.out_spatial)
    cost = None
    if conv.macs is not None and None not in sizes:
        _, in_wide, out_high, out_wide = (size or 0 for size in sizes)
        per_image = out_high * out_wide * high * wide * m * n
        batch = conv.macs // per_image if per_image else 1
        cost = batch * out_high * (in_wide * high * m + out_wide * wide * n)
    return _judged(SPATIAL, found, (m * high, n * wide), per_rank, cost, conv.macs, TARGET,
                   weights=m * n * high * wide)  # fmt: skip


def _judged(
    split: str,
    found: NDArray[np.float64],
    shape: tuple[int, int],
    params: int,
    cost: int | None,
    macs: int | None,
    target: float,
    weights: int | None = None,
) -> LowRank:
    kept = np.cumsum(found) / found.sum()
    rank = int(np.searchsorted(kept, target)) + 1
    rank = min(rank, len(kept))
    return LowRank(
        split=split,
        rank=rank,
        full=min(shape),
        energy=min(1.0, float(kept[rank - 1])),
        baseline=noise_energy(rank, *sorted(shape)),
        target=target,
        macs_now=macs,
        macs=None if cost is None else cost * rank,
        params_now=prod(shape) if weights is None else weights,
        params=params * rank,
    )


@lru_cache(maxsize=1024)
def noise_energy(rank: int, side: int, long: int) -> float:
    """Energy that the best ``rank`` of ``side`` terms keep of Gaussian noise ``side × long``.

    The law of Marchenko and Pastur (1967) for large matrices: with γ = side / long the squared
    singular values, over long, lie at ``x = 1 + γ + 2√γ·cos t`` for t in (0, π) with density
    ``2·sin²t / (π·x)``, and their mean is 1.

    Half of the terms of a square matrix keep 89 % of noise; of a very long one, half:

    >>> round(noise_energy(512, 1024, 1024), 2), round(noise_energy(8, 16, 10**9), 2)
    (0.89, 0.5)
    """
    gamma = side / long if long else 1.0
    cosine, twice = _angles()
    place = 1 + gamma + 2 * np.sqrt(gamma) * cosine
    density = twice / (np.pi * place) * (np.pi / STEPS)
    share = float(np.interp(rank / side, np.cumsum(density), np.cumsum(density * place)))
    return min(1.0, share) if isfinite(share) else 1.0


@cache
def _angles() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``cos t`` and ``2·sin² t`` in the middle of each step of t."""
    angle = (np.arange(STEPS) + 0.5) * (np.pi / STEPS)
    return np.cos(angle), 2 * np.sin(angle) ** 2


def _floats(weights: Rows) -> NDArray[np.float32]:
    with np.errstate(over="ignore"):
        return np.asarray(weights.whole(), dtype=np.float32)
