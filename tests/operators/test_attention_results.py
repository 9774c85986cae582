"""Results of attention, and of products that packed operands or attributes describe."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.operators.results import attention, product
from tests.each import each
from tests.golden.text import facts
from tests.operators.results import B, D, Dims, N, S, made, onnx_says, shapes_of


def test_attention_of_one_input_is_a_third_as_wide_as_its_weight() -> None:
    rule = attention.attention(4, 0)
    x, w = (B, S, 6), (6, 24)
    state = (2, B, 4, S, 2)
    assert shapes_of(rule, x, w, num_heads=4) == [(B, S, D), state]
    past = (2, B, 4, 3, 2)
    assert shapes_of(rule, x, w, N, N, past, num_heads=4)[1] == (2, B, 4, 3 + S, 2)
    assert shapes_of(rule, x, w, N, N, (2, B, 4, N, 2), num_heads=4)[1] == (2, B, 4, N, 2)
    assert shapes_of(rule, x, w, N, N, (B, 4, 3, 2), num_heads=4)[1] == state
    assert shapes_of(rule, x, (6, 20), num_heads=2, qkv_hidden_sizes=[6, 6, 8]) == [
        (B, S, 8), (2, B, 2, S, 4),
    ]  # fmt: skip
    assert shapes_of(rule, x, w) == [(B, S, D), (2, B, N, S, N)]
    assert shapes_of(rule, x, (6, N), num_heads=4) == [(B, S, N), (2, B, 4, S, N)]
    assert shapes_of(rule, (S, 6), w, num_heads=4) == [(S, D), (2, S, 4, N, 2)]
    assert shapes_of(attention.packed, (7, 6), w) == [(7, D)]
    assert shapes_of(attention.packed, (7, 6), (6, 20), qkv_hidden_sizes=[6, 6, 9]) == [(7, 9)]


@pytest.mark.parametrize(
    ("query", "key", "value", "length"),
    [
        ((B, S, 8), (B, 7, 8), (B, 7, 8), 7),
        ((B, S, 8), (B, 4, 7, 2), (B, 4, 7, 2), 7),
        ((B, S, 8), (B, 7, 4, 2, 2), N, 7),
        ((B, S, 4, 3, 2), N, N, S),
    ],
)
def test_heads_side_by_side_take_every_documented_layout(
    query: Dims, key: Dims | None, value: Dims | None, length: int
) -> None:
    for past in (N, (B, 4, 3, 2), (4, 3, 2)):
        long = length + (3 if past is not None and len(past) == 4 else 0)
        present = (B, 4, long, 2)
        found = shapes_of(attention.multi_head, query, key, value, N, N, N, past, num_heads=4)
        assert found == [(B, S, 8), present, present]


def test_a_head_of_unknown_size_leaves_the_width_open() -> None:
    for query, key, value in (
        ((B, S, N, 3, 2), N, N), ((B, S, 4, 3, N), N, N), ((B, S, 8), N, (B, N, 7, 2)),
        ((B, S, 8), N, (B, 4, 7, N)), ((B, S, 8), (B, 7, N, 2, 2), N),
        ((B, S, 8), (B, 7, 4, 2, N), N),
    ):  # fmt: skip
        found = shapes_of(attention.multi_head, query, key, value, num_heads=4)
        assert found[0] == (B, S, N)
    for wide in ((7, N, 3, 2), (7, 4, 3, N)):
        assert shapes_of(attention.packed_multi_head, wide) == [(7, N)]
    assert shapes_of(attention.packed_multi_head, (7, 4, 3, 2)) == [(7, 8)]
    assert shapes_of(attention.packed_multi_head, (7, 8), (7, 8), (7, 6)) == [(7, 6)]


def test_grouped_queries_share_keys_and_caches() -> None:
    """Q of 4 heads of 2, K and V of 2; packed they are one input of (4 + 2·2)·2 columns."""
    rule, heads = attention.grouped_query, {"num_heads": 4, "kv_num_heads": 2}
    key, past = (B, S, 4), (B, 2, 3, 2)
    alone = (B, 2, S, 2)
    assert shapes_of(rule, (B, S, 8), key, key, **heads) == [(B, S, 8), alone, alone]
    assert shapes_of(rule, (B, S, 16), N, N, **heads) == [(B, S, 8), alone, alone]
    assert shapes_of(rule, (B, S, 8), key, key, past, **heads)[1] == (B, 2, S + 3, 2)
    assert shapes_of(rule, (B, S, 8), key, key, (2, 3, 2), **heads)[1] == alone
    assert shapes_of(rule, (B, S, N), key, key, **heads)[0] == (B, S, N)
    seven: list[Dims | None] = [(B, S, 8), key, key, past, past, (B,), (1,)]
    for total, length in ((np.array([9]), 9), (np.array(9), 9), (np.array([9, 9]), S + 3)):
        call = made(seven, heads, contents={6: total})
        assert rule(call)[1].shape == (B, 2, length, 2)


def test_sparse_attention_keeps_the_length_of_its_cache() -> None:
    """ONNX Runtime's SparseAttention: past and present are one buffer of a fixed length."""
    seven: list[Dims | None] = [(B, S, 8), (B, S, 4), (B, S, 4)]
    for past, length in (((B, 2, 9, 2), 9), ((B, 2, N, 2), N), ((2, 9, 2), N), (N, N)):
        call = made([*seven, past], {"num_heads": 4, "kv_num_heads": 2}, "SparseAttention")
        assert [each.shape for each in attention.grouped_query(call)] == [
            (B, S, 8), (B, 2, length, 2), (B, 2, length, 2),
        ]  # fmt: skip


def test_paged_attention_hands_its_caches_on() -> None:
    heads = {"num_heads": 4, "kv_num_heads": 2}
    cache, other = (9, 16, 2, 2), (9, 16, 2, 3)
    assert shapes_of(attention.like_value, (7, 8), (7, 4), (7, 4), cache, other) == [
        (7, 8), cache, other,
    ]  # fmt: skip
    assert shapes_of(attention.like_value, (7, 16), N, N, cache, other, **heads)[0] == (7, 8)
    assert shapes_of(attention.like_value, (7, N), N, N, cache, other, **heads)[0] == (7, N)


def test_other_attention_has_its_documented_axes() -> None:
    assert shapes_of(attention.decoder, (S, B, 8), num_heads=4) == [
        (S, B, 8), (B, 4, N, 2), (B, 4, N, 2),
    ]  # fmt: skip
    assert shapes_of(attention.decoder, (S, B, 8))[1] == (B, N, N, N)
    many = shapes_of(attention.multi_head, (B, S, 8), (B, 7, 8), (B, 7, 8))
    assert many[1] == (B, N, 7, N)
    weights = [(8, 6)] * 6
    assert shapes_of(attention.ordered, (B, S, 8), *weights, (8, 10)) == [(B, S, 10)]
    assert shapes_of(attention.gated_bias, (B, S, 8), num_heads=4) == [(B, 4, S, S)]
    assert shapes_of(attention.gated_bias, (B, S, 8)) == [(B, N, S, S)]
    heads = {"q_num_heads": 4, "kv_num_heads": 2}
    assert shapes_of(attention.linear, (B, S, 8), (B, S, 4), (B, S, 6), **heads) == [
        (B, S, 12), (B, 2, 2, 3),
    ]  # fmt: skip
    assert shapes_of(attention.linear, (B, S, 8), (B, S, 4), (B, S, 6)) == [
        (B, S, N), (B, N, N, N),
    ]  # fmt: skip
    state = (B, 4, 2, 2)
    net = [(B, S, 8), (B, S, 8), (B, S, 4, 2), N, N, N, state]
    assert shapes_of(attention.delta_net, *net) == [(B, S, 4, 2), state]


@each(
    ("a", "b"),
    [
        ((3, 4), (4, 5)), ((2, 3, 4), (4, 5)), ((3, 4), (2, 4, 5)), ((4,), (4, 5)),
        ((3, 4), (4,)), ((4,), (4,)), ((2, 1, 3, 4), (6, 4, 5)), ((4,), (2, 4, 5)),
        ((1, 3, 4), (2, 4, 5)), ((2, 3, 4), (1, 4, 5)), ((N, 4), (4, N)),
    ],
)  # fmt: skip
def test_a_product_has_the_axes_of_onnx(a: Dims, b: Dims) -> None:
    wanted = onnx_says("MatMul", [a, b], {}, 13)
    assert product.matmul_shape(a, b) == wanted
    assert product.integer_product(made([a, b])) == [("int32", wanted)]
    assert shapes_of(product.multiplied(2, 0), a, N, b) == [wanted]


def test_a_transposed_operand_of_a_product_is_turned_first() -> None:
    """FusedMatMul: transA and transB swap the last two axes, transBatch… moves the first axis
    behind the others before the last (ONNX Runtime's definition)."""
    rule = product.multiplied(1, 0)
    assert shapes_of(rule, (2, 4, 3), (2, 4, 5), transA=1) == [(2, 3, 5)]
    assert shapes_of(rule, (2, 3, 4), (2, 5, 4), transB=1) == [(2, 3, 5)]
    assert shapes_of(rule, (4,), (4, 5), transA=1) == [(5,)]
    for turned in ({"transBatchA": 1}, {"transBatchB": 1}):
        assert shapes_of(rule, (4,), (4,), **turned) == [()]
        assert shapes_of(rule, (3, 4), (4, 5), **turned) == [(3, 5)]
    assert shapes_of(rule, (3, 4), (4,), transB=1) == [(3,)]
    assert shapes_of(rule, (3, 2, 6, 4), (2, 6, 4, 5), transBatchA=1) == [(2, 6, 3, 5)]
    assert shapes_of(rule, (2, 6, 3, 4), (4, 2, 6, 5), transBatchB=1) == [(2, 6, 3, 5)]
    assert shapes_of(rule, (4, 3), (5, 4), transA=1, transB=1, transBatchA=1, transBatchB=1) == [
        (3, 5)
    ]
    a, b = np.ones((3, 2, 6, 4)), np.ones((2, 6, 4, 5))
    assert np.matmul(np.moveaxis(a, 0, 2), b).shape == (2, 6, 3, 5)


@pytest.mark.parametrize("transposed", [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_gemm_of_a_vendor_has_the_axes_of_onnx(transposed: tuple[int, int]) -> None:
    a = (4, 3) if transposed[0] else (3, 4)
    b = (5, 4) if transposed[1] else (4, 5)
    stated = dict(zip(("transA", "transB"), transposed, strict=True))
    assert shapes_of(product.gemmed(1, None), a, b, **stated) == [onnx_says("Gemm", [a, b], stated)]


def test_a_quantised_gemm_without_a_scale_of_its_result_gives_floats() -> None:
    bytes_ = {0: "uint8", 1: "uint8"}
    for shapes, dtype in (([(3, 4), (4, 5)], "float32"), ([(3, 4), (4, 5), ()], "uint8")):
        call = made(shapes, dtypes=bytes_)
        assert product.gemmed(1, 2)(call) == [(dtype, (3, 5))]
        assert product.gemmed(1, None)(call) == [("uint8", (3, 5))]


def test_packed_products_are_as_wide_as_they_say() -> None:
    assert shapes_of(product.packed_product, (2, 3, 4), N=7) == [(2, 3, 7)]
    assert shapes_of(product.widened(2), (2, 3, 4), N, (9, 4)) == [(2, 3, 9)]
    call = made([(2, 3, 4), (9,), (2,)], contents={2: np.array([4, 7])})
    assert [found.shape for found in product.by_shape_input(call)] == [(2, 3, 7)]
    assert shapes_of(product.ordered, (2, 3, 4), N, (4, 7)) == [(2, 3, 7)]
    assert shapes_of(product.ordered, (2, 3, 4), N, (7, 4)) == [(2, 3, 7)]
    assert shapes_of(product.ordered, (2, 3, 4), N, (4, 4)) == [(2, 3, 4)]
    assert shapes_of(product.projections("q", "k"), (2, 3, 4), q=8, k=6) == [
        (2, 3, 8), (2, 3, 6), (2, 3, 4),
    ]  # fmt: skip
    assert shapes_of(product.routed, (2, 4), (4, 17), router_size=3) == [(2, 3), (2, 7)]
    assert product.routes(made([(2, 3, 4), (8, 4)], dtypes={0: "float16"})) == [
        ("float16", (6, 8)), ("float32", (6, 8)), ("float32", (6, 8)),
    ]  # fmt: skip
    assert shapes_of(product.routes, (N, 3, 4), (8, 4))[0] == (N, 8)
    assert shapes_of(product.words, (2, 3, 4), (9, 1, 2, 3)) == [(2, 3, 9)]


def test_rotated_queries_and_keys_are_as_large_as_they_were() -> None:
    """Whatever is known of what they are rotated by."""
    found = facts(
        """g (float[2,5,8] e, float[2,4,5,8] q, float[] r, float[2,3,5,8] k, float[] s) =>
        (float[] y, float[] z) { y, z = com.microsoft.GemmaRotaryEmbedding (e, q, r, k, s) }"""
    )
    assert [t.shape for t in found.nodes[0].outputs] == [(2, 4, 5, 8), (2, 3, 5, 8)]
