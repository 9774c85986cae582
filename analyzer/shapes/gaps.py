"""Output types of ai.onnx operators whose inference in onnx is missing or partial.

Source of each: the ONNX operator specification. They are asked only for what
onnx's own inference leaves open.
"""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from analyzer.graph.call import Unknown
from analyzer.model.dtypes import DTYPES
from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.graph.call import Call


def _same(call: Call) -> list[Type]:
    x = call.input(0)
    return [Type(x.dtype, x.shape)] if x else []


def _value(call: Call, index: int) -> Any:
    value = call.values[index] if index < len(call.values) else None
    if value is None or value.dtype == object:
        raise Unknown(f"contents of input {index} are unknown")
    return value.ravel()


def _scalar(call: Call, index: int) -> Any:
    value = _value(call, index)
    if value.size != 1:
        raise Unknown(f"input {index} is not a single number")
    return value[0]


def _dtype(call: Call, index: int) -> str | None:
    tensor = call.input(index)
    return tensor.dtype if tensor else None


def _max_unpool(call: Call) -> list[Type]:
    sizes = tuple(int(v) for v in _value(call, 2))
    return [Type(_dtype(call, 0), sizes)]


def _mel_weights(call: Call) -> list[Type]:
    """(floor(dft_length / 2) + 1, num_mel_bins)."""
    dtype = DTYPES.get(int(call.attr("output_datatype", 1)))
    return [Type(dtype, (int(_scalar(call, 1)) // 2 + 1, int(_scalar(call, 0))))]


def _one_hot(call: Call) -> list[Type]:
    """The depth, which may be any number type, inserted at ``axis``."""
    indices = call.input(0)
    if indices is None or indices.shape is None:
        raise Unknown("rank of the indices is unknown")
    axis = int(call.attr("axis", -1))
    shape = list(indices.shape)
    shape.insert(axis if axis >= 0 else axis + len(shape) + 1, int(_scalar(call, 1)))
    return [Type(_dtype(call, 2), tuple(shape))]


def _range(call: Call) -> list[Type]:
    """max(ceil((limit − start) / delta), 0) elements."""
    start, limit, delta = (_scalar(call, i) for i in range(3))
    if delta == 0:
        raise Unknown("delta is 0")
    return [Type(_dtype(call, 0), (max(ceil((limit - start) / delta), 0),))]


def _flex_attention(call: Call) -> list[Type]:
    """Q (B, N, S, D) and V (B, G, L, E) give (B, N, S, E)."""
    query, value = call.input(0), call.input(2)
    if query is None or value is None or query.shape is None or value.shape is None:
        raise Unknown("rank of an input is unknown")
    return [Type(query.dtype, (*query.shape[:-1], value.shape[-1]))]


def _dropout(call: Call) -> list[Type]:
    """The mask is as large as the data (float up to opset 9, then bool)."""
    x = call.input(0)
    if x is None:
        return []
    mask = "bool" if call.version >= 10 else x.dtype
    return [Type(x.dtype, x.shape), Type(mask, x.shape)]


def _upsample(call: Call) -> list[Type]:
    """Upsample-1: floor of height and width times ``height_scale`` and ``width_scale``."""
    x = call.input(0)
    factors = (call.attr("height_scale"), call.attr("width_scale"))
    if x is None or x.shape is None or len(x.shape) != 4 or None in factors:
        raise Unknown("rank of the input or a scale is unknown")
    sides = zip(x.shape[2:], factors, strict=True)
    scaled = (None if side is None else floor(side * factor) for side, factor in sides)
    return [Type(x.dtype, (*x.shape[:2], *scaled))]


GAP_RULES: Mapping[str, Callable[[Call], list[Type]]] = {
    "Dropout": _dropout,
    "FlexAttention": _flex_attention,
    "GroupNormalization": _same,
    "MaxUnpool": _max_unpool,
    "MeanVarianceNormalization": _same,
    "MelWeightMatrix": _mel_weights,
    "OneHot": _one_hot,
    "Range": _range,
    "Upsample": _upsample,
}
"""Rule by operator of ai.onnx."""
