"""The samples against the MobileNet paper, counted here without the analyzer.

Counts are those of the paper's Tables 1, 4, 5, 6 and 7 written out in full: multiply-accumulates
of convolutions and the classifier for one image, and parameters with BatchNormalization's γ and
β but without its running mean and variance.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import numpy_helper

from samples.build_mobilenet_v1 import Variant, build, to_bytes

SAMPLES = Path(__file__).parents[2] / "samples"
COMMITTED = {
    "mobilenet_v1.onnx": Variant.SEPARABLE,
    "mobilenet_v1_standard.onnx": Variant.STANDARD,
}


class Row(NamedTuple):
    alpha: float
    resolution: int
    variant: Variant
    macs: int
    params: float | None


SEPARABLE, STANDARD, SHALLOW = Variant.SEPARABLE, Variant.STANDARD, Variant.SHALLOW
PUBLISHED = (
    Row(1.0, 224, SEPARABLE, 568_740_352, 4_231_976),
    Row(1.0, 192, SEPARABLE, 418_121_728, 4_231_976),
    Row(1.0, 160, SEPARABLE, 290_675_200, 4_231_976),
    Row(1.0, 128, SEPARABLE, 186_400_768, 4_231_976),
    Row(0.75, 224, SEPARABLE, 325_400_448, 2_585_560),
    Row(0.5, 224, SEPARABLE, 149_497_088, 1_331_592),
    Row(0.25, 224, SEPARABLE, 41_030_272, 470_072),
    Row(0.5, 160, SEPARABLE, 76_524_800, 1_331_592),
    Row(1.0, 224, STANDARD, 4_867_293_184, None),
    Row(1.0, 224, SHALLOW, 307_323_392, None),
)
PAPER = (
    Row(1.0, 224, STANDARD, 4866, 29.3),
    Row(1.0, 224, SEPARABLE, 569, 4.2),
    Row(0.75, 224, SEPARABLE, 325, 2.6),
    Row(1.0, 224, SHALLOW, 307, 2.9),
    Row(0.5, 224, SEPARABLE, 149, 1.3),
    Row(0.25, 224, SEPARABLE, 41, 0.5),
    Row(1.0, 192, SEPARABLE, 418, 4.2),
    Row(1.0, 160, SEPARABLE, 290, 4.2),
    Row(1.0, 128, SEPARABLE, 186, 4.2),
)
"""Mult-adds and parameters as the paper rounds them, in millions."""


def name(row: Row) -> str:
    return f"{row.variant}-{row.alpha:g}-{row.resolution}"


def count(model: onnx.ModelProto) -> tuple[int, int, int]:
    """MACs, parameters and buffers by onnx's own shape inference and school arithmetic."""
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    shape = {
        value.name: tuple(d.dim_value for d in value.type.tensor_type.shape.dim)
        for value in (*inferred.input, *inferred.value_info, *inferred.output)
    }
    stored = {t.name: numpy_helper.to_array(t) for t in inferred.initializer}
    shape |= {
        node.output[0]: tuple(int(d) for d in stored[node.input[0]])
        for node in inferred.node
        if node.op_type == "ConstantOfShape"
    }
    macs = params = buffers = 0
    for node in inferred.node:
        output, weights = shape[node.output[0]], [shape.get(n, ()) for n in node.input[1:]]
        if node.op_type == "Conv":
            macs += prod(output) * prod(weights[0][1:])
            params += prod(weights[0])
        elif node.op_type == "Gemm":
            macs += prod(weights[0])
            params += prod(weights[0]) + prod(weights[1])
        elif node.op_type == "BatchNormalization":
            params += sum(map(prod, weights[:2]))
            buffers += sum(map(prod, weights[2:]))
    return macs, params, buffers


@pytest.mark.parametrize("row", PUBLISHED, ids=name)
def test_sample_costs_what_the_paper_publishes(row: Row) -> None:
    macs, params, _ = count(build(row.alpha, row.resolution, row.variant))
    assert macs == row.macs
    if row.params is not None:
        assert params == row.params


@pytest.mark.parametrize("row", PAPER, ids=name)
def test_sample_rounds_to_the_millions_of_the_paper(row: Row) -> None:
    macs, params, _ = count(build(row.alpha, row.resolution, row.variant))
    if row.variant is STANDARD:
        macs -= 1024 * 1000  # the paper's 4866 leaves the classifier out
    assert abs(macs / 1e6 - row.macs) < 1  # it truncates some rows and rounds others
    assert round(params / 1e6, 1) == row.params


def test_standard_network_is_4_866_269_184_macs_without_its_classifier() -> None:
    macs, _, _ = count(build(variant=STANDARD))
    assert macs - 1024 * 1000 == 4_866_269_184


def test_running_statistics_make_up_the_difference_to_keras() -> None:
    _, params, buffers = count(build())
    assert params + buffers == 4_253_864


def test_network_has_the_28_layers_of_the_paper() -> None:
    operators = [node.op_type for node in build().graph.node]
    assert operators.count("Conv") + operators.count("Gemm") == 28


@pytest.mark.parametrize("file", COMMITTED)
def test_committed_sample_is_what_the_script_writes(file: str) -> None:
    content = (SAMPLES / file).read_bytes()
    assert content == to_bytes(build(variant=COMMITTED[file]))
    assert len(content) < 64_000


@pytest.mark.parametrize("variant", Variant)
def test_sample_runs_and_gives_a_distribution_over_1000_classes(variant: Variant) -> None:
    model = build(0.25, 64, variant)
    onnx.checker.check_model(model, full_check=True)
    session = ort.InferenceSession(to_bytes(model), providers=["CPUExecutionProvider"])
    image = np.zeros((1, 3, 64, 64), np.float32)
    (probabilities,) = session.run(None, {"image": image})
    assert probabilities.shape == (1, 1000)
    assert probabilities.sum() == pytest.approx(1.0, abs=1e-5)
