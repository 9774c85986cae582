"""Where edges touch boxes: on a side that can be seen, not at a corner or where it is round."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.report.drawing.rows import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.drawing.record import DrawnEdge
    from analyzer.report.drawing.rows import Placed

Way = tuple[Point, ...]
CLEAR = 4.0
"""Between two edges, and between an edge and a box that it passes."""
NEAR = 1.5
"""The latter for one that would slope otherwise."""


class Seat(NamedTuple):
    """Room of a box in its place."""

    left: float
    top: float
    right: float
    bottom: float
    out: tuple[float, float]
    """Heights at which edges leave it."""
    into: tuple[float, float]
    """The same of those that enter it."""


def seated(placed: Placed, seats: Sequence[Seat], edges: Sequence[DrawnEdge]) -> Placed:
    """Edges moved to where they touch their boxes, as far as they stay clear of others and of other
    boxes; one between two boxes beside each other that slopes is level."""
    found = _Seating(placed, seats, edges)
    return replace(placed, ways=tuple(found.moved(n, way) for n, way in enumerate(placed.ways)))


class _Seating:
    """Heights at which edges leave and enter each box."""

    def __init__(self, placed: Placed, seats: Sequence[Seat], edges: Sequence[DrawnEdge]) -> None:
        self.seats, self.edges = seats, edges
        self.leaving: list[list[float]] = [[] for _ in seats]
        self.entering: list[list[float]] = [[] for _ in seats]
        for way, edge in zip(placed.ways, edges, strict=True):
            if way:
                self.leaving[edge.source].append(way[0].y)
                self.entering[edge.target].append(way[-1].y)

    def moved(self, number: int, way: Way) -> Way:
        if not way:
            return way
        edge = self.edges[number]
        begin, end = way[0], way[-1]
        leaving, entering = self.leaving[edge.source], self.entering[edge.target]
        out, into = self.seats[edge.source].out, self.seats[edge.target].into
        own = {edge.source, edge.target}
        if len(way) == 2 or all(point.y == begin.y for point in way):
            y = _within(end.y, (max(out[0], into[0]), min(out[1], into[1])))
            clear = CLEAR if begin.y == end.y else NEAR
            if not (_is_free(y, begin.y, leaving) and _is_free(y, end.y, entering)):
                return way
            level = self._level(way, y, own, clear)
            _move(leaving, begin.y, level[0].y)
            _move(entering, end.y, level[-1].y)
            return level
        lead = next(n for n, point in enumerate(way) if point.y != begin.y)
        tail = len(way) - next(n for n, point in enumerate(reversed(way)) if point.y != end.y)
        first, last = way[:lead], way[tail:]
        for_first, for_last = _within(begin.y, out), _within(end.y, into)
        if _is_free(for_first, begin.y, leaving):
            first = self._level(first, for_first, own, CLEAR)
            _move(leaving, begin.y, first[0].y)
        if _is_free(for_last, end.y, entering):
            last = self._level(last, for_last, own, CLEAR)
            _move(entering, end.y, last[0].y)
        return (*first, *way[lead:tail], *last)

    def _level(self, stretch: Way, y: float, own: set[int], clear: float) -> Way:
        """The stretch at another height, unless it came too near to another box there."""
        if all(point.y == y for point in stretch):
            return stretch
        left, right = min(p.x for p in stretch), max(p.x for p in stretch)
        for number, seat in enumerate(self.seats):
            beside = seat.left < right and left < seat.right
            if beside and number not in own and seat.top - clear < y < seat.bottom + clear:
                return stretch
        return tuple(Point(point.x, y) for point in stretch)


def _within(y: float, room: tuple[float, float]) -> float:
    low, high = room
    return round(min(max(y, low), high) if low <= high else y, 1)


def _is_free(y: float, now: float, others: Sequence[float]) -> bool:
    """Whether an edge that is at ``now`` may be at ``y``: no nearer to another than it is, or clear
    of it."""
    rest = [*others]
    rest.remove(now)
    return all(abs(y - other) >= min(CLEAR, abs(now - other)) for other in rest)


def _move(ends: list[float], now: float, y: float) -> None:
    ends.remove(now)
    ends.append(y)
