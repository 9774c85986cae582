"""What the matcher asks of a model, in terms of names: operators by type, makers, readers.

A body reads tensors of the graph around it as if they were its own: in a pattern, the operators of
one scope are tied by what they read, wherever that is defined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.names import Read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.graph.call import Call
    from analyzer.graph.values import Index
    from analyzer.ruleset.pattern.syntax import OpType


class Lookup:
    """The index of one model, asked by all its patterns; every list is in the order of nodes."""

    def __init__(self, index: Index) -> None:
        self.index: Index = index
        self._names = index.names
        self._inside: dict[str, Mapping[str, Sequence[Read]]] = {}

    def __len__(self) -> int:
        """Operators of the model."""
        return len(self._names.vertices)

    def of(self, operator: OpType) -> Sequence[str]:
        """Operators of one type."""
        found = self.index.by_type.get(operator, ())
        if found and found[0] not in self._names.vertices:
            return ()  # facts that somebody made by hand, without a graph
        return found

    def call(self, node: str) -> Call:
        return self._names.vertices[node].call

    def scope(self, node: str) -> str:
        return self._names.vertices[node].scope

    def maker(self, scope: str, name: str) -> tuple[str, int] | None:
        """Operator of that scope, and its output; ``None`` for what comes in or is stored."""
        return self._names.scopes[scope].makers.get(name)

    def reads(self, scope: str, name: str) -> Iterator[tuple[str, int]]:
        """Operands, of operators of that scope, that are it."""
        names = self._names.scopes[scope]
        own = names.around is None or names.defines(name)
        reads = names.reads.get(name, ()) if own else self._of_inside(scope).get(name, ())
        return ((read.node, read.slot) for read in reads if read.slot is not None)

    def is_constant(self, scope: str, name: str) -> bool:
        """Whether it is known before run time."""
        return self.index.value(scope, name).is_constant

    def _of_inside(self, scope: str) -> Mapping[str, Sequence[Read]]:
        """What operators of a body read, by name."""
        known = self._inside.get(scope)
        if known is None:
            found: dict[str, list[Read]] = {}
            for node, vertex in self._names.vertices.items():
                if vertex.scope == scope:
                    for slot, tensor in enumerate(vertex.call.inputs):
                        if tensor is not None:
                            found.setdefault(tensor.name, []).append(Read(node, slot))
            known = self._inside[scope] = found
        return known
