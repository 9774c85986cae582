"""Work that grows faster than the batch."""

from __future__ import annotations

import pytest

from tests.golden.text import facts

MIXED = ("g (float[%s,16,8] x) => (float[M,K] y) <int64[2] s = {-1, 8}> "
         "{ t = Reshape (x, s)  u = Transpose <perm = [1,0]> (t)  y = MatMul (t, u) }")  # fmt: skip


def test_a_product_over_the_tokens_of_all_samples_grows_with_the_square_of_the_batch() -> None:
    found = facts(MIXED % "batch").batch_growth
    assert found is not None
    assert (found.place, found.dim, found.batch) == ("y", "batch", 1)
    assert (found.macs, found.next_macs) == (16 * 16 * 8, 32 * 32 * 8)
    assert found.ratio == 4
    assert found.excess == 16 * 16 * 8 * 2


WIDER = "p = Reshape (v, r)  q = Transpose <perm = [1,0]> (p)  w = MatMul (p, q)"


@pytest.mark.parametrize(("second", "most"), [("w = MatMul (t, u)", "z"), (WIDER, "w")])
def test_the_operator_that_grows_most_is_named_and_of_equals_the_first(
    second: str, most: str
) -> None:
    """Products of (16·n × 8) and (8 × 16·n), and of (16·n × 32) and (32 × 16·n)."""
    graph = (
        "g (float[batch,16,8] x, float[batch,16,32] v) => (float[M,K] z, float[M,K] w) "
        "<int64[2] s = {{-1,8}}, int64[2] r = {{-1,32}}> "
        "{{ t = Reshape (x, s)  u = Transpose <perm = [1,0]> (t)  z = MatMul (t, u)  {} }}"
    )
    found = facts(graph.format(second)).batch_growth
    assert found is not None
    assert found.place == most


def test_growth_beyond_that_of_many_samples_is_measured_from_one_more() -> None:
    """Of 128 elements a product of all with all, of depth 1 or 32: 129² for 128²·129/128."""
    graph = (
        "g (float[many] v) => (float[M,K] z, float[M,K] w) <int64[2] s = {{-1,1}}, "
        "float[1,32] wide = {{{}}}> {{ t = Reshape (v, s)  u = Transpose <perm = [1,0]> (t)  "
        "z = MatMul (t, u)  p = Mul (t, wide)  q = Transpose <perm = [1,0]> (p)  "
        "w = MatMul (p, q) }}"
    )
    found = facts(graph.format(", ".join(["1"] * 32))).batch_growth
    assert found is not None
    assert (found.place, found.batch) == ("w", 128)
    assert (found.macs, found.next_macs, found.excess) == (128**2 * 32, 129**2 * 32, 129 * 32)


def test_a_product_within_each_sample_grows_with_the_batch() -> None:
    graph = ("g (float[batch,16,8] x) => (float[batch,16,16] y) "
             "{ u = Transpose <perm = [0,2,1]> (x)  y = MatMul (x, u) }")  # fmt: skip
    assert facts(graph).batch_growth is None


def test_a_batch_that_the_file_states_does_not_grow() -> None:
    assert facts(MIXED % 2).batch_growth is None


def test_a_transposed_kernel_is_uneven_where_the_stride_does_not_divide_it() -> None:
    graph = ("g (float[1,4,8,8] x, float[4,2,{k},{k}] w) => (float[N,C,H,W] y) "
             "{{ y = ConvTranspose <strides = [2,2]> (x, w) }}")  # fmt: skip
    uneven = {}
    for side in (1, 2, 3, 4):
        conv = facts(graph.format(k=side))["y"].conv
        assert conv is not None
        uneven[side] = conv.is_uneven
    assert uneven == {1: False, 2: False, 3: True, 4: False}
