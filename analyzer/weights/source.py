"""Find the weight tensor of a node in the file, and read it only when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from analyzer.facts import Facts
    from analyzer.graph.call import Call
    from analyzer.model import Model

    Array = NDArray[np.generic]

WEIGHT_SLOT = 1
"""Input that holds the weights of Conv, ConvTranspose, Gemm and MatMul."""
HOPS = 8
"""Identity operators in a row that are followed."""


def weight_source(model: Model, facts: Facts) -> Callable[[str], Array | None]:
    """Function from a node id of the main graph to its stored weights, or ``None``.

    Sees initializers and Constant nodes, also through Identity and through DequantizeLinear
    (then a float32 copy of that one tensor). What is mapped is not copied.
    """
    stored = {tensor.name: tensor for tensor in model.proto.graph.initializer}
    graph = facts.graph

    def read(value: object) -> Array | None:
        if isinstance(value, TensorProto):
            return model.payloads.array(value)
        return value if isinstance(value, np.ndarray) else None

    def operand(node: str, slot: int, hops: int = HOPS) -> Array | None:
        call: Call = graph.nodes[node]["call"]
        tensor = call.input(slot)
        if tensor is None or graph.nodes[node]["scope"] != "" or not hops:
            return None
        producers = [u for u, _, d in graph.in_edges(node, data=True) if d["dst_slot"] == slot]
        if not producers:
            return read(stored.get(tensor.name))
        maker: Call = graph.nodes[producers[0]]["call"]
        if maker.op_type == "Constant":
            return read(maker.attr("value"))
        if maker.op_type == "Identity":
            return operand(producers[0], 0, hops - 1)
        if maker.op_type == "DequantizeLinear":
            parts = [operand(producers[0], s, hops - 1) for s in range(3)]
            return dequantize(parts[0], parts[1], parts[2], maker.attr("axis", 1))
        return None

    def weights(node: str) -> Array | None:
        known = node in graph and graph.nodes[node]["call"].op_type in PLAIN
        return operand(node, WEIGHT_SLOT) if known else None

    return weights


PLAIN = frozenset({"Conv", "ConvTranspose", "FusedConv", "FusedGemm", "Gemm", "MatMul"})
"""Operators whose weights are real numbers as stored."""


def dequantize(
    stored: Array | None, scale: Array | None, zero: Array | None, axis: int
) -> NDArray[np.float32] | None:
    """``(stored − zero) · scale`` with scales per tensor or along ``axis``; else ``None``."""
    if stored is None or scale is None or stored.ndim == 0:
        return None
    along = [1] * stored.ndim
    if scale.size != 1:
        if scale.ndim != 1 or scale.size != stored.shape[axis]:
            return None  # blocked quantisation
        along[axis] = scale.size
    real = np.asarray(stored, dtype=np.float32)
    if zero is not None:
        real = real - np.asarray(zero, dtype=np.float32).reshape(along)
    return real * np.asarray(scale, dtype=np.float32).reshape(along)
