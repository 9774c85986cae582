"""Channels without work, against the layer that has them cut out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze_weights
from analyzer.facts import Facts
from analyzer.model import load
from analyzer.smaller.pruned import pruned


def conv(weights: np.ndarray, *, before: bool = True, after: bool = True) -> Facts:
    """The layer ``m`` between a pointwise one before it and one after it."""
    n, m = weights.shape[:2]
    kernels = {"v": kernel(m, 3, 1), "w": weights, "u": kernel(5, n, 1)}
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3 if before else m, 8, 8])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 5 if after else n, 6, 6])
    nodes = [
        helper.make_node("Conv", ["x", "v"], ["a"]) if before
        else helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Conv", ["a", "w"], ["m"]),
        helper.make_node("Conv", ["m", "u"], ["y"]) if after
        else helper.make_node("Relu", ["m"], ["y"]),
    ]  # fmt: skip
    read = {name for node in nodes for name in node.input}
    held = [numpy_helper.from_array(a, name) for name, a in kernels.items() if name in read]
    graph = helper.make_graph(nodes, "g", [x], [y], held)
    imports = [helper.make_opsetid("", 17)]
    made = helper.make_model(graph, opset_imports=imports, ir_version=8)
    return analyze_weights(load(made.SerializeToString()))


def kernel(n: int, m: int, side: int = 3) -> np.ndarray:
    return np.random.default_rng(0).standard_normal((n, m, side, side)).astype(np.float32)


def test_what_goes_is_what_the_smaller_layer_lacks() -> None:
    weights = kernel(16, 12)
    weights[[1, 5, 9]] = 0
    weights[:, [0, 7]] = 0
    found, whole, small = pruned(conv(weights)), conv(weights), conv(kernel(13, 10))
    assert found is not None
    assert (found.layers, found.outputs, found.inputs) == (1, 3, 2)
    assert found.macs == (whole["m"].macs or 0) - (small["m"].macs or 0)
    assert found.bytes == 4 * (whole["m"].params - small["m"].params)


def test_channels_that_callers_give_or_take_stay() -> None:
    weights = kernel(16, 12)
    weights[[1, 5, 9]] = 0
    weights[:, [0, 7]] = 0
    given, taken = pruned(conv(weights, before=False)), pruned(conv(weights, after=False))
    assert given is not None
    assert taken is not None
    assert (given.outputs, given.inputs) == (3, 0)
    assert (taken.outputs, taken.inputs) == (0, 2)
    assert pruned(conv(weights, before=False, after=False)) is None


def test_a_layer_of_live_channels_keeps_them() -> None:
    assert pruned(conv(kernel(4, 4))) is None


def test_a_placeholder_of_zeros_is_not_pruned_away() -> None:
    assert pruned(conv(np.zeros((4, 4, 3, 3), np.float32))) is None


def test_nothing_is_said_of_weights_that_nobody_read() -> None:
    assert pruned(replace(conv(np.zeros((4, 4, 3, 3), np.float32)), evidence=None)) is None
