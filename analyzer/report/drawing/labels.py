"""What edges carry, written on them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.report.drawing.rows import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.drawing.record import Drawing
    from analyzer.report.drawing.rows import Placed, Size

SMALL = 9.0
"""Size of letters."""
LABELLED = 150
"""Boxes up to which edges say what they carry: a fuller picture has no room for it."""
TIP = 6.0
"""Length of the head of an arrow, which is as wide."""
AROUND = 3.0
"""Left free at both ends of a word."""
_LETTER = 0.575
"""Mean width of a letter of the sans-serif faces, bold ones included, in sizes."""


def width_of(text: str, size: float) -> float:
    return units.letters(text) * size * _LETTER


class Labels:
    """Shapes on edges: once for each box, and where nothing else is."""

    def __init__(self, drawing: Drawing, placed: Placed, sizes: Sequence[Size]) -> None:
        self._drawing = drawing
        self._named: set[int] = set()
        self._taken: list[tuple[float, float, float, float]] = [
            (at.x, at.y, at.x + wide, at.y + high)
            for at, (wide, high) in zip(placed.corners, sizes, strict=True)
        ]
        for way in placed.ways:
            for a, b in pairwise(way):
                self._taken.append((min(a.x, b.x), min(a.y, b.y), max(a.x, b.x), max(a.y, b.y)))
            if way:
                end, half = way[-1], TIP / 2
                self._taken.append((end.x - TIP, end.y - half, end.x + TIP, end.y + half))

    def of(self, number: int, points: Sequence[Point]) -> tuple[str, Point]:
        """Above the longest level stretch; empty where that has no room, and where the output that
        it leads to says the same."""
        edge, boxes = self._drawing.edges[number], self._drawing.boxes
        nothing = "", points[0]
        if len(boxes) > LABELLED or boxes[edge.source].role == "input" or len(edge.shape or ()) < 2:
            return nothing
        if edge.source in self._named:
            return nothing
        words, target = units.shape(edge.shape), boxes[edge.target]
        if target.role == "output" and target.detail == words:
            return nothing
        room = width_of(words, SMALL)
        a, b = max(pairwise(points), key=lambda s: abs(s[0].x - s[1].x))
        left, right = sorted((a.x, b.x))
        if b == points[-1]:
            right -= TIP
        x, y = (left + right) / 2, a.y - 2.5
        own = (x - room / 2, y - SMALL + 2, x + room / 2, y)
        short = right - left < room + 2 * AROUND
        if a.y != b.y or short or any(_meet(own, it) for it in self._taken):
            return nothing
        self._taken.append(own)
        self._named.add(edge.source)
        return words, Point(round(x, 1), round(y, 1))


def _meet(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether two rectangles, given by left, top, right and bottom, share a place."""
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
