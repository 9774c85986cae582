"""What attention costs that grows with the square of the sequence."""

from __future__ import annotations

import pytest

from analyzer.patterns.quadratic import AttentionCost, attention_cost_of
from tests.golden.text import facts


def seen(n: int, d: int) -> AttentionCost:
    layers = ", ".join(f"float[{d},{d}] {name}" for name in ("wq", "wk", "wv", "wo"))
    return attention_cost_of(
        facts(
            f"g (float[{n},{d}] x, {layers}) => (float[{n},{d}] y) {{ q = MatMul (x, wq) "
            "k = MatMul (x, wk) v = MatMul (x, wv) t = Transpose <perm = [1, 0]> (k) "
            "s = MatMul (q, t) p = Softmax <axis = -1> (s) a = MatMul (p, v) y = MatMul (a, wo) }"
        )
    )


def test_the_two_products_cost_twice_the_square_of_the_positions_times_the_width() -> None:
    """Vaswani et al. 2017, table 1: O(n²·d); 2 · n² · d of 2 · n² · d + 4 · n · d²."""
    found = seen(24, 8)
    assert found.macs == 2 * 24**2 * 8
    assert found.share == pytest.approx(2 * 24**2 * 8 / (2 * 24**2 * 8 + 4 * 24 * 8**2))
    assert (found.blocks, found.length) == (1, 24)


def test_positions_and_layers_cost_the_same_where_there_are_twice_as_many_as_channels() -> None:
    assert seen(16, 8).share == 0.5


def test_a_product_of_activations_without_a_softmax_is_no_attention() -> None:
    found = attention_cost_of(facts("g (float[2,2] x) => (float[2,2] y) { y = MatMul (x, x) }"))
    assert (found.macs, found.share, found.blocks, found.length) == (None, None, 0, None)
