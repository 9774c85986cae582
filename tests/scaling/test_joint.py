"""Width, depth and open sizes together cost what ``onnxlint scale --dim`` counts there."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest

from analyzer.scaling import Joint, Scaled, Scaler, combine, stops
from tests.golden.text import facts, facts_of, parse
from tests.scaling.open_networks import BERT, FRAMES, GPT, PIXELS, WIDE, weight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.facts import Facts


def found(model: Facts) -> Joint:
    scaler = Scaler(model)
    result = combine(scaler, stops(scaler), model.open_sizes)
    assert result is not None
    return result


def counted(text: str, dims: Mapping[str, int], have: Joint) -> dict[tuple[int, int], Scaled]:
    """The network analysed at those sizes and recounted at every width and depth."""
    scaler = Scaler(facts(text, dims=dims))
    places = product(range(len(have.widths)), range(len(have.depths)))
    return {(w, d): scaler.at(have.widths[w], depth=have.depths[d]) for w, d in places}


@pytest.mark.parametrize(
    ("text", "names", "sizes", "ranges"),
    [
        (BERT, [["S"]], [(21,), (77,), (300,), (512,)], [(21, 512)]),
        (GPT, [["S"], ["P"]], [(21, 0), (1 + 21, 77), (300, 1), (512, 1024)],
         [(21, 512), (0, 1024)]),
        (PIXELS, [["H", "W"]], [(32,), (160,), (640,), (896,)], [(32, 896)]),
        (FRAMES, [["T"]], [(21,), (100,), (511,)], [(21, 512)]),
    ],
    ids=["encoder", "cache", "pixels", "frames"],
)  # fmt: skip
def test_every_width_depth_and_size_is_what_scale_counts_there(
    text: str, names: list[list[str]], sizes: list[tuple[int, ...]], ranges: list[tuple[int, int]]
) -> None:
    """From a 24th of four times today's size to four times; from nothing to 1,024 steps."""
    have = found(facts(text))
    assert len(have.sizes) == len(names)
    assert [(size.low, size.high) for size in have.sizes] == ranges
    for at in sizes:
        dims = {dim: size for each, size in zip(names, at, strict=True) for dim in each}
        for (width, depth), scaled in counted(text, dims, have).items():
            assert have.macs_at(width, depth, *at) == scaled.macs, (at, width, depth)
            assert have.params[depth][width] == scaled.params


def test_scores_take_the_product_of_sequence_and_past() -> None:
    # 2 layers, each S·(S + P) scores and as many weighted values, of 16 channels
    have = found(facts(GPT))
    width, depth = have.widths.index(1.0), have.depths.index(1.0)
    terms = {grown.powers: grown.per[depth][width] for grown in have.macs}
    assert terms[1, 1] == terms[2, 0] == 2 * 2 * 16
    assert (have.sizes[1].dim, have.sizes[1].now, have.sizes[1].low) == ("P", 0, 0)


def test_a_mask_as_long_as_past_and_sequence_grows_with_both() -> None:
    """As exporters of decoders write it: the name of the axis is the sum of two others."""
    text = GPT.replace("] past_v)", "] past_v, float[N,T] mask)").replace("x0 = Gather (", """
      places = Constant <value_ints = [1, 2]> ()  far = Unsqueeze (mask, places)
      x0 = Gather (""")  # fmt: skip
    for n in range(2):
        text = text.replace(f"Softmax <axis = -1> (sc{n})", f"Softmax <axis = -1> (sm{n})")
        text = text.replace(f"pr{n} =", f"sm{n} = Add (sc{n}, far)  pr{n} =")
    model = parse(text)
    model.graph.input[3].type.tensor_type.shape.dim[1].dim_param = "P + S"
    have, plain = found(facts_of(model)), found(facts(GPT))
    assert [(size.dim, size.low, size.high) for size in have.sizes] == [
        (size.dim, size.low, size.high) for size in plain.sizes
    ]
    assert have.macs == plain.macs


def test_sizes_that_are_the_sides_take_the_place_of_the_resolution() -> None:
    assert found(facts(PIXELS)).sides
    assert not found(facts(BERT)).sides


def test_nothing_is_claimed_beyond_sizes_that_the_graph_goes_with() -> None:
    """A table of 160 positions, added to the tokens: no sequence is longer."""
    text = BERT.replace("x0 = Gather (table, ids)", f"""{weight("places", 160, WIDE)}
      zero = Constant <value_ints = [0]> ()  one = Constant <value_ints = [1]> ()
      two = Constant <value_ints = [2]> ()
      shape = Shape (ids)  long = Slice (shape, one, two)
      t0 = Gather (table, ids)  cut = Slice (places, zero, long, zero)
      x0 = Add (t0, cut)""")  # fmt: skip
    model = facts(text)
    (size,) = model.open_sizes
    scaler = Scaler(model)
    have = combine(scaler, stops(scaler), (size,))
    assert have is not None
    assert have.sizes[0].high <= 160


def test_one_size_by_itself_is_no_combination() -> None:
    text = "g (float[N,S,8] x, float[N,8,S] y) => (float[N,S,S] z) { z = MatMul (x, y) }"
    model = facts(text)
    assert len(model.open_sizes) == 1
    scaler = Scaler(model)
    assert combine(scaler, stops(scaler), model.open_sizes) is None


def test_a_polynomial_that_does_not_hold_is_not_told() -> None:
    model = facts(BERT)
    (size,) = model.open_sizes
    wrong = replace(size, coefficients=(*size.coefficients[:2], size.coefficients[2] + 1))
    scaler = Scaler(model)
    assert combine(scaler, stops(scaler), (wrong,)) is None


def test_large_models_are_not_analysed_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.scaling.joint.WORK", 100)
    model = facts(BERT)
    scaler = Scaler(model)
    assert combine(scaler, stops(scaler), model.open_sizes) is None


THREE = """g (float[1,A,4] x, float[1,B,4] z) => (float[1,A,B] y) {
    t = Transpose <perm = [0, 2, 1]> (z)  s = MatMul (x, t)
    u = Transpose <perm = [0, 2, 1]> (x)  p = MatMul (x, u)  q = Softmax (p)
    y = """


def test_nothing_is_claimed_of_what_grows_with_the_cube_of_sizes_together() -> None:
    """Products of A · 4 · B and A · 4 · A; and then of A · A · B."""
    square, cube = facts(f"{THREE} Relu (s) }}"), facts(f"{THREE} MatMul (q, s) }}")
    have = found(square)
    assert {grown.powers: grown.per for grown in have.macs} == {(1, 1): ((4,),), (2, 0): ((4,),)}
    assert have.macs_at(0, 0, 5, 7) == 4 * 5 * 7 + 4 * 5 * 5
    assert len(cube.open_sizes) == 2
    assert combine(Scaler(cube), stops(Scaler(cube)), cube.open_sizes) is None
