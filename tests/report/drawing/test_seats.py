"""Edges touch sides of boxes, not corners."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from analyzer.report.drawing.record import DrawnEdge
from analyzer.report.drawing.rows import Placed, Point
from analyzer.report.drawing.seats import Seat, seated

if TYPE_CHECKING:
    from collections.abc import Sequence

LEFT = Seat(0, 0, 40, 40, (4, 36), (4, 36))
RIGHT = Seat(100, 0, 140, 40, (4, 31), (9, 36))
"""With a sheet behind it."""


def moved(*ways: Sequence[tuple[float, float]], other: Seat | None = None) -> list[list[float]]:
    """Heights of each edge from left to right."""
    seats = [LEFT, RIGHT, *([other] if other else [])]
    placed = Placed(140, 40, (), tuple(tuple(Point(*at) for at in way) for way in ways))
    found = seated(placed, seats, [DrawnEdge(0, 1, 1, None)] * len(ways))
    for before, after in zip(placed.ways, found.ways, strict=True):
        assert [point.x for point in before] == [point.x for point in after]
    return [[point.y for point in way] for way in found.ways]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(40, 20), (100, 20)], [20, 20]),
        ([(40, 1), (100, 1)], [9, 9]),
        ([(40, 39), (100, 39)], [36, 36]),
        ([(40, 3), (100, 0)], [9, 9]),  # it sloped
        ([(40, 30), (100, 32)], [32, 32]),
        ([(40, 0), (60, 0), (60, 50), (80, 50), (80, 38), (100, 38)], [4, 4, 50, 50, 36, 36]),
        ([], []),
    ],
)
def test_ends_of_edges_are_where_their_boxes_have_a_side(
    before: list[tuple[float, float]], after: list[float]
) -> None:
    assert moved(before) == [after]


def test_edges_stay_clear_of_each_other() -> None:
    """The second would come within 4 of the first, which is nearer than it is."""
    assert moved([(40, 10), (100, 10)], [(40, 3), (100, 3)]) == [[10, 10], [3, 3]]
    assert moved([(40, 20), (100, 20)], [(40, 3), (100, 3)]) == [[20, 20], [9, 9]]
    bent = [(40, 38.0), (60, 38.0), (60, 30.0), (100, 30.0)]
    assert moved([(40, 33), (100, 33)], bent) == [[33, 33], [38, 38, 30, 30]]


def test_an_edge_comes_near_to_no_other_box() -> None:
    """It wants to go from 1 to 9; a box below may have its top at 13 at least, at 10.5 where the
    edge sloped."""
    for top, level, slope in ((13, [9, 9], [9, 9]), (12.9, [1, 1], [9, 9]),
                              (10.5, [1, 1], [9, 9]), (10.4, [1, 1], [3, 1])):  # fmt: skip
        other = Seat(60, top, 80, 40, (0, 0), (0, 0))
        assert moved([(40, 1), (100, 1)], other=other) == [level], top
        assert moved([(40, 3), (100, 1)], other=other) == [slope], top
    bent = [(40, 1.0), (70, 1.0), (70, -9.0), (90, -9.0), (90, 20.0), (100, 20.0)]
    near = Seat(60, 7.9, 65, 40, (0, 0), (0, 0))
    assert moved(bent, other=near) == [[1, 1, -9, -9, 20, 20]]
    assert moved(bent)[0][:2] == [4, 4]
