"""Operators and tensors as a ``networkx.MultiDiGraph``.

Node key: the operator's id. Node attributes: ``call`` (``graph.call.Call``),
``name``, ``scope``, ``executions`` (``None`` if unknown), ``constant_inputs``
(frozenset of input slots fed by constants). Edge attributes: ``tensor``
(``facts.Tensor``), ``src_slot``, ``dst_slot``. Initializers and graph inputs
are not nodes; they show as inputs of ``call`` that no edge feeds. A body's
operator that reads an outer value has an edge from the outer producer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.graph.call import Call


@dataclass(frozen=True, slots=True)
class Vertex:
    """One operator to put into the graph."""

    id: str
    scope: str
    name: str
    call: Call
    executions: int | None
    constant_inputs: frozenset[int]


def build(vertices: Iterable[Vertex], parents: Mapping[str, str]) -> nx.MultiDiGraph:
    """Build the graph.

    Parameters
    ----------
    vertices : operators in topological order per scope, enclosing scopes first.
    parents : enclosing scope by body scope; function scopes have none.

    Returns
    -------
    A directed multigraph; two operands from the same producer are two edges.
    """
    graph = nx.MultiDiGraph()
    producers: dict[tuple[str, str], tuple[str, int]] = {}
    listed = list(vertices)
    for vertex in listed:
        graph.add_node(
            vertex.id,
            call=vertex.call,
            name=vertex.name,
            scope=vertex.scope,
            executions=vertex.executions,
            constant_inputs=vertex.constant_inputs,
        )
        for slot, tensor in enumerate(vertex.call.outputs):
            if tensor is not None:
                producers.setdefault((vertex.scope, tensor.name), (vertex.id, slot))
    for vertex in listed:
        for slot, tensor in enumerate(vertex.call.inputs):
            if tensor is None:
                continue
            scope: str | None = vertex.scope
            while scope is not None:
                source = producers.get((scope, tensor.name))
                if source is not None:
                    graph.add_edge(
                        source[0], vertex.id, tensor=tensor, src_slot=source[1], dst_slot=slot
                    )
                    break
                scope = parents.get(scope)
    return graph
