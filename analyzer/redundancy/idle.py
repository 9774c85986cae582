"""Operators that nothing reads any more once others are gone, or read less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import fed_by, read_by

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from analyzer.digraph import Digraph
    from analyzer.graph.scope import Op


def left_idle(
    graph: Digraph[Op],
    gone: Collection[Op],
    kept: Mapping[Op, int],
    may_go: Callable[[Op], bool],
) -> set[Op]:
    """Operators whose readers are all ``gone``, idle themselves, or do without them.

    Linear in the edges around them: each operator counts the readers that it still has.

    Parameters
    ----------
    graph : the program graph.
    gone : operators that read nothing.
    kept : operators that read one operand only, by its slot.
    may_go : whether an operator without readers can go: no output of a graph can.
    """
    found: set[Op] = set()
    readers: dict[Op, int] = {}
    todo = [tail for head in (*gone, *kept) for tail in graph.predecessors(head)]
    while todo:
        op = todo.pop()
        if op in found or op in gone:
            continue
        if op not in readers:
            readers[op] = sum(
                head not in gone and head not in found and kept.get(head, edge.slot) == edge.slot
                for head, edge in read_by(graph, op)
            )
        if readers[op] or not may_go(op):
            continue
        found.add(op)
        for tail, edge in fed_by(graph, op):
            if kept.get(op, edge.slot) == edge.slot:
                if tail in readers:
                    readers[tail] -= 1
                todo.append(tail)
    return found
