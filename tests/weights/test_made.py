"""Weights that operators make when the model runs: of sizes, random numbers, or stored ones."""

from __future__ import annotations

import pytest

from analyzer.weights.made import made_of_nothing
from tests.golden.text import facts

SIZES = "s = Constant <value_ints = [4,3]> () "
FILLED = SIZES + "f = ConstantOfShape (s) "
DRAWN = "r = RandomNormal <shape = [4,3]> () "
STORED = "k = Constant <value = float[4,3] {1,2,3,4,5,6,7,8,9,10,11,12}> () "


@pytest.mark.parametrize(
    ("made", "weight", "expected"),
    [
        (FILLED, "f", ((12,), ())),
        (DRAWN, "r", ((), (12,))),
        (STORED, "k", ((), ())),
        (STORED + "t = Identity (k) ", "t", ((), ())),
        (SIZES + "o = Constant <value = float[1] {2}> () t = Expand (o, s) ", "t", ((12,), ())),
        (FILLED + DRAWN + "t = Add (f, r) ", "t", ((), (12,))),
        (FILLED + STORED + "t = Mul (f, k) ", "t", ((), ())),
        (DRAWN + STORED + "t = Mul (k, r) ", "t", ((), ())),
        (FILLED + "t = Add (f, x) ", "t", ((), ())),
        (FILLED + "t = local.Unknown (f) ", "t", ((), ())),
        ("o = RandomNormal <shape = [1,1]> () ", "o", ((), ())),
    ],
)
def test_weights_are_what_the_most_telling_of_their_operands_is(
    made: str, weight: str, expected: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    found = facts(
        f"g (float[4,3] x, float[2,4] v) => (float[] y) {{ {made}y = MatMul (v, {weight}) }}"
    )
    assert made_of_nothing(found) == expected
