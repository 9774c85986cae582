"""The type of the one graph: what a ``networkx.MultiDiGraph`` is asked here, with what it holds.

networkx states no types, and stubs of it do not say that the keys of our parallel edges are
``Edge``s; so the part of its interface that the analysis rests on is written down here. At run
time such a graph *is* a ``MultiDiGraph``, and ``as_networkx`` says so to a type checker.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol, TypeVar, cast, overload

import networkx as nx

K = TypeVar("K", bound=Hashable)
"""What the vertices are: ids of nodes, or operators themselves."""


class Edge(NamedTuple):
    """One use of a tensor: output ``source_slot`` of the tail feeds input ``slot`` of the head."""

    tensor: str
    """Name of the tensor."""
    source_slot: int
    slot: int | None
    """``None``: a body of the head reads the tensor, which is an implicit input of the head."""
    outer: bool = False
    """True where the tail is in a scope around the head's: a body reads an outer value."""


class Vertices(Protocol[K]):
    """The vertices of a graph and what is kept with each."""

    def __getitem__(self, vertex: K, /) -> dict[str, Any]: ...

    def __iter__(self) -> Iterator[K]: ...

    def __len__(self) -> int: ...

    def __contains__(self, vertex: object, /) -> bool: ...

    def __call__(self, data: str) -> Iterable[tuple[K, Any]]:
        """Every vertex with what is kept with it by the name ``data``."""


class Edges(Protocol[K]):
    """The edges of a graph, or those into or out of some of its vertices."""

    def __iter__(self) -> Iterator[tuple[K, K, Edge]]: ...

    def __len__(self) -> int: ...

    @overload
    def __call__(
        self, nbunch: K | Iterable[K] | None = None, *, keys: Literal[True]
    ) -> Iterable[tuple[K, K, Edge]]:
        """(tail, head, edge) of each edge."""

    @overload
    def __call__(
        self, nbunch: K | Iterable[K] | None = None, *, keys: Literal[False] = False
    ) -> Iterable[tuple[K, K]]:
        """(tail, head) of each edge."""


class Digraph(Protocol[K]):
    """Operators as vertices, tensors as edges: a ``networkx.MultiDiGraph``.

    These are the members that onnxlint itself uses; networkx has many more (``as_networkx``).
    """

    @property
    def graph(self) -> dict[str, Any]:
        """What is kept with the graph as a whole."""

    @property
    def nodes(self) -> Vertices[K]:
        """The vertices, producers first."""

    @property
    def edges(self) -> Edges[K]:
        """All edges."""

    @property
    def in_edges(self) -> Edges[K]:
        """Edges by their heads."""

    @property
    def out_edges(self) -> Edges[K]:
        """Edges by their tails."""

    def __iter__(self) -> Iterator[K]: ...

    def __len__(self) -> int: ...

    def __contains__(self, vertex: object, /) -> bool: ...

    def successors(self, n: K) -> Iterator[K]:
        """The vertices that read a result of ``n``, each once."""

    def predecessors(self, n: K) -> Iterator[K]:
        """The vertices whose results ``n`` reads, each once."""

    def reverse(self, copy: bool = True) -> Digraph[K]:
        """The graph with the direction of every edge turned; a view unless ``copy``."""

    def add_node(self, node_for_adding: K, **attr: Any) -> None:
        """Put in a vertex and what is kept with it."""

    def add_edge(self, u_for_edge: K, v_for_edge: K, key: Edge) -> Edge:
        """Put in an edge from ``u_for_edge`` to ``v_for_edge``."""


def as_networkx(graph: Digraph[K]) -> nx.MultiDiGraph[K]:
    """The same graph, typed as what it is, for the functions of networkx.

    >>> import analyzer, networkx
    >>> facts = analyzer.analyze("samples/mobilenet_v1.onnx")
    >>> networkx.dag_longest_path_length(analyzer.as_networkx(facts.graph))
    85
    """
    return cast("nx.MultiDiGraph[K]", graph)


def as_digraph(graph: nx.MultiDiGraph[K]) -> Digraph[K]:
    """What a function of networkx made of such a graph, as one again."""
    return cast("Digraph[K]", graph)


class _Graph(nx.MultiDiGraph[Any] if TYPE_CHECKING else nx.MultiDiGraph):  # type: ignore[misc]
    """A graph whose views are made when they are asked for. networkx keeps them with the graph,
    which they lead back to: a circle that would keep what is known of a model, long after anybody
    asks for it, until garbage is looked for."""


for _name in ("degree", "edges", "in_degree", "in_edges", "out_degree", "out_edges"):
    setattr(_Graph, _name, property(vars(nx.MultiDiGraph)[_name].func))


def new_digraph() -> Digraph[Any]:
    """A graph without vertices."""
    return as_digraph(_Graph())


def has_path(graph: Digraph[K], start: K, end: K) -> bool:
    """Whether ``end`` can be reached from ``start``."""
    return bool(nx.has_path(as_networkx(graph), start, end))


def reached(graph: Digraph[K], starts: Iterable[K]) -> set[K]:
    """``starts`` and everything that can be reached from them."""
    layers = nx.bfs_layers(as_networkx(graph), starts)
    return {vertex for layer in layers for vertex in layer}
