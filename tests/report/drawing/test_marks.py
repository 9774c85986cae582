"""Words, colours and strokes of a drawn network, of boxes and edges made for it."""

from __future__ import annotations

from dataclasses import replace
from math import log10

import pytest

from analyzer.report.drawing.labels import LABELLED, Labels, _meet
from analyzer.report.drawing.picture import (
    Coloring,
    Key,
    _edge,
    _fill,
    _ink,
    _keys,
    _lines,
    _paints,
    _passing,
    _path,
    _sentence,
    _size,
    _step,
    _tip,
    picture,
    summary,
)
from analyzer.report.drawing.record import Becoming, Box, Drawing, DrawnEdge
from analyzer.report.drawing.rows import Placed, Point
from tests.each import each

BOX = Box("part", "Conv", "", "standard", 1, "n", "Conv", 1, 0, True, 0, 4, "")


def box(**changes: object) -> Box:
    return replace(BOX, **changes)  # type: ignore[arg-type]


def drawing(*boxes: Box, edges: tuple[DrawnEdge, ...] = (), shares: bool = True) -> Drawing:
    return Drawing("blocks", boxes, edges, len(boxes), 0, False, shares, 0)


@each(
    ("changes", "whole", "lines", "sentence"),
    [
        ({}, 0, ("Conv",), "Conv"),
        ({"count": 2, "detail": "3×3", "macs": 5000}, 0, ("Conv ×2", "3×3", "5 kMAC"),
         "Conv ×2, 3×3, 5 kMAC"),
        ({"macs": 5000}, 20000, ("Conv", "5 kMAC, 25.0 %"), "Conv, 5 kMAC (25.0 %)"),
        ({"macs": 5000, "complete": False}, 0, ("Conv", "at least 5 kMAC"),
         "Conv, at least 5 kMAC"),
        ({"complete": False}, 20000, ("Conv", "MACs unknown"), "Conv, MACs unknown"),
        ({"role": "join", "title": "+", "macs": 5}, 0, ("+",), "+, 5 MAC"),
        ({"role": "join", "title": "+", "change": "added"}, 0, ("+ +",), "+, added"),
        ({"role": "input", "title": "x", "detail": "1×3"}, 0, ("x", "1×3"), "input x, 1×3"),
        ({"role": "output", "title": "y"}, 0, ("y",), "output y"),
        ({"change": "changed"}, 0, ("~ Conv",), "Conv, changed"),
        ({"change": "weights"}, 0, ("≈ Conv",), "Conv, other weights"),
        ({"change": "removed", "count": 3}, 0, ("− Conv ×3",), "Conv ×3, gone"),
        ({"change": "same"}, 0, ("Conv",), "Conv, the same"),
    ],
)  # fmt: skip
def test_a_box_says_what_it_is_what_it_costs_and_what_became_of_it(
    changes: dict[str, object], whole: int, lines: tuple[str, ...], sentence: str
) -> None:
    assert _lines(box(**changes), whole) == lines
    assert _sentence(box(**changes), whole) == sentence
    count = int(str(changes.get("nodes", 1)))
    counted = _sentence(box(nodes=count, **changes), whole, counted=True)
    assert counted == f"{sentence}, 1 operator"
    assert _sentence(box(nodes=0, **changes), whole, counted=True) == sentence


@pytest.mark.parametrize(
    ("changes", "lines", "most", "size"),
    [
        # 14 beside 4 letters of 10.5 · 0.575, at least 48; 12 above and below, 12.5 for each line.
        ({}, ("Conv",), 0, (48.0, 24.5)),
        ({}, ("a" * 10,), 0, (74.4, 24.5)),
        ({}, ("Conv", "b" * 20), 100, (117.5, 37.0)),  # small letters: 9 · 0.575
        ({"macs": 100}, ("Conv",), 100, (48.0, 79.5)),  # three lines and 30
        ({"macs": 100}, ("Conv", "b", "c"), 100, (48.0, 79.5)),
        ({"macs": 10}, ("Conv",), 100, (48.0, 72.0)),  # a quarter of 30 less for each decade
        ({"macs": 100}, ("Conv",), 10**6, (48.0, 49.5)),
        ({"macs": 1}, ("Conv",), 10**6, (48.0, 49.5)),
        ({"alone": 1000}, ("Conv",), 10**6, (48.0, 57.0)),
        ({"count": 2}, ("Conv",), 0, (50.5, 27.0)),  # one sheet behind it, two at most
        ({"count": 3}, ("Conv",), 0, (53.0, 29.5)),
        ({"count": 9}, ("Conv",), 0, (53.0, 29.5)),
        ({"role": "join"}, ("+",), 0, (20.0, 20.0)),
        ({"role": "join", "macs": 100}, ("concat",), 100, (46.2, 20.0)),
    ],
)  # fmt: skip
def test_size_of_a_box_follows_its_words_and_the_decades_of_its_cost(
    changes: dict[str, object], lines: tuple[str, ...], most: int, size: tuple[float, float]
) -> None:
    assert _size(box(**changes), lines, most) == size


def test_heat_rises_at_4_16_36_and_64_percent() -> None:
    shares = (0, 39, 40, 159, 160, 359, 360, 639, 640, 999, 1000)
    assert [_step(share, 1000) for share in shares] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    assert _step(0, 0) == 0


@each(
    ("paint", "fill", "ink", "edge"),
    [
        (("kind", "depthwise"), ("#1f756c", "k-depthwise"), "f-on", "s-page"),
        (("kind", "novel"), ("#626b77", "k-other"), "f-on", "s-page"),
        (("end", ""), ("#f5f6f8", "f-panel"), "f-ink", "s-strong"),
        (("heat", "0"), ("#e4edf5", "h-0"), "f-ink", "s-page"),
        (("heat", "1"), ("#b4cde3", "h-1"), "f-ink", "s-page"),
        (("heat", "2"), ("#5b8db8", "h-2"), "f-on", "s-page"),
        (("finding", "error"), ("#a3281f", "f-error"), "f-on", "s-page"),
        (("finding", "warning"), ("#855600", "f-warning"), "f-on", "s-page"),
        (("finding", "info"), ("#1f5a85", "f-link"), "f-on", "s-page"),
        (("finding", "none"), ("#f5f6f8", "f-panel"), "f-ink", "s-strong"),
        (("change", "added"), ("#2f7a45", "f-clean"), "f-on", "s-page"),
        (("change", "removed"), ("#a3281f", "f-error"), "f-on", "s-page"),
        (("change", "changed"), ("#855600", "f-warning"), "f-on", "s-page"),
        (("change", "weights"), ("#1f5a85", "f-link"), "f-on", "s-page"),
        (("change", "same"), ("#f5f6f8", "f-panel"), "f-ink", "s-strong"),
    ],
)
def test_ink_and_border_suit_the_fill(
    paint: tuple[str, str], fill: tuple[str, str], ink: str, edge: str
) -> None:
    tones = {"f-on": "#ffffff", "f-ink": "#1c2330", "s-page": "#ffffff", "s-strong": "#aab2bd"}
    assert _fill(paint) == fill
    assert _ink(paint) == (tones[ink], ink)
    assert _edge(paint) == (tones[edge], edge)


BOXES = (
    box(role="input", macs=0, written=900),
    box(macs=100, written=64, severity="warning", change="same"),
    box(macs=0, written=None, color="dense", change="added"),
    box(role="join", macs=16, written=400, severity="error", change="weights"),
)


@pytest.mark.parametrize(
    ("color", "paints", "keys"),
    [
        ("kind", ["end", "kind standard", "kind dense", "kind standard"],
         ["standard k-standard", "dense k-dense"]),
        ("findings", ["end", "finding warning", "finding none", "end"],
         ["warning f-warning", "nothing f-panel"]),
        ("change", ["end", "change same", "change added", "change weights"],
         ["≈ other weights f-link", "+ added f-clean", "the same f-panel"]),
        ("macs", ["end", "heat 4", "heat 0", "heat 2"],
         [f"from {n} % of the costliest box h-{s}" for s, n in enumerate((0, 4, 16, 36, 64))]),
        ("memory", ["end", "heat 1", "end", "heat 3"],
         [f"from {n} % of the largest tensor h-{s}" for s, n in enumerate((0, 4, 16, 36, 64))]),
    ],
)  # fmt: skip
def test_colours_tell_one_thing_and_their_key_what_is_there(
    color: Coloring, paints: list[str], keys: list[str]
) -> None:
    found = _paints(BOXES, color)
    assert [" ".join(paint).strip() for paint in found] == paints
    assert [f"{key.words} {key.css}" for key in _keys(found, color)] == keys


def test_the_key_of_findings_names_each_severity() -> None:
    found = [("finding", key) for key in ("none", "info", "error", "warning")]
    assert _keys(found, "findings") == (
        Key("error", "#a3281f", "f-error"), Key("warning", "#855600", "f-warning"),
        Key("information", "#1f5a85", "f-link"), Key("nothing", "#f5f6f8", "f-panel"),
    )  # fmt: skip
    changes: tuple[Becoming, ...] = ("removed", "changed", "same")
    words = [key.words for key in _keys([("change", each) for each in changes], "change")]
    assert words == ["~ changed", "− gone", "the same"]


@pytest.mark.parametrize(
    ("points", "path", "tip"),
    [
        # The head is 6 long and 6 wide, whatever way the last stretch has.
        ([(1, 2), (11, 2), (11, 30.5)], "M1 2H11V30.5", "11,30.5 8,24.5 14,24.5"),
        ([(0, 0), (20, 0)], "M0 0H20", "20,0 14,3 14,-3"),
        ([(20, 4), (0, 4)], "M20 4H0", "0,4 6,1 6,7"),
        ([(0, 0), (30, 40)], "M0 0L30 40", "30,40 24,37 28.8,33.4"),
        ([(5, 5), (5, 5)], "M5 5H5", "5,5 5,5 5,5"),
    ],
)
def test_an_edge_is_a_path_with_a_head(
    points: list[tuple[float, float]], path: str, tip: str
) -> None:
    corners = [Point(*point) for point in points]
    assert _path(corners) == path
    assert _tip(corners) == tip


def test_an_edge_names_its_ends_its_shape_and_how_many_tensors() -> None:
    ends = box(title="a"), box(title="b")
    edges = (DrawnEdge(0, 1, 1, (1, None)), DrawnEdge(0, 1, 3, None))
    told = [_passing(drawing(*ends, edges=edges), number) for number in (0, 1)]
    assert told == ["a → b: 1×?", "a → b: unknown, 3 tensors"]


@each(
    ("other", "meets"),
    [
        ((2, 2, 8, 8), True), ((-5, -5, 15, 15), True),
        ((10, 0, 20, 10), True), ((10.1, 0, 20, 10), False),
        ((-9, 0, 0, 10), True), ((-9, 0, -0.1, 10), False),
        ((0, 10, 10, 20), True), ((0, 10.1, 10, 20), False),
        ((0, -9, 10, 0), True), ((0, -9, 10, -0.1), False),
        ((5, -50, 5, 50), True), ((11, -50, 11, 50), False),
    ],
)  # fmt: skip
def test_rectangles_meet_where_they_share_a_place(other: tuple[float, ...], meets: bool) -> None:
    assert _meet((0, 0, 10, 10), other) is meets
    assert _meet(other, (0, 0, 10, 10)) is meets


NOWHERE = ("", Point(40, 10))


@pytest.mark.parametrize(
    ("changes", "shape", "way", "found"),
    [
        # Ten letters of 9 · 0.575 are 51.75 wide and want 6 more, beside 6 of the arrow's head.
        ({}, (1, 64, 56, 56), [(40, 10), (120, 10)], ("1×64×56×56", Point(77, 7.5))),
        ({}, (1, 64, 56, 56), [(40, 10), (103.8, 10)], ("1×64×56×56", Point(68.9, 7.5))),
        ({}, (1, 64, 56, 56), [(40, 10), (103.7, 10)], NOWHERE),
        ({}, (7, 7), [(40, 10), (100, 10), (100, 50), (120, 50)], ("7×7", Point(70, 7.5))),
        ({}, (1, 64, 56, 56), [(40, 10), (120, 12)], NOWHERE),
        ({}, (7, 7), [(40, 10), (60, 10), (60, 50), (120, 50)], ("7×7", Point(87, 47.5))),
        ({}, (7,), [(40, 10), (120, 10)], NOWHERE),
        ({}, None, [(40, 10), (120, 10)], NOWHERE),
        ({"role": "input"}, (7, 7), [(40, 10), (120, 10)], NOWHERE),
        # Another box is where the words would be.
        ({}, (7, 7), [(40, 95), (120, 95)], ("", Point(40, 95))),
        ({}, (7, 7), [(40, 109.5), (120, 109.5)], ("", Point(40, 109.5))),
        ({}, (7, 7), [(40, 109.6), (120, 109.6)], ("7×7", Point(77, 107.1))),
    ],
)  # fmt: skip
def test_a_shape_stands_above_the_longest_level_stretch_where_there_is_room(
    changes: dict[str, object],
    shape: tuple[int | None, ...] | None,
    way: list[tuple[float, float]],
    found: tuple[str, Point],
) -> None:
    points = tuple(Point(*point) for point in way)
    boxes = (box(**changes), BOX, BOX)
    shown = drawing(*boxes, edges=(DrawnEdge(0, 1, 1, shape),) * 2)
    corners = (Point(0, 0), Point(130, 0), Point(60, 80))
    placed = Placed(200, 200, corners, (points, ()))
    labels = Labels(shown, placed, [(40, 20)] * 3)
    assert labels.of(0, points) == found
    assert labels.of(1, points)[0] == "", "each box says it once"


def test_an_output_that_says_the_shape_itself_needs_no_word_before_it() -> None:
    points = (Point(40, 10), Point(120, 10))
    for detail, words in (("7×7", ""), ("7×?", "7×7")):
        end = box(role="output", detail=detail)
        shown = drawing(BOX, end, edges=(DrawnEdge(0, 1, 1, (7, 7)),))
        placed = Placed(200, 200, (Point(0, 0), Point(130, 0)), (points,))
        assert Labels(shown, placed, [(40, 20)] * 2).of(0, points)[0] == words


def test_words_keep_clear_of_the_heads_of_other_arrows() -> None:
    """Three letters of 5.175 around 77 begin at 69.2."""
    points, shown = (Point(40, 10), Point(120, 10)), (DrawnEdge(0, 1, 1, (7, 7)),) * 2
    for end, words in ((63.0, "7×7"), (64.0, "")):
        other = (Point(50, 5), Point(end, 5))
        placed = Placed(200, 200, (Point(0, 0), Point(130, 0)), (points, other))
        labels = Labels(drawing(BOX, BOX, edges=shown), placed, [(40, 20)] * 2)
        assert labels.of(0, points)[0] == words, end


def test_edges_of_more_than_150_boxes_have_no_words() -> None:
    points = (Point(40, 10), Point(120, 10))
    for count, words in ((LABELLED, "7×7"), (LABELLED + 1, "")):
        shown = drawing(*[BOX] * count, edges=(DrawnEdge(0, 1, 1, (7, 7)),))
        placed = Placed(200, 200, (Point(0, 0), Point(130, 0)), (points,))
        assert Labels(shown, placed, [(40, 20)] * 2).of(0, points)[0] == words


def test_a_network_is_summed_up_by_its_three_largest_boxes() -> None:
    ends = (box(role="input", title="x", nodes=0), box(role="output", title="y", nodes=0))
    parts = (box(title="a", macs=10), box(title="b", macs=40, detail="2→3"), box(title="c"),
             box(title="+", role="join", macs=20), box(title="d", macs=30))  # fmt: skip
    assert summary(drawing(*ends, *parts)) == (
        "The network drawn: 7 operators in 5 boxes. Largest: b, 2→3, 40 MAC; d, 30 MAC; +, 20 MAC"
    )
    assert summary(drawing(*ends, *parts[:1])).endswith("in 1 boxes. Largest: a, 10 MAC")
    assert summary(drawing(parts[2])) == "The network drawn: 1 operator in 1 boxes"


def test_tiles_leave_room_for_the_sheets_behind_them_and_dash_what_is_gone() -> None:
    many, gone = box(count=3, macs=75), box(macs=25, change="removed")
    shown = picture(drawing(many, gone, edges=(DrawnEdge(0, 1, 1, None),)), "change")
    first, last = shown.tiles
    # The words "75 MAC, 75.0 %" decide how wide it is, and two sheets of 2.5 lie behind it.
    assert (first.width, first.height) == (round(14 * 9 * 0.575 + 14, 1), 12 + 37.5 + 30)
    assert (first.x, first.y) == (2, 2 + 5)
    assert (first.sheets, last.sheets) == (2, 0)
    assert [tile.dashed for tile in shown.tiles] == [False, True]
    assert (last.width, last.height) == (first.width, round(49.5 + 30 * (1 - log10(3) / 4), 1))
    assert last.title == "Conv, gone, 25 MAC (25.0 %), 1 operator"
    assert not shown.partial
    alone = picture(drawing(BOX, shares=False))
    assert (alone.width, alone.height) == (160, 28.5)
    assert picture(drawing(box(macs=5), shares=False)).tiles[0].lines == ("Conv", "5 MAC")
