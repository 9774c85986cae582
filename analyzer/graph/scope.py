"""What a file states, decoded: operators in scopes, scopes in a program.

A *scope* is one graph the file defines: the main graph, a body of If/Loop/Scan,
or the body of a local function. Operators keep their protobuf node (for C++
inference) beside decoded attributes (for everything else).
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from analyzer.dataclass import dataclass
from analyzer.digraph import new_digraph
from analyzer.graph.tensors import decode_tensor

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

    from analyzer.arrays import Elements
    from analyzer.digraph import Digraph
    from analyzer.facts import Problem
    from analyzer.model.limits import Limits
    from analyzer.model.proto import NodeMessage

FunctionKey = tuple[str, str, str]
"""(domain, name, overload) of a local function."""


@dataclass(slots=True, eq=False)
class Op:
    """One operator as the file states it; itself a vertex of the program graph."""

    proto: NodeMessage
    name: str
    op_type: str
    domain: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Any]
    """int, float, str, tuples of them, ndarray, TensorProto (payload left on disk) or Reference."""
    bodies: dict[str, int]
    """Index into ``Program.scopes`` by attribute name (``then_branch``, ``body`` …)."""
    captured: tuple[str, ...] = ()
    """Outer names that the bodies read: implicit inputs."""
    extent: tuple[int, int] | None = None
    """As ``Node.extent``."""

    @property
    def key(self) -> FunctionKey:
        """By which a local function is called."""
        return self.domain, self.op_type, self.proto.overload

    @property
    def standard(self) -> str:
        """Its type where it is an operator of ONNX itself, else empty."""
        return "" if self.domain else self.op_type

    @property
    def work(self) -> int:
        """What typing and listing it once more costs, in ordinary operators."""
        slots = len(self.inputs) + len(self.outputs)
        return 1 + (slots >> 2) + (sum(map(len, self.outputs[:1])) >> 6)


@dataclass(slots=True)
class Scope:
    """One graph: operators in topological order with its typed boundary and constants."""

    index: int
    ops: list[Op]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    input_types: dict[str, onnx.TypeProto] = field(default_factory=dict)
    declared: dict[str, onnx.TypeProto] = field(default_factory=dict)
    """Types the file declares for intermediate values and outputs; may be stale."""
    constants: dict[str, onnx.TensorProto] = field(default_factory=dict)
    sparse: dict[str, onnx.SparseTensorProto] = field(default_factory=dict)
    opsets: dict[str, int] = field(default_factory=dict)
    sorted: int = 0
    """Operators in topological order; those behind lie on a cycle or follow one."""
    listed: tuple[Op, ...] = ()
    """The operators as the file lists them, where that is not a topological order."""
    stored: tuple[str, ...] = ()
    """Names of initializers, sparse ones last, as often as the file states them."""
    twice: frozenset[str] = frozenset()
    """Names that several initializers have: nobody can say which contents count."""
    ambiguous: frozenset[str] = frozenset()
    """Those of them whose element types or shapes differ."""
    defaults: dict[str, onnx.AttributeProto] = field(default_factory=dict)
    """Default attribute values of a local function."""
    function: FunctionKey | None = None
    """Set when this is the body of a local function (no names of its caller are visible)."""
    reads: dict[str, list[tuple[Op, int | None]]] = field(default_factory=dict)
    """Uses of what none of its operators makes (inputs, constants, outer values) as
    (operator, slot), by its bodies too, see ``adjacency.Edge.slot``; none for a mere output."""

    _contents: dict[str, Elements | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What ``content`` has given out; a copy with other constants begins anew."""

    def content(self, name: str) -> Elements | None:
        """The elements of a constant of its own, where those are few; decoded once for all who
        ask: redundancy does, and each way in which targets prepare a model."""
        if name not in self._contents:
            self._contents[name] = decode_tensor(self.constants[name])
        return self._contents[name]

    def defines(self, name: str) -> bool:
        """Whether ``name`` is an input or a constant of its own."""
        return name in self.constants or name in self.input_types or name in self.sparse


@dataclass(slots=True)
class Program:
    """All scopes of a model."""

    scopes: list[Scope]
    functions: dict[FunctionKey, int]
    """Index into ``scopes`` of every local function."""
    ir_version: int
    problems: list[Problem]
    """What could not be decoded."""
    limits: Limits
    graph: Digraph[Op] = field(default_factory=new_digraph)
    """Operators of all scopes, each once; see ``analyzer.graph.adjacency``."""
    operands: int = 0
    """Inputs of all operators."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """``metadata_props`` of the file."""

    @property
    def work(self) -> int:
        """Of all operators of all scopes, each once."""
        return sum(op.work for scope in self.scopes for op in scope.ops)

    @property
    def operators(self) -> int:
        """Number of operators in all scopes."""
        return sum(len(scope.ops) for scope in self.scopes)

    @property
    def main(self) -> Scope:
        return self.scopes[0]
