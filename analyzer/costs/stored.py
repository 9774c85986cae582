"""The parameters of a model: totals by role, how certain they are, and the tensors behind them."""

from __future__ import annotations

from collections import Counter
from heapq import nsmallest
from typing import TYPE_CHECKING

from analyzer.costs.roles import Role
from analyzer.facts import UNREAD, Certainty, Parameters, SharedTensor, StoredTensor
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.costs.parameters import Inventory, Root
    from analyzer.costs.roles import Constant
    from analyzer.shapes.sites import Site

LISTED = 1000
"""Most tensors in the list; a large language model has some hundreds."""
MAX_NAME = 60


def summarize(inventory: Inventory, sites: Sequence[Site]) -> Parameters:
    """Totals by role, every constant once, and the list of them.

    Parameters
    ----------
    inventory, sites : the constants with their roles, and the operators that read them.
    """
    counts: Counter[Role] = Counter()
    sizes: Counter[str] = Counter()
    bytes_stored = repeated = 0
    shared = []
    stored = {
        root: constant
        for root, constant in inventory.constants.items()
        if not constant.generated or constant.role is not Role.CONSTANT
    }
    for (_, name), constant in stored.items():
        counts[constant.role] += constant.elements
        if constant.role in (Role.WEIGHT, Role.BUFFER):
            sizes[constant.tensor.dtype or "unknown"] += constant.tensor.bytes or 0
            bytes_stored += constant.stored_bytes or 0
            if len(constant.uses) > 1:
                along = max(constant.tensor.shape or (0,), key=lambda side: side or 0)
                is_vector = constant.elements == along and along > 1
                shared.append(SharedTensor(name, len(constant.uses), is_vector))
                repeated += constant.elements * (len(constant.uses) - 1)
    certainty, reason = _certainty(stored)
    return Parameters(
        weights=counts[Role.WEIGHT],
        buffers=counts[Role.BUFFER],
        quantization=counts[Role.QUANTIZATION],
        constants=counts[Role.CONSTANT],
        positions=counts[Role.POSITION],
        masks=counts[Role.MASK],
        bytes_by_dtype=dict(sorted(sizes.items())),
        stored_bytes=bytes_stored,
        shared=tuple(sorted(shared, key=lambda tensor: (-tensor.uses, tensor.name))),
        repeated=repeated,
        certainty=certainty,
        reason=reason,
        tensors=_listed(stored, sites),
        unlisted=max(0, len(stored) - LISTED),
    )


def _certainty(stored: dict[Root, Constant]) -> tuple[Certainty, str]:
    """How far the number of weights can be trusted, and the first cause of doubt."""
    unsized: list[str] = []
    undescribed: list[tuple[str, str]] = []
    judged: list[str] = []
    apart: list[str] = []
    for (_, name), constant in stored.items():
        if constant.role is Role.WEIGHT:
            if constant.logical is None and constant.tensor.elements is None:
                unsized.append(name)
            elif not constant.is_described:
                undescribed.append((name, constant.why))
        if constant.is_judged:
            (judged if constant.role is Role.WEIGHT else apart).append(name)
    if unsized:
        return Certainty.LOWER_BOUND, f"of unknown size: {_tensors(unsized)}"
    if undescribed:
        names = [name for name, _ in undescribed]
        text = f"{undescribed[0][1]}, which nobody described, may be none: {_tensors(names)}"
        return Certainty.ASSUMED, text
    if judged:
        return Certainty.ASSUMED, f"taken for weights by shape and place: {_tensors(judged)}"
    if apart:
        return Certainty.ASSUMED, f"taken for no weights by shape and place: {_tensors(apart)}"
    return Certainty.EXACT, ""


def _tensors(names: Sequence[str]) -> str:
    """``2 tensors (anchors, strides)``.

    >>> _tensors(["a", "b", "c", "d"])
    '4 tensors (a, b, c, …)'
    """
    more = ", …" if len(names) > 3 else ""
    some = ", ".join(shorten(name, MAX_NAME) for name in names[:3])
    return f"{len(names):,} tensor{'s' * (len(names) > 1)} ({some}{more})"


def _listed(stored: dict[Root, Constant], sites: Sequence[Site]) -> tuple[StoredTensor, ...]:
    paths: dict[int, str] = {}
    for site in sites:
        paths.setdefault(site.instance.scope, site.instance.path)
    largest = nsmallest(LISTED, stored.items(), key=lambda item: (-item[1].elements, item[0]))
    return tuple(
        StoredTensor(
            name=name,
            scope=paths.get(scope, ""),
            dtype=constant.tensor.dtype,
            shape=constant.tensor.shape,
            role=constant.role.name.lower(),
            elements=constant.tensor.elements if constant.logical is None else constant.logical,
            bytes=constant.stored_bytes,
            why=constant.why or UNREAD,
        )
        for (scope, name), constant in largest
    )
