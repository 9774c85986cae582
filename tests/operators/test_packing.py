"""Packed weights count their logical elements, by ONNX Runtime's description of each layout."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyzer.facts import Parameters, Tensor
from analyzer.graph.call import Call
from analyzer.operators.packing import (
    adapter,
    bits,
    halves,
    row_width,
    rows_of,
    shape_input,
    sides,
)
from tests.each import each
from tests.golden.test_parameters import parameters


def u8(*shape: int) -> Any:
    return np.zeros(shape, np.uint8)


def i8(*shape: int) -> Any:
    return np.zeros(shape, np.int8)


def f32(*shape: int) -> Any:
    return np.ones(shape, np.float32)


def com(body: str, inputs: str = "float[1,64] x", **constants: Any) -> Parameters:
    return parameters(f"g ({inputs}) => (float[] y) {{ {body} }}", **constants)


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize(("experts", "hidden", "inner"), [(4, 128, 128), (8, 64, 256)])
def test_experts_hold_eight_over_bits_values_a_byte(
    bits: int, experts: int, hidden: int, inner: int
) -> None:
    """``fc1_experts_weights``: (experts, inter, hidden · bits / 8), fc2 the other way round."""
    found = com(
        f"y = com.microsoft.QMoE <expert_weight_bits = {bits}, k = 2> (x, r, w1, s1, , w2, s2)",
        f"float[1,{hidden}] x, float[1,{experts}] r",
        w1=u8(experts, inner, hidden * bits // 8), s1=f32(experts, inner),
        w2=u8(experts, hidden, inner * bits // 8), s2=f32(experts, hidden),
    )  # fmt: skip
    assert found.weights == 2 * experts * hidden * inner
    assert found.quantization == experts * (hidden + inner)


def test_each_layer_of_an_expert_may_have_its_own_bits() -> None:
    found = com(
        "y = com.microsoft.QMoE <expert_weight_bits = 4, fc1_expert_weight_bits = 2> "
        "(x, r, w1, , , w2)",
        "float[1,64] x, float[1,4] r",
        w1=u8(4, 32, 16), w2=u8(4, 64, 16),
    )  # fmt: skip
    assert found.weights == 4 * 32 * 64 + 4 * 64 * 32


@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize(("n", "k", "block"), [(64, 64, 32), (48, 100, 32)])
def test_block_quantised_products_hold_n_by_k(bits: int, n: int, k: int, block: int) -> None:
    """B: (N, ⌈K / block⌉, block · bits / 8); the last block is padded."""
    stored = u8(n, -(-k // block), block * bits // 8)
    sides = f"N = {n}, K = {k}, bits = {bits}, block_size = {block}"
    found = com(
        f"y = com.microsoft.MatMulNBits <{sides}> (x, w, s)", f"float[1,{k}] x",
        w=stored, s=f32(n, -(-k // block)),
    )  # fmt: skip
    assert found.weights == n * k
    found = com(
        f"y = com.microsoft.MatMulNBitsMlp <{sides}> (x, , g, w, s, , u, t)", f"float[1,{k}] x",
        w=stored, u=stored.copy(), s=f32(n, -(-k // block)), t=f32(n, -(-k // block)), g=f32(k),
    )  # fmt: skip
    assert found.weights == 2 * n * k + k  # the last is the gain of the fused normalisation


def test_joint_projections_have_widths_of_their_own() -> None:
    found = com(
        "y, k, v = com.microsoft.MatMulNBitsQkv "
        "<Nq = 64, Nkv = 16, K = 32, bits = 4, block_size = 32> (x, , g, q, s, b, p, t, , w, u)",
        "float[1,32] x",
        q=u8(64, 1, 16), s=f32(64), b=f32(64), p=u8(16, 1, 16), t=f32(16), w=u8(16, 1, 16),
        u=f32(16), g=f32(32),
    )  # fmt: skip
    assert found.weights == 64 * 32 + 2 * 16 * 32 + 64 + 32


@pytest.mark.parametrize("rank", [8, 24])
def test_adapters_hold_rank_by_side(rank: int) -> None:
    """lora_A: (R, ⌈K / block⌉, …), lora_B: (N, ⌈R / block⌉, …)."""
    found = com(
        "y = com.microsoft.MatMulNBitsQLoRA <N = 48, K = 64, bits = 4, block_size = 32, "
        "lora_bits = 4, lora_block_size = 32> (x, w, s, a, t, b, u)",
        w=u8(48, 2, 16), s=f32(48, 2), a=u8(rank, 2, 16), t=f32(rank, 2), b=u8(48, 1, 16),
        u=f32(48, 1),
    )  # fmt: skip
    assert found.weights == 48 * 64 + rank * 64 + 48 * rank


def test_an_omitted_adapter_holds_nothing() -> None:
    found = com(
        "y = com.microsoft.MatMulNBitsQLoRA <N = 48, K = 64, bits = 4, block_size = 32> "
        "(x, w, s, a, t, b, u)",
        w=u8(48, 2, 16), s=f32(48, 2), a=u8(0, 2, 16), t=f32(8, 2), b=u8(48, 0, 16),
        u=f32(48, 1),
    )  # fmt: skip
    assert found.weights == 48 * 64


@pytest.mark.parametrize(("k", "n"), [(64, 64), (64, 100)])
def test_a_blob_of_four_bits_has_the_shape_that_an_input_says(k: int, n: int) -> None:
    found = com(
        "y = com.microsoft.MatMulFpQ4 <blk_quant_type = 1> (x, w, shape)", f"float[1,{k}] x",
        w=u8(k * n // 2 + n * k // 32 * 5), shape=np.array([k, n], np.int64),
    )  # fmt: skip
    assert found.weights == k * n
    assert found.constants == 2


def test_a_bnb4_blob_holds_n_by_k() -> None:
    found = com(
        "y = com.microsoft.MatMulBnb4 <N = 30, K = 64, block_size = 16, quant_type = 1> (x, w, s)",
        w=u8(30 * 64 // 2), s=f32(120),
    )  # fmt: skip
    assert (found.weights, found.quantization) == (1920, 120)


def test_ordered_integers_are_weights_and_their_scales_are_not() -> None:
    found = com(
        "y = com.microsoft.QOrderedMatMul <order_A = 1, order_B = 1, order_Y = 1> "
        "(x, a, w, b, c)",
        "int8[1,8,64] x", w=i8(64, 64), a=np.float32(1), b=np.float32(1), c=np.float32(1),
    )  # fmt: skip
    assert (found.weights, found.quantization) == (4096, 3)


def test_two_fp4_values_share_a_byte() -> None:
    """B: (N, K / 2) as bytes."""
    found = com(
        "y = com.microsoft.MatMulBlockQuantizedFp4Weight <block_size = 16> (x, w, s, g)",
        w=u8(48, 32), s=u8(48, 4), g=np.float32(1),
    )  # fmt: skip
    assert found.weights == 48 * 64


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_quantised_table_holds_eight_over_bits_values_a_byte(bits: int) -> None:
    found = com(
        f"y = com.microsoft.GatherBlockQuantized <bits = {bits}, block_size = 16, "
        "quantize_axis = 1> (w, i, s)",
        "int64[3] i", w=u8(100, 64 * bits // 8), s=f32(100, 4),
    )  # fmt: skip
    assert (found.weights, found.quantization) == (6400, 400)


def test_packed_experts_take_their_widths_from_one_another() -> None:
    """gate (E, inter, bytes), down (E, hidden, bytes), for an input (…, hidden)."""
    found = com(
        "y = com.microsoft.MoEPacked <k = 2, gate_type = 1, up_type = 1, down_type = 1> "
        "(x, r, g, u, d)",
        "float[1,64] x, float[1,4] r",
        g=u8(4, 128, 36), u=u8(4, 128, 36), d=u8(4, 64, 72),
    )  # fmt: skip
    assert found.weights == 3 * 4 * 128 * 64


def test_packed_products_and_tables_have_their_sides_as_attributes() -> None:
    found = com(
        "y = com.microsoft.MatMulPacked <N = 48, K = 64, packed_type = 1> (x, w)", w=u8(48, 36)
    )
    assert found.weights == 48 * 64
    found = com(
        "y = com.microsoft.GatherPacked <K = 64, packed_type = 1> (w, i)", "int64[3] i",
        w=u8(100, 36),
    )  # fmt: skip
    assert found.weights == 6400


def test_sides_that_are_none_give_no_number_of_weights() -> None:
    stored = Tensor("w", "uint8", (48, 36))
    for n, k, count in ((48, 64, 3072), (1, 1, 1), (0, 64, None), (48, -1, None), (None, 64, None)):
        given = {name: side for name, side in (("N", n), ("K", k)) if side is not None}
        call = Call("MatMulPacked", "com.microsoft", 1, given, (None, stored), ())
        assert sides("N", "K")(call, 1) == count
    empty = Call("P", "com.microsoft", 1, {}, (None, Tensor("w", "uint8", (0, 36))), ())
    assert sides("N", "K")(empty, 1) == 0


Packing = Callable[[Call, int], int | None]
Shape = tuple[int | None, ...] | None
SHAPED, FOUR, LOW, ROWS, TABLE = (
    shape_input(2), bits("b", 4, "other"), adapter("n", 1), rows_of(0, -1), row_width("k"),
)  # fmt: skip
COUNTS: tuple[tuple[Packing, tuple[Shape, ...], dict[str, int], int | None], ...] = (
    # the second input is packed; as wide as the last axes of the first and of the result
    (SHAPED, ((2, 5), (9,)), {}, 35), (SHAPED, ((2, None), (9,)), {}, None),
    (SHAPED, (None, (9,)), {}, None), (SHAPED, ((), (9,)), {}, None),
    # bytes of 8 / bits values; a width of no sense is none
    (FOUR, ((), (3, 4)), {}, 24), (FOUR, ((), (3, 4)), {"b": 8}, 12),
    (FOUR, ((), (3, 4)), {"b": 2, "other": 8}, 48), (FOUR, ((), (3, 4)), {"other": 8}, 12),
    (FOUR, ((), (3, 4)), {"b": 0, "other": 1}, 96), (FOUR, ((), (3, 4)), {"b": 9}, 12),
    (FOUR, ((), (3, 4)), {"b": -4}, 12), (FOUR, ((), (3, None)), {}, None),
    (FOUR, ((), None), {}, None), (halves, ((), (3, 4)), {}, 24), (halves, ((), None), {}, None),
    # a rank that the scales have as their first axis
    (LOW, ((), (6, 9)), {"n": 4}, 24), (LOW, ((), (0, 9)), {"n": 4}, 0),
    (LOW, ((), ()), {"n": 4}, None), (LOW, ((), None), {"n": 4}, None),
    (LOW, ((), (6, 9)), {"n": 0}, None), (LOW, ((), (6, 9)), {}, None),
    (ROWS, ((2, 64), (8, 16, 32)), {}, 8 * 16 * 64), (ROWS, ((2, None), (8, 16, 32)), {}, None),
    (ROWS, ((2, 64), (8, None, 32)), {}, None), (ROWS, ((2, 64), (8, 16, None)), {}, 8 * 16 * 64),
    (ROWS, ((), (8, 16, 32)), {}, None), (ROWS, (None, (8, 16, 32)), {}, None),
    (ROWS, ((2, 64), None), {}, None),
    (TABLE, ((), (5, 16)), {"k": 64}, 320), (TABLE, ((), (5, 16)), {"k": 0}, None),
    (TABLE, ((), (5, 16)), {}, None), (TABLE, ((), (5, None)), {"k": 64}, None),
    (TABLE, ((), ()), {"k": 64}, None), (TABLE, ((), None), {"k": 64}, None),
)  # fmt: skip


@each("count, shapes, given, weights", COUNTS)
def test_packed_tensors_hold_as_many_weights_as_their_layout_says(
    count: Packing, shapes: tuple[Shape, ...], given: dict[str, int], weights: int | None
) -> None:
    first, second = (Tensor("t", "uint8", shape) for shape in shapes)
    made = (Tensor("y", "float32", (2, 7)),)
    call = Call("P", "com.microsoft", 1, given, (first, second), made)
    assert count(call, 1) == weights
    if count is not LOW:
        assert count(replace(call, inputs=(first, None), outputs=(None,)), 1) is None
    if count in (FOUR, halves) and weights is not None:
        stored = Tensor("t", "uint4", shapes[1])  # elements of their own
        assert count(replace(call, inputs=(first, stored)), 1) == stored.elements


def test_a_shape_that_is_written_down_is_that_of_a_packed_weight() -> None:
    given = (Tensor("x", "float32", (2, 5)), Tensor("w", "uint8", (9,)), None)
    for sizes, weights in (([5, 7], 35), ([0, 7], 0), ([-1, 7], None), ([5, -7], None)):
        values = (None, None, np.array(sizes))
        call = Call("P", "com.microsoft", 1, {}, given, (), values)
        assert SHAPED(call, 1) == weights


def test_a_channels_last_quantised_transposed_convolution_has_its_weights() -> None:
    graph = (
        "g (uint8[1,7,7,16] x) => (uint8[] y) { y = com.ms.internal.nhwc.QLinearConvTranspose "
        "(x, s, z, w, s, v, s, z) }"
    )
    found = parameters(graph, w=i8(16, 8, 2, 2), s=np.float32(1), z=np.uint8(0), v=np.int8(0))
    assert found.weights == 16 * 8 * 2 * 2


@pytest.mark.parametrize(
    "name", ["Mixer", "Resize", "Clip", "Transpose", "Reshape", "Range", "Trilu", "Conv", "Add",
             "QuantizeLinear", "BatchNormalization", "LSTM"]
)  # fmt: skip
def test_an_operator_of_a_vendor_has_the_same_parameters_whatever_it_is_called(name: str) -> None:
    found = parameters(
        f"g (float[1,512] x) => (float[] y) {{ y = com.example.{name} (x, w) }}", w=(512, 512)
    )
    assert found.weights == 262144


def test_a_zero_point_of_a_joined_tensor_is_no_weight() -> None:
    found = com(
        "y = com.microsoft.QLinearConcat <axis = 1> (s, z, x, s, z, c, s, z)",
        "uint8[1,4] x", s=np.float32(1), z=np.uint8(0), c=u8(1, 3),
    )  # fmt: skip
    assert (found.weights, found.quantization) == (0, 2)
