"""One network as two exporters write it: names, opset, folding and forms differ, the layers do not.

``Script`` writes as TorchScript does, with names of its modules, an old opset, batch
normalisations, decomposed activations and Identities in front of shared constants; ``Dynamo`` as
its successor does, with numbered names, a new opset, everything folded and newer operators.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze
from analyzer.model import load

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Facts


@dataclass
class Exporter:
    """A graph under construction; every method returns the name of a tensor."""

    opset: int
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    stored: list[onnx.TensorProto] = field(default_factory=list)
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(7))

    def name(self, what: str) -> str:
        """A fresh name."""
        raise NotImplementedError

    def op(self, op_type: str, *inputs: str, **attributes: Any) -> str:
        name = self.name(op_type)
        self.nodes.append(
            helper.make_node(op_type, list(inputs), [name], f"node_{name}", **attributes)
        )
        return name

    def store(self, what: str, *shape: int) -> str:
        return self.store_array(what, self._random.standard_normal(shape).astype(np.float32))

    def store_array(self, what: str, array: np.ndarray[Any, Any]) -> str:
        name = self.name(what)
        self.stored.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def number(self, value: float) -> str:
        return self.store_array("number", np.array(value, np.float32))

    def model(self, y: str, shape: tuple[int, ...], out: tuple[int | None, ...]) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            self.name("graph"),
            [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(y, TensorProto.FLOAT, out)],
            self.stored,
        )
        imports = [helper.make_opsetid("", self.opset)]
        return helper.make_model(graph, opset_imports=imports, ir_version=8)

    # What exporters write differently:

    def conv(self, x: str, m: int, n: int, k: int, stride: int = 1, groups: int = 1) -> str:
        """A convolution with its batch normalisation."""
        raise NotImplementedError

    def linear(self, x: str, m: int, n: int) -> str:
        raise NotImplementedError

    def relu6(self, x: str) -> str:
        raise NotImplementedError

    def hard_swish(self, x: str) -> str:
        raise NotImplementedError

    def gelu(self, x: str) -> str:
        raise NotImplementedError

    def layer_norm(self, x: str, m: int) -> str:
        raise NotImplementedError

    def pool(self, x: str, m: int) -> str:
        """The mean over the map, and the map gone."""
        raise NotImplementedError


@dataclass
class Script(Exporter):
    opset: int = 9
    count: int = 0

    def name(self, what: str) -> str:
        self.count += 1
        return f"/net/block.{self.count}/{what}_output_0"

    def conv(self, x: str, m: int, n: int, k: int, stride: int = 1, groups: int = 1) -> str:
        w = self.store("weight", n, m // groups, k, k)
        y = self.op("Conv", x, w, pads=[k // 2] * 4, strides=[stride] * 2, group=groups)
        vectors = [self.store(what, n) for what in ("gamma", "beta", "mean")]
        variance = self.store_array("variance", np.ones(n, np.float32))
        shared = self.op("Identity", vectors[1])
        return self.op("BatchNormalization", y, vectors[0], shared, vectors[2], variance)

    def linear(self, x: str, m: int, n: int) -> str:
        return self.op("Gemm", x, self.store("weight", n, m), self.store("bias", n), transB=1)

    def relu6(self, x: str) -> str:
        return self.op("Clip", x, min=0.0, max=6.0)

    def hard_swish(self, x: str) -> str:
        moved = self.op("Clip", self.op("Add", x, self.number(3)), min=0.0, max=6.0)
        return self.op("Div", self.op("Mul", x, moved), self.number(6))

    def gelu(self, x: str) -> str:
        error = self.op("Erf", self.op("Div", x, self.number(2**0.5)))
        return self.op(
            "Mul", self.op("Mul", x, self.op("Add", error, self.number(1))), self.number(0.5)
        )

    def layer_norm(self, x: str, m: int) -> str:
        centred = self.op("Sub", x, self.op("ReduceMean", x, axes=[-1]))
        squares = self.op("ReduceMean", self.op("Pow", centred, self.number(2)), axes=[-1])
        scale = self.op("Sqrt", self.op("Add", squares, self.number(1e-5)))
        gained = self.op("Mul", self.op("Div", centred, scale), self.store("gamma", m))
        return self.op("Add", gained, self.store("beta", m))

    def pool(self, x: str, m: int) -> str:
        return self.op("Flatten", self.op("GlobalAveragePool", x))


@dataclass
class Dynamo(Exporter):
    opset: int = 20
    count: int = 100

    def name(self, what: str) -> str:
        self.count += 3
        return f"val_{self.count}"

    def conv(self, x: str, m: int, n: int, k: int, stride: int = 1, groups: int = 1) -> str:
        w, b = self.store("weight", n, m // groups, k, k), self.store("bias", n)
        return self.op("Conv", x, w, b, pads=[k // 2] * 4, strides=[stride] * 2, group=groups)

    def linear(self, x: str, m: int, n: int) -> str:
        product = self.op("MatMul", x, self.store("weight", m, n))
        return self.op("Add", self.store("bias", n), product)

    def relu6(self, x: str) -> str:
        return self.op("Clip", x, self.number(0), self.number(6))

    def hard_swish(self, x: str) -> str:
        return self.op("HardSwish", x)

    def gelu(self, x: str) -> str:
        return self.op("Gelu", x)

    def layer_norm(self, x: str, m: int) -> str:
        gain, bias = self.store("gamma", m), self.store("beta", m)
        return self.op("LayerNormalization", x, gain, bias, axis=-1)

    def pool(self, x: str, m: int) -> str:
        axes = self.store_array("axes", np.array([2, 3], np.int64))
        mean = self.op("ReduceMean", x, axes)
        return self.op("Reshape", mean, self.store_array("shape", np.array([-1, m], np.int64)))


def residual_net(e: Exporter, *, widths: tuple[int, ...] = (64, 64, 128, 128)) -> onnx.ModelProto:
    """Residual blocks of two 3×3 convolutions, and a classifier."""
    x, m = e.op("Relu", e.conv("x", 3, 64, 7, 2)), 64
    for n in widths:
        stride = 1 if n == m else 2
        branch = e.relu6(e.conv(x, m, n, 3, stride))
        branch = e.hard_swish(e.conv(branch, n, n, 3))
        short = x if n == m else e.conv(x, m, n, 1, stride)
        x, m = e.op("Relu", e.op("Add", branch, short)), n
    return e.model(e.linear(e.pool(x, m), m, 10), (1, 3, 64, 64), (1, 10))


def mixer_net(e: Exporter, *, blocks: int = 3, width: int = 64) -> onnx.ModelProto:
    """A tower of normalised, gated and residual linear layers."""
    x = e.linear("x", 16, width)
    for _ in range(blocks):
        inner = e.gelu(e.linear(e.layer_norm(x, width), width, 4 * width))
        x = e.op("Add", e.linear(inner, 4 * width, width), x)
    return e.model(e.linear(e.layer_norm(x, width), width, 10), (8, 16), (8, 10))


NETWORKS: tuple[Callable[[Exporter], onnx.ModelProto], ...] = (residual_net, mixer_net)


def renamed(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same with other names for everything, the model's inputs and outputs included."""
    new = onnx.ModelProto()
    new.CopyFrom(model)
    names: dict[str, str] = {}

    def called(name: str) -> str:
        return names.setdefault(name, f"other{len(names):04}") if name else ""

    for node in new.graph.node:
        node.name = called(node.name)
        node.input[:] = [called(name) for name in node.input]
        node.output[:] = [called(name) for name in node.output]
    for each in (*new.graph.initializer, *new.graph.input, *new.graph.output):
        each.name = called(each.name)
    del new.graph.value_info[:]
    new.graph.name = "renamed"
    return new


def facts_of(model: onnx.ModelProto) -> Facts:
    return analyze(load(model.SerializeToString()))
