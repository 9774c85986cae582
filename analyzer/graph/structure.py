"""Facts about the shape of a network, computed when somebody asks.

All are functions of the operator graph (``Facts.graph``) and linear in its operators and edges.
``scope`` is the path of one body or function as in ``Node.scope``, ``""`` for the main graph: an
operator that runs bodies is one operator of its own scope, and what its bodies read is read by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import networkx as nx

from analyzer.digraph import reached
from analyzer.graph.adjacency import fed_by, vertex, vertices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Facts, Node, Tensor


class CriticalPath(NamedTuple):
    """The path that no amount of parallel hardware makes shorter."""

    nodes: tuple[str, ...]
    """Ids in the order of execution."""
    macs: int
    """Multiply-accumulates along it, for one run of its scope."""
    complete: bool
    """False where the MACs of an operator of the scope are not known: the path is at least this."""


def unneeded(graph: Digraph[str]) -> tuple[str, ...]:
    """Operators that no output of the model depends on, in the order of ``Facts.nodes``.

    A body is needed as far as the operator that runs it is, and its outputs with it.
    """
    ends: dict[str, list[str]] = {}
    for node, record in vertices(graph):
        if record.exports:
            ends.setdefault(record.scope, []).append(node)
    needed: set[str] = set()
    todo = list(ends.get("", ()))
    while todo:
        node = todo.pop()
        if node not in needed:
            needed.add(node)
            todo += graph.predecessors(node)
            for scope in vertex(graph, node).runs:
                todo += ends.get(scope, ())
    return tuple(node for node in graph if node not in needed)


def critical_path(
    graph: Digraph[str], nodes: Mapping[str, Node] | Facts, scope: str = ""
) -> CriticalPath | None:
    """The path with the most MACs, up to its last operator with MACs; ``None`` for a cycle.

    Parameters
    ----------
    nodes
        Finds a node by its id, as ``Facts`` does; what runs bodies counts with them.
    """
    members = _members(graph, scope)
    costs = {node: nodes[node].macs for node in members}
    weighted: nx.DiGraph[str] = nx.DiGraph()
    weighted.add_weighted_edges_from((_START, node, costs[node] or 0) for node in members)
    weighted.add_weighted_edges_from((u, v, costs[v] or 0) for u, v in _inner(graph, members))
    try:
        path = nx.dag_longest_path(weighted)
    except nx.NetworkXUnfeasible:
        return None
    return CriticalPath(
        tuple(path[1:]),
        sum(costs[node] or 0 for node in path[1:]),
        None not in costs.values(),
    )


def generations(graph: Digraph[str], scope: str = "") -> tuple[tuple[str, ...], ...]:
    """Operators by the step in which they can run at the earliest; empty for a cycle.

    What is computed from constants alone, and so before the model runs, is not looked at.
    """
    inner: nx.DiGraph[str] = nx.DiGraph()
    members = _members(graph, scope)
    running = reached(graph, [node for node in members if _reads_from_outside(graph, node)])
    members = [node for node in members if node in running]
    inner.add_nodes_from(members)
    inner.add_edges_from((u, v) for u, v in _inner(graph, members) if u in running)
    try:
        return tuple(tuple(step) for step in nx.topological_generations(inner))
    except nx.NetworkXUnfeasible:
        return ()


def parallel_width(graph: Digraph[str], scope: str = "") -> int:
    """Most operators that run at once when each starts as soon as its operands are there.

    All take one step, whatever they cost. What is computed from constants alone is not looked
    at. 0 for a cycle.
    """
    return max(map(len, generations(graph, scope)), default=0)


def cut_points(graph: Digraph[str], scope: str = "") -> tuple[str, ...]:
    """Operators that every path from an input to an output of the scope goes through, in order.

    There the network falls into two that the outputs of one operator connect. What is computed
    from constants alone, and what no output depends on, is not looked at. Empty for a cycle.
    """
    members = _on_the_way(graph, _members(graph, scope))
    place = {node: i for i, node in enumerate(members)}
    farthest = -1
    entries = [i for node, i in place.items() if _reads_from_outside(graph, node)]
    last_entry = max(entries, default=-1)
    found = []
    for i, node in enumerate(members):
        # Every other operator must be before or behind it, and no edge may pass it by.
        if farthest <= i and last_entry <= i:
            found.append(node)
        record = vertex(graph, node)
        heads = [place[head] for head in graph.successors(node) if head in place]
        if min(heads, default=i + 1) <= i:
            return ()
        farthest = max(farthest, *heads, len(members) if record.exports else -1)
    return tuple(found)


def operators_between(
    graph: Digraph[str], first: str, last: str, scope: str = ""
) -> tuple[str, ...]:
    """Operators on a path from the tensor ``first`` to the tensor ``last``, in order.

    Both are names in ``scope``; ``first`` may be a graph input. Empty where ``last`` does not
    depend on ``first``.
    """
    members = _members(graph, scope)
    readers, makers = [], []
    for node in members:
        record = vertex(graph, node)
        if first in record.implicit or _names(first, record.call.inputs):
            readers.append(node)
        if _names(last, record.call.outputs):
            makers.append(node)
    behind = reached(graph, readers)
    before = reached(graph.reverse(copy=False), makers)
    return tuple(node for node in members if node in behind and node in before)


_START = ""
"""Before every operator; no id is empty."""


def _members(graph: Digraph[str], scope: str) -> list[str]:
    return [node for node, record in vertices(graph) if record.scope == scope]


def _inner(graph: Digraph[str], members: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Edges within a scope."""
    return (
        (tail, node) for node in members for tail, edge in fed_by(graph, node) if not edge.outer
    )


def _names(name: str, tensors: Iterable[Tensor | None]) -> bool:
    return any(tensor is not None and tensor.name == name for tensor in tensors)


def _reads_from_outside(graph: Digraph[str], node: str) -> bool:
    """Whether it has an operand that is neither a constant nor made in its scope."""
    record = vertex(graph, node)
    made = [edge for _, edge in fed_by(graph, node) if not edge.outer]
    slots = {slot for slot, tensor in enumerate(record.call.inputs) if tensor is not None}
    if not slots <= record.constants.union(edge.slot for edge in made if edge.slot is not None):
        return True
    return not record.implicit <= {edge.tensor for edge in made if edge.slot is None}


def _on_the_way(graph: Digraph[str], members: list[str]) -> list[str]:
    """Those of ``members`` that depend on an input and that an output depends on."""
    entries = [node for node in members if _reads_from_outside(graph, node)]
    ends = [node for node in members if vertex(graph, node).exports]
    behind = reached(graph, entries)
    before = reached(graph.reverse(copy=False), ends)
    return [node for node in members if node in behind and node in before]
