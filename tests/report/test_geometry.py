"""Places of the marks of each chart, of rows made for it and worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.facts import Certainty
from analyzer.report.view import charts, growth, heat, skyline
from analyzer.report.view.charts import Chart, Ink, Mark, Tick
from analyzer.report.view.growth import GrowthPoint, GrowthRow
from analyzer.report.view.layers import Bar, LayerGroup
from analyzer.report.view.skyline import Lifetime, Skyline, SkylineStep
from analyzer.report.view.summary import KindRow
from analyzer.report.view.whatif import Column, DepthRow, WhatIf, WidthRow


def at(*places: tuple[float, str]) -> tuple[Tick, ...]:
    return tuple(Tick(*place) for place in places)


def test_rectangles_lines_and_dots_are_one_path_for_each_colour() -> None:
    marks = (Mark(10, 20, 30, 40, "dense", "a"), Mark(0, 0, 100, 90, "group", "b"),
             Mark(50, 20, 0.5, 8, "dense", "c"))  # fmt: skip
    chart = Chart(100, 100, marks)
    assert chart.areas(2) == (
        Ink("group", "M1 1h98v88H1z", ("b",)),
        Ink("dense", "M11 21h28v38H11zM51 21h0.4v6H51z", ("a", "c")),
    )
    assert chart.areas()[0].path == "M0 0h100v90H0z"
    assert [ink.path for ink in chart.columns] == ["M50 90V0", "M25 60V20M50.2 28V20"]
    assert [ink.path for ink in chart.dots] == ["M0 0h0", "M10 20h0M50 20h0"]


def test_a_bar_has_a_stretch_for_each_share_and_words_where_they_fit() -> None:
    rows = [
        KindRow("Conv", "standard", 75, 0.75, 10, 0.1),
        KindRow("Gemm", "dense", 16, 0.16, 0, 0.0),
        KindRow("Relu", "other", None, None, 90, 0.9),
        KindRow("MatMul", "dense", 9, 0.0902, 0, 0.0),
    ]
    bar = charts.stacked(rows, "macs")
    assert (bar.width, bar.height) == (720, 28)
    # Eleven letters of 6.4 and 10 beside them fit into 115.2; twelve and five into 64.9.
    assert bar.marks == (
        Mark(0, 0, 540, 28, "standard", "Conv 75.0 %", ("Conv 75.0 %",)),
        Mark(540, 0, 115.2, 28, "dense", "Gemm 16.0 %", ("Gemm 16.0 %",)),
        Mark(655.2, 0, 64.9, 28, "dense", "MatMul 9.0 %", ("9.0 %",)),
    )
    held = charts.stacked(rows, "params")
    assert [(m.x, m.width, m.title) for m in held.marks] == [
        (0, 72, "Conv 10.0 %"), (72, 648, "Relu 90.0 %"),
    ]  # fmt: skip
    least = [replace(rows[0], macs_share=width / 720) for width in (0.19, 0.21)]
    assert [m.width for m in charts.stacked(least, "macs").marks] == [0.2]


def layer(title: str, macs: int, **about: object) -> LayerGroup:
    made = LayerGroup(title, "8×8", "Conv", "standard", 1, macs, 0, None)
    return replace(made, **about)  # type: ignore[arg-type]


def test_area_is_macs_and_the_text_what_fits() -> None:
    pair = [layer("a", 300, count=2, color="dense"), layer("b", 300)]
    assert charts.treemap(pair).marks == (
        Mark(0, 0, 360, 260, "dense", "2 × a at 8×8: 300 MAC, 50.0 %", ("a", "8×8, 2×", "50.0 %"),
             "Conv"),
        Mark(360, 0, 360, 260, "standard", "b at 8×8: 300 MAC, 50.0 %", ("b", "8×8", "50.0 %"),
             "Conv"),
    )  # fmt: skip
    bare = charts.treemap(pair, 100, shares=False).marks
    assert [(m.height, m.title, m.lines) for m in bare] == [
        (100, "2 × a at 8×8: 300 MAC", ("a", "8×8, 2×")), (100, "b at 8×8: 300 MAC", ("b", "8×8")),
    ]  # fmt: skip
    many = charts.treemap([*[layer("c", 1)] * 60, *[layer("d", 300)] * 2]).marks
    assert len(many) == 61
    assert (many[-1].title, many[-1].color) == ("2 smaller shapes: 600 MAC, 90.9 %", "other")
    assert many[-1].lines == ("all others", "90.9 %")
    assert charts.treemap([layer("c", 10)] * 60).marks[-1].title == "c at 8×8: 10 MAC, 1.7 %"
    assert charts.treemap([]).marks == ()


@pytest.mark.parametrize(
    ("wide", "high", "lines"),
    [
        (74, 34, ("ten letter", "5.0 %")), (73.9, 34, ("5.0 %",)), (74, 33.9, ("ten letter",)),
        (42, 18, ("5.0 %",)), (41.9, 18, ()), (42, 17.9, ()),
    ],
)  # fmt: skip
def test_lines_of_a_tile_fit_all_or_one(wide: float, high: float, lines: tuple[str, ...]) -> None:
    assert charts._inside(("ten letter", "5.0 %"), wide, high) == lines


@pytest.mark.parametrize(
    ("wide", "high", "lines"),
    [
        (132, 48, ("3×3 standard 8 → 16", "7×7", "5.0 %")),
        (132, 47.9, ("3×3 standard 8 → 16", "5.0 %")), (132, 33, ("3×3 standard 8 → 16",)),
        (131, 48, ("3×3 standard", "8 → 16", "5.0 %")), (131, 34, ("8 → 16", "5.0 %")),
        (131, 33.9, ("8 → 16",)), (48, 33.9, ("5.0 %",)),
    ],
)  # fmt: skip
def test_a_layer_that_is_too_wide_for_its_tile_is_named_by_its_channels(
    wide: float, high: float, lines: tuple[str, ...]
) -> None:
    assert charts._inside(("3×3 standard 8 → 16", "7×7", "5.0 %"), wide, high) == lines


def test_columns_are_as_high_as_their_share_of_the_highest() -> None:
    bars = [Bar(1, 1, "pointwise", 100), Bar(2, 4, "Conv", 50), Bar(5, 5, "Gemm", 0),
            Bar(6, 9, "MatMul", 25)]  # fmt: skip
    found = charts.profile(bars)
    assert [(m.x, m.y, m.width, m.height, m.color) for m in found.marks] == [
        (64, 8, 141, 112, "pointwise"), (228, 64, 141, 56, "other"),
        (392, 119.5, 141, 0.5, "dense"), (556, 92, 141, 28, "dense"),
    ]  # fmt: skip
    assert [m.title for m in found.marks] == [
        "layer 1, pointwise: 100 MAC", "layers 2 to 4, Conv: 50 MAC", "layer 5, Gemm: 0 MAC",
        "layers 6 to 9, MatMul: 25 MAC",
    ]  # fmt: skip
    assert found.x_ticks == at((64, "first layer"), (720, "last layer"))
    assert found.y_ticks == at((120, "0"), (64, "50"), (8, "100"))
    assert (found.width, found.height, charts.profile([]).marks) == (720, 140, ())
    assert charts.profile([bars[0]] * 2000).marks[1].width == 0.6


def test_dots_have_the_logarithms_of_intensity_and_macs_for_places() -> None:
    rows = [layer("a", 1000, intensity=1.0), layer("b", 10**6, intensity=100.0, color="dense"),
            layer("c", 5), layer("d", 10**5, intensity=10.0)]  # fmt: skip
    found = charts.scatter(rows, 10.0, "ridge", values={1: "6 · 7"})
    assert found.marks == (
        Mark(64, 200, 4, 4, "standard", "a at 8×8: 1 kMAC, 1 FLOP/B", kind="Conv"),
        Mark(708, 18, 4, 4, "dense", "b at 8×8: 1 MMAC, 100 FLOP/B = 6 · 7", kind="Conv"),
        Mark(386, 78.7, 4, 4, "standard", "d at 8×8: 100 kMAC, 10 FLOP/B", kind="Conv"),
    )
    assert found.x_ticks == at((64, "1"), (386, "10"), (708, "100"))
    assert found.y_ticks == at((200, "1 k"), (139.3, "10 k"), (78.7, "100 k"), (18, "1 M"))
    assert found.ridge == Tick(386, "ridge")
    tall = charts.scatter([layer("a", 10**n, intensity=2.0) for n in (0, 7)], 0.5, "")
    assert [tick.text for tick in tall.y_ticks] == ["1", "100", "10 k", "1 M"]
    assert charts.scatter([layer("c", 5)], 1.0, "").marks == ()
    full = charts.scatter([layer("a", 10, intensity=1.0)] * 161, 1.0, "")
    assert len(full.marks) == 160


def test_a_curve_falls_from_the_whole_to_what_is_left() -> None:
    found = charts.curve([100, 60, 40, 30])
    assert found.line == "64.0,10.0 278.7,59.6 493.3,84.4 708.0,96.8"
    assert [(m.x, m.y, m.width, m.color, m.title) for m in found.marks] == [
        (64, 10, 3.5, "standard", "0 converted: 100 MAC, 100.0 %"),
        (278.7, 59.6, 3.5, "depthwise", "1 converted: 60 MAC, 60.0 %"),
        (493.3, 84.4, 3.5, "depthwise", "2 converted: 40 MAC, 40.0 %"),
        (708, 96.8, 3.5, "depthwise", "3 converted: 30 MAC, 30.0 %"),
    ]
    assert found.x_ticks == at((64, "0"), (278.7, "1"), (493.3, "2"), (708, "3"))
    assert found.y_ticks == at((134, "0"), (72, "50"), (10, "100"))
    assert charts.curve([100, 60]).marks == charts.curve([0, 0, 0]).marks == ()
    long = charts.curve(range(122, 0, -1))
    assert [tick.text for tick in long.x_ticks] == ["0", "30", "60", "90", "121"]
    assert len(long.line.split()) == 42, "each third, and the last"
    assert long.marks == ()
    assert [len(charts.curve(range(n, 0, -1)).marks) for n in (61, 62)] == [61, 0]


STEPS = (SkylineStep(1, 100, 100), SkylineStep(2, 400, 300), SkylineStep(1, 200, 200))
HELD = (Lifetime("w", 200, 0, 1), Lifetime("z", 100, 2, 2), Lifetime("v" * 9, 50, 0, 2))


def test_memory_is_a_staircase_with_a_bar_for_each_tensor_below() -> None:
    found = skyline.picture(Skyline(STEPS, 1, "conv", HELD))
    assert found is not None
    assert found.written == "M64 130h0v-28h164v-84h328v56H720V130z"
    assert found.in_place == "M64 130h0v-28h164v-56h328v28H720V130z"
    assert found.bars == (
        Mark(64, 140, 492, 11, "standard", "w: 200 B", ("w, 200 B",)),
        Mark(556, 154, 164, 11, "standard", "z: 100 B", ("z, 100 B",)),
        Mark(64, 168, 656, 11, "standard", "v" * 9 + ": 50 B", ("v" * 9 + ", 50 B",)),
    )
    assert list(found.words) == [(561, "start", False), (551, "end", False), (69, "start", True)]
    assert (found.width, found.height, found.bottom, found.operators) == (720, 182, 130, 4)
    assert (found.peak, found.anchor) == (Tick(392, "peak 400 B at conv"), "end")
    assert found.y_ticks == at((130, "0"), (74, "200 B"), (18, "400 B"))
    assert found.alt == (
        "Live bytes over 4 operators in the file's order. Peak 400 B at conv, in place at most "
        "300 B. Largest tensors there: w (200 B), z (100 B), vvvvvvvvv (50 B)"
    )


def test_a_peak_of_unknown_tensors_is_at_least_and_one_early_has_its_words_behind_it() -> None:
    early = (SkylineStep(1, 400, 400), *STEPS[2:] * 3)
    found = skyline.picture(Skyline(early, 0, "n" * 99, (), least=True), 50)
    assert found is not None
    # From 146 there are 574 to the right: 82 letters of 6.8 beside a margin of 10.
    assert (found.peak.at, found.anchor) == (146, "start")
    assert found.peak.text.startswith("peak at least 400 B at nnn")
    assert len(found.peak.text) == 82
    assert found.in_place == ""
    assert (found.bottom, found.height) == (68, 78)
    assert found.alt.startswith("Live bytes over 4 operators in the file's order, without tensors")


def test_words_of_a_peak_keep_clear_of_the_axis_on_their_left() -> None:
    """Left of 392 there are 328 from the axis on: 46 letters of 6.8 beside a margin of 10."""
    found = skyline.picture(Skyline(STEPS, 1, "n" * 99, ()))
    assert found is not None
    assert len(found.peak.text) == 46


@pytest.mark.parametrize(
    ("start", "end", "letters", "found"),
    [
        (64, 600, 18, (605, "start", False)),  # 18 letters of 6 and a margin of 10 are 118
        (182, 610, 18, (177, "end", False)),
        (181, 610, 18, (186, "start", True)),
    ],
)
def test_words_stand_right_of_a_bar_else_left_of_it_else_on_it(
    start: float, end: float, letters: int, found: tuple[float, str, bool]
) -> None:
    name = "n" * (letters - len(", 9 B"))
    assert skyline._named(Lifetime(name, 9, 0, 1), start, end) == (f"{name}, 9 B", found)


def test_a_name_without_room_is_shortened_to_the_largest_and_keeps_its_size() -> None:
    """Of 262, 263 and 131 units the second is the most: 42 letters of 6 beside a margin of 10."""
    tensor = Lifetime("branch/" * 20, 4096, 0, 1)
    text, (at, anchor, _on) = skyline._named(tensor, 326, 457)
    assert (len(text), at, anchor) == (42, 462, "start")
    assert text.endswith("anch/, 4 KiB")


def test_steps_of_less_than_half_a_pixel_are_none_but_the_one_to_the_peak() -> None:
    edges = [0.0, 10, 20, 30]
    assert skyline._outline(edges, [900, 896, 895], 1000, 100) == "M0 118h0v-90h20v0H30V118z"
    assert skyline._outline(edges, [996, 1000, 1000], 1000, 100) == "M0 118h0v-100h10v0H30V118z"


@pytest.mark.parametrize(
    "held",
    [(Lifetime("w", 1, -1, 1),), (Lifetime("w", 1, 0, 3),), (Lifetime("w", 1, 3, 1),)],
)
def test_a_bar_beyond_the_steps_is_not_drawn(held: tuple[Lifetime, ...]) -> None:
    assert skyline.picture(Skyline(STEPS, 1, "conv", held)) is None
    for least in (0, 1):
        found = skyline.picture(Skyline((SkylineStep(2, least, least),), 0, "conv", ()))
        assert found is not None
        assert [tick.text for tick in found.y_ticks] == ["0", "0 B", "1 B"], "an axis has a length"
    assert skyline.picture(Skyline((SkylineStep(0, 1, 1),), 0, "conv", ())) is None


def test_a_timeline_is_worth_a_picture_from_4_kib_and_half_of_it_known() -> None:
    def told(*sizes: int) -> bool:
        steps = tuple(SkylineStep(1, size, size) for size in sizes)
        return skyline.is_telling(Skyline(steps, 0, "x", ()))

    assert told(4096, 0)
    assert not told(4095, 1)
    assert not told(4096, 0, 0)


def facts_of(steps: int, peak: int | None, certainty: Certainty = Certainty.EXACT) -> Any:
    timeline = [SimpleNamespace(operators=n + 1, bytes=b, in_place_bytes=b - 1, node=f"n{n}")
                for n, b in enumerate([10, 30, 30, 20][:steps])]  # fmt: skip
    held = [SimpleNamespace(name="t", bytes=9, first=0, last=2)]
    memory = SimpleNamespace(timeline=timeline, peak_bytes=peak, held=held, certainty=certainty)
    nodes = [SimpleNamespace(id="n0", name="other"), SimpleNamespace(id="n1", name="conv1")]
    return SimpleNamespace(memory=memory, nodes=nodes)


def test_the_first_of_equal_steps_is_the_peak() -> None:
    assert skyline.skyline(facts_of(3, 30)) == Skyline(
        (SkylineStep(1, 10, 9), SkylineStep(2, 30, 29), SkylineStep(3, 30, 29)),
        1, "conv1", (Lifetime("t", 9, 0, 2),),
    )  # fmt: skip
    assert skyline.skyline(facts_of(2, 30)) is None
    assert skyline.skyline(facts_of(3, None)) is None
    assert skyline.skyline(facts_of(3, 0)) is None
    known = facts_of(3, 30, Certainty.LOWER_BOUND)
    known.nodes.pop()
    found = skyline.skyline(known)
    assert found is not None
    assert (found.node, found.least) == ("n1", True)


def test_the_table_of_sizes_is_a_grid_of_cells() -> None:
    what = WhatIf(
        columns=(Column("1", "224×224"), Column("0.857", "192×192")),
        rows=(WidthRow("1", (100, 60), 9, published=(0.706, None)), WidthRow("0.5", (20, None), 3)),
        depths=(DepthRow("0.5", "1 + 1", (50, 30), 5),),
        budget=50,
    )
    found = heat.picture(what, 100)
    places = [(c.x, c.y, c.width, c.height, c.level, c.within) for c in found.cells]
    assert places == [
        (151, 25, 283, 44, 5, False), (436, 25, 283, 44, 4, False),
        (151, 71, 283, 44, 2, True), (436, 71, 283, 44, 0, False),
        (151, 117, 283, 44, 3, True), (436, 117, 283, 44, 3, True),
    ]  # fmt: skip
    assert [cell.lines for cell in found.cells[:4]] == [
        ("100", "100.0 %", "top-1 70.6 %"), ("60", "60.0 %"), ("20", "20.0 %"), ("unknown",),
    ]  # fmt: skip
    assert found.cells[0].title == "α 1, 224×224, ρ 1: 100 MACs"
    assert found.cells[5].title == "depth 0.5, 192×192, ρ 0.857: 30 MACs"
    assert found.columns == at((292.5, "224×224, ρ 1"), (577.5, "192×192, ρ 0.857"))
    assert found.rows == at((47, "α 1"), (93, "α 0.5"), (139, "depth 0.5"))
    assert found.notes == ("Share of today's 100 MAC", "framed: within the budget of 50 MAC")
    assert (found.width, found.height) == (720, 182)
    plain = heat.picture(WhatIf(columns=(Column("1", ""),), rows=(WidthRow("1", (5,), 9),)), 0)
    assert [c.lines for c in plain.cells] == [("5",)]
    assert plain.columns == at((435, "MACs"))
    assert plain.notes == ("Share of today's 0 MAC",)
    assert not plain.cells[0].within
    # Sevenths of 570 are 81.43.
    columns = (Column("1", ""),) * 7
    seven = heat.picture(WhatIf(columns=columns, rows=(WidthRow("1", (5, 5), 9),)), 5)
    assert [tick.at for tick in seven.columns[:2]] == [190.7, 272.1]
    assert [(cell.x, cell.width) for cell in seven.cells] == [(151, 79.4), (232.4, 79.4)]


def test_growth_is_a_curve_with_ticks_at_multiples_of_today() -> None:
    points = tuple(GrowthPoint(n, 100 + 10 * n, 0) for n in (10, 45))
    row = GrowthRow("n", "step", 10, 1, 200, 10.0, 1, 100, 0.0, None, True, points)
    found = growth.curve(row)
    assert found is not None
    # 644 are 45 steps and 96 are 550 MACs, up from 104.
    assert found.x_ticks == at(
        (64, "0"), (207.1, "10"), (350.2, "20"), (493.3, "30"), (636.4, "40")
    )
    assert found.y_ticks == at((104, "0"), (56, "275"), (8, "550"))
    assert (found.width, found.height, found.bottom, found.anchor) == (720, 138, 104, "start")
    assert (found.now, found.now_y) == (Tick(207.1, "now: 200 MAC at 10"), 69.1)
    assert (found.square, found.axis) == ("", "n")
    assert found.whole == "64.0,86.5 207.1,69.1 708.0,8.0 708.0,104.0 64.0,104.0"
    assert found.alt == (
        "Curve of multiply-accumulates over n, from 200 MAC at 10 to 550 MAC at 45"
    )
    sides = replace(row, unit="megapixel")
    assert [growth.curve(replace(sides, side=s)).axis for s in (0, 8)] == [  # type: ignore[union-attr]
        "side of the image", "n",
    ]  # fmt: skip
    assert growth.curve(replace(row, points=(GrowthPoint(0, 1, 0),))) is None
