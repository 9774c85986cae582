"""Places of boxes and ways of edges in a picture cut into rows, worked out by hand."""

from __future__ import annotations

from itertools import combinations

import pytest

from analyzer.report.drawing.layout import DENSE, place
from analyzer.report.drawing.record import Box, Drawing, DrawnEdge
from analyzer.report.drawing.rows import Placed, Point, _cuts, _rows, wrap

SIZE = (40.0, 20.0)


def way(*points: tuple[float, float]) -> tuple[Point, ...]:
    return tuple(Point(x, y) for x, y in points)


def test_a_picture_that_fits_stays_one_row_in_a_margin_of_two() -> None:
    placed = wrap([Point(5, 7), Point(105, 27)], [SIZE, SIZE], [way((45, 17), (105, 37))], 140)
    assert placed == Placed(144, 44, way((2, 2), (102, 22)), (way((42, 12), (102, 32)),))


def test_an_edge_that_passes_a_cut_goes_around_the_end_of_its_row() -> None:
    corners = [Point(0, 0), Point(100, 0), Point(200, 0)]
    ways = [way((40, 10), (100, 10)), way((140, 10), (200, 10))]
    # One lane: margins of 12; the second row begins at 2 + 20 + 16 + 6.
    assert wrap(corners, [SIZE] * 3, ways, 175) == Placed(
        194, 66, way((12, 2), (112, 2), (42, 44)),
        (
            way((52, 12), (112, 12)),
            way((152, 12), (182, 12), (188, 12), (188, 33), (6, 33), (6, 54), (12, 54), (42, 54)),
        ),
    )  # fmt: skip


def test_lanes_are_nested_and_an_edge_that_leads_back_takes_its_own_the_other_way() -> None:
    corners = [Point(0, 0), Point(0, 30), Point(200, 0), Point(200, 30)]
    ways = [way((40, 10), (200, 10)), way((40, 40), (200, 40)), way((200, 15), (40, 35))]
    # The third is at half its height at the cut in the middle, between the others.
    assert wrap(corners, [SIZE] * 4, ways, 130) == Placed(
        168, 138, way((24, 2), (24, 32), (104, 86), (104, 116)),
        (
            way((64, 12), (144, 12), (162, 12), (162, 75), (18, 75), (18, 96), (24, 96), (104, 96)),
            way((64, 42), (144, 42), (150, 42), (150, 63), (6, 63), (6, 126), (24, 126),
                (104, 126)),
            way((104, 101), (24, 111), (12, 111), (12, 69), (156, 69), (156, 27), (144, 27),
                (64, 37)),
        ),
    )  # fmt: skip


def test_an_edge_passes_every_row_between_its_ends() -> None:
    corners = [Point(0, 0), Point(100, 0), Point(200, 0)]
    placed = wrap(corners, [SIZE] * 3, [way((40, 10), (200, 30))], 100)
    # Cuts at 70 and 170, where it is at 13.75 and 26.25: the second row is 26.25 high.
    assert placed.corners == way((12, 2), (42, 44), (42, 92.2))
    assert placed.ways == (
        way((52, 12), (82, 15.8), (88, 15.8), (88, 33), (6, 33), (6, 57.8), (12, 57.8),
            (112, 70.2), (118, 70.2), (118, 81.2), (6, 81.2), (6, 118.5), (12, 118.5), (42, 122.2)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("portrait", "size"), [(1.25, (274, 336)), (3.0, (204, 452)), (8.0, (104, 916))]
)
def test_a_picture_much_higher_than_wide_is_made_wider(
    portrait: float, size: tuple[float, float]
) -> None:
    """Eight rows of 100 with 16 between them are 916 high and 104 wide; then 3, 4 and all 8."""
    corners = [Point(100 * n, 0) for n in range(8)]
    placed = wrap(corners, [(40, 100)] * 8, [], 100, portrait)
    assert (placed.width, placed.height) == size


def test_a_cut_is_in_the_middle_of_the_widest_stretch_without_an_upright_edge() -> None:
    boxes = [(0, 100), (20, 40), (150, 190), (190, 230), (300, 320)]
    assert _cuts(boxes, []) == [125, 265]
    bent = [way((100, 5), (110, 5), (110, 50), (150, 50)), way((230, 5), (280, 5), (280, 9)),
            way((50, 0), (50, 9)), way((240, 0), (260, 9))]  # fmt: skip
    assert _cuts(boxes, bent) == [130, 255]
    assert _cuts(boxes[:1], bent) == []


@pytest.mark.parametrize(
    ("cuts", "width", "rows"),
    [
        ([50, 100, 150, 200, 250], 200, [(0, 150), (150, 300)]),
        ([140, 170, 250], 260, [(0, 140), (140, 300)]),  # at an eleventh more than half
        ([100, 200], 100, [(0, 100), (100, 200), (200, 300)]),
        ([100, 200], 300, [(0, 300)]),
        ([280], 40, [(0, 280), (280, 300)]),  # what has no cut is wider than wanted
        ([], 40, [(0, 300)]),
    ],
)
def test_rows_are_of_about_equal_width_and_no_more_than_needed(
    cuts: list[float], width: float, rows: list[tuple[float, float]]
) -> None:
    for left in (0, 100):
        found = _rows(left, left + 300, [left + cut for cut in cuts], width)
        assert [(row.left - left, row.right - left) for row in found] == rows


def test_six_edges_for_each_box_are_laid_out_and_more_are_not() -> None:
    for count, drawn in ((13, 78), (14, 13)):  # each with each: 13 · 12 / 2 = 6 · 13
        boxes = tuple(
            Box("part", f"n{n}", "", "other", 1, f"n{n}", "Add", 1, 0, True, 0, 4, "")
            for n in range(count)
        )
        edges = tuple(DrawnEdge(a, b, 1, None) for a, b in combinations(range(count), 2))
        drawing = Drawing("blocks", boxes, edges, count, 0, False, True, 0)
        placed = place(drawing, [SIZE] * count, 2000)
        assert sum(map(bool, placed.ways)) == drawn, DENSE
    assert place(Drawing("blocks", (), (), 0, 0, False, True, 0), [], 300) == Placed(300, 0, (), ())
