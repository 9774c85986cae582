"""Output types of ai.onnx.ml operators whose schema has no inference (ONNX-ML specification)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import OutputType
from analyzer.operators.results.common import type_of

if TYPE_CHECKING:
    from analyzer.graph.call import Call


def _rows(call: Call) -> int | None:
    shape = call.dims(0)
    return 1 if len(shape) < 2 else shape[0]


def _count(call: Call, *names: str) -> int | None:
    """Number of classes, from the first attribute of ``names`` that lists some."""
    lists = (call.attr(name) for name in names)
    return next((len(each) for each in lists if isinstance(each, tuple) and each), None)


def classifier(call: Call) -> list[OutputType]:
    """Label per row and score per row and class."""
    text = bool(call.attr("classlabels_strings"))
    classes = _count(
        call, "classlabels_strings", "classlabels_ints", "classlabels_int64s", "classlabels"
    )
    rows = _rows(call)
    label = OutputType("string" if text else "int64", (rows,))
    return [label, OutputType("float32", (rows, classes))]


def regressor(call: Call) -> list[OutputType]:
    targets = call.attr("n_targets", None) or call.attr("targets", None) or 1
    return [OutputType("float32", (_rows(call), int(targets)))]


def float_same(call: Call) -> list[OutputType]:
    return [OutputType("float32", type_of(call, 0).shape)]


def feature_extractor(call: Call) -> list[OutputType]:
    """Columns Y of X: the last axis becomes |Y|; a vector becomes one row."""
    x, y = type_of(call, 0), type_of(call, 1)
    if x.shape is None or y.shape is None:
        raise Unknown("rank of an input is unknown")
    picked = y.shape[-1] if y.shape else 1
    return [OutputType(x.dtype, (1, picked) if len(x.shape) <= 1 else (*x.shape[:-1], picked))]


def one_hot_encoder(call: Call) -> list[OutputType]:
    categories = _count(call, "cats_int64s", "cats_strings")
    return [OutputType("float32", (*call.dims(0), categories))]


def feature_vectorizer(call: Call) -> list[OutputType]:
    sizes = call.attr("inputdimensions")
    return [OutputType("float32", (_rows(call), sum(sizes) if sizes else None))]
