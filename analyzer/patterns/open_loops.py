"""Loops that run as often as whoever calls the model decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.patterns.wires import wires_of

if TYPE_CHECKING:
    from analyzer.facts import Facts

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
    given = {tensor.name for tensor in facts.inputs}
    makers, scope = wires_of(facts).makers, facts[loop].scope
    todo, found, seen = [*facts[loop].inputs[:1]], dict[str, None](), set[str]()
    while todo and len(seen) < MOST_STEPS:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        maker = makers.get((scope, name))
        if maker is not None:
            todo += maker.inputs
        elif name in given and not scope:
            found.setdefault(name)
    return tuple(found)
