"""Every floating-point tensor that the file stores, wherever it is, and what reads it.

A walk of the structure by names: main graph, bodies and functions, initializers, Constants,
tensors and lists of numbers in attributes. Names are resolved as ONNX scopes them; readers are
found through operators that only move or convert, and through the calls of local functions.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from onnx import AttributeProto, NodeProto

from analyzer.dataclass import dataclass
from analyzer.graph.program import normal_domain
from analyzer.model.dtypes import DTYPES
from analyzer.operators import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from onnx import FunctionProto

    from analyzer.model.proto import GraphMessage, ModelMessage, NodeMessage, TensorMessage
    from analyzer.operators.record import Kind, Operator

HOPS = 64
"""Operators looked through, and readers looked at, for one tensor."""
MAKERS = frozenset({"Constant", "ConstantOfShape"})
"""Operators whose output is the tensor in their attribute, or filled with it."""


@dataclass(slots=True, eq=False)
class Namespace:
    """A graph or function: what it defines, and who reads that, inner graphs included."""

    parent: Namespace | None
    defined: set[str]
    readers: dict[str, list[TensorUse]] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()


class TensorUse(NamedTuple):
    """One operator that reads a tensor."""

    node: NodeMessage
    op_type: str
    record: Operator | None
    """``None`` where nobody described the operator."""
    slot: int
    """Input; -1 where the tensor is in an attribute."""
    scope: Namespace
    attribute: str = ""
    as_stored: bool = True
    """Nothing turned, cut or converted the tensor on the way."""

    @property
    def kind(self) -> Kind | None:
        """What the operand is for; ``None`` where nobody described the operator."""
        operand = self.record.operand(self.slot) if self.record and self.slot >= 0 else None
        return operand.kind if operand else None


@dataclass(slots=True)
class Stored:
    """A tensor as the file has it."""

    name: str
    values: TensorMessage | tuple[float, ...]
    uses: tuple[TensorUse, ...]
    main: bool
    """A tensor of the main graph, whose name no other there has."""


@dataclass(slots=True)
class _Found:
    """A stored tensor before its readers are known."""

    scope: Namespace
    name: str
    values: TensorMessage | tuple[float, ...]
    owner: TensorUse | None = None
    """The operator that has it in an attribute and makes no tensor of it."""


class StoredTensors:
    """The stored floating-point tensors of one model."""

    def __init__(self, model: ModelMessage) -> None:
        self._functions: dict[tuple[str, str], Namespace] = {}
        self._found: list[_Found] = []
        scopes = [(f, self._function(f)) for f in model.functions]
        self._main = self._graph(model.graph, None)
        for function, scope in scopes:
            self._nodes(function.node, scope)

    def __iter__(self) -> Iterator[Stored]:
        for found in self._found:
            uses = (found.owner,) if found.owner else self._uses(found.scope, found.name)
            main = found.scope is self._main and found.owner is None
            yield Stored(found.name, found.values, tuple(uses), main)

    def __len__(self) -> int:
        return len(self._found)

    def _function(self, function: FunctionProto) -> Namespace:
        inputs = tuple(function.input)
        made = (name for node in function.node for name in node.output)
        scope = Namespace(None, {*inputs, *made}, inputs=inputs)
        self._functions.setdefault((normal_domain(function.domain), function.name), scope)
        return scope

    def _graph(self, graph: GraphMessage, parent: Namespace | None) -> Namespace:
        defined = {value.name for value in graph.input}
        defined.update(tensor.name for tensor in graph.initializer)
        defined.update(sparse.values.name for sparse in graph.sparse_initializer)
        defined.update(name for node in graph.node for name in node.output)
        scope = Namespace(parent, defined)
        for tensor in graph.initializer:
            self._add(scope, tensor.name, tensor)
        for sparse in graph.sparse_initializer:
            self._add(scope, sparse.values.name, sparse.values)
        self._nodes(graph.node, scope)
        return scope

    def _nodes(self, nodes: Iterable[NodeProto], scope: Namespace) -> None:
        for node in nodes:
            op_type = node.op_type
            record = find(normal_domain(node.domain), op_type)
            for slot, name in enumerate(node.input):
                if name:
                    home = _home(scope, name)
                    if home is not None:
                        use = TensorUse(node, op_type, record, slot, scope)
                        home.readers.setdefault(name, []).append(use)
            for attribute in node.attribute:
                self._attribute(node, attribute, scope)

    def _attribute(self, node: NodeMessage, attribute: AttributeProto, scope: Namespace) -> None:
        if attribute.type == AttributeProto.GRAPH:
            self._graph(attribute.g, scope)
            return
        if attribute.type == AttributeProto.GRAPHS:
            for graph in attribute.graphs:
                self._graph(graph, scope)
            return
        op_type = node.op_type
        made = node.output[0] if op_type in MAKERS and node.output else ""
        name = made or attribute.name
        owner = None
        if not made:
            record = find(normal_domain(node.domain), op_type)
            owner = TensorUse(node, op_type, record, -1, scope, attribute.name)
        if attribute.type == AttributeProto.TENSOR:
            self._add(scope, name, attribute.t, owner)
        elif attribute.type == AttributeProto.SPARSE_TENSOR:
            self._add(scope, name, attribute.sparse_tensor.values, owner)
        elif attribute.type == AttributeProto.FLOATS and attribute.floats:
            self._found.append(_Found(scope, name, tuple(attribute.floats), owner))
        elif attribute.type == AttributeProto.FLOAT and (made or attribute.f != attribute.f):
            self._found.append(_Found(scope, name, (attribute.f,), owner))
        for tensor in attribute.tensors:
            self._add(scope, name, tensor, owner)

    def _add(
        self, scope: Namespace, name: str, tensor: TensorMessage, owner: TensorUse | None = None
    ) -> None:
        dtype = DTYPES.get(tensor.data_type, "")
        if "float" in dtype or "complex" in dtype:
            self._found.append(_Found(scope, name, tensor, owner))

    def _uses(self, scope: Namespace, name: str) -> Iterator[TensorUse]:
        """Readers of a name, those of what is only moved or converted in their place."""
        todo, seen = [(scope, name, True)], {(id(scope), name)}
        left = HOPS
        while todo:
            home, wanted, as_stored = todo.pop()
            for use in home.readers.get(wanted, ()):
                left -= 1
                if left < 0:
                    return
                onward = self._onward(use)
                if onward is None:
                    yield use if as_stored else use._replace(as_stored=False)
                elif (id(onward[0]), onward[1]) not in seen:
                    seen.add((id(onward[0]), onward[1]))
                    todo.append((*onward[:2], as_stored and onward[2]))

    def _onward(self, use: TensorUse) -> tuple[Namespace, str, bool] | None:
        """Where the tensor goes on under another name, out of a move or into a function, and
        whether it is still what was stored."""
        if self._functions:
            function = self._functions.get((normal_domain(use.node.domain), use.op_type))
            if function is not None:
                inner = function.inputs[use.slot :]
                return (function, inner[0], True) if inner else None
        record = use.record
        if use.slot or record is None or not record.keeps_role or not use.node.output:
            return None
        return use.scope, use.node.output[0], use.op_type == "Identity"


def _home(scope: Namespace, name: str) -> Namespace | None:
    """The scope that defines ``name``, from ``scope`` outwards."""
    place: Namespace | None = scope
    while place is not None and name not in place.defined:
        place = place.parent
    return place
