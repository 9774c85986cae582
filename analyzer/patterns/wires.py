"""Who makes and who reads each value, by records alone.

What ``check`` writes of a model, and what is remembered of one, has no graph: whatever is said
there and in a report has to come from here, so that both say the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node


class Wires(NamedTuple):
    """By the scope of a value and its name."""

    makers: dict[tuple[str, str], Node]
    readers: dict[tuple[str, str], dict[str, Node]]
    """By the id of the reader."""


def wires_of(facts: Facts) -> Wires:
    """Found when first asked for."""
    return facts.once(_wires)


def _wires(facts: Facts) -> Wires:
    makers: dict[tuple[str, str], Node] = {}
    readers: dict[tuple[str, str], dict[str, Node]] = {}
    for node in facts.nodes:
        makers.update(((node.scope, made.name), node) for made in node.outputs)
        for name in node.inputs:
            readers.setdefault((node.scope, name), {})[node.id] = node
    return Wires(makers, readers)


def makers_before(facts: Facts, node: Node) -> list[Node]:
    """The operators of its scope whose results an operator reads."""
    makers = wires_of(facts).makers
    found = (makers.get((node.scope, name)) for name in node.inputs)
    return [maker for maker in found if maker is not None]
