"""Names → edges of the program graph, and the order that follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from analyzer.digraph import Edge, as_networkx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.graph.scope import Op, Program, Scope


def connect(program: Program, scope: Scope, ops: Sequence[Op]) -> bool:
    """Put the operators of ``scope`` into the program graph, bodies having been put before.

    A name that two operators make is the first one's. What none of them makes is left in
    ``scope.reads``, for the scope around to resolve; an output of the scope may be such a name.

    Returns
    -------
    True if each operator follows its producers already.
    """
    graph = program.graph
    makers: dict[str, tuple[Op, int, int]] = {}
    for place, op in enumerate(ops):
        graph.add_node(op)
        for slot, name in enumerate(op.outputs):
            if name:
                makers.setdefault(name, (op, slot, place))
    in_order = True
    for place, op in enumerate(ops):
        for name, reader, into in _reads(program, op):
            made = makers.get(name)
            if made is None:
                scope.reads.setdefault(name, []).append((reader, into))
                continue
            maker, source_slot, before = made
            graph.add_edge(maker, reader, Edge(name, source_slot, into, reader is not op))
            in_order &= before < place
    for name in scope.outputs:
        if name and name not in makers:
            scope.reads.setdefault(name, [])
    return in_order


def _reads(program: Program, op: Op) -> Iterator[tuple[str, Op, int | None]]:
    """What ``op`` and its bodies read from its scope: (name, reader, slot)."""
    for slot, name in enumerate(op.inputs):
        if name:
            yield name, op, slot
    for name in op.captured:
        yield name, op, None
    for body in op.bodies.values():
        inner = program.scopes[body]
        for name, reads in inner.reads.items():
            if not inner.defines(name):
                for reader, into in reads:
                    yield name, reader, into


def topological_order(program: Program, ops: Sequence[Op]) -> tuple[list[Op], list[Op]]:
    """Order the operators of one scope so that each follows its producers.

    Parameters
    ----------
    ops : in the file's order.

    Returns
    -------
    (order, cyclic) : in topological order, the one that comes first in the file first among
    those that are ready, so that a sorted file keeps its order; and those that lie on a cycle or
    behind one.
    """
    place = {op: i for i, op in enumerate(ops)}
    order: list[Op] = []
    try:
        for op in nx.lexicographical_topological_sort(
            as_networkx(program.graph).subgraph(ops), key=place.__getitem__
        ):
            order.append(op)  # noqa: PERF402 - what comes before a cycle is wanted
    except nx.NetworkXUnfeasible:
        reached = set(order)
        return order, [op for op in ops if op not in reached]
    return order, []
