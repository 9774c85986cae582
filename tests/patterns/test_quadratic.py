"""What attention costs that grows with the square of the sequence."""

from __future__ import annotations

import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.patterns.quadratic import AttentionCost, _row, attention_cost_of
from tests.each import each
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


def test_fewer_positions_than_channels_are_the_length_all_the_same() -> None:
    assert (seen(4, 8).length, seen(8, 8).length) == (4, 8)


@each(
    ("axis", "version", "length"),
    [(None, 13, 5), (1, 13, 3), (-2, 13, 3), (1, 12, 5), (None, 1, 5)],
)
def test_the_length_is_that_of_the_axis_that_sums_to_1(
    axis: int | None, version: int, length: int
) -> None:
    given = {} if axis is None else {"axis": axis}
    for shape, found in (((2, 3, 5), length), ((2, 3, None), None if length == 5 else 3)):
        tensor = Tensor("s", "float32", shape)
        assert _row(Call("Softmax", "", version, given, (tensor,), ())) == found
    for unknown in (None, Tensor("s", "float32", None), Tensor("s", "float32", ())):
        assert _row(Call("Softmax", "", version, given, (unknown,), ())) is None


def test_positions_and_layers_cost_the_same_where_there_are_twice_as_many_as_channels() -> None:
    assert seen(16, 8).share == 0.5


def test_a_product_of_activations_without_a_softmax_is_no_attention() -> None:
    found = attention_cost_of(facts("g (float[2,2] x) => (float[2,2] y) { y = MatMul (x, x) }"))
    assert (found.macs, found.share, found.blocks, found.length) == (None, None, 0, None)
