"""Quantised weights: what their integers use, and what other scales would keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import parser

from analyzer.analyze import analyze_weights
from analyzer.evidence import IntegerWeights
from analyzer.model import load
from tests.weights.files import quantized_model

Array = np.ndarray[Any, Any]
RNG = np.random.default_rng(3)


def seen(data: bytes) -> tuple[IntegerWeights, ...]:
    facts = analyze_weights(load(data))
    assert facts.evidence is not None
    return facts.evidence.integers


def text(graph: str) -> tuple[IntegerWeights, ...]:
    head = '<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>'
    return seen(parser.parse_model(f"{head} {graph}").SerializeToString())


def noise(weights: Array, scale: Array) -> float:
    return float(np.square(weights - scale * np.rint(weights / scale)).sum())


def test_the_gain_is_what_rounding_with_a_scale_for_each_channel_loses_less() -> None:
    weights = RNG.uniform(-1, 1, (400, 64)) * RNG.uniform(0.05, 1, 64)
    whole, channel = np.abs(weights).max() / 127, np.abs(weights).max(axis=0) / 127
    measured = 10 * np.log10(noise(weights, whole) / noise(weights, channel))
    stored = np.rint(weights / whole).astype(np.int8)
    (found,) = seen(quantized_model(stored, scale=np.array(whole, np.float32)))
    assert found.gain == pytest.approx(measured, abs=0.3)
    assert measured > 3
    assert (found.node, found.operator, found.channels) == ("y", "MatMul", 64)


def test_a_scale_for_each_channel_leaves_nothing_to_gain() -> None:
    stored = RNG.integers(-127, 128, (32, 4)).astype(np.int8)
    (found,) = seen(quantized_model(stored, scale=np.ones(4, np.float32)))
    assert found.gain is None
    assert not found.is_per_tensor


def test_channels_of_a_convolution_are_rows() -> None:
    (found,) = text(
        "g (float[1,1,4] x) => (float[1,2,2] y) <int8[2,1,3] w = {100, -50, 3, 5, -2, 1}, float s "
        "= {0.1}> { d = DequantizeLinear (w, s) y = Conv (x, d) }"
    )
    assert (found.channels, found.narrowest, found.min, found.max) == (2, 5, -50, 100)
    assert found.gain == pytest.approx(10 * np.log10(2 * 100**2 / (100**2 + 5**2)), abs=0.05)


def test_the_zero_point_is_where_distance_begins() -> None:
    (found,) = text(
        "g (uint8[1,2] x) => (int32[1,2] y) <uint8[2,2] w = {130, 120, 140, 128}, uint8 a = {0}, "
        "uint8 z = {120}> { y = MatMulInteger (x, w, a, z) }"
    )
    assert (found.zero_point, found.shifted, found.reach, found.narrowest) == (120, 1, 20, 8)


@pytest.mark.parametrize(("dtype", "middle"), [("int8", 0), ("uint8", 128)])
def test_the_middle_of_the_type_is_no_shifted_zero_point(dtype: str, middle: int) -> None:
    (found,) = text(
        f"g (uint8[1,2] x) => (int32[1,1] y) <{dtype}[2,1] w = {{1, 2}}, uint8 a = {{0}}, "
        f"{dtype} z = {{{middle}}}> {{ y = MatMulInteger (x, w, a, z) }}"
    )
    assert found.shifted == 0


def test_weights_at_the_ends_of_the_type_are_counted() -> None:
    stored = np.array([[127, -128, 5], [126, 127, -127]], np.int8)
    (found,) = seen(quantized_model(stored, scale=np.array(1, np.float32)))
    assert (found.clipped, found.clipped_share) == (3, 0.5)


def test_directions_of_a_recurrent_layer_have_scales_of_their_own() -> None:
    """Two directions, one scale each: 4 · 10² + 4 · 10² over what the channels use."""
    one = "10, 1, 1, 1, 10, 10, 10, 10"
    (first, _) = text(
        "g (float[1,1,1] x) => (float[1,2,1,1] y) <"
        f"int8[2,1,4] w = {{{one}}}, int8[2,1,4] r = {{{one}}}, float[2] s = {{1, 1}}, "
        'int8[2] z = {0, 0}> { y = com.microsoft.DynamicQuantizeLSTM <direction = "bidirectional",'
        " hidden_size = 1> (x, w, r, , , , , , s, z, s, z) }"
    )
    assert (first.scales, first.channels) == (2, 8)
    assert first.gain == pytest.approx(10 * np.log10(800 / (100 + 3 + 400)), abs=0.05)


def test_float_weights_are_no_integers() -> None:
    assert (
        text(
            "g (float[1,2] x) => (float[1,2] y) <float[2,2] w = {1, 2, 3, 4}> { y = MatMul (x, w) }"
        )
        == ()
    )


def test_blocked_scales_are_left_alone() -> None:
    head = '<ir_version: 10, opset_import: ["" : 21]>'
    graph = (
        "g (float[1,4] x) => (float[1,1] y) <int8[4,1] w = {1, 2, 3, 4}, float[2,1] s = {1, 2}> "
        "{ d = DequantizeLinear <axis = 0, block_size = 2> (w, s) y = MatMul (x, d) }"
    )
    assert seen(parser.parse_model(f"{head} {graph}").SerializeToString()) == ()


@pytest.mark.parametrize(
    ("largest", "idle"), [(127, 0), (-128, 0), (65, 0), (64, 1), (33, 1), (32, 2), (1, 7)]
)
def test_a_bit_is_idle_where_half_of_the_range_would_do(largest: int, idle: int) -> None:
    stored = np.array([[largest, 0], [0, 1]], np.int8)
    (found,) = seen(quantized_model(stored, scale=np.array(1, np.float32)))
    assert (found.bits, found.idle_bits) == (8, idle)


def test_weights_that_are_all_zero_say_nothing_of_bits() -> None:
    (found,) = seen(quantized_model(np.zeros((2, 2), np.int8), scale=np.array(1, np.float32)))
    assert (found.idle_bits, found.gain, found.clipped_per_scale) == (None, None, 0)


def test_rows_that_fill_the_memory_are_left_alone() -> None:
    wide = np.zeros((1, (1 << 22) + 1), np.int8)
    assert seen(quantized_model(wide, scale=np.array(1, np.float32))) == ()
