"""Attention of ai.onnx and of com.microsoft, linear attention, rotary positions."""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.attention import (
    VASWANI,
    attention,
    flex,
    linear_attention,
    rotary,
)
from analyzer.operators.counts.fused import attention_gate
from analyzer.operators.counts.fused_attention import (
    FLOPS,
    HEADS,
    PROJECTED,
    decoder,
    delta_net,
    gated_bias,
    grouped,
    multi_head,
    ordered,
    packed_attention,
    packed_heads,
    projected,
)
from analyzer.operators.formula import (
    FREE,
    ORT,
    UNDESCRIBED,
    Formula,
    Work,
    dtype_of,
    fixed,
    sourced,
    uncounted,
)
from analyzer.operators.record import (
    BIAS,
    DATA,
    GAIN,
    INDEX,
    MASK,
    MICROSOFT,
    POSITION,
    SCALE,
    STATE,
    TABLE,
    ZERO_POINT,
    Nature,
    Operand,
    Operator,
    weight,
)
from analyzer.operators.results import attention as results
from analyzer.operators.results.common import attention_gate as gate_types
from analyzer.operators.results.common import like, position_bias, same

ATTEND, ROTATE = Nature.ATTENTION, Nature.POSITION
QKV = (DATA, DATA, DATA)
QUANT = (SCALE, ZERO_POINT)
MERGED = weight("K", "3·N")
WRITTEN_OUT = ("Softmax", "MatMul", "Add", "Mul", "Div", "Sqrt", "Transpose", "Reshape", "Split",
               "Where", "Expand", "Concat")  # fmt: skip
"""Scores, their scale and mask, their softmax and its product with the values, by heads."""
PROJECTED_COST = Formula(projected(4), PROJECTED, FLOPS, VASWANI, dtype_of(0))
ROTARY = Formula(
    rotary, flops="3·|rotated part of X|", source="Su et al. 2021 (arXiv 2104.09864), eq. 34"
)
LINEAR_ATTENTION = "B · T · d_k · d_v · (H_kv · u + H_out), u = 1, delta rules 2"
RECURRENCE = "2·MACs + decay, delta and scale of the recurrence"
YANG = "Yang et al. 2024 (arXiv 2412.06464), gated delta rule"
SPARSE = uncounted("the block mask or selected indices decide which keys are used")
LONGFORMER = uncounted("the mask decides how many tokens attend globally")


def _contrib(
    name: str, inputs: tuple[Operand, ...], cost: Formula, shape: Any = None, **more: Any
) -> Operator:
    if more.setdefault("role", "attention"):
        more["fuses"] = WRITTEN_OUT
    return Operator(name, ATTEND, inputs, cost, MICROSOFT, shape, **more)


def _rotary(name: str, inputs: tuple[Operand, ...], cost: Formula, shape: Any) -> Operator:
    return Operator(name, ROTATE, inputs, cost, MICROSOFT, shape)


OPERATORS = (
    Operator(
        "Attention", ATTEND, (*QKV, MASK, STATE, STATE, INDEX),
        Formula(
            attention, "B · H · Sq · Skv · (Dqk + Dv)",
            "2·MACs + B·H·Sq·Skv · (6 + 1 if mask + 3 if softcap)", VASWANI, dtype_of(0),
        ),
        role="attention", fuses=WRITTEN_OUT, changed=(24, 25),
    ),
    Operator(
        "LinearAttention", ATTEND, (*QKV, STATE, DATA, DATA),
        Formula(
            linear_attention("gated_delta"), LINEAR_ATTENTION, RECURRENCE,
            "ONNX LinearAttention", dtype_of(0),
        ),
    ),
    Operator(
        "FlexAttention", ATTEND, QKV,
        Formula(
            flex, "B · H · Sq · Skv · (Dqk + Dv)",
            "2·MACs + 6·B·H·Sq·Skv; unknown with score or probability graphs", VASWANI,
            dtype_of(0),
        ),
        "ai.onnx.preview",
    ),
    Operator("RotaryEmbedding", ROTATE, (DATA, POSITION, POSITION, INDEX), ROTARY),
    # com.microsoft, with projections
    _contrib(
        "Attention", (DATA, MERGED, BIAS, MASK, STATE, MASK, INDEX), PROJECTED_COST,
        results.attention(4, 0), tags=("fused",),
    ),
    _contrib(
        "QAttention",
        (DATA, MERGED, BIAS, SCALE, SCALE, MASK, ZERO_POINT, ZERO_POINT, STATE),
        Formula(projected(8, score_bias=None), PROJECTED, FLOPS, VASWANI, fixed("int8")),
        results.attention(8, 3), tags=("fused", "quantized"),
    ),
    _contrib(
        "DecoderMaskedSelfAttention",
        (DATA, MERGED, BIAS, MASK, STATE, MASK, INDEX, INDEX, INDEX), PROJECTED_COST,
        results.attention(4, 0), tags=("fused",),
    ),
    _contrib(
        "QOrderedAttention",
        (
            DATA, SCALE, SCALE, SCALE, SCALE,
            weight("K", "N"), weight("K", "N"), weight("K", "N"), SCALE, SCALE, SCALE,
            BIAS, BIAS, BIAS, SCALE, SCALE, SCALE, MASK, STATE, MASK,
        ),
        Formula(ordered, PROJECTED, FLOPS, VASWANI, fixed("int8")), results.ordered,
        tags=("fused", "quantized"),
    ),
    _contrib(
        "PackedAttention", (DATA, MERGED, BIAS, INDEX, INDEX, MASK),
        Formula(packed_attention, PROJECTED, FLOPS, VASWANI, dtype_of(0)), results.packed,
        tags=("fused",),
    ),
    _contrib(
        "DecoderAttention",
        (
            DATA, DATA, weight("K", "N"), weight("K", "2·N"), BIAS, MASK, STATE, STATE,
            INDEX, INDEX, INDEX, INDEX,
        ),
        Formula(
            decoder, "B · (Sq·|Wq| + Skv·|Wkv|) + B·Sq·Skv·2H", FLOPS, VASWANI, dtype_of(0)
        ),
        results.decoder, tags=("fused",),
    ),
    _contrib(
        "LongformerAttention", (DATA, MERGED, BIAS, MASK, MERGED, BIAS, MASK), LONGFORMER,
        same, tags=("fused",),
    ),
    _contrib(
        "QOrderedLongformerAttention",
        (
            DATA, SCALE, MERGED, SCALE, BIAS, SCALE, SCALE, MASK, MERGED, SCALE, BIAS, SCALE,
            MASK, SCALE,
        ),
        LONGFORMER, same, tags=("fused", "quantized"),
    ),
    # com.microsoft, of projected heads
    _contrib(
        "PackedMultiHeadAttention", (*QKV, BIAS, INDEX, INDEX, MASK),
        Formula(packed_heads, HEADS, FLOPS, VASWANI, dtype_of(0)), results.packed_multi_head,
        tags=("fused",),
    ),
    _contrib(
        "MultiHeadAttention", (*QKV, BIAS, MASK, MASK, STATE, STATE, INDEX, INDEX),
        Formula(multi_head(6, 5, 3, 8), HEADS, FLOPS, VASWANI, dtype_of(0)),
        results.multi_head, tags=("fused",),
    ),
    _contrib(
        "DecoderMaskedMultiHeadAttention",
        (*QKV, MASK, MASK, STATE, STATE, INDEX, INDEX, INDEX, BIAS),
        Formula(multi_head(5, 4, 10, 7), HEADS, FLOPS, VASWANI, dtype_of(0)),
        results.multi_head, tags=("fused",),
    ),
    _contrib(
        "GroupQueryAttention",
        (
            *QKV, STATE, STATE, INDEX, INDEX, POSITION, POSITION, INDEX, MASK, GAIN, SCALE,
            SCALE, GAIN, GAIN, INDEX,
        ),
        Formula(
            grouped, "B · H · Sq · Skv · 2·D",
            f"{FLOPS} + 3·|Q, K| if rotary + 4·|Q, K| if normalised",
            f"{VASWANI}; Ainslie et al. 2023 (arXiv 2305.13245)", dtype_of(0),
        ),
        results.grouped_query, tags=("fused",),
    ),
    _contrib(
        "SparseAttention",
        (*QKV, STATE, STATE, INDEX, INDEX, INDEX, INDEX, POSITION, POSITION), SPARSE,
        results.grouped_query, tags=("fused",),
    ),
    _contrib(
        "PagedAttention",
        (
            *QKV, STATE, STATE, INDEX, INDEX, INDEX, POSITION, POSITION, INDEX, GAIN, GAIN,
            GAIN, SCALE, SCALE, INDEX,
        ),
        uncounted("sequence lengths are run-time values"), results.like_value, tags=("fused",),
    ),
    _contrib(
        "DynamicSparseAttention",
        (
            *QKV, STATE, STATE, STATE, STATE, INDEX, INDEX, INDEX, INDEX, POSITION, POSITION,
            INDEX, GAIN, GAIN, GAIN, INDEX, SCALE, SCALE,
        ),
        SPARSE, results.like_value, tags=("fused",),
    ),
    _contrib(
        "SparsePagedAttention",
        (
            *QKV, STATE, STATE, INDEX, INDEX, INDEX, INDEX, INDEX, INDEX, STATE, STATE, INDEX,
            POSITION, POSITION, GAIN, GAIN, GAIN, SCALE, SCALE, INDEX,
        ),
        SPARSE, results.like_value, tags=("fused",),
    ),
    _contrib(
        "SparseAttentionIndexer",
        (
            DATA, DATA, GAIN, GAIN, POSITION, POSITION, MASK, STATE, DATA, MASK, DATA, INDEX,
            INDEX, STATE,
        ),
        SPARSE, role="",
    ),
    _contrib(
        "PackedSparseAttentionIndexer",
        (
            DATA, DATA, GAIN, GAIN, POSITION, POSITION, INDEX, INDEX, DATA, MASK, DATA, INDEX,
            STATE, STATE, STATE, INDEX, INDEX, INDEX, INDEX, INDEX, INDEX, INDEX,
        ),
        SPARSE, role="",
    ),
    # com.microsoft, linear attention
    _contrib(
        "LinearAttention", (*QKV, STATE, DATA, DATA),
        Formula(
            linear_attention("gated_delta"), LINEAR_ATTENTION, RECURRENCE, YANG, dtype_of(0)
        ),
        results.linear, role="",
    ),
    _contrib(
        "GatedDeltaNet",
        (*QKV, INDEX, DATA, DATA, STATE, GAIN, BIAS, INDEX, INDEX),
        Formula(
            delta_net, "tokens · d_k · d_v · Hv · (u + 1), u = 1, delta rules 2", RECURRENCE,
            YANG, dtype_of(0),
        ),
        results.delta_net, role="",
    ),
    Operator(
        "LinearAttentionGate", Nature.ELEMENTWISE, (DATA, BIAS, GAIN, DATA),
        Formula(attention_gate, flops="5·|decay| + 4·|beta|", source=ORT), MICROSOFT, gate_types,
    ),
    _contrib(
        "GatedDeltaNetStateReplay", (STATE, STATE, STATE, INDEX), UNDESCRIBED, like(2), role="",
    ),
    _contrib(
        "EngramGate", (*QKV, GAIN, GAIN, GAIN), UNDESCRIBED, like(0, 0), role="",
    ),
    _contrib(
        "Mamba2Verify",
        (
            DATA, STATE, STATE, weight("N", "1", "K"), BIAS, BIAS, GAIN, GAIN, GAIN, INDEX,
        ),
        UNDESCRIBED, role="",
    ),
    _contrib(
        "HyperConnectionLowRankMix",
        (
            DATA, GAIN, weight("K", "R"), weight("R", "N"), weight("K", "N"), DATA, DATA,
        ),
        UNDESCRIBED, role="",
    ),
    # com.microsoft, positions
    _contrib(
        "GatedRelativePositionBias", (DATA, BIAS, DATA, weight("K", "N"), BIAS, GAIN, INDEX),
        Formula(
            gated_bias, "B · H · S · d · D",
            "2·MACs + bias, sums, two sigmoids and the gate",
            "Chi et al. 2022 (arXiv 2106.16138), gated relative position bias", dtype_of(0),
        ),
        results.gated_bias, role="",
    ),
    Operator(
        "RelativePositionBias", Nature.EMBEDDING, (TABLE, INDEX, INDEX), FREE, MICROSOFT,
        position_bias,
    ),
    _rotary("RotaryEmbedding", (DATA, INDEX, POSITION, POSITION), ROTARY, same),
    _rotary("MRotaryEmbedding", (DATA, INDEX, POSITION, POSITION), ROTARY, same),
    _rotary(
        "GemmaRotaryEmbedding", (POSITION, DATA, DATA, DATA, DATA),
        sourced(
            Formula(
                lambda call: Work(
                    0, 3 * (call.size(1) + call.size(3)) + 2 * call.size(0),
                    f"3 · ({call.size(1)} + {call.size(3)}) + 2 · {call.size(0)}",
                ),
                flops="3·(|q| + |k|) + 2·|emb|",
            ),
            ORT,
        ),
        like(1, 3),
    ),
)  # fmt: skip
