"""Output types of one operator without bodies: constants, folding, onnx's session, own rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto

from analyzer.facts import Problem, Tensor
from analyzer.graph.call import Contradiction, Unknown
from analyzer.graph.tensors import SMALL, dims, sparse_dims
from analyzer.model.dtypes import DTYPES
from analyzer.operators import find
from analyzer.operators.declared import Declaration
from analyzer.shapes.corrections import CORRECTED, corrected_shape
from analyzer.shapes.fold import BOUNDED, FOLDS, fold, shape_value
from analyzer.shapes.frame import make_call
from analyzer.shapes.gaps import GAP_RULES
from analyzer.shapes.lenient import ask_leniently
from analyzer.shapes.onnx_inference import (
    CPP_ERRORS,
    READS_DATA,
    encode_all,
    find_schema,
    infer_outputs,
)
from analyzer.shapes.partial import PARTIAL_RULES
from analyzer.shapes.sequences import RULES as SEQUENCES
from analyzer.shapes.sequences import sequence_result
from analyzer.shapes.types import UNKNOWN, Type, refine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from onnx import defs

    from analyzer.arrays import Elements
    from analyzer.graph.scope import Op
    from analyzer.model.proto import NodeMessage
    from analyzer.shapes.frame import Frame
    from analyzer.shapes.session import Session


class _Refused(Unknown):
    """onnx's inference refuses the node; a problem already says why."""


def infer_operator(
    session: Session, frame: Frame, i: int, op: Op, node: NodeMessage, attributes: dict[str, Any]
) -> None:
    """Type the outputs of operator ``i`` of ``frame`` and fold its value if it is small."""
    if op.domain:
        op, node = _acting(frame, op, node)
    special = _SPECIAL.get(op.standard)
    if special is not None:
        special(frame, op, attributes)
        return
    if op.standard in SEQUENCES and _sequence(frame, op, attributes):
        return
    foldable = op.standard in FOLDS
    values: list[Elements | None] | None = None
    if foldable or op.op_type in READS_DATA or op.domain:
        values = [frame.value(n) if n else None for n in op.inputs]
    try:
        _infer(session, frame, op, node, attributes, values)
    except Unknown as reason:
        frame.instance.failures[i] = str(reason)
        if isinstance(reason, (Contradiction, _Refused)):
            frame.instance.refused.add(i)
        if isinstance(reason, Contradiction):
            frame.instance.problems.append(
                Problem("shape-inference", frame.place(op), str(reason), inconclusive=False)
            )
    if foldable and values is not None:
        _fold(frame, op, attributes, values)


def _acting(frame: Frame, op: Op, node: NodeMessage) -> tuple[Op, NodeMessage]:
    """A declared operator as the one that it is said to be like, whose inference is asked.

    It is asked about what both have: further operands and attributes are the vendor's own.
    """
    record = find(op.domain, op.op_type)
    stated = record.declaration if record is not None else None
    if not isinstance(stated, Declaration) or stated.like is None or stated.shape is not None:
        return op, node
    domain, name = stated.like
    frame.opsets = {domain: 1, **frame.opsets}
    alike = onnx.NodeProto()
    alike.CopyFrom(node)
    alike.domain, alike.op_type = domain, name
    schema = find_schema(name, frame.opsets[domain], domain)
    if schema is not None:
        known: Mapping[str, Any] = schema.attributes  # types are enumerators of onnx's bindings
        kept = [a for a in node.attribute if a.name in known and known[a.name].type.value == a.type]
        del alike.attribute[:], alike.input[schema.max_input :], alike.output[schema.max_output :]
        alike.attribute.extend(kept)
    return (
        replace(op, proto=alike, domain=domain, op_type=name,
                inputs=op.inputs[: len(alike.input)], outputs=op.outputs[: len(alike.output)]),
        alike,
    )  # fmt: skip


def fill_gaps(frame: Frame, op: Op, attributes: Mapping[str, Any]) -> None:
    """Complete outputs that onnx's inference leaves open by our own rule, if there is one."""
    types, rule = frame.instance.types, GAP_RULES.get(op.op_type)
    shapes = [types.get(name, UNKNOWN).shape for name in op.outputs if name]
    if rule is None or all(shape is not None and None not in shape for shape in shapes):
        return
    inputs = [frame.type(n) if n else UNKNOWN for n in op.inputs]
    values = [frame.value(n) if n else None for n in op.inputs]
    call = make_call(op, attributes, inputs, [], frame.opsets.get("", 1), values)
    for name, value_type in zip(op.outputs, rule(call), strict=False):
        frame.set(name, refine(value_type, types.get(name, UNKNOWN)))


def _infer(
    session: Session,
    frame: Frame,
    op: Op,
    node: NodeMessage,
    attributes: dict[str, Any],
    values: list[Elements | None] | None,
) -> None:
    types = frame.instance.types
    version = frame.opsets.get(op.domain, 1)
    inputs = [frame.type(n) if n else UNKNOWN for n in op.inputs]
    record = find(op.domain, op.op_type, version)
    rule = record.shape if record is not None else None
    schema = find_schema(op.op_type, version, op.domain)
    if rule is not None and (schema is None or op.domain):
        open_ = [UNKNOWN] * len(op.outputs)
        call = make_call(op, attributes, inputs, open_, version, values or ())
        for name, result in zip(op.outputs, rule(call), strict=False):
            frame.set(name, Type(result.dtype, result.shape))
        if schema is None:
            return
    if schema is None:
        raise Unknown("onnx has no schema for it")
    partial = PARTIAL_RULES.get(op.standard)
    if partial and values and any(v is not None and v.dtype == object for v in values):
        frame.set(op.outputs[0], partial(make_call(op, attributes, inputs, [], version, values)))
        return
    inferred = _ask_onnx(session, frame, op, node, schema, inputs, values)
    own = op.standard in GAP_RULES
    if inferred is None and partial is not None:
        call = make_call(op, attributes, inputs, [], version, values or ())
        inferred = {op.outputs[0]: partial(call)}
    elif inferred is None and not own:
        raise _Refused("the node contradicts its operator's specification")
    if inferred and (op.domain, op.op_type) in CORRECTED:
        call = make_call(op, attributes, inputs, [], version, values or ())
        shape = corrected_shape(call)
        if shape is not None:
            inferred = {name: Type(value.dtype, shape) for name, value in inferred.items()}
    for name, value_type in (inferred or {}).items():
        frame.set(name, refine(value_type, types.get(name, UNKNOWN)))
    if own:
        fill_gaps(frame, op, attributes)


def _ask_onnx(
    session: Session,
    frame: Frame,
    op: Op,
    node: NodeMessage,
    schema: defs.OpSchema,
    inputs: list[Type],
    values: list[Elements | None] | None,
) -> dict[str, Type] | None:
    """Output types by onnx's inference; ``None``, and a problem, where the node is refused."""
    if not session.use_cpp:
        raise Unknown("onnx's shape inference was given up for this model")
    data = {}
    if values is not None and op.op_type in READS_DATA:
        data = {
            name: value
            for name, value in zip(op.inputs, values, strict=True)
            if name and value is not None and value.dtype.kind in "iufb"
        }
    # Names aside, the layers of a network repeat themselves.
    question = None if data else _question(frame, op, node, schema, inputs)
    if question is not None and (known := session.answers.get(question)) is not None:
        return {name: known[slot] for slot, name in enumerate(op.outputs) if slot in known}
    encoded = encode_all(op.inputs, inputs)
    if encoded is None:
        raise Unknown("the type of an input is unknown")
    ir_version = session.program.ir_version
    try:
        answer = infer_outputs(schema, node, encoded, data, frame.opsets, ir_version)
        if question is not None:
            slots = {name: slot for slot, name in enumerate(op.outputs) if name}
            session.answers[question] = {slots[name]: kind for name, kind in answer.items() if name}
        return answer
    except CPP_ERRORS as error:
        text = " ".join(str(error).split())[:300] or type(error).__name__
        frame.instance.problems.append(
            Problem("shape-inference", frame.place(op), text, inconclusive=False)
        )
    return ask_leniently(schema, node, inputs, data, frame.opsets, ir_version)


def _question(
    frame: Frame, op: Op, node: NodeMessage, schema: defs.OpSchema, inputs: list[Type]
) -> tuple[object, ...]:
    """Everything that onnx's inference looks at where it reads no contents; no names."""
    return (
        op.domain, op.op_type, schema.since_version, tuple(frame.opsets.items()),
        tuple([attribute.SerializeToString() for attribute in node.attribute]),
        tuple([(kind.dtype, kind.shape, kind.proto) for kind in inputs]),
        tuple(map(bool, op.inputs)), tuple(map(bool, op.outputs)),
        len(set(op.outputs)),  # a malformed node's outputs may share a name, and so an answer
    )  # fmt: skip


def _fold(frame: Frame, op: Op, attributes: dict[str, Any], values: list[Elements | None]) -> None:
    if not op.outputs or any(v is None and n for v, n in zip(values, op.inputs, strict=True)):
        return
    types = frame.instance.types
    first = types.get(op.outputs[0], UNKNOWN)
    elements = Tensor("", first.dtype, first.shape).elements
    partial = any(v is not None and v.dtype == object for v in values)
    if elements is None and not (op.op_type in BOUNDED or partial):
        return
    if elements is not None and elements > SMALL:
        return
    results = fold(op.op_type, attributes, values, frame.opsets.get("", 1))
    for name, array in zip(op.outputs, results or (), strict=False):
        if name and array.size <= SMALL:
            frame.keep(name, array)
            dtype = types.get(name, UNKNOWN).dtype or array.dtype.name
            frame.set(name, Type(dtype, tuple(array.shape)))


def _constant(frame: Frame, op: Op, attributes: dict[str, Any]) -> None:
    """``Constant``: typed from its attribute, contents kept where they are small."""
    name = next(iter(op.outputs), "")
    value = attributes.get("value")
    if isinstance(value, TensorProto):
        frame.set(name, Type(DTYPES.get(value.data_type), dims(value)))
    elif "sparse_value" in attributes:
        sparse = attributes["sparse_value"]
        frame.set(name, Type(DTYPES.get(sparse.values.data_type), sparse_dims(sparse)))
    elif "value_string" in attributes or "value_strings" in attributes:
        text = attributes.get("value_strings")
        frame.set(name, Type("string", () if text is None else (len(text),)))
    elif (folded := fold("Constant", attributes, [], 1)) is not None:
        (array,) = folded
        frame.set(name, Type(_declared_dtype(op) or array.dtype.name, tuple(array.shape)))
        frame.keep(name, array)


def _declared_dtype(op: Op) -> str | None:
    for attribute in op.proto.attribute:
        if attribute.name == "value":
            return DTYPES.get(attribute.t.data_type)
    return None


def _shape_of(frame: Frame, op: Op, attributes: dict[str, Any]) -> None:
    """``Shape``: known as far as its input's dimensions are."""
    if not op.inputs or not op.outputs:
        return
    shape = frame.type(op.inputs[0]).shape
    if shape is None:
        frame.set(op.outputs[0], Type("int64", (None,)))
        return
    result = shape_value(shape, attributes)
    frame.set(op.outputs[0], Type("int64", (len(result),)))
    frame.keep(op.outputs[0], result)


def _sequence(frame: Frame, op: Op, attributes: dict[str, Any]) -> bool:
    """Operators on sequences by our own rules; False where onnx's inference has to tell."""
    inputs = [frame.type(n) if n else UNKNOWN for n in op.inputs]
    values = [frame.value(n) if n else None for n in op.inputs]
    result = sequence_result(op.op_type, attributes, inputs, values)
    if result is None or len(op.outputs) != 1:
        return False
    frame.set(op.outputs[0], result)
    return True


def _length_of(frame: Frame, op: Op, _: dict[str, Any]) -> None:
    """``SequenceLength``: known where the elements are."""
    if not op.inputs or not op.outputs:
        return
    frame.set(op.outputs[0], Type("int64", ()))
    items = frame.type(op.inputs[0]).items
    if items is not None:
        frame.keep(op.outputs[0], np.array(len(items), dtype=np.int64))


def _size_of(frame: Frame, op: Op, _: dict[str, Any]) -> None:
    """``Size``: number of elements of the input."""
    if not op.inputs or not op.outputs:
        return
    frame.set(op.outputs[0], Type("int64", ()))
    elements = Tensor("", None, frame.type(op.inputs[0]).shape).elements
    if elements is not None and elements < 2**63:
        frame.keep(op.outputs[0], np.array(elements, dtype=np.int64))


_SPECIAL = {
    "Constant": _constant,
    "SequenceLength": _length_of,
    "Shape": _shape_of,
    "Size": _size_of,
}
