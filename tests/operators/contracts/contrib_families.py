"""Operators of com.microsoft that are valid, and ways to break a contract of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tests.operators.contracts.nodes import (
    Family,
    Node,
    both,
    deeper,
    ints,
    longer,
    outputs,
    put,
    real,
    state,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.operators.contracts.nodes import Array

MS = "com.microsoft"


def _size(rng: np.random.Generator, low: int = 2, high: int = 5) -> int:
    return int(rng.integers(low, high))


def _one(value: float = 0.5) -> Array:
    return np.array(value, np.float32)


def _byte(*shape: int, value: int = 1) -> Array:
    return np.full(shape, value, np.uint8)


def _multi(rng: np.random.Generator) -> Node:
    b, s, k, n, h = (_size(rng) for _ in range(5))
    return Node(
        "MultiHeadAttention",
        [real(rng, b, s, n * h), real(rng, b, k, n * h), real(rng, b, k, n * h),
         real(rng, 3 * n * h), np.ones((b, k), np.int32), real(rng, b, n, s, k)],
        {"num_heads": n}, domain=MS, fed=(0, 1, 2),
    )  # fmt: skip


def _multi_past(rng: np.random.Generator) -> Node:
    b, s, n, h = (_size(rng) for _ in range(4))
    past = [real(rng, b, n, 3, h), real(rng, b, n, 3, h)]
    return Node(
        "MultiHeadAttention",
        [*(real(rng, b, s, n * h) for _ in range(3)), None, None, None, *past],
        {"num_heads": n}, domain=MS, outputs=3, fed=(0, 1, 2),
    )  # fmt: skip


def _packed(rng: np.random.Generator) -> Node:
    b, s, d, n, h = (_size(rng) for _ in range(5))
    return Node(
        "Attention",
        [real(rng, b, s, d), real(rng, d, 3 * n * h), real(rng, 3 * n * h),
         np.ones((b, s), np.int32)],
        {"num_heads": n}, domain=MS,
    )  # fmt: skip


def _packed_past(rng: np.random.Generator) -> Node:
    b, s, d, n, h = (_size(rng) for _ in range(5))
    return Node(
        "Attention",
        [real(rng, b, s, d), real(rng, d, 3 * n * h), real(rng, 3 * n * h), None,
         real(rng, 2, b, n, 3, h)],
        {"num_heads": n}, domain=MS, outputs=2,
    )  # fmt: skip


def _quantised_attention(rng: np.random.Generator) -> Node:
    b, s, d, n, h = (_size(rng) for _ in range(5))
    return Node(
        "QAttention",
        [_byte(b, s, d), _byte(d, 3 * n * h), real(rng, 3 * n * h), _one(), _one(),
         np.full((b,), s, np.int32), np.array(0, np.uint8), np.array(0, np.uint8)],
        {"num_heads": n}, domain=MS,
    )  # fmt: skip


def _grouped(rng: np.random.Generator) -> Node:
    b, s, k, h, m = 1, _size(rng), _size(rng), 8 * _size(rng), _size(rng, 1, 4)
    return Node(
        "GroupQueryAttention",
        [real(rng, b, s, m * k * h), real(rng, b, s, k * h), real(rng, b, s, k * h),
         real(rng, b, k, 0, h), real(rng, b, k, 0, h),
         np.full((b,), s - 1, np.int32), np.array(s, np.int32)],
        {"num_heads": m * k, "kv_num_heads": k}, domain=MS, outputs=3, fed=(0, 1, 2),
    )  # fmt: skip


def _grouped_rotary(rng: np.random.Generator) -> Node:
    b, s, k, h = 1, _size(rng), _size(rng), 16
    return Node(
        "GroupQueryAttention",
        [real(rng, b, s, k * h), real(rng, b, s, k * h), real(rng, b, s, k * h),
         real(rng, b, k, 0, h), real(rng, b, k, 0, h),
         np.full((b,), s - 1, np.int32), np.array(s, np.int32), real(rng, 16, h // 2),
         real(rng, 16, h // 2)],
        {"num_heads": k, "kv_num_heads": k, "do_rotary": 1}, domain=MS, outputs=3, fed=(0, 1, 2),
    )  # fmt: skip


def _rotary(rng: np.random.Generator) -> Node:
    b, s, n, h = _size(rng), _size(rng), _size(rng), 2 * _size(rng)
    return Node("RotaryEmbedding", [real(rng, b, s, n * h), np.zeros((b, s), np.int64),
                                    real(rng, 8, h // 2), real(rng, 8, h // 2)],
                domain=MS)  # fmt: skip


def _nbits(rng: np.random.Generator) -> Node:
    n, blocks, rows = _size(rng), _size(rng), _size(rng)
    k = 16 * blocks
    return Node(
        "MatMulNBits",
        [real(rng, rows, k), _byte(n, blocks, 8), real(rng, n, blocks),
         _byte(n, (blocks + 1) // 2), None, real(rng, n)],
        {"N": n, "K": k, "bits": 4, "block_size": 16}, domain=MS,
    )  # fmt: skip


def _bnb4(rng: np.random.Generator) -> Node:
    n, k = 4 * _size(rng), 16 * _size(rng)
    return Node("MatMulBnb4", [real(rng, 3, k), _byte(n * k // 2), real(rng, -(-n * k // 16))],
                {"N": n, "K": k, "block_size": 16, "quant_type": 1}, domain=MS)  # fmt: skip


def _gathered(rng: np.random.Generator) -> Node:
    rows, blocks = _size(rng), _size(rng)
    return Node("GatherBlockQuantized", [_byte(rows, 8 * blocks), ints(0, 1),
                                         real(rng, rows, blocks)],
                {"block_size": 16, "gather_axis": 0, "quantize_axis": 1, "bits": 4},
                domain=MS, fed=(1,))  # fmt: skip


def _skip(rng: np.random.Generator) -> Node:
    b, s, d = _size(rng), _size(rng), _size(rng)
    return Node("SkipLayerNormalization",
                [real(rng, b, s, d), real(rng, b, s, d), real(rng, d), real(rng, d), real(rng, d)],
                domain=MS, fed=(0, 1))  # fmt: skip


def _skip_simple(rng: np.random.Generator) -> Node:
    b, s, d = _size(rng), _size(rng), _size(rng)
    return Node("SkipSimplifiedLayerNormalization",
                [real(rng, b, s, d), real(rng, b, s, d), real(rng, d), real(rng, d)],
                domain=MS, fed=(0, 1))  # fmt: skip


def _embed(rng: np.random.Generator) -> Node:
    b, s, d = _size(rng), _size(rng), _size(rng)
    ids = np.zeros((b, s), np.int32)
    return Node(
        "EmbedLayerNormalization",
        [ids, ids, real(rng, 7, d), real(rng, 8, d), real(rng, 2, d), real(rng, d), real(rng, d),
         ids],
        {"mask_index_type": 0}, domain=MS, outputs=2, fed=(0, 1, 7),
    )  # fmt: skip


def _experts(rng: np.random.Generator) -> Node:
    rows, e, d, w = (_size(rng) for _ in range(4))
    w += d
    return Node("MoE", [real(rng, rows, d), real(rng, rows, e), real(rng, e, w, d),
                        real(rng, e, w), real(rng, e, d, w), real(rng, e, d)],
                {"k": 1, "activation_type": "relu"}, domain=MS, fed=(0, 1))  # fmt: skip


def _qmoe(rng: np.random.Generator) -> Node:
    rows, e, d, w = _size(rng), _size(rng), 16, 32
    return Node("QMoE", [real(rng, rows, d), real(rng, rows, e), _byte(e, w, d // 2),
                         real(rng, e, w), None, _byte(e, d, w // 2), real(rng, e, d), None],
                {"k": 1, "expert_weight_bits": 4, "activation_type": "relu"},
                domain=MS, fed=(0, 1))  # fmt: skip


def _lstm(rng: np.random.Generator) -> Node:
    t, b, i, h = (_size(rng) for _ in range(4))
    zero = np.zeros((1,), np.uint8)
    return Node(
        "DynamicQuantizeLSTM",
        [real(rng, t, b, i), _byte(1, i, 4 * h), _byte(1, h, 4 * h), real(rng, 1, 8 * h), None,
         None, None, None, np.ones(1, np.float32), zero, np.ones(1, np.float32), zero],
        {"hidden_size": h}, domain=MS,
    )  # fmt: skip


def _added(rng: np.random.Generator) -> Node:
    d = _size(rng)
    zero = np.array(0, np.uint8)
    return Node("QLinearAdd", [_byte(2, d), _one(), zero, _byte(d), _one(), zero, _one(), zero],
                domain=MS, fed=(0, 3))  # fmt: skip


def _qgemm(rng: np.random.Generator) -> Node:
    m, k, n = (_size(rng) for _ in range(3))
    zero = np.array(0, np.uint8)
    return Node("QGemm", [_byte(m, k), _one(), zero, _byte(k, n), _one(), zero,
                          np.zeros(n, np.int32), _one(), zero], domain=MS)  # fmt: skip


F = Family
FAMILIES: Mapping[str, Family] = {
    "MultiHeadAttention": F(_multi, {
        "key width": longer(1, 2), "value length": longer(2, 1), "batch": longer(1, 0),
        "bias": longer(3), "mask": longer(4, 1),
        "mask of floats": put(4, np.ones((2, 3), np.float32)),
        "attention_bias heads": longer(5, 1), "attention_bias rows": longer(5, 2),
        "attention_bias columns": longer(5, 3), "attention_bias rank": put(
            5, real(np.random.default_rng(0), 2, 3, 4)),
        "num_heads": state(num_heads=0), "no num_heads": state(num_heads=None),
        "query rank": deeper(0), "no value": put(2, None), "key of two axes": put(
            1, real(np.random.default_rng(0), 2, 3)),
        "bias of two axes": deeper(3), "no output": outputs(0),
        "batch of attention_bias": longer(5, 0),
    }),
    "MultiHeadAttention with a past": F(_multi_past, {
        "one of two": put(7, None), "batch": longer(6, 0), "heads": longer(6, 1),
        "width": longer(6, 3), "length": longer(7, 2), "value's batch": longer(7, 0),
        "value's width": longer(7, 3), "rank": put(6, real(np.random.default_rng(0), 2, 3, 4)),
        "shared without length": state(past_present_share_buffer=1),
    }),
    "Attention": F(_packed, {
        "rows": longer(1, 0), "bias": longer(2), "mask": longer(3, 1), "mask batch": longer(3, 0),
        "columns": both(longer(1, 1), longer(2)), "rank": deeper(0),
        "num_heads": state(num_heads=0),
        "sizes": state(qkv_hidden_sizes=[1, 2, 3]), "weights of three axes": deeper(1),
        "two sizes": state(qkv_hidden_sizes=[1, 2]),
    }),
    "Attention with a past": F(_packed_past, {
        "past heads": longer(4, 2), "past batch": longer(4, 1), "past width": longer(4, 4),
        "three of them": longer(4, 0), "past of four axes": put(
            4, real(np.random.default_rng(0), 2, 2, 2, 2)),
    }),
    "QAttention": F(_quantised_attention, {
        "rows": longer(1, 0), "bias": longer(2), "mask": longer(5), "input type": put(
            0, np.ones((2, 2, 2), np.float32)),
    }),
    "GroupQueryAttention": F(_grouped, {
        "multiple": state(kv_num_heads=5), "key width": longer(1, 2), "value length": longer(2, 1),
        "key batch": longer(1, 0), "no value": put(2, None), "past heads": longer(3, 1),
        "past width": longer(4, 3), "one past": put(4, None), "query width": longer(0, 2),
        "past rank": put(3, real(np.random.default_rng(0), 1, 2, 8)), "query rank": deeper(0),
        "num_heads": state(num_heads=0), "rotary without caches": state(do_rotary=1),
        "seqlens type": put(5, np.array([1], np.int64)), "no seqlens": put(5, None),
    }),
    "GroupQueryAttention with rotation": F(_grouped_rotary, {
        "one cache": put(8, None), "wide caches": both(
            put(7, np.ones((16, 16), np.float32)), put(8, np.ones((16, 16), np.float32))),
    }),
    "RotaryEmbedding": F(_rotary, {
        "sine": longer(3, 1), "positions": longer(1, 1), "position batch": longer(1, 0),
        "rank": put(0, real(np.random.default_rng(0), 2, 2)), "dimension": state(
            rotary_embedding_dim=4),
        "dimension too large": state(rotary_embedding_dim=64, num_heads=1),
        "positions of 32 bits": put(1, np.zeros((2, 2), np.int32)), "cache rank": deeper(2),
    }),
    "MatMulNBits": F(_nbits, {
        "B rows": longer(1, 0), "B blocks": longer(1, 1), "B bytes": longer(1, 2),
        "scales": longer(2, 0), "zero points": longer(3, 1), "bias": longer(5),
        "bits": state(bits=3), "block_size": state(block_size=24), "K": longer(0, 1),
        "N": state(N=9), "g_idx": put(4, ints(0, 1, 2, dtype="int32")), "no K": state(K=None),
        "small blocks": state(block_size=8), "B of two axes": put(1, _byte(4, 8)),
        "scales type": put(2, np.ones((2, 2), np.float64)),
    }),
    "MatMulNBits in groups": F(lambda r: Node("MatMulNBits", [
        real(r, 2, 32), _byte(3, 2, 8), real(r, 3, 2), None, np.zeros(32, np.int32)], {
        "N": 3, "K": 32, "bits": 4, "block_size": 16}, domain=MS), {
        "block": put(4, np.full(32, 2, np.int32)), "length": put(4, np.zeros(33, np.int32))}),
    "MatMulBnb4": F(_bnb4, {
        "B": longer(1), "absmax": longer(2), "K": longer(0, 1), "type": state(quant_type=2),
    }),
    "GatherBlockQuantized": F(_gathered, {
        "scales": longer(2, 1), "rows": longer(2, 0), "block_size": state(block_size=17),
        "bits": state(bits=3), "quantize_axis": state(quantize_axis=0),
        "gather_axis": state(gather_axis=2), "rank": deeper(2),
        "zero points": put(3, _byte(7, 7)),
    }),
    "FusedMatMul": F(lambda r: Node("FusedMatMul", [real(r, 2, 3, 4), real(r, 2, 5, 4)],
                                    {"transB": 1}, domain=MS), {
        "inner": longer(1, 2), "batch": longer(1, 0), "transB": state(transB=0)}),
    "FusedMatMul by columns of the batch": F(lambda r: Node(
        "FusedMatMul", [real(r, 3, 2, 4), real(r, 2, 4, 5)], {"transBatchA": 1}, domain=MS), {
        "inner": longer(1, 1), "vector": put(1, real(np.random.default_rng(0), 3))}),
    "FusedMatMul by columns of both batches": F(lambda r: Node(
        "FusedMatMul", [real(r, 4, 2, 3), real(r, 5, 2, 4)],
        {"transBatchA": 1, "transA": 1, "transBatchB": 1, "transB": 1}, domain=MS), {
        "inner": longer(1, 2)}),
    "FusedGemm": F(lambda r: Node("FusedGemm", [real(r, 2, 4), real(r, 4, 3), real(r, 3)],
                                  {"activation": "Relu"}, domain=MS), {
        "inner": longer(1, 0), "C": longer(2), "rank": deeper(0),
        "activation": state(activation="Reluu")}),
    "FusedConv": F(lambda r: Node("FusedConv", [real(r, 1, 2, 5, 5), real(r, 3, 2, 3, 3),
                                                real(r, 3)], {"activation": "Relu"}, domain=MS), {
        "channels": longer(0, 1), "bias": longer(2), "kernel_shape": state(kernel_shape=[2, 2]),
        "pads": state(pads=[1, 1]), "activation": state(activation="Reluu")}),
    "SkipLayerNormalization": F(_skip, {
        "skip": longer(1, 1), "gamma": longer(2), "beta": longer(3), "bias": longer(4),
        "gamma of two axes": deeper(2), "beta of two axes": deeper(3), "skip width": longer(1, 2),
        "rank": both(deeper(0), deeper(1)), "gamma type": put(2, np.ones(2, np.float16)),
        "skip batch": longer(1, 0), "an input less": lambda n: n.inputs.__delitem__(slice(2, None)),
    }),
    "SkipSimplifiedLayerNormalization": F(_skip_simple, {
        "skip": longer(1, 1), "gamma": longer(2), "bias": longer(3),
        "rank": both(deeper(0), deeper(1)),
    }),
    "EmbedLayerNormalization": F(_embed, {
        "segments": longer(1, 1), "position width": longer(3, 1), "segment width": longer(4, 1),
        "gamma": longer(5), "beta": longer(6), "mask": longer(7, 1), "rank": deeper(0),
        "word rank": deeper(2), "64 bit": put(0, np.zeros((2, 2), np.int64)),
    }),
    "BiasGelu": F(lambda r: Node("BiasGelu", [real(r, 2, 3), real(r, 3)], domain=MS), {
        "bias": longer(1), "bias of two axes": deeper(1), "type": put(
            1, np.ones(3, np.int32)), "types": put(1, np.ones(3, np.float64))}),
    "FastGelu": F(lambda r: Node("FastGelu", [real(r, 2, 3), real(r, 3)], domain=MS), {
        "bias": longer(1), "bias of two axes": deeper(1)}),
    "QuickGelu": F(lambda r: Node("QuickGelu", [real(r, 2, 3)], domain=MS), {
        "unknown attribute": state(beta=1.0),
        "two inputs": put(1, np.ones(3, np.float32))}),
    "Inverse": F(lambda r: Node("Inverse", [real(r, 3, 3)], domain=MS), {
        "square": longer(0, 1)}),
    "CDist": F(lambda r: Node("CDist", [real(r, 2, 3), real(r, 4, 3)], {"metric": "euclidean"},
                              domain=MS), {
        "width": longer(1, 1), "rank": deeper(0), "metric": state(metric="cosine")}),
    "MoE": F(_experts, {
        "router rows": longer(1, 0), "router columns": longer(1, 1), "fc1 rank": deeper(2),
        "fc1 width": longer(2, 2), "fc2 width": longer(4, 1), "k": state(k=99),
        "fc1 bias": longer(3, 1), "fc2 bias": longer(5, 1),
    }),
    "QMoE": F(_qmoe, {
        "router rows": longer(1, 0), "fc1 width": longer(2, 2), "fc1 scales": longer(3, 1),
        "fc2 scales": longer(6, 1), "bits": state(expert_weight_bits=3),
    }),
    "DynamicQuantizeLSTM": F(_lstm, {
        "W": longer(1, 1), "R": longer(2, 2), "B": longer(3, 1),
        "direction": state(direction="all"),
    }),
    "DynamicQuantizeMatMul": F(lambda r: Node("DynamicQuantizeMatMul", [
        real(r, 2, 3), _byte(3, 4), _one(), np.array(0, np.uint8), real(r, 4)], domain=MS), {
        "inner": longer(1, 0), "bias": longer(4), "scale": put(2, np.ones(3, np.float32))}),
    "MatMulIntegerToFloat": F(lambda r: Node("MatMulIntegerToFloat", [
        _byte(2, 3), _byte(3, 4), _one(), _one(), np.array(0, np.uint8), np.array(0, np.uint8),
        real(r, 4)], domain=MS), {"inner": longer(1, 0), "bias": longer(6)}),
    "QLinearAdd": F(_added, {
        "broadcast": longer(3), "A_scale": put(1, np.ones(2, np.float32)),
        "C_zero_point": put(7, np.zeros(2, np.uint8)), "types": put(3, np.ones(2, np.int8)),
    }),
    "QGemm": F(_qgemm, {"inner": longer(3, 0), "C": longer(6), "a_scale": put(
        1, np.ones(2, np.float32)), "b_scale": put(4, np.ones(9, np.float32))}),
    "QLinearSigmoid": F(lambda r: Node("QLinearSigmoid", [
        _byte(2, 3), _one(), np.array(0, np.uint8), _one(), np.array(0, np.uint8)], domain=MS), {
        "X_scale": put(1, np.ones(2, np.float32)), "zero scale": put(3, _one(0.0))}),
    "QLinearConcat": F(lambda r: Node("QLinearConcat", [
        _one(), np.array(0, np.uint8), _byte(2, 3), _one(), np.array(0, np.uint8), _byte(2, 4),
        _one(), np.array(0, np.uint8)], {"axis": 1}, domain=MS, fed=(2, 5)), {
        "other axis": longer(5, 0), "axis": state(axis=2), "no axis": state(axis=None)}),
    "QLinearAveragePool": F(lambda r: Node("QLinearAveragePool", [
        _byte(1, 2, 5, 5), _one(), np.array(0, np.uint8), _one(), np.array(0, np.uint8)],
        {"kernel_shape": [2, 2]}, domain=MS), {
        "pads": state(pads=[2, 0, 0, 0]), "kernel_shape": state(kernel_shape=[2])}),
    "QLinearSoftmax": F(lambda r: Node("QLinearSoftmax", [
        _byte(2, 5), _one(), np.array(0, np.uint8), _one(1 / 256), np.array(0, np.uint8)],
        {"opset": 13, "axis": -1}, domain=MS), {"axis": state(axis=2),
                                                "x_scale": put(1, np.ones(2, np.float32))}),
    "GridSample": F(lambda r: Node("GridSample", [real(r, 1, 2, 4, 4), real(r, 1, 3, 3, 2)],
                                   domain=MS), {
        "coordinates": longer(1, 3), "batch": longer(1, 0), "mode": state(mode="area")}),
    "CropAndResize": F(lambda r: Node("CropAndResize", [
        real(r, 1, 2, 4, 4), real(r, 2, 4), np.zeros(2, np.int32), np.array([2, 2], np.int32)],
        domain=MS), {"rois": longer(1, 1), "batch_indices": longer(2), "crop_size": longer(3)}),
    "Pad": F(lambda r: Node("Pad", [real(r, 2, 3), ints(0, 1, 0, 1)], domain=MS), {
        "length": put(1, ints(0, 1, 0)), "mode": state(mode="circular")}),
    "ExpandDims": F(lambda r: Node("ExpandDims", [real(r, 2, 3), ints(1, dtype="int32")],
                                   domain=MS), {"axis": put(1, ints(4, dtype="int32"))}),
    "NGramRepeatBlock": F(lambda r: Node("NGramRepeatBlock", [
        np.ones((2, 4), np.int64), real(r, 2, 5)], {"ngram_size": 2}, domain=MS), {
        "batch": longer(1, 0), "size": state(ngram_size=0), "type": put(
            0, np.ones((2, 4), np.int32))}),
    "WordConvEmbedding": F(lambda r: Node("WordConvEmbedding", [
        np.ones((3, 6), np.int32), real(r, 5, 1, 2, 4), real(r, 5), real(r, 9, 4)], {
        "embedding_size": 5, "conv_window_size": 2, "char_embedding_size": 4}, domain=MS), {
        "embedding_size": state(embedding_size=6), "window": state(conv_window_size=3),
        "char_embedding_size": state(char_embedding_size=5),
        "table of characters": put(3, real(np.random.default_rng(0), 9, 3))}),
    "Tokenizer": F(lambda r: Node("Tokenizer", [np.array(["a b"])], {
        "mark": 0, "pad_value": "#", "mincharnum": 1, "separators": [" "]}, domain=MS, fed=()), {
        "rank": put(0, np.array([[["a"]]])), "mincharnum": state(mincharnum=0)}),
    "Trilu": F(lambda r: Node("Trilu", [real(r, 3, 4)], domain=MS), {
        "rank": put(0, real(np.random.default_rng(0), 3))}),
    "GatherND": F(lambda r: Node("GatherND", [real(r, 3, 4), ints(0, 1).reshape(1, 2)],
                                 domain=MS), {"depth": put(1, ints(0, 1, 2).reshape(1, 3)),
                                              "index": put(1, ints(0, 4).reshape(1, 2))}),
    "MaxpoolWithMask": F(lambda r: Node("MaxpoolWithMask", [
        real(r, 1, 2, 4, 4), np.ones((1, 1, 4, 4), np.int32)], {"kernel_shape": [2, 2]},
        domain=MS), {"kernel_shape": state(kernel_shape=[2])}),
    "TransposeMatMul": F(lambda r: Node("TransposeMatMul", [real(r, 3, 4), real(r, 5, 4)],
                                        {"transB": 1}, domain=MS), {"inner": longer(1, 1)}),
    "Unique": F(lambda r: Node("Unique", [real(r, 4)], outputs=3, domain=MS), {
        "rank": deeper(0)}),
    "CausalConvWithState": F(lambda r: Node("CausalConvWithState", [
        real(r, 2, 3, 5), real(r, 3, 1, 4), real(r, 3), real(r, 2, 3, 3)], outputs=2, domain=MS), {
        "weight": longer(1, 0), "bias": longer(2), "state": longer(3, 2), "activation": state(
            activation="relu"), "depth": longer(1, 1), "dilation": state(dilation=0),
        "rank": deeper(0)}),
    "LinearAttention": F(lambda r: Node("LinearAttention", [
        real(r, 2, 5, 8), real(r, 2, 5, 8), real(r, 2, 5, 6), real(r, 2, 2, 4, 3)], {
        "q_num_heads": 2, "kv_num_heads": 2, "update_rule": "linear"}, outputs=2, domain=MS), {
        "heads": state(kv_num_heads=3), "key length": longer(1, 1), "value batch": longer(2, 0),
        "state": longer(3, 2), "rule": state(update_rule="delta_rule"), "no decay": state(
            update_rule="gated"), "query width": longer(0, 2), "value width": longer(2, 2),
        "query rank": deeper(0), "key width": longer(1, 2), "key rank": deeper(1),
        "query heads": state(q_num_heads=6), "heads of the value": state(kv_num_heads=4),
        "state's heads": longer(3, 1), "state's batch": longer(3, 0), "state's width": longer(3, 3),
        "key batch": longer(1, 0), "value length": longer(2, 1), "no heads": state(q_num_heads=0),
    }),
    "GatedRMSNorm": F(lambda r: Node("GatedRMSNorm", [real(r, 2, 3, 4), real(r, 4),
                                                      real(r, 2, 3, 4)], domain=MS), {
        "scale": longer(1), "gate": longer(2, 1)}),
    "QLinearWhere": F(lambda r: Node("QLinearWhere", [
        np.ones((2, 3), bool), _byte(2, 3), _one(), np.array(0, np.uint8), _byte(3), _one(),
        np.array(0, np.uint8), _one(), np.array(0, np.uint8)], domain=MS), {"broadcast": longer(4),
        "type": put(4, np.ones(3, np.int8))}),
    "QLinearConv": F(lambda r: Node("QLinearConv", [
        _byte(1, 4, 4, 2), _one(), np.array(1, np.uint8), _byte(3, 2, 3, 3), _one(),
        np.array(1, np.uint8), _one(), np.array(1, np.uint8), np.zeros(3, np.int32)],
        {"channels_last": 1}, domain=MS), {
        "channels": longer(0, 3), "bias": longer(8), "w_scale": put(4, np.ones(2, np.float32)),
        "window": state(dilations=[2, 2]), "strides": state(strides=[1])}),
    "ConvTransposeWithDynamicPads": F(lambda r: Node("ConvTransposeWithDynamicPads", [
        real(r, 1, 2, 4, 4), real(r, 2, 3, 3, 3), ints(0, 0, 0, 0), real(r, 3)],
        {"kernel_shape": [3, 3]}, domain=MS), {"channels": longer(0, 1), "bias": longer(3),
                                               "kernel_shape": state(kernel_shape=[2, 2])}),
    "MatMulIntegerToFloat without zero points": F(lambda r: Node("MatMulIntegerToFloat", [
        _byte(2, 3), _byte(3, 4), _one(), _one()], domain=MS), {"inner": longer(0, 1)}),
    "MurmurHash3": F(lambda r: Node("MurmurHash3", [ints(1, 2)], {"seed": 0}, domain=MS), {
        "type of seed": state(seed=1.0)}),
    "BifurcationDetector": F(lambda r: Node("BifurcationDetector", [
        ints(1, 2, 3), ints(1, 2), np.array(0)], outputs=2, domain=MS), {
        "an output less": outputs(1)}),
}  # fmt: skip
