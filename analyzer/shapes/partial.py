"""Shapes from partly known shape arithmetic: rank and the known dimensions survive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.graph.call import Unknown
from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.graph.call import Call


def _dims(value: Any) -> list[int | None]:
    return [None if v is None else int(v) for v in value.ravel()]


def _target(call: Call, index: int) -> list[int | None]:
    value = call.values[index] if index < len(call.values) else None
    if value is None:
        raise Unknown(f"contents of input {index} are unknown")
    return _dims(value)


def _dtype(call: Call) -> str | None:
    data = call.input(0)
    return data.dtype if data else None


def _reshape(call: Call) -> Type:
    """ONNX Reshape: 0 copies the input's dimension (unless allowzero), −1 is inferred."""
    data, sizes = call.input(0), _target(call, 1)
    source = data.shape if data else None
    if not call.attr("allowzero", 0):
        sizes = [
            (source[i] if source is not None and i < len(source) else None) if s == 0 else s
            for i, s in enumerate(sizes)
        ]
    return Type(_dtype(call), tuple(None if s is not None and s < 0 else s for s in sizes))


def _expand(call: Call) -> Type:
    """ONNX Expand: numpy broadcasting of the input with the target shape."""
    data, sizes = call.input(0), _target(call, 1)
    if data is None or data.shape is None:
        raise Unknown("rank of the input is unknown")
    rank = max(len(data.shape), len(sizes))
    left = (1,) * (rank - len(data.shape)) + data.shape
    right = [1] * (rank - len(sizes)) + sizes
    result: list[int | None] = []
    for a, b in zip(left, right, strict=True):
        known = [s for s in (a, b) if s is not None and s != 1]
        result.append(known[0] if known else (1 if a == 1 and b == 1 else None))
    return Type(data.dtype, tuple(result))


def _constant_of_shape(call: Call) -> Type:
    fill = call.attr("value")
    dtype = "float32" if fill is None else getattr(fill, "dtype", None)
    return Type(dtype and str(dtype), tuple(_target(call, 0)))


PARTIAL_RULES: Mapping[str, Callable[[Call], Type]] = {
    "Reshape": _reshape,
    "Expand": _expand,
    "ConstantOfShape": _constant_of_shape,
}
"""ai.onnx operators that can use partly known contents of an input."""
