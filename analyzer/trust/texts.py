"""Every string of a model, each with its kind and its place.

Sources: the messages of onnx.proto, field by field. Declared types are one text for each scope, as
they are stored: their names and dimensions are within.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import field
from typing import TYPE_CHECKING, Any

from onnx import AttributeProto, TensorProto

from analyzer.conformance.places import nestings, quoted
from analyzer.contents import Text
from analyzer.dataclass import dataclass
from analyzer.model.notes import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import onnx
    from google.protobuf.message import Message

    from analyzer.conformance.places import Nesting
    from analyzer.graph.scope import Op, Program
    from analyzer.model import Model
    from analyzer.model.proto import GraphMessage

_NUMBERS = frozenset({
    AttributeProto.INT, AttributeProto.INTS, AttributeProto.FLOAT, AttributeProto.FLOATS,
    AttributeProto.GRAPH, AttributeProto.GRAPHS,
})  # fmt: skip
"""Types of attributes without a string of their own."""
_ELEMENTS = 4 << 20
"""Bytes of string tensors that are looked at, unless somebody pays for all; vocabularies are
shorter."""
_LONG, _LONGS = 1 << 20, 16 << 20
"""Bytes of a text left out of the structure that are looked at, and of all of them."""


@dataclass(slots=True)
class StringGroup:
    """Strings that are the same thing of their owners, in one scope."""

    kind: str
    """As ``Text.kind``."""
    nesting: Nesting | None
    """Scope; ``None`` for the model."""
    role: str
    """What they are of their owners, for people, e.g. ``metadata 'author'``."""
    owned: bool = True
    """Whether ``role`` leaves to be said whose they are."""
    first: dict[str | bytes, Op | str] = field(default_factory=dict)
    """Owner by string: the first operator or name of a tensor that has it; empty for the scope."""
    again: Counter[str | bytes] = field(default_factory=Counter)
    """How often more than once."""
    length: int = -1
    """Bytes in the file, where the one string here is not all of it."""

    def add(self, data: str | bytes, of: Op | str) -> None:
        """One more; an empty string is none."""
        if data in self.first:
            self.again[data] += 1
        elif data:
            self.first[data] = of

    def times(self, data: str | bytes) -> int:
        return self.again[data] + 1

    def size(self, data: str | bytes) -> int:
        """Bytes in the file."""
        return self.length if self.length >= 0 else len(encoded(data))

    def describe(self, data: str | bytes, count: int) -> Text:
        """The record for rules."""
        of = self.first[data]
        if isinstance(of, str):
            place = self.nesting.within(of) if self.nesting and of else of
            owner = quoted(of) if of else self.nesting.label if self.nesting else "the model"
        else:
            assert self.nesting is not None
            place = self.nesting.place(of)
            owner = f"operator {quoted(of.name or place)}"
        text = f"{self.role} of {owner}" if self.owned else self.role
        return Text(self.kind, place, text, as_text(data), self.size(data), count)


def encoded(text: str | bytes) -> bytes:
    """UTF-8, whatever the string is."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def as_text(data: str | bytes) -> str:
    """For people; bytes that are not UTF-8 are escaped."""
    return data if isinstance(data, str) else data.decode("utf-8", "backslashreplace")


class Strings:
    """All of them, in groups: nothing is made for one that nobody looks at."""

    def __init__(self, model: Model, program: Program, *, thorough: bool = False) -> None:
        """Gather them; ``thorough``: all elements of tensors of strings and all of long texts,
        not only the first megabytes."""
        self._groups: dict[tuple[str, int, str], StringGroup] = {}
        self._thorough = thorough
        self._model(model, program)

    def groups(self) -> Iterator[StringGroup]:
        """In the order in which they were first met."""
        return (group for group in self._groups.values() if group.first)

    def _group(
        self, kind: str, nesting: Nesting | None, role: str, *, owned: bool = True
    ) -> StringGroup:
        key = kind, -1 if nesting is None else nesting.scope.index, role
        found = self._groups.get(key)
        if found is None:
            found = self._groups[key] = StringGroup(kind, nesting, role, owned)
        return found

    def _model(self, model: Model, program: Program) -> None:
        proto = model.proto
        self._group("identifier", None, "producer name").add(proto.producer_name, "")
        self._group("identifier", None, "producer version").add(proto.producer_version, "")
        self._group("identifier", None, "domain").add(proto.domain, "")
        self._group("documentation", None, "documentation").add(proto.doc_string, "")
        self._metadata(proto.metadata_props, None, "")
        graphs = _graphs(proto.graph, program)
        for nesting in nestings(program):
            if (graph := graphs.get(nesting.scope.index)) is not None:
                self._graph(graph, nesting)
            self._operators(nesting)
        for function in proto.functions:
            label = quoted(function.name)
            for role in ("domain", "name", "overload"):
                group = self._group("identifier", None, f"{role} of function {label}", owned=False)
                group.add(getattr(function, role), "")
            group = self._group(
                "documentation", None, f"documentation of function {label}", owned=False
            )
            group.add(function.doc_string, "")
            self._metadata(function.metadata_props, None, "")
            parts = (*function.attribute_proto, *function.value_info)
            self._stored(parts, f"a declaration of function {label}", owned=False)
        self._stored(proto.training_info, "something for training")
        self._stored(proto.configuration, "a configuration of devices")
        self._long_texts(model)
        budget = sys.maxsize if self._thorough else _ELEMENTS
        for nesting, of, tensor in _string_tensors(program):
            elements = model.payloads.strings(tensor, budget)
            budget -= sum(map(len, elements))
            group = self._group("element", nesting, "an element")
            for element in elements:
                group.add(element, of)

    def _stored(self, messages: Iterable[Message], role: str, *, owned: bool = True) -> None:
        """Messages that nothing here reads, as they are stored: their strings are within."""
        for message in messages:
            group = self._group("declaration", None, role, owned=owned)
            group.add(message.SerializeToString(), "")

    def _long_texts(self, model: Model) -> None:
        budget = _LONGS
        for text in model.payloads.rest.long_texts:
            size = text.stop - text.start
            read = size if self._thorough else min(size, _LONG, budget)
            budget -= read
            kind, role = _LONG_KINDS.get(text.field, ("documentation", "documentation"))
            group = self._group(kind, None, f"{role} at offset {text.start:,}")
            group.add(model.payloads.stretch(text.start, text.start + read) or b" ", "")
            group.length = size

    def _metadata(self, entries: Iterable[Any], nesting: Nesting | None, of: Op | str) -> None:
        for entry in entries:
            self._group("metadata-key", nesting, "metadata key").add(entry.key, of)
            self._group("metadata", nesting, f"metadata {quoted(entry.key)}").add(entry.value, of)

    def _graph(self, graph: GraphMessage, nesting: Nesting) -> None:
        self._group("name", nesting, "name").add(graph.name, "")
        documents = self._group("documentation", nesting, "documentation")
        documents.add(graph.doc_string, "")
        self._metadata(graph.metadata_props, nesting, "")
        for tensor in (*graph.initializer, *(s.values for s in graph.sparse_initializer)):
            if tensor.doc_string:
                documents.add(tensor.doc_string, tensor.name)
            if tensor.metadata_props:
                self._metadata(tensor.metadata_props, nesting, tensor.name)
            for entry in tensor.external_data:
                if entry.key != MARK:
                    role = f"external data entry {quoted(entry.key)}"
                    self._group("location", nesting, role).add(entry.value, tensor.name)
        values = (*graph.input, *graph.output, *graph.value_info)
        for value in values:
            if value.doc_string:
                documents.add(value.doc_string, value.name)
            if value.metadata_props:
                self._metadata(value.metadata_props, nesting, value.name)
        self._axes((*graph.input, *graph.output), nesting)
        types = b"\0".join([value.type.SerializeToString() for value in values])
        self._group("declaration", nesting, "a declared type").add(types, "")
        for annotation in graph.quantization_annotation:
            for entry in annotation.quant_parameter_tensor_names:
                role = f"quantization annotation {quoted(entry.key)}"
                self._group("name", nesting, role).add(entry.value, annotation.tensor_name)

    def _axes(self, values: Iterable[onnx.ValueInfoProto], nesting: Nesting) -> None:
        names = self._group("name", nesting, "dimension name")
        for value in values:
            for axis in value.type.tensor_type.shape.dim:
                names.add(axis.dim_param, value.name)

    def _operators(self, nesting: Nesting) -> None:
        scope = nesting.scope
        names = self._group("name", nesting, "name")
        types = self._group("identifier", nesting, "operator type")
        domains = self._group("identifier", nesting, "domain")
        documents = self._group("documentation", nesting, "documentation")
        for name in (*scope.inputs, *scope.stored, *scope.outputs):
            names.add(name, name)
        for op in scope.ops:
            names.add(op.name, op)
            for name in op.outputs:
                names.add(name, name)
            types.add(op.op_type, op)
            if op.domain:
                domains.add(op.domain, op)
            proto = op.proto
            if proto.doc_string:
                documents.add(proto.doc_string, op)
            if proto.metadata_props:
                self._metadata(proto.metadata_props, nesting, op)
            for attribute in proto.attribute:
                if attribute.type not in _NUMBERS:
                    self._attribute(attribute, nesting, op)

    def _attribute(self, attribute: AttributeProto, nesting: Nesting, op: Op) -> None:
        role = f"attribute {quoted(attribute.name)}"
        if attribute.type == AttributeProto.TENSOR:
            if attribute.t.doc_string:
                self._group("documentation", nesting, role).add(attribute.t.doc_string, op)
            return
        group = self._group("attribute", nesting, role)
        for value in (attribute.s, *attribute.strings):
            group.add(value, op)


_LONG_KINDS = {
    "AttributeProto.s": ("attribute", "attribute"),
    "StringStringEntryProto.value": ("metadata", "metadata value"),
}
"""Kind and role of what may be left out, by field."""


def _graphs(graph: GraphMessage, program: Program) -> dict[int, GraphMessage]:
    """The message of every scope that is a graph, by the scope's index."""
    found = {0: graph}
    todo = [0]
    while todo:
        for op in program.scopes[todo.pop()].ops:
            for label, index in op.bodies.items():
                if (body := _body(op, label)) is not None:
                    found[index] = body
                    todo.append(index)
    return found


def _body(op: Op, label: str) -> GraphMessage | None:
    for attribute in op.proto.attribute:
        graph: GraphMessage | None = None
        if attribute.type == AttributeProto.GRAPH and attribute.name == label:
            graph = attribute.g
        elif attribute.type == AttributeProto.GRAPHS:
            names = (f"{attribute.name}[{i}]" for i in range(len(attribute.graphs)))
            pairs = zip(attribute.graphs, names, strict=True)
            graph = next((inner for inner, name in pairs if name == label), None)
        if graph is not None:
            return graph
    return None


def _string_tensors(program: Program) -> Iterator[tuple[Nesting, Op | str, onnx.TensorProto]]:
    """Initializers and Constants of strings."""
    for nesting in nestings(program):
        for name, tensor in nesting.scope.constants.items():
            if tensor.data_type == TensorProto.STRING:
                yield nesting, name, tensor
        for op in nesting.scope.ops:
            if op.op_type == "Constant":
                for attribute in op.proto.attribute:
                    if attribute.t.data_type == TensorProto.STRING:
                        yield nesting, op, attribute.t
