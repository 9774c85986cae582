"""Which operators make and read each name of an operator graph, and which names are constant.

A name belongs to the scope that defines it. A body that reads a name from around it is a reader of
that name, and so is every output of a graph that has it.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, Protocol

from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import vertices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from onnx import TensorProto

    from analyzer.arrays import Elements
    from analyzer.digraph import Digraph
    from analyzer.facts import Shape
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call

_HOMES = "homes"


class Typed(Protocol):
    """What the shape pass knows of a value."""

    dtype: str | None
    shape: Shape


@dataclass(frozen=True, slots=True)
class Home:
    """What an instance of a scope knows of its names, apart from operators."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    dense: Mapping[str, TensorProto]
    """Initializers, payloads of big ones left on disk."""
    stored: tuple[str, ...]
    """Names of initializers, sparse ones too, as often as the file states them."""
    twice: frozenset[str]
    """Names that several initializers have."""
    types: Mapping[str, Typed]
    contents: Mapping[str, Elements]
    """Small contents known before run time, assumed sizes among them."""
    around: str | None
    """Path of the instance whose names it sees; ``None`` for the main graph and functions."""


def keep_homes(graph: Digraph[str], homes: Mapping[str, Home]) -> None:
    """Keep with an operator graph what its instances define, by path."""
    graph.graph[_HOMES] = homes


def homes_of(graph: Digraph[str]) -> Mapping[str, Home]:
    """What ``keep_homes`` kept, by path; nothing for a graph that was made by hand."""
    homes: Mapping[str, Home] = graph.graph.get(_HOMES, {})
    return homes


class Read(NamedTuple):
    """One use of a name by an operator of the scope that defines it."""

    node: str
    slot: int | None
    """``None``: a body of the operator reads it."""


class Names:
    """The names of one instance."""

    __slots__ = ("around", "constant", "home", "inputs", "makers", "outputs", "path", "reads",
                 "stored")  # fmt: skip

    def __init__(self, path: str, home: Home | None) -> None:
        self.path: str = path
        self.home: Home | None = home
        self.around: str | None = home.around if home else None
        self.inputs: frozenset[str] = frozenset(home.inputs if home else ())
        self.outputs: Counter[str] = Counter(home.outputs if home else ())
        self.stored: frozenset[str] = frozenset(home.stored if home else ())
        """Names of its initializers."""
        self.makers: dict[str, tuple[str, int]] = {}
        """Operator and output slot by name; the first, where a file defines a name twice."""
        self.reads: dict[str, list[Read]] = {}
        self.constant: set[str] = set()
        """Filled by ``NameTable.find_constants``."""

    def defines(self, name: str) -> bool:
        """Whether ``name`` is made, stored or taken in here."""
        return name in self.makers or name in self.inputs or name in self.stored


class NameTable:
    """The names of all instances, read off the operator graph in one pass."""

    def __init__(self, graph: Digraph[str]) -> None:
        self.vertices: dict[str, Vertex] = dict(vertices(graph))
        homes = homes_of(graph)
        self.scopes: dict[str, Names] = {path: Names(path, homes[path]) for path in homes}
        for node, vertex in self.vertices.items():
            names = self.scopes.get(vertex.scope)
            if names is None:  # a graph that somebody made by hand
                names = self.scopes[vertex.scope] = Names(vertex.scope, None)
            for slot, tensor in enumerate(vertex.call.outputs):
                if tensor is not None:
                    names.makers.setdefault(tensor.name, (node, slot))
        for node, vertex in self.vertices.items():
            own = self.scopes[vertex.scope]
            for slot, tensor in enumerate(vertex.call.inputs):
                if tensor is not None:
                    self._add_read(own, tensor.name, Read(node, slot))
        for own in self.scopes.values():
            if own.around is not None:
                for name in own.outputs:
                    if name and not own.defines(name):
                        self._add_read(own, name, Read(self.runners.get(own.path, ""), None))

    @cached_property
    def runners(self) -> Mapping[str, str]:
        """The operator that runs each body, by path; of a function, the last that calls it."""
        return {path: node for node, vertex in self.vertices.items() for path in vertex.runs}

    def home_of(self, scope: str, name: str) -> Names:
        """Where ``name`` is defined, as seen from the instance ``scope``; there, if nowhere."""
        names = seen = self.scopes[scope]
        while seen.around is not None and not seen.defines(name):
            seen = self.scopes[seen.around]
        return seen if seen is names or seen.defines(name) else names

    def _add_read(self, own: Names, name: str, read: Read) -> None:
        seen = own
        while seen.around is not None and not seen.defines(name):
            read = Read(self.runners.get(seen.path, read.node), None)
            seen = self.scopes[seen.around]
        seen.reads.setdefault(name, []).append(read)

    def find_constants(self, is_pure: Callable[[Call], bool], *, fixed: bool) -> None:
        """Find what is known before run time; one pass, since producers come before readers.

        Parameters
        ----------
        is_pure : whether what an operator makes is a function of its inputs and attributes alone.
        fixed : initializers that are graph inputs too cannot be overridden.
        """
        for names in self.scopes.values():
            names.constant |= names.stored if fixed else names.stored - names.inputs
        pure: dict[tuple[str, str, int], bool] = {}
        for vertex in self.vertices.values():
            call = vertex.call
            if vertex.runs or not (call.inputs or call.op_type == "Constant"):
                continue
            key = call.domain, call.op_type, call.version
            if key not in pure:
                pure[key] = is_pure(call)
            given = (t.name for t in call.inputs if t is not None)
            if pure[key] and all(name in self.home_of(vertex.scope, name).constant
                                 for name in given):  # fmt: skip
                own = self.scopes[vertex.scope]
                own.constant.update(t.name for t in call.outputs if t is not None)
