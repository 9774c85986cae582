"""Per-operator C++ inference: the only place of the shape pass that enters onnx's C++."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

import numpy as np
import onnx
from onnx import defs, numpy_helper, shape_inference

from analyzer.operators import operators
from analyzer.operators.record import Kind
from analyzer.shapes.corrections import correct
from analyzer.shapes.types import Type, decode_type, encode_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.arrays import Elements
    from analyzer.model.proto import NodeMessage

CPP_ERRORS = (
    shape_inference.InferenceError,
    onnx.checker.ValidationError,
    RuntimeError,
    ValueError,
    TypeError,
    IndexError,
    KeyError,
    OverflowError,
)
"""What onnx's bindings raise on operators that do not fit their schema."""

READS_DATA = frozenset(
    record.name for record in operators() if not record.domain and record.slots(Kind.SHAPE)
)
"""Operators whose output shape depends on the contents of an input."""


_NEWEST = 2**31 - 1
"""Largest version that onnx's C++ can be asked for."""


@lru_cache(maxsize=2048)
def find_schema(op_type: str, version: int, domain: str) -> defs.OpSchema | None:
    """Schema in force for ``op_type`` at ``version``; ``None`` where onnx knows none.

    Files in the wild use an operator before the opset that introduced it
    (runtimes shipped LayerNormalization years before opset 17) or after the
    one that deprecated it; the newest schema then says what is meant.
    """
    try:
        schema = defs.get_schema(op_type, max(1, min(version, _NEWEST)), domain)
    except defs.SchemaError:
        return newest_schema(op_type, domain)
    return (newest_schema(op_type, domain) if schema.deprecated else None) or schema


@lru_cache(maxsize=2048)
def newest_schema(op_type: str, domain: str) -> defs.OpSchema | None:
    """Latest schema of ``op_type``; ``None`` where onnx knows none."""
    try:
        return defs.get_schema(op_type, domain=domain)
    except defs.SchemaError:
        return None


def infer_outputs(
    schema: defs.OpSchema,
    node: NodeMessage,
    types: Mapping[str, onnx.TypeProto],
    data: Mapping[str, Elements],
    opsets: Mapping[str, int],
    ir_version: int,
) -> dict[str, Type]:
    """Output types of ``node`` by onnx's own inference function.

    Raises
    ------
    One of ``CPP_ERRORS`` when the node contradicts its schema.
    """
    asked = cast("onnx.NodeProto", correct(node, types))
    tensors = {name: numpy_helper.from_array(np.asarray(v), name) for name, v in data.items()}
    imports = [onnx.OperatorSetIdProto(domain=d, version=v) for d, v in opsets.items()]
    outputs = shape_inference.infer_node_outputs(
        schema, asked, dict(types), tensors, opset_imports=imports, ir_version=ir_version
    )
    return {name: decode_type(proto) for name, proto in outputs.items()}


def encode_all(names: Sequence[str], types: Sequence[Type]) -> dict[str, onnx.TypeProto] | None:
    """TypeProtos by name; ``None`` when an input's element type is unknown."""
    result: dict[str, onnx.TypeProto] = {}
    for name, value in zip(names, types, strict=True):
        if name:
            proto = encode_type(value)
            if proto is None:
                return None
            result[name] = proto
    return result
