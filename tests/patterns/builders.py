"""Published networks written from their papers' tables, in the dialects exporters speak.

Weights are declared as external data: shapes without bytes, nothing to allocate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import onnx
from onnx import TensorProto, helper

from analyzer.analyze import analyze
from analyzer.facts import Facts
from analyzer.model import load

FLOAT = TensorProto.FLOAT


@dataclass
class Net:
    """A graph being written; values are tensor names."""

    image: tuple[int, ...] = (1, 3, 224, 224)
    norm: str = "op"
    """BatchNormalization as ``op``, ``decomposed`` (Mul, Add) or ``folded`` into the bias."""
    activations: str = "op"
    """``op`` or ``decomposed``: hard-swish, SiLU and GELU from elementary operators."""
    qdq: bool = False
    """Quantise weights and every convolution's result, as ``quantize_static`` writes it."""
    dtype: int = FLOAT
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def op(self, kind: str, *inputs: str, domain: str = "", outputs: int = 1, **attrs: Any) -> str:
        """One operator; returns its first output, further ones end in ``.1``, ``.2`` …"""
        name = f"v{len(self.nodes)}"
        names = [name] + [f"{name}.{i}" for i in range(1, outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **attrs))
        return name

    def weight(self, *shape: int, dtype: int = FLOAT) -> str:
        tensor = TensorProto(name=f"w{len(self.constants)}", data_type=dtype, dims=shape)
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="weights.bin")
        self.constants.append(tensor)
        return str(tensor.name)

    def number(self, value: float) -> str:
        return self.constant([value], FLOAT, ())

    def constant(
        self,
        values: list[Any],
        dtype: int = TensorProto.INT64,
        shape: tuple[int, ...] | None = None,
    ) -> str:
        name = f"c{len(self.constants)}"
        dims = (len(values),) if shape is None else shape
        self.constants.append(helper.make_tensor(name, dtype, dims, values))
        return name

    def conv(
        self, x: str, m: int, n: int, k: int = 1, s: int = 1, act: str = "", groups: int = 1
    ) -> str:
        """Convolution, batch normalisation, activation; padding keeps the size at stride 1."""
        w = self.weight(n, m // groups, k, k)
        if self.qdq:
            w = self._dequantize(self.weight(n, m // groups, k, k, dtype=TensorProto.INT8))
        bias = (self.weight(n),) if self.norm == "folded" else ()
        y = self.op("Conv", x, w, *bias, strides=[s, s], pads=[k // 2] * 4, group=groups)
        if self.norm == "op":
            y = self.op("BatchNormalization", y, *(self.weight(n) for _ in range(4)))
        elif self.norm == "decomposed":
            y = self.op("Add", self.op("Mul", y, self.weight(n, 1, 1)), self.weight(n, 1, 1))
        y = self.act(y, act)
        return self.quantized(y) if self.qdq else y

    def quantized(self, x: str) -> str:
        zero = self.constant([0], TensorProto.UINT8, ())
        return self._dequantize(self.op("QuantizeLinear", x, self.number(0.1), zero))

    def _dequantize(self, x: str) -> str:
        return self.op("DequantizeLinear", x, self.number(0.1))

    def act(self, x: str, kind: str) -> str:
        return getattr(self, f"_{kind}")(x) if kind else x

    def _relu(self, x: str) -> str:
        return self.op("Relu", x)

    def _relu6(self, x: str) -> str:
        return self.op("Clip", x, self.number(0), self.number(6))

    def _hsigmoid(self, x: str) -> str:
        if self.activations == "op":
            return self.op("HardSigmoid", x, alpha=1 / 6)
        return self.op("Div", self._relu6(self.op("Add", x, self.number(3))), self.number(6))

    def _hswish(self, x: str) -> str:
        if self.activations == "op":
            return self.op("HardSwish", x)
        return self.op("Mul", x, self._hsigmoid(x))

    def _silu(self, x: str) -> str:
        return self.op("Mul", x, self.op("Sigmoid", x))

    def _sigmoid(self, x: str) -> str:
        return self.op("Sigmoid", x)

    def _gelu(self, x: str) -> str:
        if self.activations == "op":
            return self.op("Gelu", x)
        inner = self.op("Erf", self.op("Div", x, self.number(1.4142)))
        return self.op(
            "Mul", self.op("Mul", x, self.op("Add", inner, self.number(1))), self.number(0.5)
        )

    def linear(self, x: str, m: int, n: int, act: str = "") -> str:
        return self.act(
            self.op("Add", self.op("MatMul", x, self.weight(m, n)), self.weight(n)), act
        )

    def layer_norm(self, x: str, width: int) -> str:
        scale, bias = self.weight(width), self.weight(width)
        if self.norm == "op":
            return self.op("LayerNormalization", x, scale, bias, axis=-1)
        centred = self.op("Sub", x, self.op("ReduceMean", x, self.constant([-1])))
        square = self.op("Pow", centred, self.number(2))
        variance = self.op("ReduceMean", square, self.constant([-1]))
        deviation = self.op("Sqrt", self.op("Add", variance, self.number(1e-5)))
        y = self.op("Div", centred, deviation)
        return self.op("Add", self.op("Mul", y, scale), bias)

    def squeeze_excite(
        self, x: str, channels: int, reduced: int, gate: str = "hsigmoid", act: str = "relu"
    ) -> str:
        pooled = self.op("GlobalAveragePool", x)
        y = self.op("Conv", pooled, self.weight(reduced, channels, 1, 1), self.weight(reduced))
        y = self.act(y, act)
        y = self.op("Conv", y, self.weight(channels, reduced, 1, 1), self.weight(channels))
        return self.op("Mul", x, self.act(y, gate))

    def classifier(self, x: str, channels: int, classes: int = 1000) -> str:
        x = self.op("Flatten", self.op("GlobalAveragePool", x))
        return self.op("Gemm", x, self.weight(classes, channels), self.weight(classes), transB=1)

    def model(self, result: str) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info("x", self.dtype, list(self.image))],
            [helper.make_empty_tensor_value_info(result)],
            self.constants,
        )
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, ir_version=9, opset_imports=opsets)

    def facts(self, result: str) -> Facts:
        return facts(self.model(result))


def facts(model: onnx.ModelProto) -> Facts:
    return analyze(load(model.SerializeToString(), digest=False))


def divisible(channels: float) -> int:
    """``make_divisible`` of the MobileNet reference code."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded
