"""One network as two exporters write it: other names, order, plumbing and opset."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

import analyzer
from analyzer.compare import Comparison, compare
from analyzer.report.compare.words import statements
from tests.compare.networks import Net

WIDTH, HEADS, LENGTH = 32, 4, 8
SIDE = WIDTH // HEADS


def attention(*, tracing: bool, zeros: bool, blocks: int = 2) -> onnx.ModelProto:
    """Blocks of self-attention with a residual.

    Parameters
    ----------
    tracing : as a tracing exporter writes it: query, key, value; biases in front; weights through
        Identity; one Transpose for the key. Else: key, value, query; biases behind; sizes computed
        from the input; two Transposes for the key.
    zeros : weights that tell nothing.
    """
    net = Net("{kind}_{number}" if tracing else "node_{number}")

    def project(x: str, layer: str) -> str:
        w = np.zeros((WIDTH, WIDTH), np.float32) if zeros else net.random(layer, WIDTH, WIDTH)
        b = np.zeros(WIDTH, np.float32) if zeros else net.random(layer + "b", WIDTH)
        weight = net.store(f"w_{layer}" if tracing else f"p.{layer}.weight", w)
        bias = net.store(f"b_{layer}" if tracing else f"p.{layer}.bias", b)
        if tracing:
            weight = net.add("Identity", layer, weight)
        made = net.add("MatMul", layer, x, weight)
        return net.add("Add", layer, *((bias, made) if tracing else (made, bias)))

    def heads(x: str, layer: str) -> str:
        shape = net.store(f"shape_{layer}", np.array([1, LENGTH, HEADS, SIDE]))
        if not tracing:
            sizes = net.add("Shape", layer, x, start=0, end=2)
            rest = net.store(f"rest_{layer}", np.array([HEADS, SIDE]))
            shape = net.add("Concat", layer, sizes, rest, axis=0)
        return net.add("Reshape", layer, x, shape)

    x = "x"
    for number in range(blocks):
        parts = {}
        for name in ("q", "k", "v") if tracing else ("k", "v", "q"):
            parts[name] = heads(project(x, f"{number}{name}"), f"{number}{name}")
        q, v = (net.add("Transpose", "t", parts[n], perm=[0, 2, 1, 3]) for n in ("q", "v"))
        k = net.add("Transpose", "t", parts["k"], perm=[0, 2, 3, 1] if tracing else [0, 2, 1, 3])
        k = k if tracing else net.add("Transpose", "t", k, perm=[0, 1, 3, 2])
        scores = net.add("Softmax", "s", net.add("MatMul", "qk", q, k), axis=-1)
        y = net.add("Transpose", "t", net.add("MatMul", "av", scores, v), perm=[0, 2, 1, 3])
        flat = net.store(f"flat{number}", np.array([1, LENGTH, WIDTH]))
        y = project(net.add("Reshape", "f", y, flat), f"{number}o")
        x = net.add("Add", "r", *((x, y) if tracing else (y, x)))
    graph = helper.make_graph(
        net.nodes, "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, LENGTH, WIDTH])],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, LENGTH, WIDTH])],
        [numpy_helper.from_array(array, name) for name, array in net.stored.items()],
    )  # fmt: skip
    imports = [helper.make_opsetid("", 14 if tracing else 18)]
    return helper.make_model(graph, opset_imports=imports, ir_version=8)


def found(*, zeros: bool) -> Comparison:
    models = (attention(tracing=tracing, zeros=zeros) for tracing in (True, False))
    return compare(*map(analyzer.analyze, models))


@pytest.mark.parametrize("zeros", [False, True])
def test_every_product_is_paired_with_the_one_that_it_is(zeros: bool) -> None:
    comparison = found(zeros=zeros)
    old = {node.id: node for node in comparison.old.nodes}
    products = [node for node in comparison.new.nodes if node.op_type == "MatMul"]
    pairs = [(old[comparison.partners[node.id]].inputs[1], node.inputs[1]) for node in products]
    assert len(pairs) == 2 * 6
    stored = [(a, b) for a, b in pairs if b.startswith("p.")]
    carriers = {node.outputs[0].name: node.inputs[0] for node in comparison.old.nodes
                if node.op_type == "Identity"}  # fmt: skip
    assert len(stored) == 2 * 4
    assert all(carriers[a] == f"w_{b.split('.')[1]}" for a, b in stored)


def test_only_how_it_is_written_is_said_to_differ() -> None:
    comparison = found(zeros=False)
    said = [statement.kind for statement in statements(comparison)]
    assert "weights" not in said
    assert set(said) <= {"setting", "identities", "shape-arithmetic", "views", "opset",
                         "output-renamed"}  # fmt: skip
    assert [c for i, c in enumerate(comparison.changes) if i not in comparison.covered] == []
    assert comparison.weights.same == comparison.weights.tensors == 2 * 8
