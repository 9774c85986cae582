"""Inputs of a fold: what must be there, what must be known entirely, integer lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from analyzer.arrays import Elements

Array = np.ndarray[Any, np.dtype[Any]]
Arrays = Sequence[Elements | None]
Fold = Callable[[Mapping[str, Any], Arrays, int], list[Array]]
"""(attributes, inputs, opset version) → outputs."""


class NotFoldable(Exception):  # noqa: N818 - a signal: evaluate nothing, keep the value unknown
    """The operator or its data cannot be evaluated here."""


def optional(inputs: Arrays, i: int) -> Elements | None:
    return inputs[i] if i < len(inputs) else None


def need(inputs: Arrays, i: int) -> Array:
    value = optional(inputs, i)
    if value is None:
        raise NotFoldable
    return np.asarray(value)


def whole(inputs: Arrays, i: int) -> Array:
    value = need(inputs, i)
    if value.dtype == object:
        raise NotFoldable
    return value


def ints(inputs: Arrays, i: int, attributes: Mapping[str, Any], name: str) -> list[int] | None:
    """An integer list given as input ``i`` (newer opsets) or attribute ``name`` (older)."""
    value = optional(inputs, i)
    if value is not None:
        return [int(v) for v in whole(inputs, i).ravel()]
    given = attributes.get(name)
    return None if given is None else [int(v) for v in given]


def listed(inputs: Arrays, i: int, attributes: Mapping[str, Any], name: str) -> list[int]:
    """As ``ints``, where the operator cannot do without."""
    found = ints(inputs, i, attributes, name)
    if found is None:
        raise NotFoldable
    return found
