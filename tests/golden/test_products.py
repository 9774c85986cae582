"""Convolutions and matrix products where counters usually go wrong; every number by hand."""

from __future__ import annotations

from tests.each import each
from tests.golden.text import facts

PRODUCTS = {
    # |X| · N/g · K² = 2·16·7·7 · 8 · 2·2: input side, not output side
    "ConvTranspose 2×2 stride 2": (
        (
            "g (float[2,16,7,7] x, float[16,8,2,2] w) => (float[2,8,14,14] y)"
            "{ y = ConvTranspose <strides=[2,2]> (x, w) }"
        ),
        50_176,
    ),
    # 1·6·5·5 · 4 · 3·3 with 2 groups (weight is C × N/g)
    "grouped ConvTranspose": (
        (
            "g (float[1,6,5,5] x, float[6,4,3,3] w) => (float[1,8,7,7] y)"
            "{ y = ConvTranspose <group=2> (x, w) }"
        ),
        5_400,
    ),
    # 100 − 9 + 1 = 92 positions · 20 filters · 4 channels · 9 taps
    "1-D convolution": (
        "g (float[1,4,100] x, float[20,4,9] w) => (float[1,20,92] y) { y = Conv (x, w) }",
        66_240,
    ),
    # 6·6·6 positions · 5 filters · 2 channels · 27 taps
    "3-D convolution": (
        "g (float[1,2,8,8,8] x, float[5,2,3,3,3] w) => (float[1,5,6,6,6] y) { y = Conv (x, w) }",
        58_320,
    ),
    # SAME_UPPER, stride 2: ceil(7/2) = 4 → 4·4 · 8 · 3 · 9
    "auto_pad": (
        (
            "g (float[1,3,7,7] x, float[8,3,3,3] w) => (float[1,8,4,4] y)"
            '{ y = Conv <auto_pad="SAME_UPPER", strides=[2,2]> (x, w) }'
        ),
        3_456,
    ),
    # (17+0+2−5)/2+1 = 8, (19+1+3−5)/3+1 = 7 → 8·7 · 5 · 1 · 9
    "asymmetric pads, stride and dilation": (
        (
            "g (float[1,1,17,19] x, float[5,1,3,3] w) => (float[1,5,8,7] y)"
            "{ y = Conv <pads=[0,1,2,3], strides=[2,3], dilations=[2,2]> (x, w) }"
        ),
        2_520,
    ),
    # depthwise, multiplier 2: 8·8 · 8 · 1 · 9
    "depthwise with multiplier 2": (
        (
            "g (float[1,4,10,10] x, float[8,1,3,3] w) => (float[1,8,8,8] y)"
            "{ y = Conv <group=4> (x, w) }"
        ),
        4_608,
    ),
    # the batch broadcasts to 5·3: 15 · 4·6 · 7
    "MatMul with broadcast batch": (
        "g (float[5,1,4,7] a, float[3,7,6] b) => (float[5,3,4,6] y) { y = MatMul (a, b) }",
        2_520,
    ),
    # (7) · (2,7,6): 2·6 sums of 7
    "MatMul of a vector": (
        "g (float[7] a, float[2,7,6] b) => (float[2,6] y) { y = MatMul (a, b) }",
        84,
    ),
    # 7 products for a scalar
    "MatMul of two vectors": ("g (float[7] a, float[7] b) => (float y) { y = MatMul (a, b) }", 7),
    # 5·9 outputs, inner dimension 7 is B's second
    "Gemm with transB": (
        (
            "g (float[5,7] a, float[9,7] b, float[9] c) => (float[5,9] y)"
            "{ y = Gemm <transB=1> (a, b, c) }"
        ),
        315,
    ),
    # inner dimension 5 is A's first
    "Gemm with transA": (
        "g (float[5,7] a, float[5,9] b) => (float[7,9] y) { y = Gemm <transA=1> (a, b) }",
        315,
    ),
    # indices 2, 3 (the ellipsis), i = 4, j = 5: 2·3·4·5
    "Einsum with ellipsis": (
        (
            "g (float[2,3,4] a, float[4,5] b) => (float[2,3,5] y)"
            '{ y = Einsum <equation="...i,ij->...j"> (a, b) }'
        ),
        120,
    ),
    # b q h d, b k h d → b h q k: 2·6·3·8 · 7 (k)
    "Einsum of attention scores": (
        (
            "g (float[2,6,3,8] a, float[2,7,3,8] b) => (float[2,3,6,7] y)"
            '{ y = Einsum <equation="bqhd,bkhd->bhqk"> (a, b) }'
        ),
        2_016,
    ),
    # 10 steps · 3 in the batch · 4 gates · 16 units · (8 inputs + 16 state)
    "LSTM": (
        (
            "g (float[10,3,8] x, float[1,64,8] w, float[1,64,16] r) => (float[10,1,3,16] y)"
            "{ y = LSTM <hidden_size=16> (x, w, r) }"
        ),
        46_080,
    ),
    # 2 directions · 10 · 3 · 3 gates · 16 · (8 + 16)
    "bidirectional GRU": (
        (
            "g (float[10,3,8] x, float[2,48,8] w, float[2,48,16] r) => (float[10,2,3,16] y)"
            '{ y = GRU <hidden_size=16, direction="bidirectional"> (x, w, r) }'
        ),
        69_120,
    ),
    # batch first (layout 1): 3 · 10 · 1 gate · 16 · (8 + 16)
    "RNN with the batch first": (
        (
            "g (float[3,10,8] x, float[1,16,8] w, float[1,16,16] r) => (float[3,10,1,16] y)"
            "{ y = RNN <hidden_size=16, layout=1> (x, w, r) }"
        ),
        11_520,
    ),
    # 6·6 · 4 filters · 3 channels · 9
    "ConvInteger": (
        "g (uint8[1,3,8,8] x, uint8[4,3,3,3] w) => (int32[1,4,6,6] y) { y = ConvInteger (x, w) }",
        3_888,
    ),
    "QLinearConv": (
        (
            "g (uint8[1,3,8,8] x, uint8[4,3,3,3] w) => (uint8[1,4,6,6] y)"
            "<float s = {0.1}, uint8 z = {0}> { y = QLinearConv (x, s, z, w, s, z, s, z) }"
        ),
        3_888,
    ),
    # 4·6 · 7
    "MatMulInteger": (
        "g (uint8[4,7] a, int8[7,6] b) => (int32[4,6] y) { y = MatMulInteger (a, b) }",
        168,
    ),
    "QLinearMatMul": (
        (
            "g (uint8[4,7] a, uint8[7,6] b) => (uint8[4,6] y)"
            "<float s = {0.1}, uint8 z = {0}> { y = QLinearMatMul (a, s, z, b, s, z, s, z) }"
        ),
        168,
    ),
    # 2·5 rows · K = 64 · N = 32, however the weight is packed
    "com.microsoft MatMulNBits": (
        (
            "g (float[2,5,64] a, uint8[32,2,16] b, float[64] s) => (float[2,5,32] y)"
            "{ y = com.microsoft.MatMulNBits <K=64, N=32, bits=4, block_size=32> (a, b, s) }"
        ),
        20_480,
    ),
    # half precision counts as single does
    "fp16": (
        "g (float16[1,3,8,8] x, float16[4,3,3,3] w) => (float16[1,4,6,6] y) { y = Conv (x, w) }",
        3_888,
    ),
    # 2 heads · 6 · 7 · (8 + 4): Q·Kᵀ of size 8 and P·V of size 4
    "Attention, opset 23": (
        (
            "g (float[1,2,6,8] q, float[1,2,7,8] k, float[1,2,7,4] v) => (float[1,2,6,4] y)"
            "{ y = Attention (q, k, v) }"
        ),
        1_008,
    ),
    # no row, no work
    "zero batch": ("g (float[0,7] a, float[7,6] b) => (float[0,6] y) { y = MatMul (a, b) }", 0),
}


@each("name", PRODUCTS)
def test_macs_by_hand(name: str) -> None:
    graph, macs = PRODUCTS[name]
    totals = facts(graph, opset=23 if "opset 23" in name else 17).totals
    assert (totals.macs, totals.complete, totals.certainty) == (macs, True, "exact")


def test_separable_costs_one_over_n_plus_one_over_kernel_squared() -> None:
    # D_K = 3, N = 256: 1/256 + 1/9 = 0.1150, 8.69 times less (MobileNet paper, section 3.1)
    found = facts(
        "g (float[1,128,14,14] x, float[256,128,3,3] w) => (float[1,256,14,14] y)"
        "{ y = Conv <pads=[1,1,1,1]> (x, w) }"
    )
    saving = found.nodes[0].saving
    assert saving is not None
    assert round(saving.theory_ratio, 4) == 0.1150
    assert saving.macs_now == 14 * 14 * 9 * 128 * 256
    assert saving.macs_after == 14 * 14 * 9 * 128 + 14 * 14 * 128 * 256
    assert round(saving.factor, 2) == 8.69
