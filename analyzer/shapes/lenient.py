"""A second question to onnx about a node that breaks its schema in a way runtimes forgive.

Exporters leave attributes of older versions behind (``consumed_inputs``), and runtimes take
element types that a version did not list yet (ReduceMin of booleans before opset 20).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.shapes.corrections import edited
from analyzer.shapes.onnx_inference import CPP_ERRORS, encode_all, infer_outputs, newest_schema
from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from onnx import defs

    from analyzer.arrays import Elements
    from analyzer.model.proto import NodeMessage

_SPELLINGS = {"float32": "float", "float64": "double"}
"""Element types that schemas write in another way."""


def ask_leniently(
    schema: defs.OpSchema,
    node: NodeMessage,
    inputs: Sequence[Type],
    data: Mapping[str, Elements],
    opsets: Mapping[str, int],
    ir_version: int,
) -> dict[str, Type] | None:
    """Output types of a node that ``schema`` has refused; ``None`` if they cannot be had.

    Asked are, in this order, the same schema with element types that it takes in place of the
    others, the newest schema, and the same without the attributes it does not know. The newest
    is asked only if it knows every attribute: one may have become an input since (``axes``).
    """
    swapped, originals = _accepted_types(schema, inputs)
    newest = newest_schema(schema.name, schema.domain)
    foreign = {a.name for a in node.attribute} - set(schema.attributes)
    tries = [(schema, node, swapped)] if originals else []
    if newest is not None and all(a.name in newest.attributes for a in node.attribute):
        tries.append((newest, node, list(inputs)))
    if foreign:
        tries.append((schema, edited(node, foreign), swapped))
    for asked, about, types in tries:
        encoded = encode_all(node.input, types)
        if encoded is None:
            continue
        try:
            answer = infer_outputs(asked, about, encoded, data, opsets, ir_version)
        except CPP_ERRORS:  # the first, more telling error is already reported
            continue
        return _restored(schema, node, answer, originals) if types is swapped else answer
    return None


def _accepted_types(
    schema: defs.OpSchema, inputs: Sequence[Type]
) -> tuple[list[Type], dict[str, str]]:
    """``inputs`` as ``schema`` takes them, and the true element type by type parameter."""
    types, originals = list(inputs), dict[str, str]()
    for slot, kind in enumerate(inputs):
        formal = _formal(schema.inputs, slot)
        if formal is None or kind.dtype is None or kind.proto is not None:
            continue
        if f"tensor({_SPELLINGS.get(kind.dtype, kind.dtype)})" not in formal.types:
            substitute = "float32" if "tensor(float)" in formal.types else "int64"
            types[slot] = Type(substitute, kind.shape)
            originals.setdefault(formal.type_str, kind.dtype)
    return types, originals


def _formal(
    formals: Sequence[defs.OpSchema.FormalParameter], slot: int
) -> defs.OpSchema.FormalParameter | None:
    """What a schema says of ``slot``; the last of all others that follow it."""
    return next(iter((*formals[slot:], *reversed(formals))), None)


def _restored(
    schema: defs.OpSchema,
    node: NodeMessage,
    answer: Mapping[str, Type],
    originals: Mapping[str, str],
) -> dict[str, Type]:
    """``answer`` with the true element types wherever a type parameter says that they are."""
    result = dict(answer)
    for slot, name in enumerate(node.output):
        formal = _formal(schema.outputs, slot)
        dtype = None if formal is None else originals.get(formal.type_str)
        if name in result and dtype is not None:
            result[name] = Type(dtype, result[name].shape)
    return result
