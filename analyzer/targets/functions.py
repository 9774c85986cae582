"""Operators that ONNX defines by others: their bodies, typed for one call.

A runtime without a kernel for such an operator may put the body in its place, provided that every
operator of the body means the same at the model's opset as it did when the body was written.
Some bodies depend on the call: onnx's C++ makes them from its attributes and the types of its
operands. All that is asked of one model is answered in one guarded process.
"""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import onnx
from onnx import AttributeProto, defs, helper, numpy_helper

from analyzer.dataclass import dataclass
from analyzer.graph.program import build_program
from analyzer.model.guard import GuardFailure, guarded
from analyzer.model.limits import LimitExceeded, Limits
from analyzer.model.proto import copied
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import Bindings
from analyzer.shapes.types import Type, encode_type
from analyzer.targets.flow import Manner, TooMany, Untyped
from analyzer.targets.lowering import flow_of
from analyzer.targets.signatures import version_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from analyzer.model.guard import Progress
    from analyzer.targets.use import TensorValue, Use

MOST_ROUNDS = 6
"""Bodies inside bodies."""
MOST_BODIES = 2_000
"""Calls that are expanded in one model."""


class Pending(Exception):  # noqa: N818 - a control-flow signal
    """The body has to be asked for first."""


class _Request(NamedTuple):
    node: bytes
    domain: str
    opsets: Mapping[str, int]
    inputs: tuple[tuple[str, bytes, bytes], ...]
    """Name, TypeProto and, of a small constant, TensorProto; empty where not known or given."""
    ir_version: int


@dataclass(slots=True)
class Bodies:
    """The bodies that were asked for in one model."""

    opsets: Mapping[str, int]
    ir_version: int
    limits: Limits
    known: dict[Hashable, tuple[Use, ...] | None] = field(default_factory=dict)
    waiting: dict[Hashable, Use] = field(default_factory=dict)
    complete: bool = True
    """False where a limit kept a body from being looked at."""

    def of(self, use: Use) -> Sequence[Use] | None:
        """Operators of the body of ``use``, ``None`` where it has none; raises ``Pending``."""
        if written_for(use.op_type, use.opset, use.domain) is None:
            return None
        key = (use.key(), use.opset)
        if key in self.known:
            return self.known[key]
        self.waiting[key] = use
        raise Pending

    def resolve(self) -> None:
        """Answer everything that is waiting."""
        asked, self.waiting = self.waiting, {}
        keys = list(asked)
        if len(self.known) + len(keys) > MOST_BODIES:
            self.complete = False
            self.known.update(dict.fromkeys(keys))
            return
        requests = [self._request(asked[key]) for key in keys]
        answers = guarded(partial(_expand_all, requests), limits=self.limits, share=0.2)
        if isinstance(answers, GuardFailure):
            self.complete = False
            self.known.update(dict.fromkeys(keys))
            return
        self.known.update(zip(keys, answers, strict=True))

    def _request(self, use: Use) -> _Request:
        names = [f"x{slot}" for slot in range(len(use.inputs))]
        node = copied(use.op.proto)
        stated = use.attributes
        kept = [a for a in node.attribute if not a.ref_attr_name]
        given = {a.name for a in kept}
        del node.attribute[:], node.input[:], node.output[:]
        node.attribute.extend(kept)
        for name, value in stated.items():  # references to the call of a local function
            if name not in given and isinstance(value, (int, float, str, tuple)) and value != ():
                node.attribute.append(helper.make_attribute(name, value))
        node.input.extend(
            name if value is not None else "" for name, value in zip(names, use.inputs, strict=True)
        )
        node.output.extend(
            f"y{slot}" if value is not None else "" for slot, value in enumerate(use.outputs)
        )
        inputs = tuple(
            ("", b"", b"") if value is None else (name, *_encoded(name, value))
            for name, value in zip(names, use.inputs, strict=True)
        )
        opsets = {**self.opsets, use.domain: use.opset}
        return _Request(
            node.SerializeToString(), use.domain, opsets, inputs, max(self.ir_version, 8)
        )


@lru_cache(maxsize=2048)
def written_for(op_type: str, opset: int, domain: str) -> int | None:
    """The opset for which the body in force at ``opset`` was written; ``None`` for no body."""
    try:
        schema: Any = defs.get_schema(op_type, max(1, min(opset, 2**31 - 1)), domain)
    except defs.SchemaError:
        return None
    versions = [
        version
        for version in (*schema.function_opset_versions,
                        *schema.context_dependent_function_opset_versions)
        if version <= opset
    ]  # fmt: skip
    return max(versions, default=None)


def _encoded(name: str, value: TensorValue) -> tuple[bytes, bytes]:
    proto = encode_type(Type(value.long_dtype, value.shape, value.proto))
    content = b""
    if value.constant and value.content is not None and not value.content.dtype.hasobject:
        content = numpy_helper.from_array(np.asarray(value.content), name).SerializeToString()
    return (proto.SerializeToString() if proto is not None else b""), content


def _expand_all(requests: Sequence[_Request], progress: Progress) -> list[tuple[Use, ...] | None]:
    answers = []
    for index, request in enumerate(requests):
        progress.at(index)
        try:
            answers.append(_expand(request))
        except (ValueError, TypeError, KeyError, RuntimeError, LimitExceeded, TooMany, Untyped):
            answers.append(None)  # onnx has no body for this call: nothing to be expanded
    return answers


def _expand(request: _Request) -> tuple[Use, ...] | None:
    node = onnx.NodeProto.FromString(request.node)
    opset = request.opsets[request.domain]
    function = _body(node, opset, request)
    if function is None:
        return None
    model = _model(node, function, request)
    opsets = {o.domain: o.version for o in model.opset_import}
    program = build_program(model, opsets)
    shapes = Inference(program, Bindings(assume=False)).run()
    return tuple(flow_of(program, shapes, Manner(fold=False)).uses)


def _body(node: onnx.NodeProto, opset: int, request: _Request) -> onnx.FunctionProto | None:
    """The function; ``None`` where there is none, or where it is out of date.

    A fixed body is only used where its operators mean what they meant when it was written; one
    that is made for the call is taken as it is (onnx's ``OpSchema::GetFunction`` and
    ``BuildContextDependentFunction``, which ONNX Runtime asks).
    """
    schema: Any = defs.get_schema(node.op_type, opset, request.domain)
    version = written_for(node.op_type, opset, request.domain)
    assert version is not None  # nobody asks for the body of an operator that has none
    if version in schema.context_dependent_function_opset_versions:
        types = [given[1] for given in request.inputs]
        data = schema.get_context_dependent_function_with_opset_version(
            version, node.SerializeToString(), types
        )
        return onnx.FunctionProto.FromString(data) if data else None
    data = schema.get_function_with_opset_version(version)
    function = onnx.FunctionProto.FromString(data) if data else None
    if function is None:
        return None
    model_opset = request.opsets.get("", opset)
    fresh = all(_means_the_same(inner, version, model_opset) for inner in function.node)
    return function if fresh else None


def _means_the_same(inner: onnx.NodeProto, written: int, opset: int) -> bool:
    """Whether an operator of a body exists at the model's opset, in a version that the body may
    have meant."""
    if inner.domain not in ("", "ai.onnx"):
        return True
    now = version_of("", inner.op_type, opset)
    return now is not None and not now.deprecated and now.since <= written


def _model(
    node: onnx.NodeProto, function: onnx.FunctionProto, request: _Request
) -> onnx.ModelProto:
    given = {a.name: a for a in node.attribute}
    schema: Any = defs.get_schema(node.op_type, request.opsets[request.domain], request.domain)
    standing = {
        name: attribute.default_value
        for name, attribute in schema.attributes.items()
        if isinstance(attribute.default_value, AttributeProto) and attribute.default_value.type
    }
    standing.update({a.name: a for a in function.attribute_proto})
    standing.update(given)
    model = onnx.ModelProto(ir_version=request.ir_version)
    model.graph.name = node.op_type
    left_out = set()
    for formal, (name, kind, content) in zip(function.input, request.inputs, strict=False):
        if not name:
            left_out.add(formal)
            continue
        if content:
            model.graph.initializer.append(onnx.TensorProto.FromString(content))
            model.graph.initializer[-1].name = formal
            continue
        info = model.graph.input.add(name=formal)
        if kind:
            info.type.ParseFromString(kind)
    left_out.update(function.input[len(request.inputs) :])
    for inner in function.node:
        copy = model.graph.node.add()
        copy.CopyFrom(inner)
        _substitute(copy, standing, left_out)
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in function.output)
    versions = {o.domain: o.version for o in function.opset_import} | dict(request.opsets)
    model.opset_import.extend(
        onnx.OperatorSetIdProto(domain=domain, version=version)
        for domain, version in versions.items()
    )
    return model


def _substitute(
    node: onnx.NodeProto, standing: Mapping[str, AttributeProto], left_out: Iterable[str]
) -> None:
    """Attributes of the call in the place of references to them; omitted inputs omitted."""
    kept = []
    for attribute in node.attribute:
        if attribute.ref_attr_name:
            value = standing.get(attribute.ref_attr_name)
            if value is None:
                continue
            name = attribute.name
            attribute = AttributeProto()
            attribute.CopyFrom(value)
            attribute.name = name
        elif attribute.HasField("g"):
            for inner in attribute.g.node:
                _substitute(inner, standing, left_out)
        kept.append(attribute)
    copies = [AttributeProto.FromString(a.SerializeToString()) for a in kept]
    del node.attribute[:]
    node.attribute.extend(copies)
    for slot, name in enumerate(node.input):
        if name in left_out:
            node.input[slot] = ""
