"""Filters that carry nothing (dead) or nothing new (duplicate, proportional)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analyzer.evidence import FilterUse
from analyzer.weights.chunks import TINY, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

TOLERANCE = 1e-6
"""Distance of unit-length filters below which they are called equal up to a factor:
some float32 roundings."""


def filter_use(weights: NDArray[np.generic], groups: int = 1, bias: bool = False) -> FilterUse:
    """Dead, unread and redundant channels of weights ``(N, M/groups, *K)`` or ``(N, M)``.

    Redundancy is looked for within a group only: filters of different groups read
    different inputs. ``bias`` adds one parameter to what a dead filter frees.
    """
    n = len(weights)
    inputs = weights.shape[1] if weights.ndim > 1 else 1
    per = weights[0].size if n else 0
    alive = np.zeros(n, dtype=bool)
    read = np.zeros(inputs, dtype=bool)
    norms = np.zeros(n)
    sketch = np.zeros(n)
    probe = np.random.default_rng(0).standard_normal(per)
    for span, chunk in rows(weights):
        magnitude = np.abs(chunk)
        live = ~(magnitude < TINY)  # NaN counts as live
        alive[span] = live.any(axis=1)
        read |= live.reshape(len(chunk), inputs, -1).any(axis=(0, 2))
        with np.errstate(invalid="ignore", over="ignore"):
            norms[span] = np.sqrt(np.einsum("ij,ij->i", chunk, chunk, dtype=np.float64))
            sketch[span] = chunk @ probe
    with np.errstate(invalid="ignore"):  # infinity over infinity is NaN, and not usable
        sketch = np.abs(np.divide(sketch, norms, out=np.full(n, np.nan), where=norms > 0))
    usable = alive & np.isfinite(sketch)
    share = n // groups or 1
    found = [
        group
        for start in range(0, n, share)
        for group in _similar(weights, np.flatnonzero(usable[start : start + share]) + start,
                              sketch, norms)
    ]  # fmt: skip
    dead = tuple(int(i) for i in np.flatnonzero(~alive))
    return FilterUse(
        filters=n,
        dead=dead,
        unread=tuple(int(i) for i in np.flatnonzero(~read)) if n else (),
        duplicates=tuple(same for group in found for same in _identical(weights, group)),
        proportional=tuple(found),
        freed_params=len(dead) * (per + bias),
        freed_downstream=None,
    )


def _similar(
    weights: NDArray[np.generic],
    candidates: NDArray[np.intp],
    sketch: NDArray[np.float64],
    norms: NDArray[np.float64],
) -> Iterable[tuple[int, ...]]:
    """Groups of filters equal up to a factor.

    A random projection of the normalised filter is equal for equal filters and, almost
    surely, for no others: neighbours in that order are the only pairs worth comparing.
    """
    order = candidates[np.argsort(sketch[candidates], kind="stable")]
    group: list[int] = [int(order[0])] if len(order) else []
    for left, right in pairwise(int(i) for i in order):
        close = abs(sketch[left] - sketch[right]) <= TOLERANCE * max(1.0, sketch[right])
        if close and _proportional(weights[left], weights[right], norms[left], norms[right]):
            group.append(right)
            continue
        if len(group) > 1:
            yield tuple(sorted(group))
        group = [right]
    if len(group) > 1:
        yield tuple(sorted(group))


def _proportional(
    left: NDArray[np.generic], right: NDArray[np.generic], a: float, b: float
) -> bool:
    """‖l/|l| ∓ r/|r|‖ ≤ tolerance."""
    x = np.asarray(left, dtype=np.float64).ravel() / a
    y = np.asarray(right, dtype=np.float64).ravel() / b
    return bool(min(np.linalg.norm(x - y), np.linalg.norm(x + y)) <= TOLERANCE)


def _identical(weights: NDArray[np.generic], group: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    """Split a proportional group into groups of bit-identical filters."""
    by_content: dict[bytes, list[int]] = {}
    for index in group:
        by_content.setdefault(np.ascontiguousarray(weights[index]).tobytes(), []).append(index)
    return [tuple(same) for same in by_content.values() if len(same) > 1]
