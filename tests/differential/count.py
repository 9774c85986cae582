"""Multiply-accumulates from the shapes a runtime saw, written from the definitions.

Independent of ``analyzer.costs``: no formula is shared, and shapes come from execution.

* Conv: every output element sums (channels of its group) × (kernel taps) products.
* ConvTranspose: the adjoint, every input element is spread over the same number of products.
* MatMul, Gemm, Einsum: one product per point of the iteration space of the index expression.
* LSTM, GRU, RNN: per step, direction, batch and unit, gates × (inputs + hidden) products.
* Attention: Q·Kᵀ and P·V per query head.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.differential.runtime import Executed, Shape

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def macs_of(run: Executed, attributes: Mapping[str, Any]) -> int:
    """Multiply-accumulates of one kernel run; 0 for operators without any."""
    ins, outs = run.inputs, run.outputs
    match run.op_type:
        case "Conv" | "ConvInteger":
            return prod(outs[0]) * prod(ins[1][1:])
        case "QLinearConv":
            return prod(outs[0]) * prod(ins[3][1:])
        case "ConvTranspose":
            return prod(ins[0]) * prod(ins[1][1:])
        case "MatMul" | "MatMulInteger" | "QLinearMatMul":
            return prod(outs[0]) * ins[0][-1]
        case "Gemm":
            return prod(outs[0]) * ins[0][0 if attributes.get("transA") else 1]
        case "Einsum":
            return einsum(attributes["equation"].decode(), ins)
        case "LSTM" | "GRU" | "RNN":
            steps, batch, width = ins[0]
            directions, _, hidden = ins[2]
            return steps * batch * directions * GATES[run.op_type] * hidden * (width + hidden)
        case "Attention":
            return attention(ins, outs, attributes)
    return 0


def einsum(equation: str, shapes: tuple[Shape, ...]) -> int:
    """Points of the iteration space: the product of the sizes of all indices.

    An ellipsis stands for as many leading indices as its operand has left, aligned at the
    right and broadcast between operands. One operand alone is only summed.
    """
    left = equation.replace(" ", "").partition("->")[0].split(",")
    if len(left) == 1:
        return 0
    sizes: dict[str, int] = {}
    for term, shape in zip(left, shapes, strict=True):
        hidden = len(shape) - len(term.replace("...", ""))
        dots = [f"…{hidden - i}" for i in range(hidden)]
        before, _, after = term.partition("...")
        labels = [*before, *dots, *after] if "..." in term else list(term)
        for label, size in zip(labels, shape, strict=True):
            sizes[label] = max(sizes.get(label, 1), size)
    return prod(sizes.values())


def attention(
    ins: tuple[Shape, ...], outs: tuple[Shape, ...], attributes: Mapping[str, Any]
) -> int:
    """ai.onnx Attention, rank 3 (batch, length, heads · size) or 4 (batch, heads, length, size)."""
    query, key, value = ins[0], ins[1], ins[2]
    if len(query) == 4:
        batch, heads, rows, size = query
        columns, value_size = key[2], value[3]
    else:
        batch, rows, width = query
        heads, columns = attributes["q_num_heads"], key[1]
        size, value_size = width // heads, value[2] // attributes["kv_num_heads"]
    return batch * heads * rows * columns * (size + value_size)
