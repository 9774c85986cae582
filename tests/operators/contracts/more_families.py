"""Valid operators that ONNX Runtime has no kernel for, and forms that switch a contract on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.operators.contracts.nodes import Family, Node, ints
from tests.operators.contracts.plain_families import MS, _byte, _f, _family, _n, _one

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.operators.contracts.nodes import Array


def _int(*values: int) -> Array:
    return ints(*values, dtype="int32")


NODES: Mapping[str, Node] = {
    "RandomUniformLike": _n("RandomUniformLike", _f(2, 3), dtype=1, high=1.0, low=0.0),
    "BitCast": _n("BitCast", _f(2, 3), to=6, opset=26),
    "CumProd": _n("CumProd", _f(2, 3), np.array(1), exclusive=0, reverse=1, opset=26),
    "ConvInteger without groups": _n("ConvInteger", _byte(1, 2, 4, 4), _byte(3, 2, 3, 3)),
    "AveragePool of the same size": _n("AveragePool", _f(1, 2, 5, 5), kernel_shape=[3, 3],
                                       auto_pad="SAME_UPPER", strides=[2, 2]),
    "LpPool of two axes": _n("LpPool", _f(1, 2, 5, 6), kernel_shape=[2, 3], p=1),
    "Attention with lengths": _n(
        "Attention", _f(2, 4, 3, 8), _f(2, 4, 5, 8), _f(2, 4, 5, 8), None, None, None,
        ints(5, 3), opset=24, fed=(0, 1, 2), is_causal=1),
    "Attention that tells its scores": _n(
        "Attention", _f(2, 4, 3, 8), _f(2, 4, 5, 8), _f(2, 4, 5, 8), _f(2, 1, 3, 5), opset=23,
        fed=(0, 1, 2), outputs=4, qk_matmul_output_mode=2, softcap=2.0),
    "RotaryEmbedding of a part": _n(
        "RotaryEmbedding", _f(2, 3, 4, 8), _f(6, 2), _f(6, 2), ints(*[1] * 8).reshape(2, 4),
        opset=23, rotary_embedding_dim=4, interleaved=1),
    f"{MS} ComplexMulConj": _n("ComplexMulConj", _f(2, 3, 2), _f(3, 2), domain=MS),
    f"{MS} DecoderAttention": _n(
        "DecoderAttention", _f(3, 2, 8), _f(4, 2, 8), _f(8, 8), _f(8, 16), _f(24), None, None,
        None, *(np.array(value) for value in (False, False, False, False)), num_heads=2,
        domain=MS, fed=(0, 1)),
    f"{MS} GatedRelativePositionBias": _n(
        "GatedRelativePositionBias", _f(2, 3, 8), _f(8), _f(1, 2, 3, 3), _f(4, 8), _f(8),
        _f(1, 2, 1, 1), num_heads=2, domain=MS),
    f"{MS} LongformerAttention": _n(
        "LongformerAttention", _f(2, 8, 6), _f(6, 18), _f(18), _f(2, 8), _f(6, 18), _f(18),
        np.zeros((2, 8), np.int32), num_heads=2, window=4, domain=MS),
    f"{MS} MRotaryEmbedding": _n(
        "MRotaryEmbedding", _f(2, 3, 12), ints(*[1] * 18).reshape(3, 2, 3), _f(8, 2), _f(8, 2),
        mrope_section=[1, 1, 0], num_heads=3, domain=MS),
    f"{MS} MRotaryEmbedding of heads": _n(
        "MRotaryEmbedding", _f(2, 3, 4, 8), ints(*[1] * 24).reshape(3, 2, 4), _f(8, 4), _f(8, 4),
        mrope_section=[2, 1, 1], rotary_embedding_dim=8, num_heads=3, domain=MS),
    f"{MS} MatMulFpQ4": _n("MatMulFpQ4", _f(2, 32), _byte(84), ints(32, 4), blk_quant_type=1,
                           domain=MS),
    f"{MS} NhwcConv": _n("NhwcConv", _f(1, 5, 5, 2), _f(3, 3, 3, 2), _f(3), strides=[1, 2],
                         pads=[0, 1, 0, 1], dilations=[1, 1], group=1, domain=MS),
    f"{MS} PackedMultiHeadAttention": _n(
        "PackedMultiHeadAttention", _f(5, 8), _f(5, 8), _f(5, 6), _f(22),
        np.zeros((2, 3), np.int32), _int(0, 3, 5), num_heads=2, domain=MS, fed=(0, 1, 2)),
    f"{MS} PackedMultiHeadAttention of one operand": _n(
        "PackedMultiHeadAttention", _f(5, 2, 3, 4), None, None, _f(24),
        np.zeros((2, 3), np.int32), _int(0, 3, 5), num_heads=2, domain=MS),
    f"{MS} QLinearReduceMean": _n(
        "QLinearReduceMean", _byte(2, 3, 4), _one(), np.array(1, np.uint8), _one(),
        np.array(1, np.uint8), axes=[1], keepdims=1, domain=MS),
    f"{MS} SparseAttention": _n(
        "SparseAttention", _f(1, 16, 32), _f(1, 16, 16), _f(1, 16, 16), _f(1, 1, 16, 16),
        _f(1, 1, 16, 16), _int(0, 1).reshape(1, 2), _int(0).reshape(1, 1), np.array(16, np.int32),
        _int(16), _f(16, 8), _f(16, 8), num_heads=2, kv_num_heads=1, sparse_block_size=16,
        do_rotary=1, domain=MS, outputs=3, fed=(0, 1, 2, 3, 4)),
    f"{MS} GroupQueryAttention with a past": _n(
        "GroupQueryAttention", _f(2, 1, 16), _f(2, 1, 8), _f(2, 1, 8), _f(2, 1, 3, 8),
        _f(2, 1, 3, 8), _int(3, 2), np.array(4, np.int32), num_heads=2, kv_num_heads=1,
        domain=MS, outputs=3, fed=(0, 1, 2)),
    f"{MS} GroupQueryAttention of one operand": _n(
        "GroupQueryAttention", _f(1, 2, 64), None, None, _f(1, 1, 0, 16), _f(1, 1, 0, 16),
        _int(1), np.array(2, np.int32), num_heads=2, kv_num_heads=1, domain=MS, outputs=3),
    f"{MS} Attention of unequal sizes": _n(
        "Attention", _f(2, 3, 6), _f(6, 20), _f(20), None, None, _f(2, 2, 3, 3), num_heads=2,
        qkv_hidden_sizes=[8, 8, 4], domain=MS),
    f"{MS} MultiHeadAttention of one operand": _n(
        "MultiHeadAttention", _f(2, 3, 2, 3, 4), num_heads=2, domain=MS),
    f"{MS} MultiHeadAttention of a joint key": _n(
        "MultiHeadAttention", _f(2, 3, 8), _f(2, 5, 2, 2, 4), num_heads=2, domain=MS,
        fed=(0, 1)),
    f"{MS} MultiHeadAttention with a mask": _n(
        "MultiHeadAttention", _f(2, 3, 8), _f(2, 5, 8), _f(2, 5, 6), None, _int(*[1] * 10
        ).reshape(2, 5), _f(1, 1, 3, 5), num_heads=2, unidirectional=0, domain=MS, fed=(0, 1, 2)),
    f"{MS} RotaryEmbedding of heads": _n(
        "RotaryEmbedding", _f(2, 3, 4, 8), ints(1), _f(8, 4), _f(8, 4), interleaved=1, domain=MS),
    f"{MS} BiasSoftmax by the inner axes": _n(
        "BiasSoftmax", _f(2, 3, 4), _f(2, 1, 4), axis=-1, is_inner_broadcast=1, domain=MS),
    f"{MS} FusedMatMul by columns": _n(
        "FusedMatMul", _f(4, 2), _f(3, 4), transA=1, transB=1, alpha=0.5, domain=MS),
    "Mod of whole numbers": _n("Mod", ints(4, 6), ints(1, 3)),
    "ReduceMean by an input": _n("ReduceMean", _f(2, 3, 4), ints(0, -1)),
    f"{MS} Trilu of a band": _n("Trilu", _f(3, 4), np.array(-1), upper=0, domain=MS),
    f"{MS} Attention with lengths": _n(
        "Attention", _f(2, 3, 8), _f(8, 24), _f(24), _int(3, 2), num_heads=2, domain=MS),
    f"{MS} DecoderMaskedMultiHeadAttention with a past": _n(
        "DecoderMaskedMultiHeadAttention", _f(2, 1, 8), _f(2, 1, 8), _f(2, 1, 8), None, None,
        _f(2, 2, 5, 4), _f(2, 2, 5, 4), _int(3), num_heads=2, past_present_share_buffer=1,
        domain=MS, fed=(0, 1, 2), outputs=3),
    f"{MS} DynamicQuantizeLSTM with lengths": _n(
        "DynamicQuantizeLSTM", _f(3, 2, 4), _byte(2, 4, 12), _byte(2, 3, 12), _f(2, 24),
        _int(3, 1), _f(2, 2, 3), _f(2, 2, 3), None, *(np.ones(2, np.float32), _byte(2)) * 2,
        hidden_size=3, direction="bidirectional", domain=MS, outputs=3),
    f"{MS} EmbedLayerNormalization of constants": _n(
        "EmbedLayerNormalization", _int(6, 0).reshape(1, 2), _int(1, 0).reshape(1, 2), _f(7, 4),
        _f(8, 4), _f(2, 4), _f(4), _f(4), None, domain=MS, fed=(), outputs=2),
    f"{MS} MaxpoolWithMask of three axes": _n(
        "MaxpoolWithMask", _f(1, 2, 4, 4, 4), np.ones((1, 1, 4, 4, 4), np.int32),
        kernel_shape=[2, 2, 2], pads=[1, 0, 1, 0, 1, 1], domain=MS),
    f"{MS} NhwcFusedConv with a bias": _n(
        "NhwcFusedConv", _f(1, 5, 5, 2), _f(3, 3, 3, 2), _f(3), domain=MS),
    "PRelu of channels": _n("PRelu", _f(2, 3, 4, 4), _f(3, 1, 1)),
}  # fmt: skip

FAMILIES: Mapping[str, Family] = {name: _family(node) for name, node in NODES.items()}
