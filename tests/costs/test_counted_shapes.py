"""Shapes that are inferred for the counted definitions, beside those of their results."""

from __future__ import annotations

from onnx import numpy_helper

from analyzer.analyze import analyze
from analyzer.model import load
from tests.costs.counted import CASES
from tests.costs.counted.case import REFERENCE, RUNTIME, Case, count, feed, model, outside
from tests.each import each

UNKNOWN = {
    ("com.microsoft", "DynamicTimeWarping"): "the data decide how long the way is",
    ("com.microsoft", "Range"): "ONNX Runtime's older name of Range",
    ("com.microsoft", "BitmaskBiasDropout"): "for training only",
    ("com.ms.internal.nhwc", "Resize"): "made when shapes are known already",
    ("com.microsoft.nchwc", "Upsample"): "made when shapes are known already",
    ("ai.onnx.training", "Adagrad"): "onnx has a schema for its newer domain only",
    ("ai.onnx.training", "Adam"): "onnx has a schema for its newer domain only",
    ("ai.onnx.training", "Momentum"): "onnx has a schema for its newer domain only",
}


@each("case", [case for case in CASES if case.key not in UNKNOWN], ids=str)
def test_shapes_are_those_of_the_results(case: Case) -> None:
    """Small integers and scales are constants, as sizes are; everything else comes at run time."""
    made = model(case)
    for name, array in feed(case).items():
        if array.size <= (4 if array.dtype.kind == "f" else 16) and array.dtype.kind in "iubf":
            made.graph.initializer.append(numpy_helper.from_array(array, name))
    (node,) = analyze(load(made.SerializeToString())).nodes
    theirs = outside(case) if case.beside in (REFERENCE, RUNTIME) else count(case).results
    expected = [result.shape for result in theirs][: case.outputs]
    assert [tensor.shape for tensor in node.outputs][: len(expected)] == expected
