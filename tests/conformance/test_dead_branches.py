"""A branch that is never taken is inferred all the same when a runtime loads the model."""

from __future__ import annotations

import onnxruntime as ort
import pytest

from analyzer.shapes.stated import Bindings
from tests.golden.text import facts_of, parse

SQUEEZED = (
    "g (float[{size},6] x) => (float[] y) <int64 zero = {{0}}, int64 one = {{1}}, "
    "int64[1] first = {{0}}> {{ s = Shape (x)  d = Gather (s, zero)  c = Equal (d, one)  "
    "y = If (c) <then_branch = t () => (float[6] a) {{ a = Squeeze (x, first) }}, "
    "else_branch = e () => (float[n,6] b) {{ b = Identity (x) }}> }}"
)


def test_a_squeeze_that_the_stated_shape_forbids_is_refused_though_never_taken() -> None:
    model = parse(SQUEEZED.format(size=10))
    with pytest.raises(Exception, match="Dimension of input 0 must be 1 instead of 10"):
        ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (breach,) = facts_of(model).breaches
    assert (breach.code, breach.where, breach.grave) == ("dead-branch", "y.then_branch/a", True)
    assert breach.message == (
        "Squeeze: [ShapeInferenceError] Dimension of input 0 must be 1 instead of 10 "
        "(in a branch that is never taken)"
    )


@pytest.mark.parametrize("size", ["1", "n"])
def test_a_branch_that_fits_or_whose_size_is_open_is_no_breach(size: str) -> None:
    model = parse(SQUEEZED.format(size=size))
    ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    assert not facts_of(model, Bindings(dims={"n": 10})).breaches
