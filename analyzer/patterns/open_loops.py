"""Loops that run as often as whoever calls the model decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.patterns.index import index_of

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.graph.values import Value

MOST_STEPS = 2_000
"""Operators that are looked through before a number of iterations."""


class OpenLoop(NamedTuple):
    """A Loop of which nothing in the file bounds the number of iterations."""

    node: str
    """Id."""
    inputs: tuple[str, ...]
    """Inputs of the model that its number of iterations is computed from; empty where that is no
    limit, and its body decides when to end."""


def open_loops(facts: Facts) -> tuple[OpenLoop, ...]:
    """Every such Loop, in the order of the operators; a number that somebody stated bounds it."""
    return facts.once(_find)


def _find(facts: Facts) -> tuple[OpenLoop, ...]:
    bodies = {node.scope for node in facts.nodes if node.executions_range[1] is None}
    return tuple(
        OpenLoop(node.id, _deciding(facts, node.id))
        for node in facts.nodes
        if node.op_type == "Loop" and f"{node.id}.body" in bodies
    )


def _deciding(facts: Facts, loop: str) -> tuple[str, ...]:
    """Inputs of the model behind the first operand, by their names."""
    todo: list[Value | None] = [*index_of(facts).operator(loop).inputs[:1]]
    found, seen = dict[str, None](), set[tuple[str, str]]()
    while todo and len(seen) < MOST_STEPS:
        value = todo.pop()
        if value is None or (value.scope, value.name) in seen:
            continue
        seen.add((value.scope, value.name))
        if value.producer is not None:
            todo += value.producer.inputs
        elif value.is_input and not value.scope and not value.is_constant:
            found.setdefault(value.name)
    return tuple(found)
