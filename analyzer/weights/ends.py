"""Layers at the ends of a network: the channels that callers give, and those that they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import fed_by, read_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analyzer.facts import Facts, Node


def given(facts: Facts) -> frozenset[str]:
    """Operators that read an input of the graph, or what follows from it without a layer; O(V + E).

    What multiplies, or of which nobody knows whether it does, is a layer.
    """
    names = frozenset(t.name for t in facts.inputs)
    first = (node for node in facts.nodes if not names.isdisjoint(node.inputs))
    return _reached(facts, first, lambda node: (head for head, _ in read_by(facts.graph, node)))


def taken(facts: Facts) -> frozenset[str]:
    """Operators whose results are an output of the graph, or become one without a layer."""
    names = frozenset(t.name for t in facts.outputs)
    last = (node for node in facts.nodes
            if not node.scope and any(t.name in names for t in node.outputs))  # fmt: skip
    return _reached(facts, last, lambda node: (tail for tail, _ in fed_by(facts.graph, node)))


def _reached(
    facts: Facts, ends: Iterable[Node], beside: Callable[[str], Iterator[str]]
) -> frozenset[str]:
    todo = [node.id for node in ends]
    found = set(todo)
    while todo:
        node = todo.pop()
        if facts[node].macs != 0:
            continue
        fresh = {*beside(node)} - found
        found |= fresh
        todo += fresh
    return frozenset(found)
