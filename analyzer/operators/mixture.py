"""Layers of language models in one operator: mixtures of experts, gated and joint projections."""

from __future__ import annotations

from analyzer.operators.counts.packed import (
    bits_of,
    expert_bits,
    experts,
    gated_add,
    lora,
    mlp,
    qkv,
    router,
)
from analyzer.operators.formula import ORT, UNDESCRIBED, Formula, dtype_of
from analyzer.operators.packing import adapter, bits, rows_of, sides
from analyzer.operators.record import (
    BIAS,
    DATA,
    GAIN,
    MICROSOFT,
    SCALE,
    ZERO_POINT,
    Nature,
    Operand,
    Operator,
    weight,
)
from analyzer.operators.results.common import same
from analyzer.operators.results.product import packed_product, projections, routed, routes

PRODUCT = Nature.PRODUCT
PACKED = weight("N", "K", packed=sides("N", "K"))
KV = weight("N", "K", packed=sides("Nkv", "K"))
EXPERT = weight("E", "N", "K")
MACS = "tokens · k · Σ|W| / E"
FLOPS = "2·MACs + 5·|router| + tokens·k·(hidden·activation + biases + 2·width)"


def _expert(layer: int) -> Operand:
    return weight(
        "E", "N", "K", packed=bits(f"fc{layer}_expert_weight_bits", 4, "expert_weight_bits")
    )


OPERATORS = (
    Operator(
        "MatMulNBitsMlp", PRODUCT,
        (DATA, DATA, GAIN, PACKED, SCALE, BIAS, PACKED, SCALE, BIAS),
        Formula(
            mlp, "2 · rows · N · K", "2·MACs + SiLU, product, RMS norm", ORT, bits_of(4),
            unpacks=True,
        ),
        MICROSOFT, shape=projections("N"), tags=("fused", "quantized"),
    ),
    Operator(
        "MatMulNBitsQkv", PRODUCT,
        (
            DATA, DATA, GAIN,
            weight("N", "K", packed=sides("Nq", "K")), SCALE, BIAS,
            KV, SCALE, BIAS, KV, SCALE, BIAS,
        ),
        Formula(
            qkv, "rows · (Nq + 2·Nkv) · K", "2·MACs + biases + RMS norm", ORT, bits_of(4),
            unpacks=True,
        ),
        MICROSOFT, shape=projections("Nq", "Nkv", "Nkv"), tags=("fused", "quantized"),
    ),
    Operator(
        "MatMulNBitsQLoRA", PRODUCT,
        (
            DATA, PACKED, SCALE,
            weight("R", "K", packed=adapter("K", 4)), SCALE,
            weight("N", "R", packed=adapter("N", 4)), SCALE,
        ),
        Formula(lora, "rows · (N·K + R·(K + N))", "2·MACs + |Y|", ORT, bits_of(4), unpacks=True),
        MICROSOFT, shape=packed_product, tags=("quantized",),
    ),
    Operator(
        "RouterGateUpProj", PRODUCT, (DATA, weight("K", "N")),
        Formula(
            router, "|Y| · K", "2·MACs + 6·gated values + scaling, shift and clamp", ORT,
            dtype_of(0),
        ),
        MICROSOFT, shape=routed, tags=("fused",),
    ),
    Operator(
        "MoE", PRODUCT, (DATA, DATA, EXPERT, BIAS, EXPERT, BIAS, EXPERT, BIAS),
        Formula(experts((2, 4, 6)), MACS, FLOPS, ORT, dtype_of(0)),
        MICROSOFT, shape=same, tags=("fused",),
    ),
    Operator(
        "QMoE", PRODUCT,
        (
            DATA, DATA, _expert(1), SCALE, BIAS, _expert(2), SCALE, BIAS, _expert(3), SCALE, BIAS,
            ZERO_POINT, ZERO_POINT, ZERO_POINT, DATA, SCALE, SCALE, SCALE, SCALE, SCALE, SCALE,
        ),
        Formula(experts((2, 5, 8), 4), MACS, FLOPS, ORT, expert_bits, unpacks=True),
        MICROSOFT, shape=same, tags=("fused", "quantized"),
    ),
    Operator(
        "MoEPacked", PRODUCT,
        (
            DATA, DATA,
            weight("E", "N", "K", packed=rows_of(0, -1)),
            weight("E", "N", "K", packed=rows_of(0, -1)),
            weight("E", "N", "K", packed=rows_of(2, 1)),
            DATA,
        ),
        UNDESCRIBED, MICROSOFT, shape=same, tags=("fused", "quantized"),
    ),
    Operator(
        "MoEGroupRouter", PRODUCT, (DATA, BIAS, weight("K", "N")), UNDESCRIBED, MICROSOFT,
        shape=routes,
    ),
    Operator(
        "GatedAdd", Nature.ELEMENTWISE, (DATA, DATA, DATA, weight("K", "1")),
        Formula(
            gated_add, "|gate| with gate_weight, else 0", "2·MACs + 2·|Y|", ORT, dtype_of(0)
        ),
        MICROSOFT, shape=same,
    ),
)  # fmt: skip
