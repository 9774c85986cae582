"""Peaks of quantised channels, where channels are, and what their weights are held against."""

from __future__ import annotations

from math import log10
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.model.rows import Rows
from analyzer.operators import record_of
from analyzer.weights import integers
from analyzer.weights.integers import (
    Operands,
    PlacedWeights,
    _channel_axis,
    _gain,
    _is_held,
    _is_narrow,
    _judge,
    _operands,
    _spans,
)
from tests.each import each
from tests.golden.text import facts


def placed(axis: int | None, zeros: list[int] | None = None, dtype: str = "int8",
           scales: int | None = 1) -> PlacedWeights:  # fmt: skip
    node: Any = SimpleNamespace(id="n", op_type="MatMul")
    held = None if zeros is None else np.array(zeros, np.int32)
    return PlacedWeights(node, "w", dtype, scales, held, axis)


MATRIX = np.array([[1, -5], [-3, 2], [4, -128]], np.int8)


def test_peaks_are_of_rows_or_columns_from_the_zero_point() -> None:
    def peaks(
        stored: Any, axis: int | None, zeros: list[int] | None = None, scales: int = 1
    ) -> Any:
        found = _judge(Rows.of(stored), placed(axis, zeros, scales=scales))
        return found.channels, found.narrowest, found.gain

    assert peaks(MATRIX, 0)[:2] == (3, 3)
    assert peaks(MATRIX, -1)[:2] == (2, 4)
    assert peaks(MATRIX, -1, [1])[:2] == (2, 4)
    assert peaks(MATRIX, -1, [1, 1])[:2] == (2, 4)
    assert peaks(MATRIX, 0, [5])[:2] == (3, 8)
    assert peaks(MATRIX, -1, [1, 2]) == (None, None, None)
    assert peaks(MATRIX, None) == (None, None, None)
    one = 10 * log10(3 * 128**2 / (5**2 + 3**2 + 128**2))
    assert peaks(MATRIX, 0)[2] == round(one, 1)
    assert peaks(MATRIX, 0, scales=3)[2] is None
    deep = np.array([[[1, 2], [-3, 4]], [[5, 6], [7, -8]]], np.int8)
    both = 10 * log10((2 * 4**2 + 2 * 8**2) / (3**2 + 4**2 + 7**2 + 8**2))
    assert peaks(deep, -1, scales=2) == (4, 3, round(both, 1))
    assert peaks(deep, 0, scales=2)[:2] == (2, 4)


def test_large_weights_are_looked_at_a_few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = np.random.default_rng(0).integers(-128, 128, (3, 7, 5)).astype(np.int8)
    whole = [_judge(Rows.of(stored), placed(axis)) for axis in (0, -1)]
    for block in (1, 10, 36, 70):
        monkeypatch.setattr(integers, "BLOCK", block)
        assert [_judge(Rows.of(stored), placed(axis)) for axis in (0, -1)] == whole


def test_a_block_has_as_many_rows_as_fit_and_never_less_than_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spans(block: int) -> list[tuple[int, int]]:
        monkeypatch.setattr(integers, "BLOCK", block)
        return list(_spans(Rows.of(np.zeros((4, 3), np.int8)), 3))

    single = [(0, 3), (3, 6), (6, 9), (9, 12)]
    assert [spans(block) for block in (1, 2, 3, 5)] == [single] * 4
    assert [spans(block) for block in (6, 8)] == [[(0, 6), (6, 12)]] * 2
    assert spans(11) == [(0, 9), (9, 12)]
    assert spans(100) == [(0, 12)]


def test_ends_zero_points_and_clipped_weights_are_those_of_the_type() -> None:
    ends = {"int8": (-128, 127), "uint8": (0, 255), "int4": (-8, 7), "uint4": (0, 15),
            "int2": (-2, 1)}  # fmt: skip
    assert {name: placed(0, dtype=name).ends for name in ends} == ends
    assert (placed(0).zero_point, placed(0, [3, 3]).zero_point) == (0, 3)
    assert (placed(0, [3, 4]).zero_point, placed(0, []).zero_point) == (None, None)
    assert (placed(0).shifted, placed(0, [0, 0, 1]).shifted) == (0, 1)
    assert placed(0, [128, 127, 8], "uint8").shifted == 2
    assert placed(0, [8, 7], "uint4").shifted == 1
    found = _judge(Rows.of(MATRIX), placed(0))
    assert (found.min, found.max, found.lowest, found.highest) == (-128, 4, -128, 127)
    assert (found.clipped, found.elements, found.scales, found.zero_point) == (1, 6, 1, 0)
    top = _judge(Rows.of(np.array([[127, -128], [1, 127]], np.int8)), placed(0))
    assert top.clipped == 3


def test_a_gain_is_of_channels_that_have_weights() -> None:
    gains = [([[10, 10]], 0.0), ([[10, 0]], 0.0), ([[0, 0]], None), ([[10, 1], [1, 1]], 2.9)]
    for peaks, gain in gains:
        assert _gain(np.array(peaks)) == gain
    assert round(10 * log10((2 * 100 + 2 * 1) / (100 + 1 + 1 + 1)), 1) == 2.9


def test_what_a_row_or_all_channels_take_is_held() -> None:
    most = 1 << 22
    cases = {
        ((2, most), 0): True, ((2, most + 1), 0): False, ((most, 2), 0): True,
        ((most + 1, 2), 0): False, ((2, most), -1): True, ((2, most + 1), -1): False,
        ((most + 1, 2), -1): True, ((2, 3, most // 2), -1): True,
        ((2, 3, most // 2 + 1), -1): False, ((2, 3, 4, most), -1): True, ((5,), 0): False,
        ((2, None), 0): False, (None, 0): False, ((2, 3), None): True,
    }  # fmt: skip
    assert {case: _is_held(*case) for case in cases} == cases


def call(op: str, *dtypes: str, domain: str = "", **attributes: Any) -> Call:
    inputs = tuple(Tensor(f"t{i}", dtype, (2, 2)) if dtype else None
                   for i, dtype in enumerate(dtypes))  # fmt: skip
    return Call(op, domain, 17, attributes, inputs, (None,))


def test_a_narrow_type_has_up_to_8_bits_and_is_an_integer() -> None:
    types = {"int8": True, "uint8": True, "int4": True, "uint2": True, "int16": False,
             "float8e5m2": False, "bool": False, "float32": False}  # fmt: skip
    assert {name: _is_narrow(call("MatMul", name), 0) for name in types} == types
    assert not _is_narrow(call("MatMul", ""), 0)
    assert not _is_narrow(call("MatMul"), 0)


@each(
    ("made", "slot", "axis"),
    [
        (call("MatMul"), 1, -1), (call("Gemm"), 1, -1), (call("Gemm", transB=1), 1, 0),
        (call("Conv"), 1, 0), (call("ConvTranspose"), 1, None), (call("ConvInteger"), 1, 0),
        (call("QLinearConv"), 3, 0), (call("MatMulInteger"), 1, -1), (call("QLinearMatMul"), 3, -1),
        (call("DynamicQuantizeLSTM", domain="com.microsoft"), 1, -1),
        (call("DynamicQuantizeLSTM", domain="com.microsoft"), 2, -1),
    ],
)  # fmt: skip
def test_output_channels_are_the_first_or_the_last_axis(
    made: Call, slot: int, axis: int | None
) -> None:
    record = record_of(made)
    assert record is not None
    assert _channel_axis(made, record, slot) == axis


GRAPH = """g (uint8[2,2] x, float[2,2] f, int8[2,2] given) => (int32[2,2] y)
    <int8[2,2] w = {1, 2, 3, 4}, uint8 a = {0}, int8 z = {0}, float s = {1},
     int8[2,2] q = {1, 2, 3, 4}, float[2,2] r = {1, 2, 3, 4}> {
    both = MatMulInteger (x, w, a, z)
    d = DequantizeLinear (q, s)  product = MatMul (f, d)
    e = DequantizeLinear (q, s, z)  zero = MatMul (f, e)
    scaled = QLinearMatMul (x, s, a, w, s, z, s, a)
    float = MatMul (f, r)  made = Neg (r)  computed = MatMul (f, made)
    y = com.example.Sink (both, product, zero, scaled, float, computed) }"""


def test_a_layer_has_its_integers_where_it_reads_them_or_behind_dequantisation() -> None:
    model = facts(GRAPH)

    def found(node: str, slot: int = 1) -> Operands | None:
        made = model[node]
        record = record_of(call(made.op_type))
        assert record is not None
        return _operands(model.graph, node, record, slot)

    assert found("both") == Operands("both", 1, None, 3, -1)
    assert found("product") == Operands("d", 0, 1, None, -1)
    assert found("zero") == Operands("e", 0, 1, 2, -1)
    assert found("scaled", 3) == Operands("scaled", 3, 4, 5, -1)
    assert found("float") is None
    assert found("computed") is None
