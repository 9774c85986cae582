"""Files with one layer of given weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray[Any, Any]


def conv_model(weights: Array, *, size: int, **attributes: Any) -> bytes:
    """A convolution on a square input of two spatial axes."""
    channels = weights.shape[1] * attributes.get("group", 1)
    node = helper.make_node("Conv", ["x", "w"], ["y"], **attributes)
    return _model(node, [1, channels, size, size], {"w": weights})


def matmul_model(weights: Array, *, batch: int) -> bytes:
    """``batch`` rows by ``weights``."""
    node = helper.make_node("MatMul", ["x", "w"], ["y"])
    return _model(node, [batch, weights.shape[0]], {"w": weights})


def quantized_model(
    weights: Array, *, scale: Array, zero: Array | None = None, axis: int = 1
) -> bytes:
    """A product with dequantised ``weights``."""
    given = {"w": weights, "s": scale, **({} if zero is None else {"z": zero})}
    nodes = [
        helper.make_node("DequantizeLinear", list(given), ["d"], axis=axis),
        helper.make_node("MatMul", ["x", "d"], ["y"]),
    ]
    return _model(nodes, [1, weights.shape[0]], given)


def _model(nodes: Any, shape: list[int], tensors: dict[str, Array]) -> bytes:
    graph = helper.make_graph(
        nodes if isinstance(nodes, list) else [nodes],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array, name) for name, array in tensors.items()],
    )
    opsets = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    return bytes(model.SerializeToString())
