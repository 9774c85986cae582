"""Channels without work, against the layer that has them cut out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze_weights
from analyzer.facts import Facts
from analyzer.model import load
from analyzer.smaller.pruned import pruned


def conv(weights: np.ndarray) -> Facts:
    n, m = weights.shape[:2]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, m, 8, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, n, 6, 6])
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    held = [numpy_helper.from_array(weights, "w")]
    graph = helper.make_graph([node], "g", [x], [y], held)
    imports = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=imports, ir_version=8)
    return analyze_weights(load(made.SerializeToString()))


def kernel(n: int, m: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((n, m, 3, 3)).astype(np.float32)


def test_what_goes_is_what_the_smaller_layer_lacks() -> None:
    weights = kernel(16, 12)
    weights[[1, 5, 9]] = 0
    weights[:, [0, 7]] = 0
    found, whole, small = pruned(conv(weights)), conv(weights), conv(kernel(13, 10))
    assert found is not None
    assert (found.layers, found.outputs, found.inputs) == (1, 3, 2)
    assert whole.totals.macs - found.macs == small.totals.macs
    assert whole.parameters.weight_bytes - found.bytes == small.parameters.weight_bytes


def test_a_layer_of_live_channels_keeps_them() -> None:
    assert pruned(conv(kernel(4, 4))) is None


def test_a_placeholder_of_zeros_is_not_pruned_away() -> None:
    assert pruned(conv(np.zeros((4, 4, 3, 3), np.float32))) is None


def test_nothing_is_said_of_weights_that_nobody_read() -> None:
    assert pruned(replace(conv(np.zeros((4, 4, 3, 3), np.float32)), evidence=None)) is None
