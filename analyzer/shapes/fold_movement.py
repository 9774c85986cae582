"""Movement, selection and construction of small constants; partly known ones keep their gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.graph.tensors import SMALL
from analyzer.model.dtypes import DTYPES
from analyzer.shapes.fold_inputs import Array, Arrays, Fold, NotFoldable, ints, listed, need, whole

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMPY = {
    name: np.dtype(name)
    for name in DTYPES.values()
    if name not in ("string",) and name in np.sctypeDict
} | {"bool": np.dtype(bool)}


def _cast(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value, name = need(inputs, 0), DTYPES.get(int(attributes.get("to", 0)), "")
    if value.dtype == object and name.startswith(("int", "uint")):
        return [value]
    if name not in _NUMPY or value.dtype.kind in "OUS":
        raise NotFoldable
    with np.errstate(invalid="ignore", over="ignore"):
        return [value.astype(_NUMPY[name])]


def _cast_like(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [whole(inputs, 0).astype(whole(inputs, 1).dtype)]


def _gather(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    return [np.asarray(np.take(need(inputs, 0), whole(inputs, 1), axis=attributes.get("axis", 0)))]


def _slice(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data = need(inputs, 0)
    starts, ends = listed(inputs, 1, attributes, "starts"), listed(inputs, 2, attributes, "ends")
    axes = ints(inputs, 3, attributes, "axes") or list(range(len(starts)))
    steps = ints(inputs, 4, attributes, "steps") or [1] * len(starts)
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        size = data.shape[axis]
        if step < 0 and end < -size:
            index[axis] = slice(start, None, step)
        else:
            index[axis] = slice(start, end, step)
    return [data[tuple(index)]]


def _split(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data, axis = need(inputs, 0), int(attributes.get("axis", 0))
    sizes = ints(inputs, 1, attributes, "split")
    if sizes is None:
        count = attributes.get("num_outputs")
        if not count or not 0 < count <= SMALL:
            raise NotFoldable
        step = -(-data.shape[axis] // int(count))
        sizes = [step] * (int(count) - 1)
        sizes.append(data.shape[axis] - sum(sizes))
    return [np.asarray(p) for p in np.split(data, np.cumsum(sizes)[:-1], axis=axis)]


def _concat(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    arrays = [need(inputs, i) for i in range(len(inputs))]
    return [np.concatenate(arrays, axis=attributes.get("axis", 0))]


def _unsqueeze(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    return [np.expand_dims(need(inputs, 0), tuple(listed(inputs, 1, attributes, "axes")))]


def _squeeze(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    axes = ints(inputs, 1, attributes, "axes")
    return [np.squeeze(need(inputs, 0), None if axes is None else tuple(axes))]


def _reshape(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data = need(inputs, 0)
    target = listed(inputs, 1, attributes, "shape")
    if not attributes.get("allowzero"):
        target = [data.shape[i] if d == 0 else d for i, d in enumerate(target)]
    return [data.reshape(target)]


def _transpose(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    return [np.transpose(need(inputs, 0), attributes.get("perm"))]


def _expand(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    data, target = need(inputs, 0), [int(v) for v in whole(inputs, 1)]
    return [np.broadcast_to(data, np.broadcast_shapes(data.shape, tuple(target)))]


def _constant_of_shape(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value = attributes.get("value")
    fill = np.zeros(1, np.float32) if value is None else value
    target = [int(v) for v in whole(inputs, 0)]
    return [np.full(target, fill.ravel()[0], fill.dtype)]


def _range(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    start, limit, delta = (whole(inputs, i).ravel()[0] for i in range(3))
    return [np.arange(start, limit, delta, dtype=np.asarray(start).dtype)]


def _where(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.where(whole(inputs, 0), need(inputs, 1), need(inputs, 2))]


def _tile(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.tile(need(inputs, 0), [int(v) for v in whole(inputs, 1)])]


def _one_hot(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    """Exporters write ``repeat_interleave`` and ``one_hot`` with it."""
    indices, depth = whole(inputs, 0).astype(np.int64), int(whole(inputs, 1).ravel()[0])
    off, on = whole(inputs, 2)
    axis = int(attributes.get("axis", -1))
    axis += indices.ndim + 1 if axis < 0 else 0
    if not 0 <= axis <= indices.ndim:
        raise NotFoldable  # before -axis ones are listed
    places = np.arange(depth).reshape([-1] + [1] * (indices.ndim - axis))
    indices = np.where(indices < 0, indices + depth, indices)  # what is still outside is off
    return [np.where(np.expand_dims(indices, axis) == places, on, off)]


def _nonzero(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [np.array(np.nonzero(whole(inputs, 0)), dtype=np.int64)]


def _flatten(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    data, axis = need(inputs, 0), int(attributes.get("axis", 1))
    axis += data.ndim if axis < 0 else 0
    return [data.reshape(int(np.prod(data.shape[:axis], dtype=np.int64)), -1)]


def _identity(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    return [need(inputs, 0)]


def _scatter_nd(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("reduction", "none") != "none":
        raise NotFoldable
    result = need(inputs, 0).copy()
    indices, updates = whole(inputs, 1), need(inputs, 2)
    for position in np.ndindex(indices.shape[:-1]):
        result[tuple(indices[position])] = updates[position]
    return [result]


def _scatter_elements(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("reduction", "none") != "none":
        raise NotFoldable
    result = need(inputs, 0).copy()
    axis = int(attributes.get("axis", 0))
    indices, updates = whole(inputs, 1), need(inputs, 2)
    for position in np.ndindex(indices.shape):
        place = [*position]
        place[axis] = indices[position]
        result[tuple(place)] = updates[position]
    return [result]


def _constant(attributes: Mapping[str, Any], _: Arrays, __: int) -> list[Array]:
    (name,) = attributes.keys() & _CONSTANTS.keys()
    value = attributes[name]
    if name == "value" and not isinstance(value, np.ndarray):
        raise NotFoldable
    return [np.asarray(value, dtype=_CONSTANTS[name])]


_CONSTANTS = {
    "value": None, "value_int": np.int64, "value_ints": np.int64, "value_float": np.float32,
    "value_floats": np.float32,
}  # fmt: skip
"""Attributes of Constant, and what numbers of theirs are stored as."""


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
    "OneHot": _one_hot,
    "NonZero": _nonzero,
    "ScatterND": _scatter_nd,
    "ScatterElements": _scatter_elements,
}
"""By operator of ai.onnx."""
