"""Evaluation of small constants: the shape arithmetic that exporters leave in graphs.

Every function takes (attributes, inputs, opset version) and returns the output
arrays, following the ONNX operator specification. A *partly known* array has
dtype ``object`` with ``None`` for the elements that are not known; operators
that only move elements keep it, element-wise ones spread the ``None``, all
others refuse it.

Nothing big is ever evaluated: the caller checks declared sizes first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analyzer.shapes import fold_arithmetic, fold_movement
from analyzer.shapes.fold_inputs import Array, Arrays, Fold, NotFoldable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BOUNDED", "FOLDS", "Array", "fold", "shape_value"]

FOLDS: Mapping[str, Fold] = {**fold_movement.FOLDS, **fold_arithmetic.FOLDS}
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
    return np.array(shape, dtype=object if partial else np.int64)[
        slice(attributes.get("start", 0), attributes.get("end"))
    ]
