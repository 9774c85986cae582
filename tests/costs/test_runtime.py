"""MACs counted by ONNX Runtime itself: with every operand 1, the outputs add up to the MACs.

A product of ones adds exactly 1 per multiply-accumulate, so the sum of all outputs of an executed
Conv, ConvTranspose, Gemm, MatMul or Einsum *is* its number of multiply-accumulates, as long as no
padding or cropping takes part.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from analyzer.costs.registry import cost
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from tests.each import each

CASES = [
    ("Conv", {}, [(1, 3, 9, 9), (4, 3, 3, 3)]),
    ("Conv", {"strides": [2, 2]}, [(2, 4, 9, 7), (6, 2, 3, 1)], {"group": 2}),
    ("Conv", {"dilations": [2, 2]}, [(1, 6, 9, 9), (6, 1, 3, 3)], {"group": 6}),
    ("Conv", {}, [(2, 3, 11), (5, 3, 4)]),
    ("Conv", {}, [(1, 2, 5, 6, 7), (3, 2, 2, 3, 1)]),
    ("ConvTranspose", {"strides": [2, 2]}, [(1, 4, 5, 5), (4, 3, 3, 3)]),
    ("ConvTranspose", {"strides": [3, 1]}, [(2, 6, 4, 3), (6, 2, 2, 2)], {"group": 3}),
    ("ConvTranspose", {}, [(1, 2, 8), (2, 5, 3)]),
    ("Gemm", {"transA": 1}, [(5, 3), (5, 7)]),
    ("Gemm", {"transB": 1}, [(3, 5), (7, 5)]),
    ("MatMul", {}, [(2, 1, 3, 4), (5, 4, 6)]),
    ("MatMul", {}, [(4,), (3, 4, 2)]),
    ("MatMul", {}, [(2, 3, 4), (4,)]),
    ("MatMul", {}, [(4,), (4,)]),
    ("Einsum", {"equation": "bhid,bhjd->bhij"}, [(2, 3, 4, 5), (2, 3, 6, 5)]),
    ("Einsum", {"equation": "...ij,jk->...ik"}, [(3, 2, 4), (4, 5)]),
    ("Einsum", {"equation": "ij,kj->ik"}, [(2, 4), (5, 4)]),
]
INTEGER = [
    ("ConvInteger", [(1, 3, 9, 9), (4, 3, 3, 3)]),
    ("MatMulInteger", [(2, 3, 4), (4, 5)]),
]


def run(
    op: str, attributes: dict[str, Any], shapes: list[Any], dtype: type[np.generic] = np.float32
) -> np.ndarray[Any, Any]:
    """Output of one operator on ones."""
    kind = onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    names = [f"i{n}" for n in range(len(shapes))]
    result = onnx.TensorProto.FLOAT if dtype == np.float32 else onnx.TensorProto.INT32
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node(op, names, ["y"], **attributes)],
        "g",
        [
            onnx.helper.make_tensor_value_info(n, kind, s)
            for n, s in zip(names, shapes, strict=True)
        ],
        [onnx.helper.make_tensor_value_info("y", result, None)],
    )
    model = onnx.helper.make_model(
        graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8
    )
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    feed = {n: np.ones(s, dtype) for n, s in zip(names, shapes, strict=True)}
    return np.asarray(session.run(None, feed)[0])


def node(
    op: str,
    attributes: dict[str, Any],
    shapes: list[Any],
    out: np.ndarray[Any, Any],
    dtype: str,
) -> Call:
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in attributes.items()}
    inputs = tuple(Tensor("t", dtype, shape) for shape in shapes)
    return Call(op, "", 17, plain, inputs, (Tensor("y", dtype, out.shape),))


@each("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}-{case[2]}")
def test_macs_equal_what_onnx_runtime_adds_up(case: tuple[Any, ...]) -> None:
    op, attributes, shapes, *more = case
    attributes = {**attributes, **(more[0] if more else {})}
    out = run(op, attributes, shapes)
    assert cost(node(op, attributes, shapes, out, "float32")).macs == int(out.sum())


@pytest.mark.parametrize(("op", "shapes"), INTEGER)
def test_integer_macs_equal_what_onnx_runtime_adds_up(op: str, shapes: list[Any]) -> None:
    out = run(op, {}, shapes, np.uint8)
    assert cost(node(op, {}, shapes, out, "uint8")).macs == int(out.sum())
