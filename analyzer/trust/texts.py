"""Every string of a model, each with its kind and its place.

Sources: the messages of onnx.proto, field by field. Declared types are one text for each scope, as
they are stored: their names and dimensions are within.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from onnx import AttributeProto, TensorProto

from analyzer.conformance.places import nestings, quoted
from analyzer.contents import Text
from analyzer.model.notes import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import onnx

    from analyzer.conformance.places import Nesting
    from analyzer.graph.scope import Op, Program, Scope
    from analyzer.model import Model

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


class Found(NamedTuple):
    """A string where it was first met; its place is worked out for those that matter."""

    kind: str
    data: str | bytes
    nesting: Nesting | None
    of: Op | str
    """Operator, or tensor name, or empty."""
    role: str
    """What it is of its owner, for people, e.g. ``metadata 'author'``."""
    length: int = -1
    """Bytes of it in the file, where ``data`` is not all of it."""

    def describe(self, count: int) -> Text:
        """The record for rules."""
        place = ""
        if isinstance(self.of, str):
            place = self.nesting.within(self.of) if self.nesting and self.of else self.of
            owner = quoted(self.of) if self.of else self.nesting.label if self.nesting else ""
        else:
            assert self.nesting is not None
            place = self.nesting.place(self.of)
            owner = f"operator {quoted(self.of.name or place)}"
        if self.nesting is None and not place:
            owner = "the model"
        text = f"{self.role} of {owner}" if owner else self.role
        size = self.length if self.length >= 0 else len(encoded(self.data))
        return Text(self.kind, place, text, as_text(self.data), size, count)


def encoded(text: str | bytes) -> bytes:
    """UTF-8, whatever the string is."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def as_text(data: str | bytes) -> str:
    """For people; bytes that are not UTF-8 are escaped."""
    return data if isinstance(data, str) else data.decode("utf-8", "backslashreplace")


def gather(
    model: Model, program: Program, *, thorough: bool = False
) -> dict[tuple[str, str | bytes], tuple[Found, int]]:
    """Strings by kind and content: where each is first met, and how often it occurs.

    ``thorough``: all elements of tensors of strings, not only the first few megabytes.
    """
    found: dict[tuple[str, str | bytes], tuple[Found, int]] = {}
    for each in _all(model, program, thorough):
        if not each.data:
            continue
        key = each.kind, each.data
        known = found.get(key)
        found[key] = (each, 1) if known is None else (known[0], known[1] + 1)
    return found


def _all(model: Model, program: Program, thorough: bool) -> Iterator[Found]:
    proto = model.proto
    for role in ("producer_name", "producer_version", "domain"):
        yield Found("identifier", getattr(proto, role), None, "", role.replace("_", " "))
    yield Found("documentation", proto.doc_string, None, "", "documentation")
    yield from _metadata(proto.metadata_props, None, "")
    graphs = _graphs(proto.graph, program)
    for nesting in nestings(program):
        scope = nesting.scope
        if scope.index in graphs:
            yield from _graph(graphs[scope.index], nesting)
        yield from _names(scope, nesting)
        for op in scope.ops:
            yield from _operator(op, nesting)
    for function in proto.functions:
        label = quoted(function.name)
        for role in ("domain", "name", "overload"):
            text = f"{role} of function {label}"
            yield Found("identifier", getattr(function, role), None, "", text)
        yield Found("documentation", function.doc_string, None, "",
                    f"documentation of function {label}")  # fmt: skip
        yield from _metadata(function.metadata_props, None, "")
    yield from _long_texts(model)
    budget = sys.maxsize if thorough else _ELEMENTS
    for nesting, of, tensor in _string_tensors(program):
        elements = model.payloads.strings(tensor, budget)
        budget -= sum(map(len, elements))
        for element in elements:
            yield Found("element", element, nesting, of, "an element")


def _long_texts(model: Model) -> Iterator[Found]:
    budget = _LONGS
    for text in model.long_texts:
        size = text.stop - text.start
        data = model.payloads.stretch(text.start, text.start + min(size, _LONG, budget))
        budget -= len(data)
        kind, role = _LONG_KINDS.get(text.field, ("documentation", "documentation"))
        yield Found(kind, data or b" ", None, "", f"{role} at offset {text.start:,}", size)


_LONG_KINDS = {
    "AttributeProto.s": ("attribute", "an attribute"),
    "StringStringEntryProto.value": ("metadata", "a value of metadata"),
}
"""Kind and role of what may be left out, by field."""


def _graphs(graph: onnx.GraphProto, program: Program) -> dict[int, onnx.GraphProto]:
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


def _body(op: Op, label: str) -> onnx.GraphProto | None:
    for attribute in op.proto.attribute:
        graph: onnx.GraphProto | None = None
        if attribute.type == AttributeProto.GRAPH and attribute.name == label:
            graph = attribute.g
        elif attribute.type == AttributeProto.GRAPHS:
            names = (f"{attribute.name}[{i}]" for i in range(len(attribute.graphs)))
            pairs = zip(attribute.graphs, names, strict=True)
            graph = next((inner for inner, name in pairs if name == label), None)
        if graph is not None:
            return graph
    return None


def _metadata(entries: Iterable[Any], nesting: Nesting | None, of: Op | str) -> Iterator[Found]:
    for entry in entries:
        yield Found("metadata-key", entry.key, nesting, of, "a key of the metadata")
        yield Found("metadata", entry.value, nesting, of, f"metadata {quoted(entry.key)}")


def _graph(graph: onnx.GraphProto, nesting: Nesting) -> Iterator[Found]:
    yield Found("name", graph.name, nesting, "", "name")
    yield Found("documentation", graph.doc_string, nesting, "", "documentation")
    yield from _metadata(graph.metadata_props, nesting, "")
    for tensor in (*graph.initializer, *(s.values for s in graph.sparse_initializer)):
        if tensor.doc_string:
            yield Found("documentation", tensor.doc_string, nesting, tensor.name, "documentation")
        if tensor.metadata_props:
            yield from _metadata(tensor.metadata_props, nesting, tensor.name)
        for entry in tensor.external_data:
            if entry.key != MARK:
                yield Found("location", entry.value, nesting, tensor.name,
                            f"entry {quoted(entry.key)} of external data")  # fmt: skip
    values = (*graph.input, *graph.output, *graph.value_info)
    for value in values:
        if value.doc_string:
            yield Found("documentation", value.doc_string, nesting, value.name, "documentation")
        if value.metadata_props:
            yield from _metadata(value.metadata_props, nesting, value.name)
    types = b"\0".join([value.type.SerializeToString() for value in values])
    yield Found("declaration", types, nesting, "", "a declared type")
    for annotation in graph.quantization_annotation:
        for entry in annotation.quant_parameter_tensor_names:
            yield Found("name", entry.value, nesting, annotation.tensor_name,
                        f"quantization annotation {quoted(entry.key)}")  # fmt: skip


def _names(scope: Scope, nesting: Nesting) -> Iterator[Found]:
    for name in (*scope.inputs, *scope.stored, *scope.outputs):
        yield Found("name", name, nesting, name, "name")


def _operator(op: Op, nesting: Nesting) -> Iterator[Found]:
    proto = op.proto
    yield Found("name", op.name, nesting, op, "name")
    for name in op.outputs:
        yield Found("name", name, nesting, name, "name")
    yield Found("identifier", op.op_type, nesting, op, "operator type")
    if op.domain:
        yield Found("identifier", op.domain, nesting, op, "domain")
    if proto.doc_string:
        yield Found("documentation", proto.doc_string, nesting, op, "documentation")
    if proto.metadata_props:
        yield from _metadata(proto.metadata_props, nesting, op)
    for attribute in proto.attribute:
        kind = attribute.type
        if kind in _NUMBERS:
            continue
        role = f"attribute {quoted(attribute.name)}"
        if kind == AttributeProto.STRING:
            yield Found("attribute", attribute.s, nesting, op, role)
        elif kind == AttributeProto.STRINGS:
            for value in attribute.strings:
                yield Found("attribute", value, nesting, op, role)
        elif kind == AttributeProto.TENSOR and attribute.t.doc_string:
            yield Found("documentation", attribute.t.doc_string, nesting, op, role)


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
