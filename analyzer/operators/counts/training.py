"""Optimiser steps of ai.onnx.preview.training: FLOPs per optimised element, no MACs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Formula, Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call


def step(flops: int, states: int, equation: str) -> Formula:
    """``flops`` per element of X; the outputs are X and ``states`` tensors of its size each."""

    def count(call: Call) -> Work:
        each = flops
        if call.op_type == "Momentum" and call.attr("mode") == "nesterov":
            each += 2
        size = sum(call.out_size(i) for i in range(len(call.outputs))) // (states + 1)
        return Work(0, each * size, f"{each} · {size}")

    return Formula(count, flops=f"{flops}·|X|   [{equation}]")
