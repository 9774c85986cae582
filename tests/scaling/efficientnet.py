"""EfficientNet-B0 as an ONNX model, from table 1 of Tan & Le 2019 (arXiv 1905.11946)."""

from __future__ import annotations

from typing import Any

import onnx
from onnx import TensorProto, helper

STAGES = (
    (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
)  # fmt: skip
"""Expansion, kernel, first stride, output channels, blocks of every MBConv stage."""


class Writer:
    """Collects nodes; weights are graph inputs' defaults of the right shape, all zero."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, tuple[int, ...]] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def weight(self, *shape: int) -> str:
        name = f"w_{len(self.weights)}"
        self.weights[name] = shape
        return name

    def conv(self, x: str, m: int, n: int, k: int, stride: int = 1, groups: int = 1,
             act: bool = True) -> str:  # fmt: skip
        y = self.op(
            "Conv", x, self.weight(n, m // groups, k, k), strides=[stride] * 2,
            pads=[(k - 1) // 2] * 4, group=groups,
        )  # fmt: skip
        y = self.op("BatchNormalization", y, *(self.weight(n) for _ in range(4)))
        return self.op("Mul", y, self.op("Sigmoid", y)) if act else y

    def excite(self, x: str, channels: int, squeezed: int) -> str:
        y = self.op("GlobalAveragePool", x)
        y = self.op("Conv", y, self.weight(squeezed, channels, 1, 1), self.weight(squeezed))
        y = self.op("Mul", y, self.op("Sigmoid", y))
        y = self.op("Conv", y, self.weight(channels, squeezed, 1, 1), self.weight(channels))
        return self.op("Mul", x, self.op("Sigmoid", y))

    def mbconv(self, x: str, m: int, n: int, t: int, k: int, stride: int) -> str:
        y = self.conv(x, m, m * t, 1) if t > 1 else x
        y = self.conv(y, m * t, m * t, k, stride, groups=m * t)
        y = self.excite(y, m * t, max(1, m // 4))
        y = self.conv(y, m * t, n, 1, act=False)
        return self.op("Add", x, y) if stride == 1 and m == n else y


def efficientnet_b0(side: int = 224) -> onnx.ModelProto:
    """Inference graph at batch 1; 5,288,548 parameters."""
    net = Writer()
    y, channels = net.conv("x", 3, 32, 3, 2), 32
    for t, k, stride, n, blocks in STAGES:
        for index in range(blocks):
            y = net.mbconv(y, channels, n, t, k, stride if index == 0 else 1)
            channels = n
    y = net.op("Flatten", net.op("GlobalAveragePool", net.conv(y, 320, 1280, 1)))
    y = net.op("Gemm", y, net.weight(1000, 1280), net.weight(1000), transB=1)
    graph = helper.make_graph(
        net.nodes, "efficientnet_b0",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info(y, TensorProto.FLOAT, [1, 1000])],
        [_zeros(name, shape) for name, shape in net.weights.items()],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _zeros(name: str, shape: tuple[int, ...]) -> onnx.TensorProto:
    size = 4
    for side in shape:
        size *= side
    return onnx.TensorProto(
        name=name, data_type=TensorProto.FLOAT, dims=shape, raw_data=bytes(size)
    )
