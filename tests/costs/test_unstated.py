"""Sizes that an attribute does not state follow from the operands, or are unknown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.costs.registry import cost
from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.operators import find
from analyzer.shapes.gaps import GAP_RULES
from tests.each import each


def call(op: str, *shapes: tuple[int, ...], domain: str = "", **attributes: object) -> Call:
    inputs = tuple(Tensor(f"i{k}", "float32", shape) for k, shape in enumerate(shapes))
    return Call(op, domain, 17, attributes, inputs, (Tensor("y", "float32", None),))


@pytest.mark.parametrize(("op", "gates"), [("RNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_a_hidden_width_is_that_of_the_recurrence_weight(op: str, gates: int) -> None:
    record = find("", op)
    assert record is not None
    x, w, r = (5, 2, 6), (1, gates * 3, 6), (1, gates * 3, 3)
    stated = record.cost.cost(call(op, x, w, r, hidden_size=3))
    assert stated.macs == 5 * 2 * gates * 3 * (6 + 3)
    assert record.cost.cost(call(op, x, w, r)).macs == stated.macs
    for other in ((1, gates * 3, 4), (gates * 3, 3)):
        found = record.cost.cost(call(op, x, w, other))
        assert (found.macs, found.reason) == (None, "hidden_size is missing")


@pytest.mark.parametrize(
    ("ends", "length"),
    [((0, 7, 1), 7), ((0, 7, 3), 3), ((7, 0, -2), 4), ((3, 0, 1), 0), ((0, 6, 3), 2)],
)
def test_a_range_has_as_many_elements_as_steps_fit(ends: tuple[int, int, int], length: int) -> None:
    scalar = Tensor("i", "int64", ())
    values = tuple(np.array(end) for end in ends)
    asked = Call("Range", "", 17, {}, (scalar,) * 3, (), values)
    assert [(t.dtype, t.shape) for t in GAP_RULES["Range"](asked)] == [("int64", (length,))]


def test_a_range_without_a_step_is_unknown() -> None:
    scalar = Tensor("i", "int64", ())
    values = tuple(np.array(end) for end in (0, 7, 0))
    with pytest.raises(Unknown, match="delta is 0"):
        GAP_RULES["Range"](Call("Range", "", 17, {}, (scalar,) * 3, (), values))


@pytest.mark.parametrize(
    ("op", "shapes", "attributes", "reason"),
    [
        ("Attention", [(2, 3, 8), (9, 24)], {"num_heads": 2}, "inconsistent inner dimension"),
        ("Attention", [(2, 3, 8), (8, 24)], {"num_heads": 2, "qkv_hidden_sizes": (8, 8, 9)},
         "do not add up to 24"),
        ("MatMulNBits", [(2, 8), (9, 1, 16)], {"K": 7, "N": 9, "bits": 4},
         "inconsistent inner dimension: 8 and 7"),
        ("Attention", [(2, 3, 8), (8, 24)], {"num_heads": 3}, "8 does not divide into 3 heads"),
        ("MultiHeadAttention", [(2, 3, 8)] * 3, {"num_heads": 3}, "does not divide into 3 heads"),
        ("LinearAttention", [(2, 3, 8)] * 3,
         {"q_num_heads": 2, "kv_num_heads": 2, "update_rule": "odd"}, "update_rule odd"),
        ("GatedDeltaNet", [(3, 2, 8)] * 3, {"update_rule": "odd"}, "update_rule odd"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_counted(
    op: str, shapes: list[tuple[int, ...]], attributes: dict[str, object], reason: str
) -> None:
    record = find("com.microsoft", op)
    assert record is not None
    found = record.cost.cost(call(op, *shapes, domain="com.microsoft", **attributes))
    assert found.macs is None
    assert reason in found.reason


def test_queries_alone_hold_keys_and_values() -> None:
    """MultiHeadAttention of one operand: (batch, length, 3 · heads · size)."""
    record = find("com.microsoft", "MultiHeadAttention")
    assert record is not None
    ms = "com.microsoft"
    packed = record.cost.cost(call("MultiHeadAttention", (2, 5, 24), domain=ms, num_heads=2))
    heads = record.cost.cost(call("MultiHeadAttention", (2, 5, 2, 3, 4), domain=ms, num_heads=2))
    apart = record.cost.cost(call("MultiHeadAttention", *[(2, 5, 8)] * 3, domain=ms, num_heads=2))
    assert packed.macs == heads.macs == apart.macs == 2 * 2 * 5 * 5 * (4 + 4)


ML, MS = "ai.onnx.ml", "com.microsoft"
TRAINED = {"coefficients": (1.0,) * 6}
WHY = (
    (call("LinearRegressor", (2, 3, 4), domain=ML, **TRAINED), "samples of rank 3"),
    (call("LinearRegressor", (2, 4), domain=ML, **TRAINED), "6 coefficients for 4 features"),
    (call("LinearRegressor", (2, 3), domain=ML, **TRAINED), ""),
    (call("LinearRegressor", (3,), domain=ML, **TRAINED), ""),
    (call("SVMRegressor", (2, 4), domain=ML, support_vectors=(1.0,) * 6, **TRAINED),
     "6 support vector values for 4 features"),
    (call("SVMRegressor", (2, 0), domain=ML, support_vectors=(1.0,) * 6, **TRAINED),
     "6 support vector values for 0 features"),
    (call("SVMRegressor", (2, 3), domain=ML, support_vectors=(1.0,) * 6, kernel_type="SINC",
          **TRAINED), "kernel SINC is not known"),
    (call("SVMRegressor", (2, 3), domain=ML, support_vectors=(1.0,) * 6, kernel_type="rbf",
          **TRAINED), ""),
    (call("Gemm", (2, 3, 4), (4, 5)), "Gemm of ranks 3 and 2"),
    (call("Gemm", (2, 3), (3,)), "Gemm of ranks 2 and 1"),
    (call("MatMul", (), (3, 4)), "matrix product of a scalar"),
    (call("MatMul", (3, 4), ()), "matrix product of a scalar"),
    (call("MatMul", (2, 3, 4), (5, 4, 6)), "shapes (2,) and (5,) do not broadcast"),
    (call("Einsum", (2, 3)), "Einsum without an equation"),
    (call("Einsum", (2, 3), equation="ij,jk->ik"), "Einsum equation names 2 operands of 1"),
    (call("Einsum", (2, 3), (4, 5), equation="ij,jk->ik"), "Einsum label j is 3 and 4"),
    (call("Einsum", (2, 3), (1, 5), equation="ij,jk->ik"), ""),
    (call("Einsum", (2, 3), (3, 5), equation="ijk,jk->ik"), "Einsum term ijk does not fit rank 2"),
    (call("Einsum", (2, 3), (3, 5), equation="i,jk->ik"), "Einsum term i does not fit rank 2"),
    (call("Conv", (1, 2, 8, 8), (4, 2)), "weight of rank 2 is not a convolution kernel"),
    (call("ConvTranspose", (1, 2, 8, 8), (2, 4)), "weight of rank 2 is not a convolution kernel"),
    (call("Attention", (1, 5, 8), (8, 24), domain=MS, num_heads=2, qkv_hidden_sizes=(8, 8, 4)),
     "hidden sizes (8, 8, 4) do not add up to 24"),
    (call("Attention", (1, 5, 8), (8, 24), domain=MS, num_heads=3),
     "8 does not divide into 3 heads"),
    (call("Attention", (1, 5, 8), (8, 24), domain=MS, num_heads=0),
     "8 does not divide into 0 heads"),
    (call("Attention", (1, 5, 8), (8, 24), domain=MS, num_heads=2), ""),
    (call("LinearAttention", (1, 5, 8), (1, 5, 8), (1, 5, 8), q_num_heads=2, kv_num_heads=2,
          update_rule="none"), "update_rule none is not known"),
    (call("LinearAttention", (1, 5, 8), (1, 5, 8), (1, 5, 8), q_num_heads=2, kv_num_heads=2,
          update_rule="delta"), ""),
)  # fmt: skip
"""Operators whose work is not to be told, and why; where it is, nothing."""


@each(("asked", "why"), WHY)
def test_why_work_is_unknown_is_said(asked: Call, why: str) -> None:
    output = Tensor("y", "float32", (1, 5, 8) if "Attention" in asked.op_type else (2, 5))
    found = cost(replace(asked, outputs=(output,)))
    assert ((found.macs is None), found.reason) == (bool(why), why)


@pytest.mark.parametrize("mode", ["nearest", "linear", "cubic", "lanczos"])
def test_a_mode_that_nobody_knows_leaves_the_flops_of_a_resize_unknown(mode: str) -> None:
    output = Tensor("y", "float32", (1, 2, 8, 8))
    found = cost(replace(call("Resize", (1, 2, 4, 4), mode=mode), outputs=(output,)))
    known = {"nearest": 0, "linear": 2 * 128 * 2**2, "cubic": 2 * 128 * 4**2}
    assert found.flops == known.get(mode)
    assert found.reason == (
        "" if mode in known else "FLOPs: interpolation mode lanczos is not known"
    )


@pytest.mark.parametrize("ratio", [-1, 0, 1, 2])
def test_samples_of_a_region_are_counted_where_their_number_is_stated(ratio: int) -> None:
    """arXiv 1703.06870: s² bilinear samples of nine operations for each of 12 results, and a mean;
    ONNX: 0 or below takes as many as the region is large."""
    output = Tensor("y", "float32", (3, 1, 2, 2))
    asked = call("RoiAlign", (1, 1, 8, 8), (3, 4), (3,), sampling_ratio=ratio)
    found = cost(replace(asked, outputs=(output,)))
    stated = ratio > 0
    assert (found.macs, found.flops) == (0, 12 * (9 * ratio**2 + 1) if stated else None)
    assert found.reason == ("" if stated else "sampling grid depends on the regions")


@pytest.mark.parametrize("op", ["Rfft", "Irfft"])
@pytest.mark.parametrize(("rows", "side", "flops"), [(3, 0, 0), (0, 8, 0), (3, 8, 3 * 60)])
def test_nothing_is_transformed_where_there_is_nothing(
    op: str, rows: int, side: int, flops: int
) -> None:
    """FFTW: 2.5·N·log₂N for N real numbers, 8 of which take 60."""
    asked = call(op, (rows, side), domain=MS, signal_ndim=1)
    found = cost(replace(asked, outputs=(Tensor("y", "float32", (rows, side)),)))
    assert (found.macs, found.flops) == (0, flops)


@pytest.mark.parametrize(
    ("version", "shapes", "bounds"),
    [(6, 1, 2), (10, 1, 2), (11, 1, 0), (11, 2, 1), (13, 3, 2)],
)
def test_bounds_of_clip_are_two_attributes_or_the_operands_that_are_given(
    version: int, shapes: int, bounds: int
) -> None:
    """ONNX: inputs since opset 11."""
    asked = replace(call("Clip", *[(4,), (), ()][:shapes]), version=version)
    found = cost(replace(asked, outputs=(Tensor("y", "float32", (4,)),)))
    assert found.flops == 4 * bounds
