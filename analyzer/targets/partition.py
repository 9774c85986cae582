"""Into how many parts a model falls when some operators go to an accelerator."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from analyzer.targets.flow import consumers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.targets.flow import Dataflow


def partitions(flow: Dataflow, supported: Sequence[bool]) -> int:
    """Groups of supported operators, counted per graph and added.

    A breadth-first topological walk with one open group: a supported operator joins it, and what
    reads it becomes its border. An unsupported operator on the border waits; others are passed.
    When nothing is ready but those that wait, the group is closed. So no path leaves a group and
    enters it again. It is how ONNX Runtime groups operators for its execution providers
    (``CreateSupportedPartitionNodeGroups``).
    """
    if all(supported):  # a group for every graph that is not empty
        return sum(bool(graph) for graph in flow.graphs)
    after = consumers(flow)
    return sum(_groups(graph, flow.before, after, supported) for graph in flow.graphs)


def _groups(
    graph: Sequence[int],
    before: Sequence[tuple[int, ...]],
    after: Sequence[Sequence[int]],
    supported: Sequence[bool],
) -> int:
    if not any(supported[node] for node in graph):
        return 0
    left = {node: len(before[node]) for node in graph}
    ready = deque(node for node in graph if not left[node])
    waiting: deque[int] = deque()
    border: set[int] = set()
    groups, is_open = 0, False
    while ready or waiting:
        if not ready:
            groups += is_open
            is_open = False
            border.clear()
            ready, waiting = waiting, ready
            continue
        node = ready.popleft()
        if supported[node]:
            is_open = True
            border.discard(node)
            border.update(after[node])
        elif node in border:
            waiting.append(node)
            continue
        for reader in after[node]:
            left[reader] -= 1
            if not left[reader]:
                ready.append(reader)
    return groups + is_open
