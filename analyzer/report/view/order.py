"""Operators in the order in which they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import vertex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Facts, Node


def as_run(facts: Facts) -> Sequence[Node]:
    """The operators of bodies and functions behind what first runs them; O(V)."""
    scopes: dict[str, list[Node]] = {}
    for node in facts.nodes:
        scopes.setdefault(node.scope, []).append(node)
    if len(scopes) < 2:
        return facts.nodes
    found: list[Node] = []
    waiting = [*reversed(scopes.pop("", ()))]
    while waiting:
        node = waiting.pop()
        found.append(node)
        for scope in reversed(vertex(facts.graph, node.id).runs if node.composite else ()):
            waiting += reversed(scopes.pop(scope, ()))
    return [*found, *(node for nodes in scopes.values() for node in nodes)]
