"""Products of matrices: Gemm, MatMul, Einsum, fused and integer forms of ONNX Runtime."""

from __future__ import annotations

from dataclasses import replace

from analyzer.operators.counts.packed import bits_of, blocks, by_output, packed
from analyzer.operators.counts.product import (
    einsum,
    fused_gemm,
    fused_matmul,
    gemm,
    gemm_gelu,
    matmul,
)
from analyzer.operators.formula import LEGACY, ORT, Formula, dtype_of, fixed, integer_of
from analyzer.operators.packing import halves, shape_input, sides
from analyzer.operators.record import (
    BIAS,
    DATA,
    INDEX,
    MICROSOFT,
    SCALE,
    SHAPE,
    ZERO_POINT,
    Nature,
    Operator,
    Scaling,
    weight,
)
from analyzer.operators.results.product import (
    by_shape_input,
    gemmed,
    integer_product,
    multiplied,
    ordered,
    packed_product,
    widened,
)

PRODUCT = Nature.PRODUCT
W = weight("K", "N")
"""``transB`` swaps the axes."""
PACKED = weight("N", "K", packed=sides("N", "K"))
TWO = (DATA, W)
THREE = (DATA, W, BIAS)
QUANT = (SCALE, ZERO_POINT)
MACS = "|Y| · K"
GEMM = "M · N · K"
BIASED = "2·MACs + |Y| if bias"
INTEGER = ("quantized",)
ABSORBED = ("MatMul", "Transpose", "Gemm", "Relu", "Mul", "Div", "Add")
"""What a fused product does besides: it scales, adds, turns its operands, and may end in a Relu."""
FUSED = Formula(fused_matmul, MACS, "2·MACs + |Y| if α≠1 + |Y| if activation", ORT, dtype_of(0))

OPERATORS = (
    Operator(
        "Gemm", PRODUCT, THREE,
        Formula(
            gemm, GEMM, "2·MACs + |Y| if C + |Y| if α≠1 + |Y| if C and β≠1", "ONNX Gemm",
            dtype_of(0),
        ),
        scaling=Scaling.GEMM, role="product", integer=True,
    ),
    Operator(
        "MatMul", PRODUCT, TWO,
        Formula(matmul(), MACS, "2·MACs", "ONNX MatMul (numpy.matmul)", dtype_of(0)),
        scaling=Scaling.MATMUL, role="product", integer=True,
    ),
    Operator(
        "MatMulInteger", PRODUCT, (DATA, W, ZERO_POINT, ZERO_POINT),
        Formula(matmul(), MACS, "2·MACs", "ONNX MatMulInteger", integer_of(0)),
        scaling=Scaling.MATMUL, role="product", tags=INTEGER,
    ),
    Operator(
        "QLinearMatMul", PRODUCT, (DATA, *QUANT, W, *QUANT, *QUANT),
        Formula(matmul(0, 3), MACS, "2·MACs", "ONNX QLinearMatMul", integer_of(0)),
        scaling=Scaling.MATMUL, role="product", tags=INTEGER,
    ),
    Operator(
        "Einsum", PRODUCT, (DATA,),
        Formula(
            einsum,
            "Π sizes of all distinct labels (0 with one operand)",
            "operands · Π sizes of all distinct labels",
            "ONNX Einsum (numpy.einsum), evaluated literally",
            dtype_of(0),
        ),
        repeat=1,
    ),
    # com.microsoft, real numbers
    Operator(
        "FusedGemm", PRODUCT, THREE,
        Formula(fused_gemm, GEMM, "2·MACs + |Y| if C + |Y| if activation", ORT, dtype_of(0)),
        MICROSOFT, shape=gemmed(1, None), scaling=Scaling.GEMM, role="product", tags=("fused",),
        fuses=ABSORBED,
    ),
    Operator(
        "GemmFastGelu", PRODUCT, (DATA, W, BIAS),
        Formula(gemm_gelu, MACS, "2·MACs + |Y| if bias + 8·|Y|", ORT, dtype_of(0)),
        MICROSOFT, shape=multiplied(1, 0), role="product", tags=("fused",),
    ),
    Operator("FusedMatMul", PRODUCT, TWO, FUSED, MICROSOFT, shape=multiplied(1, 0),
             scaling=Scaling.MATMUL, role="product", tags=("fused",), fuses=ABSORBED),
    Operator("FusedMatMulActivation", PRODUCT, TWO, FUSED, MICROSOFT, shape=multiplied(1, 0),
             role="product", tags=("fused",), fuses=ABSORBED),
    Operator("TransposeMatMul", PRODUCT, TWO, FUSED, MICROSOFT, shape=multiplied(1, 0),
             role="product", tags=("fused",), fuses=ABSORBED),
    Operator("TransposeMatMul", PRODUCT, TWO, replace(FUSED, source=LEGACY),
             shape=multiplied(1, 0), role="product", tags=("fused",), fuses=ABSORBED),
    # com.microsoft, quantised
    Operator(
        "GemmFloat8", PRODUCT, (*THREE, SCALE, SCALE, SCALE),
        Formula(
            fused_gemm, GEMM, "2·MACs + |Y| if C + |Y| if activation", ORT, fixed("float8")
        ),
        MICROSOFT, shape=gemmed(1, None), role="product", tags=INTEGER,
    ),
    Operator(
        "QGemm", PRODUCT, (DATA, *QUANT, W, *QUANT, BIAS, *QUANT),
        Formula(lambda call: gemm(call, 3, 6), GEMM, BIASED, ORT, integer_of(0)),
        MICROSOFT, shape=gemmed(3, 7), role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulInteger16", PRODUCT, TWO,
        Formula(matmul(), MACS, "2·MACs", ORT, fixed("int16")),
        MICROSOFT, shape=integer_product, role="product", tags=INTEGER,
    ),
    Operator(
        "DynamicQuantizeMatMul", PRODUCT, (DATA, W, SCALE, ZERO_POINT, BIAS),
        Formula(matmul(bias=4), MACS, BIASED, ORT, fixed("int8")),
        MICROSOFT, shape=multiplied(1, 0), role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulIntegerToFloat", PRODUCT,
        (DATA, W, SCALE, SCALE, ZERO_POINT, ZERO_POINT, BIAS),
        Formula(matmul(bias=6), MACS, BIASED, ORT, integer_of(0)),
        MICROSOFT, shape=multiplied(1, 2), role="product", tags=INTEGER,
    ),
    Operator(
        "QLinearMatMul", PRODUCT, (DATA, *QUANT, W, *QUANT, *QUANT),
        Formula(matmul(0, 3), MACS, "2·MACs", ORT, integer_of(0)),
        MICROSOFT, shape=multiplied(3, 0), scaling=Scaling.MATMUL, role="product", tags=INTEGER,
    ),
    Operator(
        "QOrderedMatMul", PRODUCT, (DATA, SCALE, W, SCALE, SCALE, BIAS, DATA, SCALE),
        Formula(by_output(5, 6), MACS, "2·MACs + |Y| if bias + |Y| if C", ORT, fixed("int8")),
        MICROSOFT, shape=ordered, role="product", tags=INTEGER,
    ),
    # com.microsoft, packed weights
    Operator(
        "MatMulNBits", PRODUCT, (DATA, PACKED, SCALE, ZERO_POINT, INDEX, BIAS),
        Formula(packed(5), "rows · N · K", BIASED, ORT, bits_of(4), unpacks=True),
        MICROSOFT, shape=packed_product, role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulBnb4", PRODUCT, (DATA, PACKED, SCALE),
        Formula(packed(), "rows · N · K", "2·MACs", ORT, fixed("float4"), unpacks=True),
        MICROSOFT, shape=packed_product, role="product", tags=INTEGER, fuses=ABSORBED,
    ),
    Operator(
        "MatMulFpQ4", PRODUCT, (DATA, weight("K", "N", packed=shape_input(2)), SHAPE),
        Formula(by_output(), MACS, "2·MACs", ORT, fixed("int4"), unpacks=True),
        MICROSOFT, shape=by_shape_input, role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulPacked", PRODUCT, (DATA, PACKED, SCALE),
        Formula(
            blocks, "rows · N · K", "2·MACs + |Y| if scale + 2·|Y| if relu2", ORT, dtype_of(0)
        ),
        MICROSOFT, shape=packed_product, role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulBlockQuantizedFp4Weight", PRODUCT,
        (DATA, weight("N", "K", packed=halves), SCALE, SCALE, SCALE, BIAS),
        Formula(by_output(5), MACS, BIASED, ORT, fixed("float4"), unpacks=True),
        MICROSOFT, shape=widened(1), role="product", tags=INTEGER,
    ),
    Operator(
        "MatMulBlockQuantizedFp8Weight", PRODUCT,
        (DATA, weight("N", "K"), SCALE, SCALE, BIAS),
        Formula(by_output(4), MACS, BIASED, ORT, fixed("float8"), unpacks=True),
        MICROSOFT, shape=widened(1), role="product", tags=INTEGER,
    ),
)  # fmt: skip
