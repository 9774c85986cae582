"""Rows of a report's tables, of operators, sizes and tiles made for them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.evidence import PW_DW, Separability
from analyzer.facts import Certainty, Module, Second
from analyzer.report.view import appendix, conversion, growth, layers, speed, tile_names, tiles
from analyzer.report.view.conversion import (
    Conversion,
    Total,
    _caveats,
    _evidence,
    _together,
    describe,
    most_of_it,
)
from analyzer.report.view.growth import GrowthPoint
from analyzer.report.view.layers import Bar, LayerGroup, LayerRow, PageNode, PageTensor
from analyzer.report.view.speed import _parts, measured_speedup, raised_peak, speedup
from analyzer.report.view.stretches import beginning, shortened
from analyzer.report.view.tiles import Tile
from analyzer.surplus import OpenSize
from tests.golden.text import facts

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node

NODE = PageNode(
    "a", "", "conv1", "Conv", "", (PageTensor("a", (1, 8, 4, 4)),), ("pointwise",), 100, 200,
    (100, 100), (200, 200), 64, 1, False, (1, 1), "", "", "", "", "", "", Certainty.EXACT, "",
)  # fmt: skip


def node(id_: str, **changes: object) -> PageNode:
    return replace(NODE, id=id_, **changes)  # type: ignore[arg-type]


IDLE: dict[str, object] = {
    "macs": 0, "flops": 0, "params": 0, "macs_range": (0, 0), "flops_range": (0, 0),
}  # fmt: skip


def test_a_count_is_a_range_where_its_ends_differ_and_say_anything() -> None:
    cases = [(5, (5, 5)), (None, (0, None)), (None, (3, None)), (None, (0, 9)), (7, (2, 9))]
    assert [layers.spread(value, ends) for value, ends in cases] == [
        "5", "unknown", "at least 3", "0 to 9", "2 to 9",
    ]  # fmt: skip


def test_operators_that_are_alike_are_one_row_and_idle_ones_may_be_none() -> None:
    nodes = [*enumerate([node("a"), node("b", **IDLE), node("c"), node("d", params=65),
                         node("e", **IDLE | {"params": 1}), node("f", **IDLE | {"flops": 1}),
                         node("g", **IDLE | {"macs": None})], 1)]  # fmt: skip

    def ids(*about: Any) -> list[str]:
        return ["".join(n.id for _, n in same) for same in layers.fold(nodes, *about)]

    assert ids((), True) == ["ac", "b", "d", "e", "f", "g"]
    assert ids((), False) == ["ac", "d", "e", "f", "g"]
    assert ids(("b",), False) == ["ac", "b", "d", "e", "f", "g"]
    differing = {"scope": "s", "domain": "d", "op_type": "o", "macs_range": (0, 1), "macs": 1,
                 "flops_range": (0, 1), "flops": 1, "params": 1, "executions_range": (0, 1),
                 "tags": (), "substitution": "s", "params_substitution": "p",
                 "outputs": ()}  # fmt: skip
    for name, value in differing.items():
        pair = [(1, NODE), (2, replace(NODE, **{name: value}))]  # type: ignore[arg-type]
        assert len(layers.fold(pair, (), True)) == 2, name
    for name in ("id", "name", "formula", "reason"):
        assert len(layers.fold([(1, NODE), (2, replace(NODE, **{name: "x"}))], (), True)) == 1  # type: ignore[arg-type]


def test_the_largest_and_those_with_findings_are_shown_in_the_order_of_the_file() -> None:
    def group(number: int, **about: object) -> layers.Alike:
        return [(number, node(f"n{number}", **about))]

    first, most = group(5, macs=1), group(4, macs=900)
    flops, params = group(3, macs=50, flops=9), group(2, macs=50, flops=8, params=9)
    least, last = group(1, macs=50, flops=8, params=8), group(6, macs=50, flops=8, params=8)
    every = [last, least, params, flops, most, first]
    for limit, numbers in ((1, [5]), (2, [4, 5]), (3, [3, 4, 5]), (4, [2, 3, 4, 5]),
                           (5, [1, 2, 3, 4, 5])):  # fmt: skip
        assert sorted(g[0][0] for g in layers.by_rank(every, ("n5",))[:limit]) == numbers
    nodes = [g[0][1] for g in sorted(every, key=lambda g: g[0][0])]
    for limit, numbers in ((1, [5]), (2, [4, 5]), (3, [3, 4, 5]), (4, [2, 3, 4, 5]),
                           (5, [1, 2, 3, 4, 5])):  # fmt: skip
        assert layers.pick(nodes, limit, ("n5",)) == numbers
    twice = [group(1, macs=500)[0], group(2, macs=500)[0]]
    assert layers.by_rank([most, twice], ()) == [twice, most]


@pytest.mark.parametrize(
    ("count", "limit", "shown"),
    [(99, 99, None), (99, 98, 56), (21, 20, 20), (5, 0, 0), (0, 0, None)],
)
def test_paper_has_all_operators_or_the_largest_of_them(
    count: int, limit: int, shown: int | None
) -> None:
    nodes = [node(f"n{n}", macs=n, params=n + 1) for n in range(count)]
    found = appendix.on_paper(nodes, limit, {n.id: n.name for n in nodes}, ("n0",))
    numbers = [row.number for row in found.rows]
    assert found.total == count
    assert found.held == len(numbers)
    assert found.is_part is (shown is not None)
    whole = [*range(1, count + 1)]
    assert numbers == (whole if shown is None else [*whole[:1], *whole[:0:-1]][:shown])
    assert len(found.anchors) == (0 if found.is_part else count)


def test_paper_has_operators_that_only_move_data_where_there_are_no_others() -> None:
    idle = [node(f"n{n}", macs=0, flops=0, params=0) for n in range(4)]
    for nodes, numbers in ((idle, [1, 2, 3, 4]), ([*idle[:3], node("n3", macs=9)], [4]), ([], [])):
        found = appendix.on_paper(nodes, 9, {n.id: n.name for n in nodes}, ())
        assert [each for row in found.rows for each in range(row.number, row.number + row.count)
                ] == numbers  # fmt: skip


def test_a_row_tells_an_operator_in_words() -> None:
    same = [(7, node("a")), (9, node("b"))]
    row = LayerRow(7, "n7", "first", "", "Conv", "1×8×4×4", "100", "200", 64, "1", "pointwise", 2)
    assert layers.fold_rows([same], {"a": "first"}) == (row,)
    other = node("a", domain="com.acme", outputs=(), macs=None, macs_range=(3, None),
                 executions_range=(0, 4), tags=())  # fmt: skip
    assert layers.fold_rows([[(1, other)]], {"a": "first"}) == (
        LayerRow(1, "n1", "first", "", "com.acme.Conv", "none", "at least 3", "200", 64, "0 to 4",
                 "", 1),
    )  # fmt: skip
    assert layers.fold_rows([[(1, node("a", domain="ai.onnx"))]], {"a": ""})[0].op == "Conv"
    names = layers.show_names([node("a"), node("b", name=""), node("c", name="", outputs=())])
    assert names == {"a": "conv1", "b": "a", "c": "c"}
    kinds = [layers.kind_of(node("a", tags=tags)) for tags in (("factorised", "dense"), ("x",), ())]
    assert kinds == ["dense", "Conv", "Conv"]


@cache
def small() -> Facts:
    """A pointwise convolution, one of 3×3, and a product."""
    text = ", ".join
    return facts(
        "g (float[1,4,8,8] x, float[2,8] u) => (float[1,4,8,8] y, float[2,16] z) "
        f"<float[4,4,1,1] w = {{{text('0' * 16)}}}, float[4,4,3,3] k = {{{text('0' * 144)}}}, "
        f"float[8,16] m = {{{text('0' * 128)}}}> {{ "
        "c = Conv (x, w)  y = Conv <pads = [1, 1, 1, 1]> (c, k)  z = MatMul (u, m) }"
    )


POINT, SPATIAL, PRODUCT = small().nodes


def conv(**changes: object) -> Node:
    known = SPATIAL.conv
    assert known is not None
    return replace(SPATIAL, conv=replace(known, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "title", "place"),
    [
        (POINT, "1×1 pointwise 4 → 4", "8×8"),
        (SPATIAL, "3×3 standard 4 → 4", "8×8"),
        (PRODUCT, "MatMul 8 → 16", "2×16"),
        (conv(strides=(1, 2)), "3×3 / 1×2 standard 4 → 4", "8×8"),
        (conv(dilations=(1, 3)), "3×3 standard dilated 3 4 → 4", "8×8"),
        (conv(transposed=True), "3×3 transposed standard 4 → 4", "8×8"),
        (replace(PRODUCT, cost=replace(PRODUCT.cost, macs=255)), "MatMul 16", "2×16"),
        (replace(PRODUCT, op_type="LSTM"), "LSTM 16", "2×16"),
        (replace(PRODUCT, domain="com.acme"), "MatMul 16", "2×16"),
        (replace(PRODUCT, outputs=()), "MatMul 256 MAC", ""),
        (replace(PRODUCT, cost=replace(PRODUCT.cost, macs=None)), "MatMul unknown", "2×16"),
    ],
)
def test_a_layer_is_named_by_what_it_costs_the_same_as(found: Node, title: str, place: str) -> None:
    assert layers.shape_of(found) == (title, place)


def test_layers_of_one_shape_are_added_up() -> None:
    twice = replace(POINT, id="other", counted=3, params=0)
    found = layers.layer_shapes([POINT, twice, PRODUCT], 2000, {"other": 5})
    assert found == (
        LayerGroup("1×1 pointwise 4 → 4", "8×8", "pointwise", "pointwise", 4, 4096, 16,
                   POINT.intensity, 2.048, 2.048, 5),
        LayerGroup("MatMul 8 → 16", "2×16", "MatMul", "dense", 1, 256, 128, PRODUCT.intensity,
                   0.128, 2.176),
    )  # fmt: skip
    assert layers.layer_shapes([PRODUCT]) == (replace(found[1], share=None, sum=None),)
    assert layers.layer_shapes([replace(POINT, counted=0)]) == ()


def test_bars_join_neighbours_where_there_are_more_than_180() -> None:
    assert layers.bars([POINT, SPATIAL]) == (
        Bar(1, 1, "pointwise", 1024),
        Bar(2, 2, "standard", 9216),
    )
    assert len(layers.bars([POINT] * 180)) == 180
    joined = layers.bars([POINT, SPATIAL] * 90 + [PRODUCT])
    assert len(joined) == 91
    assert joined[0] == Bar(1, 2, "standard", 10240)
    assert joined[-1] == Bar(181, 181, "MatMul", 256)


def size(now: int, *coefficients: int | Fraction, step: int = 1, **about: Any) -> OpenSize:
    made = OpenSize("n", about.pop("axes", (("ids", 1),)), about.pop("image", False), now, step,
                    tuple(map(Fraction, coefficients)))  # fmt: skip
    return replace(made, **about)


def open_(found: OpenSize, macs: int | None = None, **about: Any) -> Any:
    tensors = [
        SimpleNamespace(name="ids", shape=(1, None), dtype="int64"),
        SimpleNamespace(name="image", shape=(1, 3, None, 640), dtype="float32"),
        SimpleNamespace(name="sound", shape=(1, None), dtype="float32"),
        SimpleNamespace(name="ranks", shape=None, dtype="float32"),
    ]
    second = about.pop("second", None)
    assumed = [SimpleNamespace(input="sound", axis=1, second=second)] if second else []
    totals = SimpleNamespace(macs=int(found.at(found.now)) if macs is None else macs,
                             complete=about.pop("complete", True))  # fmt: skip
    return SimpleNamespace(inputs=tensors, open_sizes=(found,), totals=totals, assumptions=assumed)


def grown(found: OpenSize, macs: int | None = None, **about: Any) -> growth.GrowthRow:
    (row,) = growth.growth(open_(found, macs, **about))
    return row


def test_tokens_cost_a_rate_a_fixed_part_and_one_that_grows_with_the_square() -> None:
    row = grown(size(10, 100, 20, 3))
    assert (row.unit, row.per, row.size, row.macs, row.rate) == ("token", 1, 10, 600, 50)
    assert (row.fixed, row.square, row.even, row.varies) == (100, 0.5, 7, True)
    assert row.points[0] == GrowthPoint(1, 123, 3)
    assert [p.size for p in row.points][-3:] == [36, 38, 40]
    assert row.points[-1] == GrowthPoint(40, 100 + 800 + 4800, 4800)
    assert GrowthPoint(10, 600, 300) in row.points
    assert (row.coefficients, row.divisor, row.longest, row.stated) == ((100, 20, 3), 1, None, True)
    ended = grown(size(10, 100, 20, 3, longest=30))
    assert (ended.longest, ended.points[-1].size, ended.even) == (30, 30, 7)
    assert (ended.beside, row.beside) == ((), ())
    pair = open_(size(10, 100, 20, 3, longest=30))
    pair.open_sizes += (replace(pair.open_sizes[0], dim="past", now=0),)
    assert growth.growth(pair)[0].beside == ("past = 0",)
    assert grown(size(10, 100, 20, 3, longest=7)).even == 7
    assert grown(size(10, 100, 20, 3, longest=6)).even is None
    line = grown(size(10, 0, 20))
    assert (line.square, line.even, line.varies, line.fixed) == (0, None, False, 0)
    halves = grown(size(10, 5, Fraction(1, 2), Fraction(1, 3), step=6), 999)
    assert (halves.coefficients, halves.divisor) == ((30, 3, 2), 6)


def test_what_takes_from_one_another_or_is_rounded_is_no_part() -> None:
    for found in (size(10, 100, -20, 30), size(10, 100, 20, Fraction(1, 2), step=4),
                  size(10, Fraction(1, 2), Fraction(41, 20), 3)):  # fmt: skip
        row = grown(found, int(found.at(10)))
        assert (row.fixed, row.square, row.varies) == (0, 0, True)
        assert row.rate == row.macs / 10
    stepped = grown(size(32, 0, 10, step=32))
    assert [p.size for p in stepped.points] == [32, 64, 96, 128]


def test_no_growth_is_told_of_what_is_not_known_or_is_0() -> None:
    whole = size(10, 100, 20)
    assert growth.growing(open_(whole)) == [whole]
    for known in (open_(whole, complete=False), open_(whole, 0), open_(whole, 301)):
        assert growth.growing(known) == []
    assert growth.growth(open_(size(0, 100, 20))) == ()
    between = size(10, 100, 20, step=4)
    assert growth.growing(open_(between, 999)) == [between]
    many = open_(whole)
    many.open_sizes = (size(0, 300), whole)
    assert [each.now for each in growth.growing(many)] == [10, 0]


SAMPLES = Second(16000, "samples", "sample_rate")


@pytest.mark.parametrize(
    ("found", "about", "unit"),
    [
        (size(10, 0, 1), {}, ("token", 1, 0)),
        (size(10, 0, 1, axes=(("ids", 0),)), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("sound", 1),)), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("sound", 1),)), {"second": SAMPLES}, ("second", 16000, 0)),
        (size(10, 0, 1, axes=(("sound", 0),)), {"second": SAMPLES}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("image", 2),)), {}, ("megapixel", 1_000_000, 640)),
        (size(10, 0, 1, axes=(("image", 1),)), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("image", 2), ("image", 3)), image=True), {},
         ("megapixel", 1_000_000, 0)),
        (size(10, 0, 1, axes=(("image", 2), ("ids", 1)), image=True), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("image", 2), ("image", 3))), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("ranks", 1),)), {}, ("step", 1, 0)),
        (size(10, 0, 1, axes=(("absent", 1),)), {}, ("step", 1, 0)),
    ],
)  # fmt: skip
def test_a_unit_is_a_token_a_second_a_megapixel_or_a_step(
    found: OpenSize, about: dict[str, Any], unit: tuple[str, int, int]
) -> None:
    assert growth._unit(open_(found, **about), found) == unit


def test_rates_are_per_second_and_per_megapixel() -> None:
    sound = grown(size(8000, 0, 2, axes=(("sound", 1),)), second=SAMPLES)
    assert (sound.rate, sound.of, sound.stated) == (32000, "samples", True)
    usual = grown(size(8000, 0, 2, axes=(("sound", 1),)), second=Second(100, "frames", ""))
    assert (usual.of, usual.stated) == ("frames", False)
    side = grown(size(500, 0, 2, axes=(("image", 2),)))
    assert (side.rate, side.side, side.varies) == (1000 / (500 * 640 / 1e6), 640, False)
    both = grown(size(500, 0, 0, 2, axes=(("image", 2), ("image", 3)), image=True))
    assert (both.rate, both.side, both.square, both.varies) == (2_000_000, 0, 0, True)


@pytest.mark.parametrize(
    ("shape", "axis", "side"),
    [
        ((1, 3, None, 640), 2, 640), ((1, 4, 480, None), 3, 480), ((1, None, 640, 3), 1, 640),
        ((1, 480, None, 4), 2, 480), ((1, 1, None, 640), 2, 0), ((1, 3, None, None), 2, 0),
        ((1, 3, None), 2, 0), ((None, 3, 480, 640), 0, 0), ((1, 2, None, 640), 2, 0),
        ((1, 5, None, 640), 2, 0),
    ],
)  # fmt: skip
def test_the_other_side_of_an_image_in_colour(
    shape: tuple[int | None, ...], axis: int, side: int
) -> None:
    assert growth._other_side(shape, size(1, 1, axes=(("x", axis),))) == side
    assert growth._other_side(shape, size(1, 1, axes=(("x", axis), ("y", 0)))) == 0


def module(path: str, macs: int, *children: Module, kind: str = "Conv") -> Module:
    name = path.rpartition(".")[2]
    return Module(path, name, "", macs, 0, 1, True, children, kind=kind)


def test_a_module_is_opened_from_12_percent_of_the_whole_on() -> None:
    inner = [module("net.a.x", 70), module("net.a.y", 60)]
    for own, names in ((130, ["x", "y"]), (121, ["x", "y"]), (120, ["a"])):
        parts = [replace(part, macs=n) for part, n in zip(inner, (own - 60, 60), strict=True)]
        root = module("net", 1000, module("net.a", own, *parts), module("net.bbb", 1000 - own))
        found = {tile.name: tile.macs for tile in tiles._modules(root)}
        assert [*found][:-1] == [f"a.{name}" if name in "xy" else "net.a" for name in names]
        assert sum(found.values()) == 1000


def test_no_more_than_32_modules_are_opened_at_once() -> None:
    def split(path: str, macs: int) -> Module:
        halves = (module(f"{path}.h0", macs // 2), module(f"{path}.h1", macs // 2))
        return module(path, macs, *halves)

    parts = [split(f"m{n:03d}", 20) for n in range(32)]
    root = module("", 40, *(replace(part, macs=20) for part in parts))
    assert len([*tiles._modules(root)]) == 32
    assert len([*tiles._modules(replace(root, children=root.children[:31]))]) == 32


def test_what_is_in_a_module_is_told_down_to_a_hundredth() -> None:
    deep = module("a", 100, module("a.b", 100, module("a.b.c", 60), module("a.b.d", 30)))
    assert tiles._parts(deep, 1, 5) == (
        Tile("c", "other", 60, kind="Conv"), Tile("d", "other", 30, kind="Conv"),
        Tile("rest", "other", 10),
    )  # fmt: skip
    assert tiles._parts(deep, 1, 0) == ()
    assert tiles._parts(module("a", 100, module("a.b", 100)), 1, 5) == ()
    assert tiles._parts(module("a", 100, module("a.b", 99)), 1, 5) == (
        Tile("b", "other", 99, kind="Conv"), Tile("rest", "other", 1),
    )  # fmt: skip
    pair = module("a", 30, module("a.b", 20, module("p", 11), module("q", 9)), module("a.c", 10))
    opened = (Tile("p", "other", 11, kind="Conv"), Tile("q", "other", 9, kind="Conv"))
    assert tiles._parts(pair, 20, 5)[0] == Tile("b", "other", 20, opened, "Conv")
    assert tiles._parts(pair, 20.1, 5)[0] == Tile("b", "other", 20, kind="Conv")
    assert tiles._parts(pair, 20, 1)[0] == Tile("b", "other", 20, kind="Conv")


def test_tails_of_paths_tell_siblings_apart() -> None:
    paths = ("m.layer.11", "m.encoder", "m.encoder.fc", "m.encoder.mlp", "0", "", "b.6.1",
             "blocks.6.1")  # fmt: skip
    assert [tile_names.tail(path) for path in paths] == [
        "layer.11", "encoder", "encoder.fc", "mlp", "0", "", "b.6.1", "blocks.6.1",
    ]  # fmt: skip
    numbered = module("features.3", 30, module("features.3.0", 20), module("features.3.fc", 10))
    assert [part.name for part in tiles._parts(numbered, 1, 5)] == ["features.3.0", "fc"]


def test_the_smallest_of_many_are_added_up() -> None:
    def made(count: int) -> list[Tile]:
        return [Tile("a", "other", 10)] * count

    assert tiles._largest(made(3), 3) == tuple(made(3))
    assert tiles._largest(made(4), 3) == tuple(made(4)), "one alone is no more than itself"
    assert tiles._largest(made(5), 3) == (*made(3), Tile("2 smaller", "other", 20))
    least = [Tile("big", "other", 993), Tile("s", "other", 4), Tile("t", "other", 3)]
    assert tiles._sorted(reversed(least), 1000) == tuple(least)
    least = [Tile("big", "other", 990), Tile("s", "other", 4), *[Tile("t", "other", 3)] * 2]
    names = [tile.name for tile in tiles._sorted([*least, Tile("none", "other", 0)], 1000)]
    assert names == ["big", "s", "2 smaller"]


def test_tiles_lie_in_those_that_have_room_for_them() -> None:
    inner = (Tile("x", "dense", 300), Tile("y", "standard", 300))
    found = tiles.picture([Tile("outer", "pointwise", 600, inner), Tile("b", "other", 600)], 100)
    assert [(m.x, m.y, m.width, m.height, m.color) for m in found.marks] == [
        (0, 0, 360, 100, "group"), (2, 17, 178, 81, "dense"), (180, 17, 178, 81, "standard"),
        (360, 0, 360, 100, "other"),
    ]  # fmt: skip
    assert [mark.title for mark in found.marks] == [
        "outer: 600 MAC, 50.0 %", "outer, x: 300 MAC, 25.0 %", "outer, y: 300 MAC, 25.0 %",
        "b: 600 MAC, 50.0 %",
    ]  # fmt: skip
    assert [mark.lines for mark in found.marks] == [
        ("outer 50.0 %",),
        ("x",),
        ("y",),
        ("b 50.0 %",),
    ]
    assert tiles.labelled(found) == 1
    bare = tiles.picture([Tile("outer", "pointwise", 600, inner)], 51.9, shares=False)
    assert [(m.color, m.title, m.lines) for m in bare.marks] == [
        ("pointwise", "outer: 600 MAC", ("outer",)),
    ]  # fmt: skip
    assert len(tiles.picture([Tile("outer", "pointwise", 600, inner)], 52).marks) == 3


def test_blocks_are_numbered_by_kind_and_layers_in_none_stand_alone() -> None:
    block = SimpleNamespace(kind="mlp", nodes=(POINT.id, SPATIAL.id, "absent"))
    one = SimpleNamespace(kind="mlp", nodes=(PRODUCT.id,))
    known = cast("Any", SimpleNamespace(nodes=[POINT, SPATIAL, PRODUCT], blocks=[block, one]))
    assert [*tiles._blocks(known)] == [
        Tile("mlp 1", "standard", 10240,
             (Tile("standard", "standard", 9216, kind="standard"),
              Tile("pointwise", "pointwise", 1024, kind="pointwise")), "standard"),
        Tile("mlp 2", "dense", 256, kind="MatMul"),
    ]  # fmt: skip
    known.blocks = [block]
    assert [*tiles._blocks(known)][1:] == [Tile("MatMul 8 → 16", "dense", 256, kind="MatMul")]


def test_terms_that_keep_the_weights_say_what_follows() -> None:
    def found(
        terms: int | None, energy: float | None, noise: float | None, order: str = "dw"
    ) -> Separability:
        one = SimpleNamespace(energy=(0.5, 0.9), baseline=(0.25, 0.8))
        made = SimpleNamespace(terms=terms, energy=energy, baseline=noise, depthwise_first=one,
                               macs=2000, order=order)  # fmt: skip
        return cast("Separability", made)

    two = "T = 2 keeps 97 % (noise 61 %) at 2 kMAC"
    assert describe(found(2, 0.97, 0.61), True) == f"{two}: decompose"
    assert describe(found(2, 0.97, 0.61), False) == two
    assert describe(found(1, 0.97, 0.61), False) == "T = 1 keeps 97 % (noise 61 %)"
    other = describe(found(1, 0.97, 0.61, PW_DW), True)
    assert other == "pointwise first, T = 1 keeps 97 % (noise 61 %) at 2 kMAC: decompose"
    first = "T = 1 keeps 50 % (noise 25 %): retrain"
    for each in ((None, 0.97, 0.61), (2, None, 0.61), (2, 0.97, None)):
        assert describe(found(*each), False) == first


def test_strides_tell_rows_of_convolutions_apart() -> None:
    row = Conversion(("a",), "3×3", 4, 4, "8×8", 100, 30, 0.3, True, "", ())
    for steps, rows in (
        (["", ""], [("ab", "")]),
        (["/ 2", "/ 2"], [("ab", "/ 2")]),
        (["", "/ 2"], [("ab", "/ 1 to 2")]),
        (["/ 8", "", "/ 2"], [("abc", "/ 1 to 8")]),
        (["/ 1×2", "/ 2"], [("a", "/ 1×2"), ("b", "/ 2")]),
        (["dilated 2", "", "dilated 2"], [("ac", "dilated 2"), ("b", "")]),
    ):
        made = [replace(row, nodes=(node,), steps=s) for node, s in zip("abc", steps, strict=False)]
        assert [("".join(r.nodes), r.steps) for r in _together(made)] == rows, steps


def test_a_stride_is_of_the_axes_that_have_a_kernel() -> None:
    for kernel, strides, told in (((3, 3), (2, 2), "/ 2"), ((1, 9), (1, 4), "/ 4"),
                                  ((3, 3), (1, 2), "/ 1×2"), ((3,), (1,), "")):  # fmt: skip
        found = conv(kernel_shape=kernel, strides=strides).conv
        assert found is not None
        assert layers.step(found) == told


def test_a_share_is_left_and_a_row_saves_as_often_as_it_stands() -> None:
    assert Total("t", 200, 50, 0, 0).left == 0.25
    assert Total("t", 0, 0, 0, 0).left is None
    row = Conversion(("a", "b"), "3×3", 4, 4, "8×8", 100, 30, 0.3, True, "", ())
    assert (row.macs, row.saved) == (70, 140)
    assert replace(row, macs_after=130).saved == 0
    for left, percent, best in (([100, 60, 30, 25, 20], 80, 2), ([100, 36, 20], 80, 1),
                                ([100, 37, 20], 80, 2), ([100, 100], 80, 0)):  # fmt: skip
        assert most_of_it(left, percent) == best
    assert (most_of_it([1000, 200, 0]), most_of_it([1000, 201, 0])) == (1, 2), "four fifths"


def test_few_channels_and_a_tiny_map_are_caveats() -> None:
    saving = SPATIAL.saving
    assert saving is not None

    def told(**changes: object) -> list[str]:
        found = conv(**changes)
        assert found.conv is not None
        return _caveats(replace(found, read_bytes=None), found.conv, saving)

    assert told() == ["only 4 input channels"]
    assert told(in_channels=1) == ["only 1 input channel: outputs would be multiples of one map"]
    assert told(in_channels=2) == ["only 2 input channels"]
    assert told(in_channels=7) == ["only 7 input channels"]
    assert told(in_channels=8) == []
    assert told(in_channels=8, out_spatial=(4, 4)) == ["tiny map 4×4"]
    assert told(in_channels=8, out_spatial=(17, 1)) == []
    assert told(in_channels=8, out_spatial=(4, None)) == []


def test_both_parts_of_a_conversion_do_their_share() -> None:
    found = conv(in_spatial=(16, 16), out_spatial=(8, 8), out_channels=5)
    assert found.conv is not None
    assert _parts(found.conv) == (64 * 9, 64 * 5)
    assert _parts(replace(found.conv, transposed=True)) == (256 * 9, 64 * 5)


def test_measured_classes_of_layers_make_a_conversion_faster_or_slower(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """16 MACs of each kind of both parts: 9 and 4 in proportion, as 64·9 and 64·4 are."""
    known, saving = SPATIAL.conv, SPATIAL.saving
    assert known is not None
    assert saving is not None
    costs: dict[str, float | None] = {"standard": 1.0, "depthwise": 2.0, "pointwise": 3.0}

    def seconds(device: Any, kind: str, precision: str, macs: int) -> float | None:
        cost = costs[kind]
        return None if cost is None else cost * macs

    monkeypatch.setattr(speed, "layer_seconds", seconds)
    node = replace(SPATIAL, saving=replace(saving, macs_now=130, macs_after=26))
    found = replace(small(), nodes=(node, POINT))
    device = cast("Any", None)
    # 18 depthwise at 2 and 8 pointwise at 3
    assert measured_speedup(found, [SPATIAL.id], device) == 130 / 60
    assert measured_speedup(found, [POINT.id], device) is None
    for kind in [*costs]:
        costs[kind] = None
        assert measured_speedup(found, [SPATIAL.id], device) is None
        costs[kind] = 1.0


def test_rules_about_separability_name_what_can_be_decomposed() -> None:
    rules = [SimpleNamespace(id=name, when=SimpleNamespace(groups=groups))
             for name, groups in (("A", ("separability",)), ("B", ("values",)))]  # fmt: skip
    places = [SimpleNamespace(node=f"n{rule}", rule=rule) for rule in "AB"]
    result = cast("Any", SimpleNamespace(rules=rules, places=places))
    assert conversion._structured(result) == {"nA"}


def test_evidence_says_why_there_is_none() -> None:
    def layer(**about: object) -> Any:
        values = SimpleNamespace(non_finite=0, constant=False)
        values.__dict__.update(about)
        return SimpleNamespace(separability=None, values=values)

    known = {"a": layer(non_finite=3), "b": layer(constant=True), "c": layer()}

    def evidence(name: str, layers: Any, channels: int = 4) -> str:
        of: Any = SimpleNamespace(id=name, conv=SimpleNamespace(in_channels=channels))
        return _evidence(layers, of, structured=True)

    assert evidence("a", {}) == ""
    assert evidence("c", known, 1) == "depthwise already"
    told = [evidence(each, known) for each in "abcd"]
    assert told == ["3 weights are not finite", "weights are all equal",
                    "separability was not computed", "weights not read"]  # fmt: skip


def test_two_convolutions_for_one_may_hold_more() -> None:
    saving = SPATIAL.saving
    assert saving is not None

    def peak(now: int | None, live: int | None) -> int | None:
        held = replace(SPATIAL, saving=replace(saving, live_bytes=live))
        memory = replace(small().memory, peak_bytes=now)
        return raised_peak(replace(small(), nodes=(held, POINT), memory=memory), [SPATIAL.id])

    assert peak(100, 101) == 101
    assert peak(100, 100) is None
    assert peak(None, 101) is None
    assert peak(100, None) is None
    assert speedup(small(), []) is None


def test_rows_of_a_body_say_once_where_they_are_and_how_their_names_begin() -> None:
    first = "If_0_else_branch__Inline_0__/encoder"
    plain = LayerRow(1, "n1", "/Conv", "", "Conv", "4", "1", "2", 3, "1", "")
    body, never = (replace(plain, scope="If_0.else", executions=n) for n in "10")
    rows = [plain, *(replace(never, name=f"{first}/{n}/reparam_conv") for n in range(2)),
            replace(never, name="Slice"), replace(body, name="Relu"),
            plain]  # fmt: skip
    found = shortened(rows)
    assert [(row.lead, row.name) for row in found] == [
        ("", "/Conv"), (f"In If_0.else; 0 executions; … stands for {first}/", "…0/reparam_conv"),
        ("", "…1/reparam_conv"), ("", "Slice"), ("In If_0.else", "Relu"),
        ("In the main graph", "/Conv"),
    ]  # fmt: skip
    assert {(row.scope, row.executions) for row in found} == {("", "1")}
    assert [replace(row, lead="", name="") for row in found] == [replace(plain, name="")] * 6
    assert beginning([]) == beginning(["a/short/name"] * 9) == ""
    assert beginning([first + "/" * 3]) == "", "one name has nothing in common"
    short, deep = "networks/abc/", f"networks/abc/{'d' * 24}/"
    many = [f"{short}{n}" for n in range(4)]
    assert beginning([*many, f"{deep}a", f"{deep}b"]) == short, "6 × 13 letters, not 2 × 38"
    assert beginning([*many[1:], f"{deep}a", f"{deep}b"]) == deep, "2 × 38, not 5 × 13"
    assert beginning([short + "x" * 21] * 2) == "", "a line has room for 34 letters"
    assert beginning([short + "x" * 22] * 2) == short
