"""The one graph: operators as vertices, tensors as edges, and how to ask it.

There are two ``Digraph``s (``networkx.MultiDiGraph``s) of a model, of one and the same adjacency:

- The *program graph* (``Program.graph``) is made when the file is decoded, before anything is
  known of types. Its vertices are the ``Op``s of all scopes, each once. Names are resolved here
  and nowhere else; every order of operators is a topological order of this graph.
- The *operator graph* (``Facts.graph``) repeats the vertices of a scope for each of its
  instances: a local function that is called with two shapes has two sets of typed operators, a
  body that never runs has none. Its keys are ``Node.id``s, and each vertex holds a ``Vertex``.
  ``analyzer.shapes.sites`` makes it by following the edges of the program graph, which it shares.

They are two because the shape pass, which finds out what instances there are, walks the first.
Each costs about 5 µs an operator.

An edge is the *key* that networkx gives to one of parallel edges: an ``Edge``. Initializers and
graph inputs are no vertices; they show as inputs that no edge feeds.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.digraph import Digraph, Edge
    from analyzer.graph.call import Call

K = TypeVar("K", bound=Hashable)
_RECORD = "vertex"


class Port(NamedTuple):
    """Output ``slot`` of ``node``."""

    node: str
    slot: int


@dataclass(slots=True)
class Vertex:
    """What the operator graph holds of an operator."""

    call: Call
    """Operator, attributes and typed operands."""
    scope: str
    """Path of its instance, as ``Node.scope``."""
    constants: frozenset[int] = frozenset()
    """Input slots fed by constants."""
    exports: frozenset[int] = frozenset()
    """Output slots that are outputs of its scope."""
    runs: tuple[str, ...] = ()
    """Scopes of the bodies or the function that it runs."""
    implicit: frozenset[str] = frozenset()
    """Names that its bodies read from outside and that are no initializers."""


def add_vertex(graph: Digraph[str], node: str, vertex: Vertex) -> None:
    """Put an operator into an operator graph."""
    graph.add_node(node, **{_RECORD: vertex})


def vertex(graph: Digraph[str], node: str) -> Vertex:
    """The record of an operator; raises ``KeyError`` where there is no such operator."""
    found: Vertex = cast("Any", graph)._node[node][_RECORD]
    return found


def vertices(graph: Digraph[str]) -> Iterator[tuple[str, Vertex]]:
    """Every operator with its record, in the order of ``Facts.nodes``: producers first."""
    return cast("Iterator[tuple[str, Vertex]]", iter(graph.nodes(data=_RECORD)))


def call_of(graph: Digraph[str], node: str) -> Call:
    """The typed call of an operator."""
    return vertex(graph, node).call


def edges(graph: Digraph[str]) -> Iterator[tuple[str, str, Edge]]:
    """Every edge as (tail, head, edge)."""
    return iter(graph.edges(keys=True))


def fed_by(graph: Digraph[K], node: K) -> Iterator[tuple[K, Edge]]:
    """What feeds ``node``: (tail, edge), implicit inputs included; in the order of ``in_edges``,
    of which networkx makes a view each time."""
    tails: Mapping[K, Mapping[Edge, object]] = cast("Any", graph)._pred[node]
    return ((tail, edge) for tail, keys in tails.items() for edge in keys)


def read_by(graph: Digraph[K], node: K) -> Iterator[tuple[K, Edge]]:
    """What reads ``node``: (head, edge), implicit inputs included; in the order of
    ``out_edges``."""
    heads: Mapping[K, Mapping[Edge, object]] = cast("Any", graph)._succ[node]
    return ((head, edge) for head, keys in heads.items() for edge in keys)


def sources(graph: Digraph[str], node: str) -> dict[int, Port]:
    """What feeds each input slot from within the node's own scope."""
    return {
        edge.slot: Port(tail, edge.source_slot)
        for tail, edge in fed_by(graph, node)
        if edge.slot is not None and not edge.outer
    }


def producer(graph: Digraph[str], node: str, slot: int = 0) -> str | None:
    """The node that computes input ``slot``; ``None`` for graph inputs and initializers."""
    return next((tail for tail, edge in fed_by(graph, node) if edge.slot == slot), None)
