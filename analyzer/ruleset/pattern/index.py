"""The operators of a model as the matcher asks for them: by type, by name and scope.

Made once for all pattern rules. What is asked of most models is only whether they have an operator
of some type; who makes and reads which tensor is put together when the first pattern needs it.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.graph.adjacency import Port, vertex, vertices

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import networkx as nx

    from analyzer.graph.adjacency import Vertex
    from analyzer.ruleset.pattern.syntax import OpType

Key = tuple[str, str]
"""(scope, name) of a tensor as operators of that scope call it."""
Read = tuple[str, int]
"""(operator, input slot)."""


class Index:
    """What can be looked up; every list is in the order of ``Facts.nodes``."""

    def __init__(self, graph: nx.MultiDiGraph[str]) -> None:
        self._graph = graph

    def __len__(self) -> int:
        return len(self._graph)

    def of(self, operator: OpType) -> Sequence[str]:
        """Operators of one type."""
        return self._by_type.get(operator, ())

    def vertex(self, node: str) -> Vertex:
        return vertex(self._graph, node)

    def maker(self, tensor: Key) -> Port | None:
        """Who makes it in that scope; ``None`` for inputs, initializers and outer values."""
        return self._ends[0].get(tensor)

    def reads(self, tensor: Key) -> Sequence[Read]:
        """Operands of operators of that scope that are it."""
        return self._ends[1].get(tensor, ())

    @cached_property
    def _by_type(self) -> Mapping[OpType, Sequence[str]]:
        found: dict[OpType, list[str]] = {}
        for node, record in vertices(self._graph):
            domain = record.call.domain
            key = ("" if domain == "ai.onnx" else domain, record.call.op_type)
            found.setdefault(key, []).append(node)
        return found

    @cached_property
    def _ends(self) -> tuple[Mapping[Key, Port], Mapping[Key, Sequence[Read]]]:
        makers: dict[Key, Port] = {}
        readers: dict[Key, list[Read]] = {}
        for node, record in vertices(self._graph):
            scope = record.scope
            for slot, tensor in enumerate(record.call.outputs):
                if tensor is not None:
                    makers.setdefault((scope, tensor.name), Port(node, slot))
            for slot, tensor in enumerate(record.call.inputs):
                if tensor is not None:
                    readers.setdefault((scope, tensor.name), []).append((node, slot))
        return makers, readers
