"""Results that no input changes: what is claimed is also what onnx's reference computes."""

from __future__ import annotations

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

from tests.golden.text import parse
from tests.redundancy.looks import kinds

GRAPH = "g (float[{shape}] x) => (float[] y) {held} {{ a = Neg (x)  b = {operator}  y = Neg (b) }}"
GAIN = "<float[1] s = {2}, float[1] t = {3}>"
GAINS = "<float[3] s = {2, 3, 4}, float[3] t = {5, 6, 7}>"

DECIDED = [
    ("Softmax (a)", "", 17, "2,1", True),
    ("Softmax (a)", "", 17, "1,2", False),
    ("Softmax <axis = 1> (a)", "", 17, "2,1,3", True),
    ("Softmax <axis = -3> (a)", "", 17, "1,2,3", True),
    ("Softmax (a)", "", 17, "2,1,3", False),
    ("Softmax (a)", "", 12, "2,1,1", True),
    ("Softmax (a)", "", 12, "2,3,2", False),
    ("Softmax <axis = 2> (a)", "", 12, "2,3,1", True),
    ("LogSoftmax (a)", "", 17, "2,1", True),
    ("LogSoftmax (a)", "", 17, "1,2", False),
    ("LayerNormalization (a, s, t)", GAIN, 17, "2,4,1", True),
    ("LayerNormalization <axis = 1> (a, s, t)", GAIN, 17, "2,1,1", True),
    ("LayerNormalization <axis = 1> (a, s, t)", GAIN, 17, "2,4,1", False),
    ("LayerNormalization (a, s, t)", GAINS, 17, "2,1,3", False),
    ("InstanceNormalization (a, s, t)", GAINS, 17, "2,3,1,1", True),
    ("InstanceNormalization (a, s, t)", GAINS, 17, "2,3,1,2", False),
    ("Mul (a, s)", "<float s = {0}>", 17, "2,3", True),
    ("Mul (s, a)", "<float[1] s = {0}>", 17, "2,3", True),
    ("Mul (a, s)", "<float s = {2}>", 17, "2,3", False),
]


@pytest.mark.parametrize(("operator", "held", "opset", "shape", "decided"), DECIDED)
def test_a_result_said_to_be_constant_is_the_same_for_all_inputs(
    operator: str, held: str, opset: int, shape: str, decided: bool
) -> None:
    graph = GRAPH.format(shape=shape, held=held, operator=operator)
    told = "x" if "Mul" in operator else "b"  # a product with 0 is told of the input it leaves
    assert (kinds(graph, opset).get(told) in ("constant-result", "idle-input")) == decided
    sizes, model = [*map(int, shape.split(","))], ReferenceEvaluator(parse(graph, opset))
    results = []
    for seed in (0, 1):
        x = np.random.default_rng(seed).normal(size=sizes).astype(np.float32)
        (y,) = model.run(None, {"x": x})
        results.append(np.asarray(y))
    assert np.array_equal(results[0], results[1]) == decided


@pytest.mark.parametrize("operator", ["ArgMax", "ArgMin"])
@pytest.mark.parametrize(
    ("axis", "shape", "decided"),
    [("", "1,3", True), ("<axis = -1>", "3,1", True), ("", "3,1", False)],
)
def test_the_place_of_the_only_element_is_the_first(
    operator: str, axis: str, shape: str, decided: bool
) -> None:
    graph = (
        f"g (float[{shape}] x) => (int64[] y) {{ a = Neg (x)  b = {operator} {axis} (a)  "
        "y = Identity (b) }"
    )
    assert (kinds(graph).get("b") == "constant-result") == decided
