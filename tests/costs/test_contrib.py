"""com.microsoft and ai.onnx.ml: fused forms cost what their parts cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onnx import parser

from analyzer.costs.registry import cost, precision
from analyzer.operators import find
from tests.costs.calls import call
from tests.each import each
from tests.golden.text import facts_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.graph.call import Call
    from tests.costs.calls import Shape

MS = "com.microsoft"


def ms(op: str, inputs: Sequence[Shape | None], *outputs: Shape, **more: Any) -> Call:
    return call(op, inputs, *outputs, domain=MS, **more)


CONV = [(1, 6, 8, 8), (4, 6, 3, 3), (4,)]


@each(
    ("node", "macs", "flops_beyond"),
    [
        (ms("FusedConv", CONV, (1, 4, 6, 6), activation="Relu"), 4 * 36 * 54, 2 * 144),
        (ms("FusedConv", [*CONV, (1, 4, 6, 6)], (1, 4, 6, 6)), 4 * 36 * 54, 2 * 144),
        (ms("NhwcConv", [(1, 8, 8, 6), *CONV[1:]], (1, 6, 6, 4)), 4 * 36 * 54, 144),
        (ms("NhwcFusedConv", [(1, 8, 8, 6), CONV[1]], (1, 6, 6, 4)), 4 * 36 * 54, 0),
        (
            ms("QLinearConv", [(1, 8, 8, 6), (), (), CONV[1]], (1, 6, 6, 4), channels_last=1),
            4 * 36 * 54,
            0,
        ),
        (ms("FusedGemm", [(2, 3), (3, 4), (4,)], (2, 4), activation="Relu"), 24, 16),
        (ms("QGemm", [(2, 3), (), (), (4, 3), (), (), (4,)], (2, 4), transB=1), 24, 8),
        (ms("FusedMatMul", [(5, 3, 2), (5, 3, 4)], transA=1), 5 * 24, 0),
        (ms("FusedMatMul", [(2, 5, 3), (5, 3, 4)], transBatchA=1, alpha=0.5), 5 * 24, 40),
        (ms("TransposeMatMul", [(2, 3), (4, 3)], transB=1), 24, 0),
        (ms("DynamicQuantizeMatMul", [(2, 3), (3, 4), (), (), (4,)]), 24, 8),
        (ms("MatMulIntegerToFloat", [(2, 3), (3, 4), (), ()]), 24, 0),
        (ms("GemmFastGelu", [(1, 2, 3), (3, 4), (4,)]), 24, 9 * 8),
        (ms("MatMulNBits", [(1, 2, 64), (8, 2, 16), (16,)], K=64, N=8, bits=4), 2 * 8 * 64, 0),
        (ms("MatMulBnb4", [(2, 64), (256,), (8,)], K=64, N=8), 2 * 8 * 64, 0),
        (ms("MatMulNBitsMlp", [(2, 64)], K=64, N=8), 2 * 2 * 8 * 64, 16 * 6),
        (
            ms("WordConvEmbedding", [(3, 10), (7, 1, 4, 5), (7,)], (3, 7)),
            3 * 7 * 140,
            3 * 7 * 7 * 3,
        ),
        (call("Conv", CONV[:2], (1, 4, 6, 6), domain="com.microsoft.nchwc"), 4 * 36 * 54, 0),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else "",
)
def test_fused_products(node: Call, macs: int, flops_beyond: int) -> None:
    result = cost(node)
    assert (result.macs, result.flops) == (macs, 2 * macs + flops_beyond)


@pytest.mark.parametrize(
    ("node", "name"),
    [
        (ms("MatMulNBits", [(2, 64)], K=64, N=8, bits=4), "int4"),
        (ms("MatMulNBits", [(2, 64)], K=64, N=8, bits=8), "int8"),
        (ms("DynamicQuantizeMatMul", [(2, 3), (3, 4)]), "int8"),
        (ms("QGemm", [(2, 3)], dtype="uint8"), "int8"),
        (ms("MatMulInteger16", [(2, 3), (3, 4)], dtype="int16"), "int16"),
        (ms("GemmFloat8", [(2, 3), (3, 4)]), "float8"),
        (ms("QAttention", [(1, 2, 6), (6, 18)], num_heads=2, dtype="uint8"), "int8"),
        (call("Conv", CONV, dtype="float16"), "float16"),
        (call("MatMul", [(2, 3), (3, 4)], dtype="bfloat16"), "bfloat16"),
        (call("Relu", [(2, 3)]), ""),
    ],
    ids=str,
)
def test_precision(node: Call, name: str) -> None:
    assert precision(node) == name


PACKED = """
<ir_version: 10, opset_import: ["" : 21, "com.microsoft" : 1]>
g ({data}[3,32] a, uint8[16,1,{bytes}] b, {data}[16] s) => ({data}[3,16] y) {{
    y = com.microsoft.MatMulNBits <K = 32, N = 16, bits = {bits}, block_size = 32{level}> (a, b, s)
}}"""


@pytest.mark.parametrize(
    ("data", "level", "multiplied"),
    [("float", "", "float32"), ("float", ", accuracy_level = 0", "float32"),
     ("float", ", accuracy_level = 1", "float32"), ("float", ", accuracy_level = 2", "float16"),
     ("float", ", accuracy_level = 3", "bfloat16"), ("float", ", accuracy_level = 4", "int8"),
     ("float16", "", "float16"), ("float16", ", accuracy_level = 4", "int8")],
)  # fmt: skip
@pytest.mark.parametrize("bits", [4, 8])
def test_packed_weights_are_multiplied_as_accuracy_level_says(
    data: str, level: str, multiplied: str, bits: int
) -> None:
    """ContribOperators.md: 0 (unset), 1 (fp32), 2 (fp16), 3 (bf16) or 4 (int8)."""
    text = PACKED.format(data=data, level=level, bits=bits, bytes=32 * bits // 8)
    totals = facts_of(parser.parse_model(text)).totals
    assert totals.macs_by_precision == {f"int{bits}": 3 * 16 * 32}
    assert totals.macs_by_arithmetic == {multiplied: 3 * 16 * 32}


@pytest.mark.parametrize(
    "name",
    ["MatMulNBits", "MatMulBnb4", "MatMulFpQ4", "MatMulBlockQuantizedFp4Weight",
     "MatMulBlockQuantizedFp8Weight", "MatMulNBitsMlp", "MatMulNBitsQkv", "MatMulNBitsQLoRA",
     "QMoE"],
)  # fmt: skip
def test_weights_of_few_bits_beside_data_in_floating_point_are_unpacked(name: str) -> None:
    """Their schemas have A in floating point (T1), B alone in bytes, and no scale of A."""
    record = find("com.microsoft", name)
    assert record is not None
    assert record.cost.unpacks


def test_integers_on_both_sides_are_not_unpacked() -> None:
    model = facts_of(
        parser.parse_model(
            """<ir_version: 10, opset_import: ["" : 21]>
            g (uint8[2,3] a, int8[3,4] b) => (int32[2,4] y) { y = MatMulInteger (a, b) }"""
        )
    )
    assert model.totals.macs_by_arithmetic == {"int8": 24}


def test_weights_alone_dequantised_are_multiplied_in_the_type_of_the_data() -> None:
    model = facts_of(
        parser.parse_model(
            """<ir_version: 10, opset_import: ["" : 21]>
            g (float[2,3] x, int4[3,4] b, float s) => (float[2,4] y) {
                w = DequantizeLinear (b, s)
                y = MatMul (x, w)
            }"""
        )
    )
    assert model.totals.macs_by_precision == {"int4": 24}
    assert model.totals.macs_by_arithmetic == {"float32": 24}


@each(
    ("node", "flops"),
    [
        (ms("SkipLayerNormalization", [(1, 2, 8), (1, 2, 8), (8,), (8,), (8,)], (1, 2, 8)), 16 * 9),
        (ms("SkipSimplifiedLayerNormalization", [(1, 2, 8), (1, 2, 8), (8,)], (1, 2, 8)), 16 * 5),
        (call("SimplifiedLayerNormalization", [(1, 2, 8), (8,)], (1, 2, 8)), 16 * 4),
        (ms("EmbedLayerNormalization", [(1, 2), None, (9, 8), (5, 8)], (1, 2, 8)), 16 * 8),
        (ms("GroupNorm", [(1, 2, 2, 4)], (1, 2, 2, 4), activation=1), 16 * 12),
        (ms("BiasGelu", [(2, 4), (4,)], (2, 4)), 8 * 6),
        (ms("FastGelu", [(2, 4), (4,)], (2, 4)), 8 * 9),
        (ms("QuickGelu", [(2, 4)], (2, 4)), 8 * 6),
        (ms("BiasSplitGelu", [(1, 2, 8), (8,)], (1, 2, 4)), 8 * 8),
        (ms("QLinearAdd", [(2, 4)], (2, 4)), 8),
        (ms("Rfft", [(2, 1024)], (2, 513, 2), signal_ndim=1), 2 * 25_600),
        (ms("Inverse", [(3, 4, 4)], (3, 4, 4)), 3 * 128),
        (ms("QLinearConcat", [(2,)], (4,)), 0),
        (ms("CDist", [(3, 5), (4, 5)], (3, 4), metric="euclidean"), 180 + 12),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else "",
)
def test_fused_elementwise_operators_have_no_macs(node: Call, flops: int) -> None:
    assert (cost(node).macs, cost(node).flops) == (0, flops)


@pytest.mark.parametrize(
    ("op", "why"),
    [("BeamSearch", "times that depends"), ("EPContext", "compiled"), ("SparseAttention", "mask")],
)
def test_uncountable_operators_say_why(op: str, why: str) -> None:
    result = cost(ms(op, [(1, 2)]))
    assert result.macs is None
    assert why in result.reason


ML = "ai.onnx.ml"


@pytest.mark.parametrize(
    ("node", "macs"),
    [
        (call("LinearRegressor", [(10, 4)], domain=ML, coefficients=(0.0,) * 12), 120),
        (call("LinearClassifier", [(4,)], domain=ML, coefficients=(0.0,) * 12), 12),
        (
            call(
                "SVMRegressor", [(10, 4)], domain=ML, coefficients=(0.0,) * 3,
                support_vectors=(0.0,) * 12, kernel_type="RBF",
            ),
            10 * (12 + 3),
        ),
        (call("Scaler", [(10, 4)], (10, 4), domain=ML), 0),
        (call("TreeEnsembleRegressor", [(10, 4)], (10, 1), domain=ML), 0),
    ],
    ids=lambda value: value.op_type if hasattr(value, "op_type") else "",
)  # fmt: skip
def test_machine_learning_operators(node: Call, macs: int) -> None:
    assert cost(node).macs == macs


def test_fourier_transforms_follow_the_fftw_convention() -> None:
    """FFTW's benchmark: 5·N·log₂N for complex, half for real data."""
    dft = call("DFT", [(3, 256, 2)], (3, 256, 2), version=20)
    assert (cost(dft).macs, cost(dft).flops) == (0, 3 * 5 * 256 * 8)
    real = call("DFT", [(3, 256, 1)], (3, 129, 2), version=17, axis=1, onesided=1)
    assert cost(real).flops == 3 * 5 * 256 * 8 // 2
    stft = call("STFT", [(1, 1000, 1), (), (64,)], (1, 100, 33, 2))
    assert cost(stft).flops == 100 * (5 * 64 * 6 // 2 + 64)


@pytest.mark.parametrize(("a", "b", "macs", "flops"), [
    # 3 rows of 64 by 64×8, and where both adapters hold something, 64×2 and 2×8
    (8, 4, 3 * (64 * 8 + 64 * 2 + 2 * 8), 3 * 8),
    (0, 4, 3 * (64 * 8 + 2 * 8), 3 * 8),
    (8, 0, 3 * 64 * 8, 0),
    (0, 0, 3 * 64 * 8, 0),
])  # fmt: skip
def test_an_adapter_without_a_way_up_is_not_run(a: int, b: int, macs: int, flops: int) -> None:
    shapes = [(3, 64), (8, 2, 16), (8, 2), (2, a), (2, 2), (8, b), (8, 1)]
    found = cost(ms("MatMulNBitsQLoRA", shapes, (3, 8), K=64, N=8))
    assert (found.macs, found.flops) == (macs, 2 * macs + flops)


@pytest.mark.parametrize(
    ("op", "operands", "added"),
    [
        ("DynamicQuantizeMatMul", 5, [4]), ("MatMulIntegerToFloat", 7, [6]),
        ("QOrderedMatMul", 8, [5, 6]), ("MatMulNBits", 6, [5]),
        ("MatMulBlockQuantizedFp4Weight", 6, [5]), ("MatMulBlockQuantizedFp8Weight", 5, [4]),
        ("QLinearMatMul", 8, []), ("MatMulInteger16", 2, []), ("MatMulBnb4", 3, []),
    ],
)  # fmt: skip
def test_each_operand_that_a_product_adds_is_an_operation_per_result(
    op: str, operands: int, added: list[int]
) -> None:
    """Of ContribOperators.md: biases and C alone; the others are scales, zero points and bits."""
    weight = 3 if op == "QLinearMatMul" else 2 if op == "QOrderedMatMul" else 1
    needed: list[tuple[int, ...] | None] = [None] * operands
    needed[0], needed[weight] = (2, 3), (3, 4)

    def beyond(slot: int) -> int | None:
        inputs = [*needed]
        if slot not in (0, weight):
            inputs[slot] = (4,)
        found = cost(call(op, inputs, (2, 4), domain="com.microsoft", K=3, N=4, bits=4))
        return None if found.flops is None or found.macs is None else found.flops - 2 * found.macs

    assert {slot: beyond(slot) for slot in range(operands)} == {
        slot: 8 * (slot in added) for slot in range(operands)
    }


@pytest.mark.parametrize(
    ("domain", "op", "weight", "added"),
    [
        ("", "Conv", 1, [2]), ("", "ConvInteger", 1, []), ("", "QLinearConv", 3, [8]),
        ("", "ConvTranspose", 1, [2]), ("com.microsoft", "FusedConv", 1, [2, 3]),
        ("com.microsoft", "NhwcFusedConv", 1, [2, 3]),
        ("com.microsoft", "QLinearConv", 3, [8]),
        ("com.ms.internal.nhwc", "QLinearConvTranspose", 3, [8]),
        ("com.microsoft", "ConvTransposeWithDynamicPads", 1, [3]),
    ],
)  # fmt: skip
def test_each_operand_that_a_convolution_adds_is_an_operation_per_result(
    domain: str, op: str, weight: int, added: list[int]
) -> None:
    """Biases, and the sum of a fused one; the others are scales and zero points."""

    def beyond(slot: int) -> int | None:
        inputs: list[tuple[int, ...] | None] = [None] * 9
        inputs[slot] = (4,)
        inputs[0], inputs[weight] = (1, 4, 4, 4), (4, 4, 2, 2)
        found = cost(call(op, inputs, (1, 4, 3, 3), domain=domain))
        return None if found.flops is None or found.macs is None else found.flops - 2 * found.macs

    assert {slot: beyond(slot) for slot in range(9)} == {
        slot: 36 * (slot in added) for slot in range(9)
    }
