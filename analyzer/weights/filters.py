"""Channels that carry nothing (dead, unread) or nothing new (duplicate, proportional)."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from analyzer.dataclass import dataclass
from analyzer.evidence import FilterUse
from analyzer.weights.chunks import dead_below, rows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from analyzer.arrays import Elements
    from analyzer.model.rows import Rows
    from analyzer.weights.scan import TensorScan

TOLERANCE = 1e-6
"""Distance of unit-length filters below which they are called equal up to a factor:
some float32 roundings."""
MOST_FILTERS = 1 << 16
"""Filters beyond which redundancy is not looked for."""
PROBE = 1 << 14
"""Elements of a filter up to which what it is projected on is drawn once for all layers."""
LISTED = 4096
"""Most channels of one layer that are listed by number; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How the weights of a layer lie in its tensor.

    The first axis has output channels (Conv: N), or input channels (``inputs_first``:
    ConvTranspose, MatMul), in ``groups``; the second the others of a group, then the taps.
    """

    outputs: int
    inputs: int
    groups: int = 1
    taps: int = 1
    inputs_first: bool = False
    bias: bool = False

    @property
    def per_output(self) -> int:
        """Weights of one output channel."""
        return self.inputs // self.groups * self.taps

    @property
    def per_input(self) -> int:
        """Weights that read one input channel."""
        return self.outputs // self.groups * self.taps


def filter_use(weights: Rows | None, seen: TensorScan, layout: Layout) -> FilterUse | None:
    """Dead, unread and redundant channels of a layer whose weights were ``seen``.

    Redundancy is looked for in ``weights`` ``(N, M/groups, *K)``, if given, and within a group
    only: filters of different groups read different inputs.
    """
    if seen.rows is None or seen.columns is None:
        return None
    across = seen.columns.reshape(layout.groups, -1, layout.taps).max(axis=2).reshape(-1)
    outputs, inputs = (across, seen.rows) if layout.inputs_first else (seen.rows, across)
    limit = dead_below(seen.rows)
    alive = ~(outputs < limit)  # NaN counts as alive
    dead, unread = np.flatnonzero(~alive), np.flatnonzero(inputs < limit)
    compared = None if weights is None or len(weights) > MOST_FILTERS else weights
    found = [] if compared is None else _redundant(compared, layout.groups, alive)
    same = [] if compared is None else [g for like in found for g in _identical(compared, like)]
    return FilterUse(
        filters=layout.outputs,
        inputs=layout.inputs,
        dead=_first(dead),
        dead_count=len(dead),
        unread=_first(unread),
        unread_count=len(unread),
        duplicates=tuple(same[:LISTED]),
        duplicate_count=sum(len(group) - 1 for group in same),
        proportional=tuple(found[:LISTED]),
        redundant=sum(len(group) - 1 for group in found),
        freed_params=len(dead) * (layout.per_output + layout.bias),
        freed_unread=len(unread) * layout.per_input,
        freed_downstream=None,
    )


def _first(channels: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(channel) for channel in channels[:LISTED])


def _redundant(weights: Rows, groups: int, alive: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Groups of filters equal up to a factor."""
    n = len(weights)
    norms, sketch = np.zeros(n), np.zeros(n)
    probe = _probe(weights.size // n if n else 0)
    for span, chunk in rows(weights):
        exact = chunk.astype(np.float64)
        with np.errstate(invalid="ignore", over="ignore"):
            norms[span] = np.sqrt(np.einsum("ij,ij->i", exact, exact))
            sketch[span] = np.einsum("ij,j->i", exact, probe)
    with np.errstate(invalid="ignore"):  # infinity over infinity is NaN, and not usable
        sketch = np.abs(np.divide(sketch, norms, out=np.full(n, np.nan), where=norms > 0))
    usable = alive & np.isfinite(sketch)
    share = n // groups or 1
    return [
        group
        for start in range(0, n, share)
        for group in _similar(weights, np.flatnonzero(usable[start : start + share]) + start,
                              sketch, norms)
    ]  # fmt: skip


def _probe(elements: int) -> NDArray[np.float64]:
    """What filters are projected on, always the same: the beginning of one sequence."""
    return _normals()[:elements] if elements <= PROBE else _drawn(elements)


@cache
def _normals() -> NDArray[np.float64]:
    return _drawn(PROBE)


def _drawn(count: int) -> NDArray[np.float64]:
    return np.random.default_rng(0).standard_normal(count)


def _similar(
    weights: Rows,
    candidates: NDArray[np.intp],
    sketch: NDArray[np.float64],
    norms: NDArray[np.float64],
) -> Iterable[tuple[int, ...]]:
    """Groups of filters equal up to a factor.

    A random projection of the normalised filter is equal for equal filters and, almost
    surely, for no others: neighbours in that order are the only pairs worth comparing.
    """
    order = candidates[np.argsort(sketch[candidates], kind="stable")]
    along = sketch[order]
    close = np.abs(np.diff(along)) <= TOLERANCE * np.maximum(1.0, along[1:])
    if not close.any():  # of nearly all layers
        return
    group: list[int] = [int(order[0])]
    for (left, right), near in zip(pairwise(order.tolist()), close, strict=True):
        if near and _proportional(weights[left], weights[right], norms[left], norms[right]):
            group.append(right)
            continue
        if len(group) > 1:
            yield tuple(sorted(group))
        group = [right]
    if len(group) > 1:
        yield tuple(sorted(group))


def _proportional(left: Elements, right: Elements, a: float, b: float) -> bool:
    """‖l/|l| ∓ r/|r|‖ ≤ tolerance."""
    x = np.asarray(left, dtype=np.float64).ravel() / a
    y = np.asarray(right, dtype=np.float64).ravel() / b
    return bool(min(np.linalg.norm(x - y), np.linalg.norm(x + y)) <= TOLERANCE)


def _identical(weights: Rows, group: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    """Split a proportional group into groups of bit-identical filters."""
    by_content: dict[bytes, list[int]] = {}
    for index in group:
        by_content.setdefault(np.ascontiguousarray(weights[index]).tobytes(), []).append(index)
    return [tuple(same) for same in by_content.values() if len(same) > 1]
