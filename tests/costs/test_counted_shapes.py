"""Shapes that are inferred for the counted definitions, beside those of their results."""

from __future__ import annotations

import pytest
from onnx import numpy_helper

from analyzer.analyze import analyze
from analyzer.model import load_bytes
from tests.costs.counted import CASES
from tests.costs.counted.case import Case, count, feed, model


@pytest.mark.parametrize("case", CASES, ids=str)
def test_shapes_are_those_of_the_results(case: Case) -> None:
    """Small integers are constants, as sizes and axes are; everything else comes at run time."""
    made = model(case)
    for name, array in feed(case).items():
        if array.size <= 16 and array.dtype.kind in "iub":
            made.graph.initializer.append(numpy_helper.from_array(array, name))
    (node,) = analyze(load_bytes(made.SerializeToString())).nodes
    expected = [result.shape for result in count(case).results]
    assert [tensor.shape for tensor in node.outputs][: len(expected)] == expected[: case.outputs]
