"""FLOPs per element against the function bodies in ONNX's own schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import pytest

from analyzer.costs.registry import cost
from tests.costs.calls import call
from tests.each import each

if TYPE_CHECKING:
    from analyzer.graph.call import Call

PRIMITIVE = {
    "Add", "Sub", "Mul", "Div", "Pow", "Neg", "Abs", "Exp", "Log", "Sqrt", "Tanh", "Less", "Max",
    "Min", "ReduceSum",
}  # fmt: skip
MOVES = {"Constant", "Cast", "CastLike", "Where", "Identity"}


def body_operations(op: str) -> int:
    """Operations per element in the schema's function body, nested bodies expanded."""
    if op == "Sigmoid":
        return 4  # the specification's 1 / (1 + exp(-x)), which has no body
    if op in PRIMITIVE:
        return 1
    nodes = onnx.defs.get_schema(op).function_body.node
    return sum(body_operations(node.op_type) for node in nodes if node.op_type not in MOVES)


@each(
    "op",
    [
        "Elu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu", "Softplus",
        "Softsign", "Swish", "SwiGLU", "ThresholdedRelu",
    ],
)  # fmt: skip
def test_activation_counts_what_its_onnx_body_computes(op: str) -> None:
    shape = (2, 3, 4)
    node = call(op, [shape, shape], shape, alpha=0.5)
    assert cost(node).flops == body_operations(op) * 24
    assert cost(node).macs == 0


@pytest.mark.parametrize(
    ("op", "per_output"), [("ReduceL1", 0), ("ReduceSumSquare", 0), ("ReduceL2", 1)]
)
def test_reduction_counts_what_its_onnx_body_computes(op: str, per_output: int) -> None:
    node = call(op, [(6, 5)], (6,))
    assert cost(node).flops == (body_operations(op) - per_output) * 30 + per_output * 6


@each(
    ("node", "flops"),
    [
        (call("Add", [(2, 3), (3,)], (2, 3)), 6),
        (call("Sum", [(4,), (4,), (4,)], (4,)), 8),
        (call("Mean", [(4,), (4,), (4,)], (4,)), 12),
        (call("Max", [(4,)], (4,)), 0),
        (call("Clip", [(4,), (), ()], (4,)), 8),
        (call("Clip", [(4,), None, ()], (4,)), 4),
        (call("Clip", [(4,)], (4,), version=6, min=0.0), 8),
        (call("Gelu", [(4,)], (4,)), 20),
        (call("Gelu", [(4,)], (4,), approximate="tanh"), 32),
        (call("Softmax", [(2, 5)], (2, 5)), 50),
        (call("BatchNormalization", [(1, 4, 2, 2)], (1, 4, 2, 2)), 32),
        (call("BatchNormalization", [(1, 4)], (1, 4), training_mode=1), 28),
        (call("LayerNormalization", [(2, 8), (8,), (8,)], (2, 8)), 7 * 16),
        (call("LayerNormalization", [(2, 8), (8,)], (2, 8)), 6 * 16),
        (call("RMSNormalization", [(2, 8), (8,)], (2, 8)), 64),
        (call("LRN", [(1, 4, 2, 2)], (1, 4, 2, 2), size=5), 160),
        (call("MaxPool", [(1, 1, 4, 4)], (1, 1, 2, 2), kernel_shape=(2, 2)), 16),
        (call("AveragePool", [(1, 1, 4, 4)], (1, 1, 2, 2), kernel_shape=(2, 2)), 20),
        (call("GlobalAveragePool", [(1, 1024, 7, 7)], (1, 1024, 1, 1)), 51_200),
        (call("QuantizeLinear", [(4,), (), ()], (4,)), 20),
        (call("DequantizeLinear", [(4,), ()], (4,)), 4),
        (call("ScatterND", [(4,), (2, 1), (2,)], (4,)), 0),
        (call("ScatterND", [(4,), (2, 1), (2,)], (4,), reduction="add"), 2),
        (call("Resize", [(1, 1, 2, 2)], (1, 1, 4, 4)), 0),
        (call("Resize", [(1, 1, 2, 2)], (1, 1, 4, 4), mode="cubic"), 2 * 16 * 16),
        (call("Resize", [(1, 1, 8)], (1, 1, 4), mode="linear", antialias=1), 2 * 4 * 4),
        (call("RoiAlign", [(1, 1, 8, 8)], (3, 1, 2, 2), sampling_ratio=2), 12 * 37),
        (call("Det", [(2, 6, 6)], (2,)), 2 * 144),
        (call("Transpose", [(2, 3)], (3, 2)), 0),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else str(value),
)
def test_flops(node: Call, flops: int) -> None:
    assert (cost(node).macs, cost(node).flops) == (0, flops)


@pytest.mark.parametrize("op", ["NonMaxSuppression", "MaxRoiPool"])
def test_data_dependent_work_has_no_macs_and_no_flops(op: str) -> None:
    result = cost(call(op, [(1, 8, 4)], (3, 3)))
    assert (result.macs, result.flops) == (0, None)
    assert "decide" in result.reason
