"""Pictures of one colour: kinds of layers are told apart by its shades."""

from __future__ import annotations

from analyzer.report.view.charts import profile
from analyzer.report.view.layers import bars, layer_shapes
from analyzer.report.view.shades import shades
from analyzer.report.view.tiles import Tile, _leaves, _shaded
from tests.golden.text import facts

DENSE = """g (float[1,8] x, float[8,4] v, float[4,6] u, float[1,6] c) => (z)
    { y = MatMul (x, v) z = Gemm (y, u, c) }"""
MIXED = """g (float[1,2,4,4] x, float[4,2,3,3] w, float[2,5] v) => (y, z)
    { y = Conv (x, w) z = MatMul (y, v) }"""


def test_more_kinds_than_shades_share_the_last() -> None:
    found = [("a", "dense", 4), ("b", "dense", 3), ("c", "dense", 2)]
    assert shades(found) == {"a": "dense", "b": "dense2", "c": "dense2"}
    others = [(name, "other", 9 - n) for n, name in enumerate("abcde")]
    assert [*shades(others).values()] == ["other", "other2", "other3", "other4", "other4"]
    assert shades([("a", "pointwise", 2), ("b", "pointwise", 1)]) == dict.fromkeys(
        "ab", "pointwise"
    )
    assert shades([("a", "dense", 4), ("a", "dense", 9)]) == {}


def test_layers_and_bars_of_one_colour_have_its_shades() -> None:
    found = facts(DENSE)
    assert [(each.kind, each.color) for each in layer_shapes(found.nodes)] == [
        ("MatMul", "dense"), ("Gemm", "dense2"),
    ]  # fmt: skip
    assert [mark.color for mark in profile(bars(found.nodes)).marks] == ["dense", "dense2"]
    mixed = facts(MIXED)
    assert {each.color for each in layer_shapes(mixed.nodes)} == {"standard", "dense"}
    assert [m.color for m in profile(bars(mixed.nodes)).marks] == ["standard", "dense"]


def test_tiles_of_one_colour_have_its_shades_and_what_is_added_up_keeps_its_own() -> None:
    tiles = (
        Tile("mlp", "dense", 5, (Tile("a", "dense", 3, kind="Gemm"),
                                 Tile("b", "dense", 2, kind="MatMul")), "Gemm"),
        Tile("rest", "other", 1),
    )  # fmt: skip
    assert [tile.name for tile in _leaves(tiles)] == ["a", "b"]
    shaded = _shaded(tiles[0], {"Gemm": "dense", "MatMul": "dense2"})
    assert (shaded.color, [tile.color for tile in shaded.children]) == (
        "dense",
        ["dense", "dense2"],
    )
    assert _shaded(tiles[1], {"Gemm": "dense"}) == tiles[1]
