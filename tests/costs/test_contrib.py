"""com.microsoft and ai.onnx.ml: fused forms cost what their parts cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from analyzer.costs.registry import cost, precision
from tests.costs.calls import call

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.graph.call import Call
    from tests.costs.calls import Shape

MS = "com.microsoft"


def ms(op: str, inputs: Sequence[Shape | None], *outputs: Shape, **more: Any) -> Call:
    return call(op, inputs, *outputs, domain=MS, **more)


CONV = [(1, 6, 8, 8), (4, 6, 3, 3), (4,)]


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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
