"""Vendors' operators: results by a rule, and by the ONNX operator that each is a form of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, defs, helper, shape_inference

from analyzer.facts import Tensor
from analyzer.graph.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.operators.record import OutputType

Dims = tuple[int | None, ...]
N = None
"""A size that is not known, or an operand that is left out."""
B, S, D = 2, 5, 8
"""Batch, length, and the width of a query of 4 heads of 2."""


def onnx_says(
    op: str, shapes: Sequence[Dims | None], attributes: Mapping[str, Any], version: int = 21,
    contents: Mapping[int, Any] = {},
) -> Dims | None:  # fmt: skip
    """The first result's shape; ``None`` for an operand that is left out."""
    names = [f"i{slot}" if shape is not None else "" for slot, shape in enumerate(shapes)]
    node = helper.make_node(op, names, ["y"], **attributes)
    types = {
        name: helper.make_tensor_type_proto(
            TensorProto.FLOAT if slot not in contents else
            helper.np_dtype_to_tensor_dtype(np.asarray(contents[slot]).dtype), shape)
        for slot, (name, shape) in enumerate(zip(names, shapes, strict=True)) if name
    }  # fmt: skip
    known = {names[slot]: onnx.numpy_helper.from_array(np.asarray(value))
             for slot, value in contents.items()}  # fmt: skip
    schema = defs.get_schema(op, version, "")
    kind = shape_inference.infer_node_outputs(schema, node, types, known)["y"]
    dims = kind.tensor_type.shape.dim
    return tuple(d.dim_value if d.HasField("dim_value") else None for d in dims)


def made(
    shapes: Sequence[Dims | None], attributes: Mapping[str, Any] = {}, op: str = "Op",
    contents: Mapping[int, Any] = {}, dtypes: Mapping[int, str] = {}, outputs: int = 1,
) -> Call:  # fmt: skip
    given = {name: tuple(v) if isinstance(v, list) else v for name, v in attributes.items()}
    inputs = tuple(
        None if shape is None else Tensor(f"i{slot}", dtypes.get(slot, "float32"), shape)
        for slot, shape in enumerate(shapes)
    )
    values = tuple(
        np.asarray(contents[slot]) if slot in contents else None for slot in range(len(shapes))
    )
    blank = tuple(Tensor(f"o{slot}", None, None) for slot in range(outputs))
    return Call(op, "", 1, given, inputs, blank, values)


def shapes_of(
    rule: Callable[[Call], list[OutputType]], *shapes: Dims | None, **attributes: Any
) -> list[Any]:
    return [found.shape for found in rule(made(shapes, attributes))]


def last(shape: Dims) -> Dims:
    """With the channels behind the places."""
    return (shape[0], *shape[2:], shape[1])
