"""Evaluation of small constants: the shape arithmetic that exporters leave in graphs.

Every function takes (attributes, inputs, opset version) and returns the output
arrays, following the ONNX operator specification. A *partly known* array has
dtype ``object`` with ``None`` for the elements that are not known; operators
that only move elements keep it, element-wise ones spread the ``None``, all
others refuse it.

Nothing big is ever evaluated: the caller checks declared sizes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analyzer.graph.tensors import DTYPES

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = Sequence["Array | None"]
Fold = Callable[[Mapping[str, Any], Arrays, int], list[Array]]

_NUMPY = {
    name: np.dtype(name)
    for name in DTYPES.values()
    if name not in ("string",) and name in np.sctypeDict
} | {"bool": np.dtype(bool)}


class NotFoldable(Exception):  # noqa: N818 - a signal: evaluate nothing, keep the value unknown
    """The operator or its data cannot be evaluated here."""


def _get(inputs: Arrays, i: int) -> Array | None:
    return inputs[i] if i < len(inputs) else None


def _need(inputs: Arrays, i: int) -> Array:
    value = _get(inputs, i)
    if value is None:
        raise NotFoldable
    return value


def _whole(inputs: Arrays, i: int) -> Array:
    value = _need(inputs, i)
    if value.dtype == object:
        raise NotFoldable
    return value


def _ints(inputs: Arrays, i: int, attributes: Mapping[str, Any], name: str) -> list[int] | None:
    """An integer list given as input ``i`` (newer opsets) or attribute ``name`` (older)."""
    value = _get(inputs, i)
    if value is not None:
        return [int(v) for v in _whole(inputs, i).reshape(-1)]
    given = attributes.get(name)
    return None if given is None else [int(v) for v in given]


def _elementwise(operation: Callable[..., Any]) -> Fold:
    partial = np.frompyfunc(lambda a, b: None if a is None or b is None else operation(a, b), 2, 1)

    def fold(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
        result = _need(inputs, 0)
        for i in range(1, len(inputs)):
            other = _need(inputs, i)
            if result.dtype == object or other.dtype == object:
                result = np.asarray(partial(result, other), dtype=object)
            else:
                result = np.asarray(operation(result, other))
        return [result]

    return fold


def _unary(operation: Callable[[Array], Any]) -> Fold:
    def fold(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
        value = _whole(inputs, 0)
        return [np.asarray(operation(value)).astype(value.dtype)]

    return fold


def _divide(a: Any, b: Any) -> Any:
    """Integer division truncates toward zero (C semantics, as every runtime does)."""
    if np.any(np.equal(b, 0)) and not np.issubdtype(np.asarray(b).dtype, np.floating):
        raise NotFoldable
    if np.issubdtype(np.asarray(a).dtype, np.floating):
        return np.divide(a, b)
    quotient = np.abs(a) // np.abs(b)
    return np.where(np.sign(a) * np.sign(b) < 0, -quotient, quotient).astype(np.asarray(a).dtype)


def _mod(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    a, b = _whole(inputs, 0), _whole(inputs, 1)
    if np.any(b == 0):
        raise NotFoldable
    return [np.asarray(np.fmod(a, b) if attributes.get("fmod") else np.mod(a, b)).astype(a.dtype)]


def _power(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    base, exponent = _whole(inputs, 0), _whole(inputs, 1)
    return [np.power(base.astype(np.float64), exponent.astype(np.float64)).astype(base.dtype)]


def _reduce(operation: Callable[..., Any], axes_input_since: int) -> Fold:
    def fold(attributes: Mapping[str, Any], inputs: Arrays, version: int) -> list[Array]:
        value = _whole(inputs, 0)
        axes = _ints(inputs, 1 if version >= axes_input_since else 99, attributes, "axes")
        if not axes:
            if attributes.get("noop_with_empty_axes"):
                return [value]
            axes = list(range(value.ndim))
        keep = bool(attributes.get("keepdims", 1))
        result = operation(value, axis=tuple(axes), keepdims=keep)
        return [np.asarray(result).astype(value.dtype)]

    return fold


def _argument(operation: Callable[..., Any]) -> Fold:
    def fold(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
        value, axis = _whole(inputs, 0), int(attributes.get("axis", 0))
        if attributes.get("select_last_index"):
            raise NotFoldable
        index = operation(value, axis=axis)
        if attributes.get("keepdims", 1):
            index = np.expand_dims(index, axis)
        return [np.asarray(index, dtype=np.int64)]

    return fold


def _shape_slice(attributes: Mapping[str, Any], shape: Array) -> Array:
    return shape[slice(attributes.get("start", 0), attributes.get("end"))]


def _cast(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value, name = _need(inputs, 0), DTYPES.get(int(attributes.get("to", 0)), "")
    if value.dtype == object:
        if name.startswith(("int", "uint")):
            return [value]
        raise NotFoldable
    if name not in _NUMPY or value.dtype.kind in "OUS":
        raise NotFoldable
    with np.errstate(invalid="ignore", over="ignore"):
        return [value.astype(_NUMPY[name])]


def _cast_like(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [_whole(inputs, 0).astype(_whole(inputs, 1).dtype)]


def _gather(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    return [
        np.asarray(np.take(_need(inputs, 0), _whole(inputs, 1), axis=attributes.get("axis", 0)))
    ]


def _slice(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data = _need(inputs, 0)
    starts, ends = _ints(inputs, 1, attributes, "starts"), _ints(inputs, 2, attributes, "ends")
    if starts is None or ends is None:
        raise NotFoldable
    axes = _ints(inputs, 3, attributes, "axes") or list(range(len(starts)))
    steps = _ints(inputs, 4, attributes, "steps") or [1] * len(starts)
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = data.shape[axis]
        if step < 0 and end < -size:
            index[axis] = slice(start, None, step)
        else:
            index[axis] = slice(start, end, step)
    return [data[tuple(index)]]


def _split(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data, axis = _need(inputs, 0), int(attributes.get("axis", 0))
    sizes = _ints(inputs, 1, attributes, "split")
    if sizes is None:
        count = attributes.get("num_outputs")
        if not count:
            raise NotFoldable
        step = -(-data.shape[axis] // int(count))
        sizes = [step] * (int(count) - 1)
        sizes.append(data.shape[axis] - sum(sizes))
    return [np.asarray(p) for p in np.split(data, np.cumsum(sizes)[:-1], axis=axis)]


def _concat(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    arrays = [_need(inputs, i) for i in range(len(inputs))]
    return [np.concatenate(arrays, axis=attributes.get("axis", 0))]


def _unsqueeze(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    axes = _ints(inputs, 1, attributes, "axes")
    if axes is None:
        raise NotFoldable
    return [np.expand_dims(_need(inputs, 0), tuple(axes))]


def _squeeze(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    axes = _ints(inputs, 1, attributes, "axes")
    return [np.squeeze(_need(inputs, 0), None if axes is None else tuple(axes))]


def _reshape(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data = _need(inputs, 0)
    target = _ints(inputs, 1, attributes, "shape")
    if target is None:
        raise NotFoldable
    if not attributes.get("allowzero"):
        target = [data.shape[i] if d == 0 else d for i, d in enumerate(target)]
    return [data.reshape(target)]


def _transpose(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    return [np.transpose(_need(inputs, 0), attributes.get("perm"))]


def _expand(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    data, target = _need(inputs, 0), [int(v) for v in _whole(inputs, 1)]
    return [np.broadcast_to(data, np.broadcast_shapes(data.shape, tuple(target)))]


def _constant_of_shape(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value = attributes.get("value")
    fill = np.zeros(1, np.float32) if value is None else value
    if not isinstance(fill, np.ndarray):
        raise NotFoldable
    target = [int(v) for v in _whole(inputs, 0)]
    return [np.full(target, fill.reshape(-1)[0], fill.dtype)]


def _range(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    start, limit, delta = (_whole(inputs, i).reshape(-1)[0] for i in range(3))
    if delta == 0:
        raise NotFoldable
    return [np.arange(start, limit, delta, dtype=np.asarray(start).dtype)]


def _where(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.where(_whole(inputs, 0), _need(inputs, 1), _need(inputs, 2))]


def _tile(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.tile(_need(inputs, 0), [int(v) for v in _whole(inputs, 1)])]


def _nonzero(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.array(np.nonzero(_whole(inputs, 0)), dtype=np.int64)]


def _cumsum(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("exclusive") or attributes.get("reverse"):
        raise NotFoldable
    value = _whole(inputs, 0)
    return [np.cumsum(value, axis=int(_whole(inputs, 1).reshape(-1)[0])).astype(value.dtype)]


def _flatten(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data, axis = _need(inputs, 0), int(attributes.get("axis", 1))
    axis += data.ndim if axis < 0 else 0
    return [data.reshape(int(np.prod(data.shape[:axis], dtype=np.int64)), -1)]


def _identity(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [_need(inputs, 0)]


def _scatter_nd(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("reduction", "none") != "none":
        raise NotFoldable
    result = _need(inputs, 0).copy()
    indices, updates = _whole(inputs, 1), _need(inputs, 2)
    for position in np.ndindex(indices.shape[:-1]):
        result[tuple(indices[position])] = updates[position]
    return [result]


def _scatter_elements(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("reduction", "none") != "none":
        raise NotFoldable
    result = _need(inputs, 0).copy()
    axis = int(attributes.get("axis", 0))
    np.put_along_axis(result, _whole(inputs, 1), _need(inputs, 2), axis=axis)
    return [result]


def _clip(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value = _whole(inputs, 0)
    low, high = _get(inputs, 1), _get(inputs, 2)
    low = attributes.get("min", -np.inf) if low is None else low
    high = attributes.get("max", np.inf) if high is None else high
    return [np.minimum(np.maximum(value, low), high).astype(value.dtype)]


def _constant(attributes: Mapping[str, Any], _: Arrays, __: int) -> list[Array]:
    for name, dtype in (
        ("value", None),
        ("value_int", np.int64),
        ("value_ints", np.int64),
        ("value_float", np.float32),
        ("value_floats", np.float32),
    ):
        if name in attributes:
            value = attributes[name]
            if dtype is None and not isinstance(value, np.ndarray):
                raise NotFoldable
            return [np.asarray(value, dtype=dtype)]
    raise NotFoldable


FOLDS: Mapping[str, Fold] = {
    "Constant": _constant,
    "Identity": _identity,
    "Cast": _cast,
    "CastLike": _cast_like,
    "Gather": _gather,
    "Slice": _slice,
    "Split": _split,
    "Concat": _concat,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Expand": _expand,
    "ConstantOfShape": _constant_of_shape,
    "Range": _range,
    "Where": _where,
    "Tile": _tile,
    "NonZero": _nonzero,
    "CumSum": _cumsum,
    "ScatterND": _scatter_nd,
    "ScatterElements": _scatter_elements,
    "Clip": _clip,
    "Add": _elementwise(np.add),
    "Sub": _elementwise(np.subtract),
    "Mul": _elementwise(np.multiply),
    "Div": _elementwise(_divide),
    "Min": _elementwise(np.minimum),
    "Max": _elementwise(np.maximum),
    "Equal": _elementwise(np.equal),
    "Less": _elementwise(np.less),
    "LessOrEqual": _elementwise(np.less_equal),
    "Greater": _elementwise(np.greater),
    "GreaterOrEqual": _elementwise(np.greater_equal),
    "And": _elementwise(np.logical_and),
    "Or": _elementwise(np.logical_or),
    "Xor": _elementwise(np.logical_xor),
    "Mod": _mod,
    "Pow": _power,
    "Relu": _unary(lambda value: np.maximum(value, 0)),
    "Not": _unary(np.logical_not),
    "Neg": _unary(np.negative),
    "Abs": _unary(np.abs),
    "Sign": _unary(np.sign),
    "Floor": _unary(np.floor),
    "Ceil": _unary(np.ceil),
    "Round": _unary(np.round),
    "Sqrt": _unary(np.sqrt),
    "Exp": _unary(np.exp),
    "Log": _unary(np.log),
    "ReduceProd": _reduce(np.prod, 18),
    "ReduceSum": _reduce(np.sum, 13),
    "ReduceMax": _reduce(np.max, 18),
    "ReduceMin": _reduce(np.min, 18),
    "ReduceMean": _reduce(np.mean, 18),
    "ArgMax": _argument(np.argmax),
    "ArgMin": _argument(np.argmin),
}
"""ai.onnx operators that are evaluated when all their inputs are small and known."""

BOUNDED = frozenset({"NonZero"})
"""Operators whose output size depends on data but is bounded by their input's size."""


def fold(
    op_type: str, attributes: Mapping[str, Any], inputs: Arrays, version: int
) -> list[Array] | None:
    """Evaluate ``op_type`` on small known ``inputs``.

    Returns ``None`` when the operator is not foldable or the data does not fit
    it (a broken model: shape inference reports that, not this function).
    """
    function = FOLDS.get(op_type)
    if function is None:
        return None
    try:
        with np.errstate(all="ignore"):
            return function(attributes, inputs, version)
    except (NotFoldable, ValueError, TypeError, IndexError, OverflowError, AttributeError):
        return None


def shape_value(shape: tuple[int | None, ...], attributes: Mapping[str, Any]) -> Array:
    """Result of ``Shape``: int64, or partly known where a dimension is not known."""
    partial = None in shape
    return _shape_slice(attributes, np.array(shape, dtype=object if partial else np.int64))
