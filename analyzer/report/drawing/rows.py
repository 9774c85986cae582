"""A long picture cut into rows, as a text is into lines.

Boxes of one layer stand above each other, and between layers is a gap that holds nothing but edges.
A picture is cut in such gaps. An edge that passes a cut goes on at the left of the next row: around
the end of its row, through the space between the rows, and in at the height at which it left.
Lanes are nested, so that these ways cross neither boxes nor each other.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from itertools import pairwise
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

LANE = 6.0
"""Between edges beside each other."""
SPACE = 16.0
"""Between rows, lanes not counted."""
TRIES = 3
"""How often a picture that is much longer than a page is made wider."""
PORTRAIT = 1.25
"""Height to width of a picture that has a page to itself and is too large for it at full size."""


class Point(NamedTuple):
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Placed:
    """A drawing with places, in units of the page."""

    width: float
    height: float
    corners: tuple[Point, ...]
    """Upper left corner of each box."""
    ways: tuple[tuple[Point, ...], ...]
    """Corners of each edge from box to box; none where it is not drawn."""
    turns: tuple[int, ...] = field(default=(), compare=False)
    """Ends of rows that each edge is led around; empty where none is."""


Size = tuple[float, float]


@dataclass(slots=True)
class _Row:
    """Part of the picture between two cuts."""

    left: float
    right: float
    top: float = 0.0
    bottom: float = 0.0
    down: float = 0.0
    """Added to every y of it."""
    passing: list[tuple[float, int]] = field(default_factory=list)
    """Heights at which edges leave it to the next row, and which edge: each once."""

    def see(self, y: float) -> None:
        self.top, self.bottom = min(self.top, y), max(self.bottom, y)


def wrap(
    corners: Sequence[Point],
    sizes: Sequence[Size],
    ways: Sequence[Sequence[Point]],
    width: float,
    portrait: float = PORTRAIT,
) -> Placed:
    """Cut into rows that are at most ``width`` wide where layers allow, wider for a picture whose
    height would be much more than ``portrait`` times its width."""
    boxes = [(at.x, at.x + size[0]) for at, size in zip(corners, sizes, strict=True)]
    cuts = _cuts(boxes, ways)
    left, right = min(low for low, _ in boxes), max(high for _, high in boxes)
    for _ in range(TRIES):
        placed = _Wrapping(_rows(left, right, cuts, width), corners, sizes, ways).placed()
        excess = placed.height / (portrait * max(width, placed.width))
        if excess < 1.2:
            break
        width = max(width, placed.width) * sqrt(excess)
    return placed


def _cuts(boxes: Sequence[Size], ways: Sequence[Sequence[Point]]) -> list[float]:
    """Where no box is and no edge runs up or down, one for each gap between layers."""
    upright = sorted({a.x for way in ways for a, b in pairwise(way) if a.x == b.x})
    cuts: list[float] = []
    reach, at = float("-inf"), 0
    for low, high in sorted(boxes):
        if low > reach > float("-inf"):
            while at < len(upright) and upright[at] <= reach:
                at += 1
            stops = [reach]
            while at < len(upright) and upright[at] < low:
                stops.append(upright[at])
                at += 1
            stops.append(low)
            gap = max(range(len(stops) - 1), key=lambda i: stops[i + 1] - stops[i])
            cuts.append((stops[gap] + stops[gap + 1]) / 2)
        reach = max(reach, high)
    return cuts


def _rows(left: float, right: float, cuts: Sequence[float], width: float) -> list[_Row]:
    """Rows of about equal width: the narrowest that do not need more of them."""
    fewest = _filled(left, right, cuts, width)
    even = (right - left) / len(fewest)
    for share in range(10):
        tried = _filled(left, right, cuts, even + (width - even) * share / 10)
        if len(tried) == len(fewest):
            return tried
    return fewest


def _filled(left: float, right: float, cuts: Sequence[float], width: float) -> list[_Row]:
    rows, start, last = [], left, left
    for cut in [*cuts, right]:
        if cut - start > width and last > start:
            rows.append(_Row(start, last))
            start = last
        last = cut
    rows.append(_Row(start, right))
    return rows


class _Wrapping:
    def __init__(
        self,
        rows: Sequence[_Row],
        corners: Sequence[Point],
        sizes: Sequence[Size],
        ways: Sequence[Sequence[Point]],
    ) -> None:
        self.rows, self.corners, self.sizes = rows, corners, sizes
        self._ends = [row.right for row in rows[:-1]]
        self.homes = [
            self._row_of(at.x + size[0] / 2) for at, size in zip(corners, sizes, strict=True)
        ]
        for row in rows:
            row.top, row.bottom = float("inf"), float("-inf")
        for home, at, size in zip(self.homes, corners, sizes, strict=True):
            rows[home].see(at.y)
            rows[home].see(at.y + size[1])
        self.pieces = [self._cut(number, way) for number, way in enumerate(ways)]

    def _row_of(self, x: float) -> int:
        return bisect_right(self._ends, x)

    def _cut(self, number: int, way: Sequence[Point]) -> list[tuple[int, Point]]:
        """Points with their row; where the row changes, an edge passes a cut."""
        found: list[tuple[int, Point]] = []
        for point in way:
            home = self._row_of(point.x)
            while found and found[-1][0] != home:
                here, before = found[-1]
                step = 1 if home > here else -1
                edge = self.rows[here].right if step > 0 else self.rows[here].left
                y = before.y + (point.y - before.y) * (edge - before.x) / (point.x - before.x)
                cut = Point(edge, y)
                self.rows[min(here, here + step)].passing.append((y, number))
                found += [(here, cut), (here + step, cut)]
            found.append((home, point))
        for home, point in found:
            self.rows[home].see(point.y)
        return found

    def placed(self) -> Placed:
        most = max(len(row.passing) for row in self.rows)
        margin = LANE * (most + 1) if most else 2.0
        down = 2.0
        for row in self.rows:
            row.passing.sort()
            row.down = down - row.top
            down += row.bottom - row.top
            if row is not self.rows[-1]:
                down += SPACE + LANE * len(row.passing)
        wide = max(row.right - row.left for row in self.rows)
        corners = tuple(
            self._moved(home, at, margin) for home, at in zip(self.homes, self.corners, strict=True)
        )
        ways = tuple(
            self._joined(number, piece, margin) for number, piece in enumerate(self.pieces)
        )
        turns = tuple(
            sum(one[0] != other[0] for one, other in pairwise(piece)) for piece in self.pieces
        )
        return Placed(_r(wide + 2 * margin), _r(down + 2), corners, ways, turns)

    def _moved(self, home: int, point: Point, margin: float) -> Point:
        row = self.rows[home]
        return Point(_r(point.x - row.left + margin), _r(point.y + row.down))

    def _joined(
        self, number: int, piece: Sequence[tuple[int, Point]], margin: float
    ) -> tuple[Point, ...]:
        points: list[Point] = []
        before = -1
        for home, point in piece:
            if before >= 0 and home != before:
                around = self._around(number, min(home, before), point.y, margin)
                points += around if home > before else reversed(around)
            points.append(self._moved(home, point, margin))
            before = home
        return tuple(points)

    def _around(self, number: int, home: int, y: float, margin: float) -> list[Point]:
        """From the end of a row to the beginning of the next."""
        row, after = self.rows[home], self.rows[home + 1]
        place, count = row.passing.index((y, number)), len(row.passing)
        right = row.right - row.left + margin + LANE * (count - place)
        left = margin - LANE * (place + 1)
        middle = row.bottom + row.down + SPACE / 2 + LANE * (count - place - 0.5)
        return [
            Point(_r(x), _r(at))
            for x, at in ((right, y + row.down), (right, middle), (left, middle),
                          (left, y + after.down))
        ]  # fmt: skip


def _r(value: float) -> float:
    """A tenth is finer than any printer, and keeps pages small."""
    return round(value, 1)
