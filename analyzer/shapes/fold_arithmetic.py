"""Arithmetic, comparison and reduction of small constants.

Element-wise operators spread the ``None`` of partly known inputs; the others refuse them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.shapes.fold_inputs import (
    Array,
    Arrays,
    Fold,
    NotFoldable,
    ints,
    need,
    optional,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def _elementwise(operation: Callable[..., Any]) -> Fold:
    partial = np.frompyfunc(lambda a, b: None if a is None or b is None else operation(a, b), 2, 1)

    def fold(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
        result = need(inputs, 0)
        for i in range(1, len(inputs)):
            other = need(inputs, i)
            if result.dtype == object or other.dtype == object:
                result = np.asarray(partial(result, other), dtype=object)
            else:
                result = np.asarray(operation(result, other))
        return [result]

    return fold


def _unary(operation: Callable[[Array], Any]) -> Fold:
    def fold(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
        value = whole(inputs, 0)
        return [np.asarray(operation(value)).astype(value.dtype)]

    return fold


def _divide(a: Any, b: Any) -> Any:
    """Integer division truncates toward zero (C semantics, as every runtime does)."""
    if np.any(np.equal(b, 0)) and not np.issubdtype(np.asarray(b).dtype, np.floating):
        raise NotFoldable
    if np.issubdtype(np.asarray(a).dtype, np.floating):
        return np.divide(a, b)
    quotient = np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))
    return quotient.astype(np.asarray(a).dtype)


def _mod(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    a, b = whole(inputs, 0), whole(inputs, 1)
    if np.any(b == 0):
        raise NotFoldable
    return [np.asarray(np.fmod(a, b) if attributes.get("fmod") else np.mod(a, b)).astype(a.dtype)]


def _power(_: Mapping[str, Any], inputs: Arrays, __: int) -> list[Array]:
    base, exponent = whole(inputs, 0), whole(inputs, 1)
    return [np.power(base.astype(np.float64), exponent.astype(np.float64)).astype(base.dtype)]


def _reduce(operation: Callable[..., Any], axes_input_since: int) -> Fold:
    def fold(attributes: Mapping[str, Any], inputs: Arrays, version: int) -> list[Array]:
        value = whole(inputs, 0)
        axes = ints(inputs, 1 if version >= axes_input_since else 99, attributes, "axes")
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
        value, axis = whole(inputs, 0), int(attributes.get("axis", 0))
        if attributes.get("select_last_index"):
            raise NotFoldable
        index = operation(value, axis=axis)
        if attributes.get("keepdims", 1):
            index = np.expand_dims(index, axis)
        return [np.asarray(index, dtype=np.int64)]

    return fold


def _cumsum(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    if attributes.get("exclusive") or attributes.get("reverse"):
        raise NotFoldable
    value = whole(inputs, 0)
    return [np.cumsum(value, axis=int(whole(inputs, 1).ravel()[0])).astype(value.dtype)]


def _clip(attributes: Mapping[str, Any], inputs: Arrays, _: int) -> list[Array]:
    value = whole(inputs, 0)
    low, high = optional(inputs, 1), optional(inputs, 2)
    low = attributes.get("min", -np.inf) if low is None else low
    high = attributes.get("max", np.inf) if high is None else high
    return [np.minimum(np.maximum(value, low), high).astype(value.dtype)]


FOLDS: Mapping[str, Fold] = {
    "CumSum": _cumsum,
    "Clip": _clip,
    "Add": _elementwise(np.add),
    "Sum": _elementwise(np.add),
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
    "Reciprocal": _unary(np.reciprocal),
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
"""By operator of ai.onnx."""
