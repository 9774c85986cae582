"""Integers and floats in QDQ models: what a file writes and what stands between, case by case."""

from __future__ import annotations

from typing import Any

from analyzer.patterns.quantised import quantisation_of
from tests.golden.text import facts
from tests.patterns.test_quantised import HEAD, PRODUCT, TAIL, between

HELD = """<int8[2,2,1] w = {1, 2, 3, 4}, int32[2] b = {0, 0}, int8[2] b8 = {0, 0}, float s = {0.5},
    float[2] each = {0.5, 0.25}, float[2] wide = {0.25, 0.125}, float p = {0.25},
    float near = {0.2526}, float other = {0.3}, int8 z = {0}, float[2] fb = {1, 2}>"""


def conv(
    bias: str = "", data: str = "d = DequantizeLinear (x, s)",
    weights: str = "v = DequantizeLinear (w, s)", op: str = "Conv",
) -> tuple[int, int, int]:  # fmt: skip
    """Layers written in floats, those with a bias in another step, those of int8 data."""
    reads = "d, v, c" if bias else "d, v"
    found = quantisation_of(facts(
        f"g (int8[1,2,4] x, float[1,2,4] f) => (int8[1,2,4] y) {HELD} {{ {data}  {weights}  "
        f"{bias}  e = {op} ({reads})  y = QuantizeLinear (e, s, z) }}"
    ))  # fmt: skip
    return found.float_forms, found.unaligned, found.signed_forms


def test_a_bias_counts_in_the_step_of_its_sums_or_the_layer_stays_in_floats() -> None:
    assert conv() == (1, 0, 1)
    assert conv("c = DequantizeLinear (b, p)") == (1, 0, 1), "0.25 is 0.5 · 0.5"
    assert conv("c = DequantizeLinear (b, near)") == (1, 1, 1), "more than a hundredth off"
    assert conv("c = DequantizeLinear (b, other)") == (1, 1, 1)
    assert conv("c = DequantizeLinear (b8, other)") == (1, 0, 1), "no int32"
    assert conv("c = Identity (fb)") == (1, 0, 1), "not dequantised"
    per = "v = DequantizeLinear <axis = 0> (w, each)"
    assert conv("c = DequantizeLinear <axis = 0> (b, wide)", weights=per) == (1, 0, 1)
    assert conv("c = DequantizeLinear <axis = 0> (b, each)", weights=per) == (1, 1, 1)
    assert conv("c = DequantizeLinear (b, p)", weights=per) == (1, 1, 1)
    for identities, unaligned in ((7, 1), (8, 0)):
        names = ["i0", *(f"i{n + 1}" for n in range(identities - 1)), "c"]
        chain = "  ".join(f"{names[n + 1]} = Identity ({names[n]})" for n in range(identities))
        behind = f"i0 = DequantizeLinear (b, other)  {chain}"
        assert conv(behind) == (1, unaligned, 1), "behind eight operators nothing is known"


def test_layers_are_forms_where_integers_come_in_and_floats_go_out() -> None:
    assert conv(data="d = Identity (f)") == (0, 0, 0)
    assert conv(op="com.example.Conv") == (0, 0, 0)


def island(body: str) -> Any:
    return between(body)


def test_islands_are_told_by_their_most_frequent_operators() -> None:
    three = island("a1 = Erf (ad)  a2 = Erf (a1)  e = Tanh (a2)")
    assert (three.islands, three.island_operators, three.island_types) == (1, 3, "Erf ×2, Tanh ×1")
    kinds = ["Erf", "Sin", "Cos", "Exp", "Floor"]
    for count in (4, 5):
        names = ["ad", *(f"a{n}" for n in range(count - 1)), "e"]
        ops = "  ".join(f"{names[n + 1]} = {kinds[n]} ({names[n]})" for n in range(count))
        listed = ", ".join(f"{kind} ×1" for kind in kinds[:4])
        assert island(ops).island_types == listed + " …" * (count > 4)


def test_two_islands_are_two_and_one_without_integers_behind_is_none() -> None:
    two = island(
        "a1 = Erf (ad)  q1 = QuantizeLinear (a1, s, z)  d1 = DequantizeLinear (q1, s, z)  "
        "e = Sin (d1)"
    )
    assert (two.islands, two.island_operators) == (2, 2)
    text = f"{HEAD} {PRODUCT} e = Relu (a) {TAIL}"
    open_end = text.replace("=> (float[1,4] y)", "=> (float[1,4] y, float[1,4] w)").replace(
        "e = Relu (a)", "w = Erf (d)  e = Relu (a)")  # fmt: skip
    assert quantisation_of(facts(open_end)).islands == 0


def test_what_only_moves_or_comes_from_constants_is_no_island() -> None:
    moved = "e = Reshape (ad, form)"
    graph = f"{HEAD} {PRODUCT} aq = QuantizeLinear (a, s, z) ad = DequantizeLinear (aq, s, z)"
    shaped = graph.replace("<int8[4,4]", "<int64[2] form = {1, 4}, int8[4,4]")
    assert quantisation_of(facts(f"{shaped} {moved} {TAIL}")).islands == 0
