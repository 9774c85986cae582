"""Nodes that break their schema in a way runtimes forgive keep their shapes."""

from __future__ import annotations

import pytest

from analyzer.facts import Tensor
from tests.golden.text import facts

FORGIVEN = {
    "booleans before opset 20, axes as an attribute": (
        16,
        "g (bool[2,3,4] x) => (bool y) { y = ReduceMin <axes = [2], keepdims = 0> (x) }",
        Tensor("y", "bool", (2, 3)),
    ),
    "an attribute of an older version": (
        7,
        """g (float[1,3,4,4] x, float[3] s, float[3] b, float[3] m, float[3] v) => (float y)
        { y = BatchNormalization <consumed_inputs = [0,0,0,1,1]> (x, s, b, m, v) }""",
        Tensor("y", "float32", (1, 3, 4, 4)),
    ),
    "an attribute of a newer version": (
        17,
        """g (float[1,1,9,9] x) => (float y)
        { y = AveragePool <kernel_shape = [3,3], dilations = [2,2]> (x) }""",
        Tensor("y", "float32", (1, 1, 5, 5)),
    ),
    "one-element tensors for scalars": (
        17,
        """g (float[4] x) => (int64[N] y) {
            zero = Constant <value = int64 {0}> ()  step = Constant <value = int64 {2}> ()
            size = Shape (x)  y = Range (zero, size, step) }""",
        Tensor("y", "int64", (2,)),
    ),
    "integers where only floats were listed": (
        6,
        "g (int16[2,5] x, int16[5,3] w) => (int16 y) { y = MatMul (x, w) }",
        Tensor("y", "int16", (2, 3)),
    ),
}


@pytest.mark.parametrize("name", FORGIVEN)
def test_shape_and_element_type(name: str) -> None:
    opset, graph, output = FORGIVEN[name]
    found = facts(graph, opset=opset)
    assert found.nodes[-1].outputs == (output,)
    runs = name == "one-element tensors for scalars"  # which ONNX Runtime takes, as well
    assert ("y" in {b.where for b in found.breaches}) != runs


def test_types_that_contradict_each_other_stay_unknown() -> None:
    graph = "g (float[2,5] x, float[7,3] w) => (float[A,B] y) { y = MatMul (x, w) }"
    assert facts(graph, opset=17).nodes[0].outputs[0].shape == (None, None)
