"""What a page adds up at a stop of its sliders is what a recount of that very network gives."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.scaling import Scaler, Stops, stops
from samples.build_mobilenet_v1 import build, to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from onnx import ModelProto

GATED = """g (float[1,4,16,16] x, bool deep) => (float[1,8,A,B] y) {
  s = Constant <value_ints=[8,4,3,3]> ()  w = ConstantOfShape (s)
  c = Conv <pads=[1,1,1,1]> (x, w)
  y = If (deep) <
    then_branch = a () => (float[1,8,16,16] p) {
      t = Constant <value_ints=[8,8,3,3]> ()  v = ConstantOfShape (t)
      p = Conv <pads=[1,1,1,1]> (c, v) },
    else_branch = b () => (float[1,8,16,16] q) { q = Relu (c) }>
}"""
CUSTOM = """g (float[1,4,16,16] x) => (float[1,8,A,B] y) {
  s = Constant <value_ints=[8,4,3,3]> ()  w = ConstantOfShape (s)
  c = Conv <pads=[1,1,1,1]> (x, w)  y = com.acme.Warp (c) }"""
SHUT = "g (float[1,4] x, float[4,4] w) => (float[1,4] y) { y = MatMul (x, w) }"


def found(scaler: Scaler) -> Stops:
    result = stops(scaler)
    assert result is not None
    return result


def test_each_stop_of_the_papers_network_is_that_network_built(
    mobilenet: Scaler, tmp_path: Path
) -> None:
    """Howard et al. 2017, tables 6 and 7, and every other width and side that a page offers."""
    have = found(mobilenet)
    depth = have.depths.index(1.0)
    path = tmp_path / "built.onnx"
    places = [*product(range(len(have.widths)), range(len(have.sides)))]
    for width, side in places[::6]:
        network = build(alpha=have.widths[width], resolution=have.sides[side][0])
        path.write_bytes(to_bytes(network))
        built = analyze(load(str(path))).totals
        assert have.macs_at(width, side, depth) == built.macs
        assert have.params_at(width, side, depth) == built.params


@pytest.mark.parametrize("name", ["mobilenet", "resnet50", "shufflenet", "vgg19", "squeezenet"])
def test_each_stop_is_what_scale_counts_there(
    name: str, mobilenet: Scaler, light: Callable[[str], Scaler]
) -> None:
    scaler = mobilenet if name == "mobilenet" else light(name)
    have = found(scaler)
    places = [*product(*map(range, map(len, (have.widths, have.sides, have.depths))))]
    for width, side, depth in [places[0], *places[:: max(1, len(places) // 40)], places[-1]]:
        scaled = scaler.at(have.widths[width], depth=have.depths[depth], sides=have.sides[side])
        assert have.macs_at(width, side, depth) == scaled.macs
        assert have.params_at(width, side, depth) == scaled.params
        assert have.repeats[depth] == scaled.repeats


def test_todays_size_is_among_the_stops(light: Callable[[str], Scaler]) -> None:
    have = found(light("resnet50"))
    assert have.macs_at(*have.today) == 4_089_184_256
    assert have.repeats[have.today[2]] == (3, 4, 6, 3)


def test_a_few_products_hold_all_stops(light: Callable[[str], Scaler]) -> None:
    have = found(light("resnet50"))
    stops_ = len(have.widths) * len(have.sides) * len(have.depths)
    numbers = sum(len(p.across) + sum(map(len, p.per)) for p in (*have.macs, *have.params))
    assert (stops_, len(have.macs)) == (210, 3)
    assert numbers < 2 * stops_


def test_sides_that_round_are_kept_side_by_side(
    planned: Callable[[str | ModelProto], Scaler],
) -> None:
    """Maps of 45 → 23 → 12 pixels follow no common factor; each stop is exact all the same."""
    scaler = planned("""g (float[1,3,45,45] x) => (float[1,8,A,B] y) {
      s = Constant <value_ints=[8,3,3,3]> ()  w = ConstantOfShape (s)
      t = Constant <value_ints=[8,8,3,3]> ()  v = ConstantOfShape (t)
      a = Conv <pads=[1,1,1,1], strides=[2,2]> (x, w)
      y = Conv <pads=[1,1,1,1], strides=[2,2]> (a, v) }""")
    have = found(scaler)
    assert len(have.macs) == 2
    for width, side in product(range(len(have.widths)), range(len(have.sides))):
        scaled = scaler.at(have.widths[width], sides=have.sides[side])
        assert have.macs_at(width, side, 0) == scaled.macs


@pytest.mark.parametrize("text", [GATED, CUSTOM, SHUT], ids=["gated", "custom", "shut"])
def test_nothing_is_offered_that_is_not_known(
    text: str, planned: Callable[[str | ModelProto], Scaler]
) -> None:
    assert stops(planned(text)) is None
