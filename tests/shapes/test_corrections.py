"""Shapes where onnx's own inference differs from the specification and ONNX Runtime."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.shapes.corrections import _stft

CASES: list[tuple[str, list[int], list[int] | None, dict[str, Any], tuple[int, ...]]] = [
    # 5 · 3 = 15: the input times the stride, output_padding is absorbed
    (
        "ConvTranspose",
        [1, 7, 5],
        [7, 2, 4],
        {"auto_pad": "SAME_LOWER", "strides": [3], "output_padding": [1]},
        (1, 2, 15),
    ),
    # (13 − 1) · 3 + 2 = 38 < 39: nothing to crop, and nothing is added
    (
        "ConvTranspose",
        [1, 7, 13],
        [7, 3, 2],
        {"auto_pad": "SAME_UPPER", "strides": [3]},
        (1, 3, 38),
    ),
    # dilated kernel 2 · 2 + 1 = 5; (4 − 1) · 2 + 5 = 11, cropped to 8
    (
        "ConvTranspose",
        [1, 1, 4],
        [1, 1, 3],
        {"auto_pad": "SAME_UPPER", "strides": [2], "dilations": [2]},
        (1, 1, 8),
    ),
    # ceil(1 / 2) + 1 = 2 windows, but the second would start behind the data
    (
        "MaxPool",
        [1, 6, 2],
        None,
        {"auto_pad": "VALID", "ceil_mode": 1, "kernel_shape": [1], "strides": [2]},
        (1, 6, 1),
    ),
    # ceil((7 − 2) / 3) + 1 = 3: the third window starts at 6, the last element
    (
        "AveragePool",
        [1, 4, 7],
        None,
        {"auto_pad": "VALID", "ceil_mode": 1, "kernel_shape": [2], "strides": [3]},
        (1, 4, 3),
    ),
    # SAME: ceil(8 / 3) = 3
    (
        "LpPool",
        [1, 2, 8],
        None,
        {"auto_pad": "SAME_UPPER", "ceil_mode": 1, "kernel_shape": [1], "strides": [3]},
        (1, 2, 3),
    ),
    # a step of 1 where none is stated: the pads widen what is looked at
    ("MaxPool", [1, 2, 5, 6], None, {"ceil_mode": 1, "kernel_shape": [2, 3]}, (1, 2, 4, 4)),
    (
        "AveragePool",
        [1, 2, 5, 6],
        None,
        {"ceil_mode": 1, "kernel_shape": [2, 3], "pads": [1, 0, 0, 1]},
        (1, 2, 5, 5),
    ),
    # ceil((7 + 1 − 3) / 2) + 1 = 4 and ceil((9 + 2 − 3) / 2) + 1 = 5: each end has its own pads
    (
        "MaxPool",
        [1, 1, 7, 9],
        None,
        {"ceil_mode": 1, "kernel_shape": [3, 3], "pads": [1, 0, 0, 2], "strides": [2, 2]},
        (1, 1, 4, 5),
    ),
    # ceil((7 − 3) / 2) + 1 = 3: a dilated window is 2 + 1 long
    (
        "MaxPool",
        [1, 1, 7],
        None,
        {"ceil_mode": 1, "kernel_shape": [2], "dilations": [2], "strides": [2]},
        (1, 1, 3),
    ),
    # ceil((6 + 2 − 3) / 2) + 1 = 4: the last window starts at 5, before the end of the data
    (
        "MaxPool",
        [1, 1, 6],
        None,
        {"ceil_mode": 1, "kernel_shape": [3], "pads": [1, 1], "strides": [2]},
        (1, 1, 4),
    ),
]


@pytest.mark.parametrize(("op", "x", "w", "attributes", "expected"), CASES)
def test_output_shape_is_what_the_runtime_computes(
    op: str,
    x: list[int],
    w: list[int] | None,
    attributes: dict[str, Any],
    expected: tuple[int, ...],
) -> None:
    inputs = {"x": x} if w is None else {"x": x, "w": w}
    graph = helper.make_graph(
        [helper.make_node(op, list(inputs), ["y"], **attributes)],
        "g",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in inputs.items()],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    data = model.SerializeToString()
    (real,) = ort.InferenceSession(data, providers=["CPUExecutionProvider"]).run(
        None, {n: np.zeros(s, np.float32) for n, s in inputs.items()}
    )
    assert real.shape == expected
    assert analyze(load(data)).outputs[0].shape == expected


@pytest.mark.parametrize(
    ("op", "inputs", "opset"),
    [
        ("Upsample", ["x", "s"], 9),
        ("Resize", ["x", "s"], 10),
        ("Resize", ["x", "roi", "s"], 11),
        ("Resize", ["x", "", "s"], 18),
    ],
)
def test_scales_are_multiplied_in_single_precision(op: str, inputs: list[str], opset: int) -> None:
    # 10 · 0.7f rounds to 7 in single precision and to 6.9999999 in double; Upsample only grows
    factor = 1.7 if op == "Upsample" else 0.7
    node = helper.make_node(op, inputs, ["y"], mode="linear")
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 1, 1, 10])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            numpy_helper.from_array(np.array([1, 1, 1, factor], np.float32), "s"),
            numpy_helper.from_array(np.zeros(0, np.float32), "roi"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    data = model.SerializeToString()
    (real,) = ort.InferenceSession(data, providers=["CPUExecutionProvider"]).run(
        None, {"x": np.zeros((1, 1, 1, 10), np.float32)}
    )
    assert real.shape == (1, 1, 1, 17 if op == "Upsample" else 7)
    assert analyze(load(data)).outputs[0].shape == real.shape


@pytest.mark.parametrize(
    ("x", "indices", "expected"), [((3,), (5, 1), (1, 5)), ((4, 3), (2, 2), (4, 4))]
)
def test_features_are_extracted_for_every_index_whatever_their_axes(
    x: tuple[int, ...], indices: tuple[int, ...], expected: tuple[int, ...]
) -> None:
    """skl2onnx looks class labels up by a column of indices."""
    node = helper.make_node("ArrayFeatureExtractor", ["x", "i"], ["y"], domain="ai.onnx.ml")
    graph = helper.make_graph(
        [node],
        "g",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, x),
            helper.make_tensor_value_info("i", TensorProto.INT64, indices),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    imports = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    data = helper.make_model(graph, opset_imports=imports, ir_version=10).SerializeToString()
    (real,) = ort.InferenceSession(data, providers=["CPUExecutionProvider"]).run(
        None, {"x": np.zeros(x, np.float32), "i": np.zeros(indices, np.int64)}
    )
    assert real.shape == expected
    assert analyze(load(data)).outputs[0].shape == expected


def test_one_side_of_a_spectrum_is_asked_for_as_the_specification_has_it() -> None:
    """ONNX: ``onesided`` is 1 unless it is stated; onnx's inference takes 0."""
    for stated, asked in ((None, 1), (0, 0), (1, 1)):
        node = helper.make_node("STFT", ["x", "s"], ["y"])
        if stated is not None:
            node.attribute.append(helper.make_attribute("onesided", stated))
        assert {a.name: a.i for a in _stft(node, {}).attribute} == {"onesided": asked}
