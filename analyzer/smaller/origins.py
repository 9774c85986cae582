"""Which stored tensors an operand is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import producer

if TYPE_CHECKING:
    from analyzer.facts import Facts

Place = tuple[str, str]
"""Scope and name of a tensor."""


def origins(facts: Facts, node: str, slot: int) -> dict[Place, int]:
    """The weights that input ``slot`` of an operator comes from, through whatever turns or joins
    them, with their elements; none where none of it is stored as a weight."""
    held = facts.once(_held)
    found, todo, seen = dict[Place, int](), [(node, slot)], set[str]()
    while todo:
        reader, at = todo.pop()
        maker = producer(facts.graph, reader, at)
        if maker is None:
            read = facts[reader].inputs[at]
            named = [(scope, read) for scope in _around(facts[reader].scope)]
        elif maker in seen:
            continue
        else:
            seen.add(maker)
            made = facts[maker]
            named = [(made.scope, tensor.name) for tensor in made.outputs]
            todo += [(maker, other) for other, name in enumerate(made.inputs) if name]
        found |= {place: held[place] for place in named if place in held}
    return found


def _held(facts: Facts) -> dict[Place, int]:
    """Elements of the weights by where they are."""
    return {(t.scope, t.name): t.elements or 0 for t in facts.parameters.tensors
            if t.role == "weight"}  # fmt: skip


def _around(scope: str) -> list[str]:
    """A scope and those that it is in, the main graph last."""
    parts = scope.split("/") if scope else []
    return ["/".join(parts[:size]) for size in range(len(parts), -1, -1)]
