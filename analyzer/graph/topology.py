"""Topological order of operators, stable with respect to the file's order."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.graph.scope import Op


def sort_topologically(ops: Sequence[Op]) -> tuple[list[int], list[int]]:
    """Order operators so that each follows its producers (Kahn's algorithm).

    Parameters
    ----------
    ops : operators of one scope, in any order.

    Returns
    -------
    (order, cyclic) : indices in topological order, the smallest original index
    first among the ready ones, so that a sorted file keeps its order; and the
    indices that lie on or behind a cycle.
    """
    producer: dict[str, int] = {}
    for i, op in enumerate(ops):
        for name in op.outputs:
            if name:
                producer.setdefault(name, i)
    waiting = [0] * len(ops)
    consumers: list[list[int]] = [[] for _ in ops]
    is_sorted = True
    for i, op in enumerate(ops):
        for name in (*op.inputs, *op.captured):
            source = producer.get(name) if name else None
            if source is not None:
                is_sorted &= source < i
                consumers[source].append(i)
                waiting[i] += 1
    if is_sorted:
        return list(range(len(ops))), []
    ready = [i for i, n in enumerate(waiting) if n == 0]
    heapify(ready)
    order: list[int] = []
    while ready:
        i = heappop(ready)
        order.append(i)
        for consumer in consumers[i]:
            waiting[consumer] -= 1
            if waiting[consumer] == 0:
                heappush(ready, consumer)
    return order, [i for i, n in enumerate(waiting) if n > 0]
