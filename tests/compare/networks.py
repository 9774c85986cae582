"""Small networks with weights of their own, in the variants that people compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Array = NDArray[Any]


@dataclass
class Net:
    """A graph that grows; weights are seeded by the name of their layer."""

    names: str = "{kind}_{number}"
    """How operators are called: ``{layer}`` is a name that stays, ``{number}`` counts."""
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    stored: dict[str, Array] = field(default_factory=dict)

    def add(self, kind: str, layer: str, *inputs: str, **attributes: Any) -> str:
        name = self.names.format(kind=kind, layer=f"{layer}/{kind}", number=len(self.nodes))
        output = f"{name}_out"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name, **attributes))
        return output

    def store(self, name: str, array: Array) -> str:
        self.stored[name] = array
        return name

    def random(self, layer: str, *shape: int) -> Array:
        seed = sum(ord(c) * (i + 1) for i, c in enumerate(layer))
        return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)

    def conv(self, layer: str, x: str, n: int, m: int, side: int = 3, *, bias: bool = False,
             groups: int = 1, stride: int = 1) -> str:  # fmt: skip
        operands = [self.store(f"{layer}.w", self.random(layer, n, m // groups, side, side))]
        if bias:
            operands.append(self.store(f"{layer}.b", self.random(layer + "b", n)))
        pad = side // 2
        return self.add("Conv", layer, x, *operands, group=groups, strides=[stride, stride],
                        pads=[pad] * 4, kernel_shape=[side, side])  # fmt: skip

    def norm(self, layer: str, x: str, n: int, epsilon: float = 1e-5) -> str:
        kinds = ("gamma", "beta", "mean", "var")
        operands = [self.store(f"{layer}.{kind}", np.abs(self.random(layer + kind, n)) + 1)
                    for kind in kinds]  # fmt: skip
        return self.add("BatchNormalization", layer, x, *operands, epsilon=epsilon)

    def dense(self, layer: str, x: str, n: int, m: int) -> str:
        w = self.store(f"{layer}.w", self.random(layer, n, m))
        b = self.store(f"{layer}.b", self.random(layer + "b", n))
        return self.add("Gemm", layer, x, w, b, transB=1)

    def model(self, output: str, opset: int = 17, side: int = 32) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes, "net",
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, side, side])],
            [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)],
            [numpy_helper.from_array(array, name) for name, array in self.stored.items()],
        )  # fmt: skip
        imports = [helper.make_opsetid("", opset)]
        return helper.make_model(graph, opset_imports=imports, ir_version=8)


def resnet(
    blocks: int = 4, *, width: int = 16, classes: int = 10, activation: str = "Relu",
    side: int = 32, opset: int = 17, epsilon: float = 1e-5, names: str = "{layer}",
    skip: int | None = None, norms: bool = True,
) -> onnx.ModelProto:  # fmt: skip
    """A stem, basic residual blocks, pooling, a classifier.

    Parameters
    ----------
    skip : number of the block that is left out; names and weights of the others stay.
    norms : batch normalisations stand for themselves; else they are folded into convolutions.
    """
    net = Net(names)

    def conv(layer: str, x: str, m: int) -> str:
        made = net.conv(f"{layer}/conv", x, width, m, bias=not norms)
        if norms:
            return net.norm(f"{layer}/bn", made, width, epsilon)
        for kind in ("gamma", "beta", "mean", "var"):
            net.store(kind, np.abs(net.random(f"{layer}/bn{kind}", width)) + 1)
        scale = net.stored["gamma"] / np.sqrt(net.stored["var"] + np.float32(epsilon))
        net.stored[f"{layer}/conv.w"] *= scale.reshape(-1, 1, 1, 1)
        net.stored[f"{layer}/conv.b"] = net.stored["beta"] - net.stored["mean"] * scale
        for kind in ("gamma", "beta", "mean", "var"):
            del net.stored[kind]
        return made

    x = net.add(activation, "stem", conv("stem", "x", 3))
    for number in range(blocks):
        if number == skip:
            continue
        layer = f"block{number}"
        y = net.add(activation, f"{layer}/a", conv(f"{layer}/1", x, width))
        y = conv(f"{layer}/2", y, width)
        x = net.add(activation, f"{layer}/b", net.add("Add", layer, y, x))
    x = net.add("Flatten", "flat", net.add("GlobalAveragePool", "pool", x))
    return net.model(net.dense("head", x, classes, width), opset, side)


def half(proto: onnx.ModelProto) -> onnx.ModelProto:
    """The same in float16."""
    result = onnx.ModelProto()
    result.CopyFrom(proto)
    for tensor in result.graph.initializer:
        array = numpy_helper.to_array(tensor).astype(np.float16)
        tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    for value in (*result.graph.input, *result.graph.output):
        value.type.tensor_type.elem_type = TensorProto.FLOAT16
    return result
