"""Which arithmetic the multiply-accumulates use."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import numpy_helper

from tests.golden.text import facts, facts_of, parse

QDQ = (
    "g (float[1,3,8,8] x) => (float[] y) <float s = {0.1}, uint8 z = {0}> "
    "{ q = QuantizeLinear (x, s, z)  d = DequantizeLinear (q, s, z)  "
)


def of(graph: str, opset: int = 17, **arrays: np.ndarray) -> dict[str, int]:
    model = parse(graph, opset)
    for name, array in arrays.items():
        model.graph.initializer.append(numpy_helper.from_array(array, name))
    return dict(facts_of(model).totals.macs_by_precision)


W8 = np.ones((4, 3, 3, 3), np.int8)
MACS = 36 * 108


def test_both_operands_dequantised_is_integer_arithmetic() -> None:
    graph = QDQ + "wd = DequantizeLinear (w, s)  y = Conv (d, wd) }"
    assert of(graph, w=W8) == {"int8": MACS}


def test_one_operand_dequantised_is_float_arithmetic() -> None:
    graph = QDQ + "wd = DequantizeLinear (w, s)  y = Conv (x, wd) }"
    assert of(graph, w=W8) == {"float32": MACS}
    assert of(QDQ + "y = Conv (d, w) }", w=W8.astype(np.float32)) == {"float32": MACS}


def test_the_wider_type_names_the_arithmetic() -> None:
    graph = QDQ + "wd = DequantizeLinear (w, s)  y = Conv (d, wd) }"
    assert of(graph, opset=21, w=W8.astype(np.int16)) == {"int16": MACS}


def test_dequantisation_is_seen_through_pools_and_transposes() -> None:
    graph = QDQ + (
        "p = MaxPool <kernel_shape = [1, 1]> (d)  wd = DequantizeLinear (w, s)  "
        "t = Transpose <perm = [3, 2, 0, 1]> (wd)  y = Conv (p, t) }"
    )
    assert of(graph, w=np.ones((3, 3, 3, 4), np.int8)) == {"int8": MACS}


@pytest.mark.parametrize(
    ("graph", "precision"),
    [
        ("g (float16[2,3] a, float16[3,4] b) => (float16[2,4] y) { y = MatMul (a, b) }", "float16"),
        ("g (uint8[2,3] a, int8[3,4] b) => (int32[2,4] y) { y = MatMulInteger (a, b) }", "int8"),
        ("g (double[2,3] a, double[3,4] b) => (double[2,4] y) { y = MatMul (a, b) }", "float64"),
    ],
)
def test_plain_products_use_their_operands_type(graph: str, precision: str) -> None:
    assert dict(facts(graph).totals.macs_by_precision) == {precision: 24}
