"""Where it is drawn: no boxes over each other, no edge over a box, on a page."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from typing import get_args

import pytest

from analyzer.report.drawing import Box, Depth, Drawing, DrawnEdge, draw
from analyzer.report.drawing.layout import DENSE, GAP, NEXT, place
from analyzer.report.drawing.picture import WIDTH, Coloring, DrawnTile, Picture, picture
from tests.report.drawing.networks import FILES, MADE, branching, network, of

NETWORKS = (*FILES, *MADE)
HAIR = 0.3
"""An edge ends at the border of its box, to a tenth."""


def overlapping(shown: Picture) -> list[tuple[str, str]]:
    """Pairs of boxes that share a place; linear but for boxes above each other."""
    tiles = sorted(shown.tiles, key=lambda tile: tile.y)
    found = []
    for number, one in enumerate(tiles):
        for other in tiles[number + 1 :]:
            if other.y >= one.y + one.height:
                break
            if one.x < other.x + other.width and other.x < one.x + one.width:
                found.append((one.title, other.title))
    return found


def points_of(path: str) -> list[tuple[float, float]]:
    """Corners of a path that SVG has as moves and lines, also those straight across and down."""
    points = [(0.0, 0.0)]
    for letter, numbers in re.findall(r"([MLHV])([-\d. ]+)", path):
        values = [float(number) for number in numbers.split()]
        x, y = points[-1]
        points.append((values[0] if letter != "V" else x, values[-1] if letter != "H" else y))
    return points[1:]


def crossed(shown: Picture) -> list[tuple[str, str]]:
    """Edges that run through a box."""
    found = []
    for way in shown.ways:
        for (x1, y1), (x2, y2) in pairwise(points_of(way.path)):
            found += [(way.title, tile.title) for tile in shown.tiles
                      if _through(tile, x1, y1, x2, y2)]  # fmt: skip
    return found


def _through(tile: DrawnTile, x1: float, y1: float, x2: float, y2: float) -> bool:
    """Whether a stretch of an edge has more than a hair inside a box (Liang and Barsky 1984)."""
    left, top = tile.x + HAIR, tile.y + HAIR
    right, bottom = tile.x + tile.width - HAIR, tile.y + tile.height - HAIR
    start, end = 0.0, 1.0
    for step, room in ((x1 - x2, x1 - left), (x2 - x1, right - x1),
                       (y1 - y2, y1 - top), (y2 - y1, bottom - y1)):  # fmt: skip
        if step == 0:
            if room <= 0:
                return False
        elif step < 0:
            start = max(start, room / step)
        else:
            end = min(end, room / step)
    return start < end


@pytest.mark.parametrize("depth", get_args(Depth))
@pytest.mark.parametrize("name", NETWORKS)
def test_no_two_boxes_overlap_and_no_edge_crosses_one(name: str, depth: Depth) -> None:
    drawing = draw(network(name), depth)
    shown = picture(drawing)
    assert overlapping(shown) == []
    if len(drawing.boxes) < 150:
        assert crossed(shown) == []


@pytest.mark.parametrize("name", NETWORKS)
def test_everything_is_on_the_page(name: str) -> None:
    shown = picture(draw(network(name)))
    for tile in shown.tiles:
        assert tile.x >= 0
        assert tile.y >= 0
        assert tile.x + tile.width <= shown.width
        assert tile.y + tile.height <= shown.height
    for way in shown.ways:
        for x, y in points_of(way.path):
            assert 0 <= x <= shown.width
            assert 0 <= y <= shown.height


def test_a_long_chain_is_wrapped() -> None:
    boxes = tuple(_box(f"layer {n}") for n in range(50))
    edges = tuple(DrawnEdge(n, n + 1, 1, (1, 8)) for n in range(49))
    shown = picture(Drawing("blocks", boxes, edges, 50, 0, False, True, 0))
    assert shown.width <= WIDTH + 40
    assert shown.width / shown.height < 3
    assert len(shown.ways) == 49
    assert crossed(shown) == []


def test_resnet50_is_half_a_page_at_most() -> None:
    shown = picture(draw(network("resnet50")))
    assert shown.width <= WIDTH + 40
    assert shown.height * WIDTH / shown.width <= WIDTH * 297 / 210 / 2


def test_what_costs_more_is_taller() -> None:
    drawing = draw(network("resnet50"))
    shown = picture(drawing)
    pairs = sorted(
        (box.macs, tile.height)
        for box, tile in zip(drawing.boxes, shown.tiles, strict=True)
        if box.macs
    )
    assert [high for _, high in pairs] == sorted(high for _, high in pairs)
    assert pairs[0][1] < pairs[-1][1]


def test_a_branch_that_is_not_counted_is_as_tall_as_what_it_does() -> None:
    boxes = (replace(_box("a"), macs=900), replace(_box("b"), alone=900), _box("c"),
             replace(_box("d"), alone=3600))  # fmt: skip
    drawn = Drawing("blocks", boxes, (), 4, 0, False, True, 0)
    counted, alone, none, most = (t.height for t in picture(drawn).tiles)
    assert none < alone < most
    assert counted == alone


def test_too_many_connections_are_left_out_and_that_is_said() -> None:
    boxes = tuple(_box(f"n{n}") for n in range(30))
    edges = tuple(DrawnEdge(a, b, 1, None) for a, b in combinations(range(30), 2))
    assert len(edges) > DENSE * len(boxes)
    shown = picture(Drawing("blocks", boxes, edges, 30, 0, False, True, 0))
    assert shown.partial
    assert 0 < len(shown.ways) < len(edges)
    assert overlapping(shown) == []
    assert crossed(shown) == []


def test_boxes_in_rows_stand_as_words_in_a_frame_that_just_holds_them() -> None:
    sizes = [(40.25 + n % 3 * 20, 20.35 + n % 4 * 10) for n in range(30)]
    boxes = tuple(_box(f"n{n}") for n in range(30))
    edges = tuple(DrawnEdge(a, b, 1, None) for a, b in combinations(range(30), 2))
    placed = place(Drawing("blocks", boxes, edges, 30, 0, False, True, 0), sizes, 250)
    ends = [(at.x + wide, at.y + high)
            for at, (wide, high) in zip(placed.corners, sizes, strict=True)]  # fmt: skip
    hair = pytest.approx
    assert placed.width == hair(max(x for x, _ in ends) + 2, abs=0.06)
    assert placed.height == hair(max(y for _, y in ends) + 2, abs=0.06)
    assert max(x for x, _ in ends) <= 250 + 2
    drawn = [number for each in (placed.corners, *placed.ways) for at in each for number in at]
    assert all(number == round(number, 1) for number in (placed.width, placed.height, *drawn))
    tallest, ways = 0.0, dict(zip([(e.source, e.target) for e in edges], placed.ways, strict=True))
    for n, (before, after) in enumerate(pairwise(placed.corners)):
        tallest = max(tallest, ends[n][1])
        if before.y == after.y:
            assert after.x == hair(ends[n][0] + GAP, abs=0.11)
            start, end = ways.pop((n, n + 1))
            assert (end.x, end.y) == (after.x, start.y)
            assert start.x == hair(ends[n][0], abs=0.06)
            assert start.y == hair(before.y + min(sizes[n][1], sizes[n + 1][1]) / 2, abs=0.06)
        else:
            assert after.x == 2
            assert after.y == hair(tallest + NEXT, abs=0.11)
            assert ends[n][0] + GAP + sizes[n + 1][0] > 250
    assert set(ways.values()) == {()}


@pytest.mark.parametrize("color", get_args(Coloring))
def test_every_colour_has_its_key(color: Coloring) -> None:
    drawing = draw(network("shufflenet"))
    if color == "change":  # says something of two models alone
        drawing = replace(drawing, boxes=tuple(replace(b, change="added") for b in drawing.boxes))
    shown = picture(drawing, color)
    used = {tile.css for tile in shown.tiles if tile.role == "part"}
    assert used <= {key.css for key in shown.keys}


def test_boxes_of_a_thousand_operators_take_marks_in_proportion() -> None:
    """The picture of ten times the operators has ten times the marks, not more."""
    small, large = (picture(draw(of(branching(n, 3)), "operators")) for n in (50, 500))
    assert len(large.tiles) == pytest.approx(10 * len(small.tiles), rel=0.1)
    assert sum(len(way.path) for way in large.ways) < 25 * sum(len(w.path) for w in small.ways)


def test_a_box_is_described_by_its_work_its_share_and_its_operators() -> None:
    boxes = (
        replace(_box("stem"), macs=3_000_000, detail="3×3", nodes=2),
        replace(_box("head"), macs=1_000_000),
        replace(_box("x"), role="input", nodes=0),
    )
    shown = picture(Drawing("blocks", boxes, (), 3, 0, False, True, 0))
    assert [tile.title for tile in shown.tiles] == [
        "stem, 3×3, 3 MMAC (75.0 %), 2 operators",
        "head, 1 MMAC (25.0 %), 1 operator",
        "input x",
    ]
    idle = picture(Drawing("blocks", (_box("copy"),), (), 1, 0, False, True, 0))
    assert [tile.title for tile in idle.tiles] == ["copy"]


def _box(title: str) -> Box:
    return Box("part", title, "", "other", 1, title, "Add", 1, 0, True, 0, 4, "")
