"""Values and operators as rules see them: who makes a tensor, who reads it, what is known of it.

An ``Index`` is made over the operator graph when somebody first asks, about 2 µs an operator. Its
``Value``s and ``NodeView``s are views: each is made when it is looked at, there is one for each
tensor and operator (so ``is`` compares tensors), and it reads what it is asked for off the graph.
"""

from __future__ import annotations

from functools import cached_property
from math import prod
from typing import TYPE_CHECKING, Any

from analyzer.facts import Tensor
from analyzer.graph.names import NameTable
from analyzer.graph.tensors import decode_tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.arrays import Elements
    from analyzer.evidence import ValueStats
    from analyzer.facts import Facts, Node, Shape
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.graph.names import Names, Read

OVERRIDABLE_SINCE = 4
"""IR version from which an initializer that is a graph input is a default that callers override;
before, every initializer had to be listed as an input (onnx/docs/IR.md)."""


class Index:
    """The values and operators of one model; ``analyzer.patterns.index.index_of`` gives it."""

    def __init__(
        self,
        facts: Facts,
        is_pure: Callable[[Call], bool] = lambda _: False,
        defaults: Callable[[Call], Mapping[str, Any]] = lambda _: {},
    ) -> None:
        """Index the operator graph of ``facts``.

        Parameters
        ----------
        is_pure : whether what an operator makes is a function of its inputs and attributes alone.
        defaults : values of the attributes that an operator does not state.
        """
        self.facts: Facts = facts
        self.names: NameTable = NameTable(facts.graph)
        self.defaults: Callable[[Call], Mapping[str, Any]] = defaults
        self._is_pure = is_pure
        self._operators: dict[str, NodeView] = {}
        self._values: dict[tuple[str, str], Value] = {}

    def operator(self, node: str) -> NodeView:
        """The operator with this id; raises ``KeyError`` if there is none."""
        found = self._operators.get(node)
        if found is None:
            known = self.facts[node]
            found = self._operators[node] = NodeView(self, known, self.names.vertices.get(node))
        return found

    @cached_property
    def by_type(self) -> Mapping[tuple[str, str], Sequence[str]]:
        """Ids of operators by (domain, type), in the order of ``Facts.nodes``."""
        found: dict[tuple[str, str], list[str]] = {}
        for node in self.facts.nodes:
            found.setdefault((node.domain, node.op_type), []).append(node.id)
        return found

    def value(self, scope: str, name: str) -> Value:
        """The value that ``name`` means in the instance ``scope``."""
        return self._value(self.names.home_of(scope, name), name)

    @cached_property
    def constants(self) -> NameTable:
        """The names, with what is constant found."""
        fixed = self.facts.model.ir_version < OVERRIDABLE_SINCE
        self.names.find_constants(self._is_pure, fixed=fixed)
        return self.names

    @cached_property
    def statistics(self) -> Mapping[str, ValueStats]:
        """What the elements of initializers say, by name, where trained weights were read."""
        evidence = self.facts.evidence
        return {t.name: t.values for t in evidence.tensors} if evidence else {}

    def _value(self, names: Names, name: str) -> Value:
        key = names.path, name
        found = self._values.get(key)
        if found is None:
            found = self._values[key] = Value(self, names, name)
        return found


class Value:
    """A tensor in its scope."""

    __slots__ = ("_contents", "_index", "_names", "_readers", "_values", "name")

    def __init__(self, index: Index, names: Names, name: str) -> None:
        self._index = index
        self._names = names
        self._contents: Elements | bool | None = False
        self._values: tuple[int | float, ...] | bool | None = False
        self._readers: tuple[NodeView, ...] | None = None
        self.name: str = name
        """Name in its scope."""

    @property
    def scope(self) -> str:
        """Path of the graph that defines it; empty for the main graph."""
        return self._names.path

    @property
    def tensor(self) -> Tensor:
        """Its name and type."""
        made = self._names.makers.get(self.name)
        if made is not None:
            tensor = self._index.names.vertices[made[0]].call.outputs[made[1]]
            assert tensor is not None  # its name is how it was found
            return tensor
        kind = self._names.home.types.get(self.name) if self._names.home else None
        return Tensor(self.name, kind.dtype, kind.shape) if kind else Tensor(self.name)

    @property
    def dtype(self) -> str | None:
        """Element type, such as ``float32``."""
        return self.tensor.dtype

    @property
    def shape(self) -> Shape:
        """Sizes of its axes; one that is not known is unknown."""
        return self.tensor.shape

    @property
    def fixed_shape(self) -> Shape:
        """Sizes of its axes that hold whatever is given: one that the file leaves open is unknown,
        also where the analysis assumed a number for it. What a rule proves by a size, such as that
        an axis has one element, it proves by these."""
        facts = self._index.facts
        if not facts.assumptions:
            return self.tensor.shape
        return facts.fixed_shapes.get(self._names.path, {}).get(self.name)

    @property
    def least_elements(self) -> int | None:
        """Number of elements where every axis that the file leaves open has one."""
        shape = self.fixed_shape
        return None if shape is None else prod(size for size in shape if size is not None)

    @property
    def rank(self) -> int | None:
        """Number of axes."""
        shape = self.tensor.shape
        return None if shape is None else len(shape)

    @property
    def elements(self) -> int | None:
        """Number of elements."""
        return self.tensor.elements

    @property
    def bytes(self) -> int | None:
        """Bytes of its elements."""
        return self.tensor.bytes

    @property
    def is_constant(self) -> bool:
        """Known before the model runs: an initializer, the result of Constant, or computed from
        such values only. An initializer that is a graph input too can be overridden and is not,
        unless the IR version is below 4."""
        return self.name in self._index.constants.scopes[self._names.path].constant

    @property
    def is_initializer(self) -> bool:
        """The file stores it as an initializer of its graph."""
        return self.name in self._names.stored

    @property
    def is_input(self) -> bool:
        """An input of its graph: of the model, a body or a function."""
        return self.name in self._names.inputs

    @property
    def is_output(self) -> bool:
        """An output of its graph: of the model, a body or a function."""
        return self.name in self._names.outputs

    @property
    def contents(self) -> Elements | None:
        """Elements of a constant of up to 4,096, where they are known."""
        if isinstance(self._contents, bool):
            self._contents = self._read() if self.is_constant else None
        return self._contents

    def _read(self) -> Elements | None:
        home = self._names.home
        if home is None or self.name in home.twice:
            return None
        stored = home.dense.get(self.name)
        array = home.contents.get(self.name) if stored is None else decode_tensor(stored)
        return None if array is None or array.dtype.hasobject else array

    @property
    def values(self) -> tuple[int | float, ...] | None:
        """Numbers of a constant of up to 4,096 elements, in order; flags are 0 and 1."""
        if isinstance(self._values, bool):
            array, self._values = self.contents, None
            if array is not None and array.dtype.kind not in "SUcM":
                kind = int if (self.dtype or "").startswith(_WHOLE) else float
                self._values = tuple([kind(number) for number in array.ravel().tolist()])
        return self._values

    @property
    def scalar(self) -> int | float | None:
        """The one number of a constant that has one element."""
        values = self.values if self.elements in (1, None) else None
        return values[0] if values is not None and len(values) == 1 else None

    @property
    def statistics(self) -> ValueStats | None:
        """What the elements of an initializer say, where trained weights were read."""
        main = not self._names.path and self.is_initializer
        return self._index.statistics.get(self.name) if main else None

    @property
    def producer(self) -> NodeView | None:
        """The operator that makes it; unknown for inputs and initializers."""
        made = self._names.makers.get(self.name)
        return None if made is None else self._index.operator(made[0])

    @property
    def slot(self) -> int | None:
        """Which output of its producer it is, from 0."""
        made = self._names.makers.get(self.name)
        return None if made is None else made[1]

    @property
    def reads(self) -> Sequence[Read]:
        """Every use of it by operators, graph outputs apart."""
        return self._names.reads.get(self.name, ())

    @property
    def readers(self) -> tuple[NodeView, ...]:
        """Operators that read it, each once; one whose body reads it counts."""
        if self._readers is None:
            nodes = dict.fromkeys(read.node for read in self.reads if read.node)
            self._readers = tuple([self._index.operator(node) for node in nodes])
        return self._readers

    @property
    def uses(self) -> int:
        """How often it is read: by inputs of operators, inside bodies, as output of its graph."""
        return len(self.reads) + self._names.outputs[self.name]


class NodeView:
    """An operator with its neighbours; has the fields of ``facts.Node`` too."""

    __slots__ = ("_attr", "_index", "node", "vertex")

    def __init__(self, index: Index, node: Node, vertex: Vertex | None) -> None:
        self._index = index
        self._attr: Mapping[str, Any] | None = None
        self.node: Node = node
        self.vertex: Vertex | None = vertex
        """``None`` in a graph that somebody made by hand."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.node, name)

    @property
    def label(self) -> str:
        """What people call it: its name, or that of its first output where it has none."""
        return self.node.name or self.node.id

    @property
    def version(self) -> int | None:
        """Imported version of its domain."""
        return self.vertex.call.version if self.vertex else None

    @property
    def attr(self) -> Mapping[str, Any]:
        """Attributes by name: numbers, texts and lists of them; where one is not stated, the
        default of its specification."""
        if self._attr is None:
            call = self.vertex.call if self.vertex else None
            stated = {**self._index.defaults(call), **call.attributes} if call else {}
            self._attr = {name: v for name, v in stated.items() if isinstance(v, _PLAIN)}
        return self._attr

    @property
    def inputs(self) -> tuple[Value | None, ...]:
        """What it reads, by slot; an omitted optional input is unknown."""
        return self._values(self.vertex.call.inputs) if self.vertex else ()

    @property
    def outputs(self) -> tuple[Value | None, ...]:
        """What it makes, by slot; an omitted optional output is unknown."""
        return self._values(self.vertex.call.outputs) if self.vertex else ()

    def _values(self, tensors: Sequence[Tensor | None]) -> tuple[Value | None, ...]:
        value, scope = self._index.value, self.node.scope
        return tuple([None if t is None else value(scope, t.name) for t in tensors])

    @property
    def producers(self) -> tuple[NodeView, ...]:
        """Operators that make its inputs, each once."""
        makers = [v.producer for v in self.inputs if v is not None]
        return tuple(dict.fromkeys(maker for maker in makers if maker is not None))

    @property
    def readers(self) -> tuple[NodeView, ...]:
        """Operators that read one of its outputs, each once."""
        readers = [reader for v in self.outputs if v is not None for reader in v.readers]
        return tuple(dict.fromkeys(readers))

    @property
    def is_in_function(self) -> bool:
        """Stands in a local function itself, not in a body: functions have no initializers."""
        names = self._index.names.scopes.get(self.node.scope)
        return bool(self.node.scope) and names is not None and names.around is None

    @property
    def is_foldable(self) -> bool:
        """Computed from constants only, and no Constant itself: what it makes can be stored."""
        made = [value for value in self.outputs if value is not None]
        return bool(made) and self.node.op_type != "Constant" and all(v.is_constant for v in made)

    @property
    def params_share(self) -> float | None:
        """Share of the model's weights that it holds; unknown where there are none."""
        whole = self._index.facts.parameters.weights
        return self.node.params / whole if whole else None

    @property
    def macs_share(self) -> float | None:
        """Share of the model's MACs that it takes, over all its executions."""
        whole, own = self._index.facts.totals.macs, self.node.total_macs
        return own / whole if whole and own is not None else None


_PLAIN = (int, float, str, tuple)
_WHOLE = ("int", "uint", "bool")
