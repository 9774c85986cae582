"""Where the pages of a laid-out document end, and where they would if it were spaced otherwise.

A layout costs more than all else that a PDF takes, so none is made only to see what another spacing
does. What pages are made of, which are lines, rows and pictures, is put on pages by its height
alone: an estimate that is a line or two off on a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

APPENDIX = "nodes"
"""Id of the heading with which the appendix begins."""


class Spacing(NamedTuple):
    """What a style sheet changes without moving a word to another line."""

    lines: float = 1.0
    """Height of lines, as a factor of what it is."""
    rows: float = 0.0
    """What each row of a table gains, in pixels."""
    late: float = 0.0
    """What each row of the appendix gains besides."""
    gaps: float = 1.0
    """Space between paragraphs, tables and pictures, as a factor of what it is."""


@dataclass(slots=True)
class Piece:
    """What no page ends within."""

    gap: float
    """Space above it, unless it begins a page; pixels, as all lengths here."""
    height: float
    lines: float
    """Part of its height that follows the height of lines."""
    rows: int
    """Rows of tables in it."""
    stays: bool
    """No page ends above it."""
    late: bool
    """In the appendix."""
    picture: int
    """Number of the figure in it, counted from 1; 0 for none."""
    drawn: float
    """Height of the picture in it."""
    head: float = 0.0
    """Height of the head of a table that is repeated where this row begins a page."""


class Pages(NamedTuple):
    """How far each page is taken."""

    ends: tuple[float, ...]
    """Height that is taken of each page."""
    body: int
    """Pages before the one on which the appendix begins."""
    pictures: Mapping[int, float]
    """Figures that get smaller, so that they fit on a page, and the height of each picture."""
    begun: int = 0
    """Pages that begin before the appendix."""


SMALLEST = 0.78
"""Factor by which a picture may shrink, as its letters do."""
ROOM = 2.0
"""Pixels that a picture leaves free below it: how high it will be is an estimate, too."""


def taken(document: Any) -> tuple[list[Piece], Pages]:
    """What a document of WeasyPrint is made of, in order, and how far its pages are taken."""
    found: list[Piece] = []
    ends: list[float] = []
    begun: set[Any] = set()
    body, before = None, 0
    margin, late, figures = 0.0, False, 0
    for page in document.pages:
        box = page._page_box
        top = box.content_box_y()
        on_page = _Pieces(box.children[0], top, begun, late, figures)
        on_page.walk(box.children[0])
        if found and on_page.found:
            first = on_page.found[0]
            first.stays = False  # a page did end there
            first.gap = 0.0 if on_page.goes_on else max(margin, on_page.above)
        if body is None and on_page.late:
            body = len(ends)
        before += not (on_page.found and on_page.found[0].late)
        found += on_page.found
        ends.append(on_page.bottom - top)
        margin, late, figures = on_page.below, on_page.late, on_page.figures
    return found, Pages(tuple(ends), len(ends) if body is None else body, {}, before)


def spaced(parts: Sequence[Piece], spacing: Spacing) -> list[float]:
    """The height of each with other spaces; asked for hundreds of spacings."""
    lines, rows, late = spacing.lines - 1, spacing.rows, spacing.rows + spacing.late
    return [
        part.height + lines * part.lines + (late if part.late else rows) * part.rows
        for part in parts
    ]


def paginate(
    parts: Sequence[Piece], rooms: Sequence[float], spacing: Spacing, full: float = 0.0
) -> Pages:
    """``rooms`` is the height of the first page and that of all others. A picture gets smaller
    where the page that it just misses would be taken to less than ``full`` without it."""
    ends: list[float] = []
    body, before = None, 0
    pictures: dict[int, float] = {}
    start = 0
    heights = spaced(parts, spacing)
    gaps = [part.gap * spacing.gaps for part in parts]
    while start < len(parts):
        room = rooms[min(len(ends), len(rooms) - 1)]
        after, end = _page(parts, heights, gaps, start, room, full, pictures)
        before += not parts[start].late
        if body is None and parts[after - 1].late:
            body = len(ends)
        ends.append(end)
        start = after
    return Pages(tuple(ends), len(ends) if body is None else body, pictures, before)


def _page(
    parts: Sequence[Piece],
    heights: Sequence[float],
    gaps: Sequence[float],
    start: int,
    room: float,
    full: float,
    pictures: dict[int, float],
) -> tuple[int, float]:
    """The piece that begins the page after, and how far this page is taken."""
    at = parts[start].head - (gaps[start] if start else 0.0)
    bottoms: list[float] = []
    for number in range(start, len(parts)):
        part = parts[number]
        at += gaps[number] + heights[number]
        if at > room and number > start:
            after = number
            while after > start and parts[after].stays:
                after -= 1
            over = at + ROOM - room
            if (
                part.drawn * (1 - SMALLEST) >= over
                and after > start
                and bottoms[after - start - 1] < full
                and not (number + 1 < len(parts) and parts[number + 1].stays)
            ):
                pictures[part.picture] = part.drawn - over
                at = room - ROOM
            elif after > start:
                return after, bottoms[after - start - 1]
        bottoms.append(at)
    return len(parts), at


class _Pieces:
    """Goes through the boxes of one page."""

    def __init__(self, root: Any, top: float, begun: set[Any], late: bool, figures: int) -> None:
        self.found: list[Piece] = []
        self._begun = begun
        """Elements of tables, whose heads are repeated, and of paragraphs."""
        self.goes_on = False
        """Whether the page begins within one of them."""
        self.late = late
        self.figures = figures
        self.above = 0.0
        """Margin of the first piece, which the beginning of a page swallows."""
        self.below = 0.0
        """The same of the last."""
        self._usual: object = root.style["line_height"]
        self.bottom = top
        self._top: float | None = None
        """Of the outermost box that the next piece is the first of, and that has an edge."""
        self._stays = False

    def walk(self, box: Any) -> None:
        """Add what is in a box."""
        self.late = self.late or (box.element is not None and box.element.get("id") == APPENDIX)
        if not self.found:
            self.above = max(self.above, _margin(box, "top"))
        self._stays = self._stays or _avoids(box, "before")
        if box.padding_top or box.border_top_width:
            edge = box.position_y + box.margin_top
            self._top = edge if self._top is None else min(self._top, edge)
        kind = type(box).__name__
        if kind == "TableRowBox" or _avoids(box, "inside") or not box.children:
            self._whole(box)
        elif kind == "TableBox":
            self._table(box)
        elif type(box.children[0]).__name__ == "LineBox":
            self._lines(box)
        else:
            for child in box.children:
                if child.is_in_normal_flow():
                    self.walk(child)
        edge = box.padding_bottom + box.border_bottom_width
        if self.found and edge:
            self.found[-1].height += edge
            self.bottom += edge
        self._stays = self._stays or _avoids(box, "after")
        self.below = max(self.below, _margin(box, "bottom"))

    def _whole(self, box: Any) -> None:
        if box.height:
            top = box.position_y + box.margin_top
            drawn = _drawn(box)
            self.figures += drawn > 0
            self._add(top, top + box.border_height(), self._lines_of(box), _rows_of(box), drawn)

    def _table(self, box: Any) -> None:
        tall = sum(group.height for group in box.children if group.is_header)
        goes_on = self._has_begun(box)
        for group in box.children:
            if group.is_header and goes_on:
                self.bottom = group.position_y + group.height
                continue
            self._stays = self._stays or _avoids(group, "before")
            whole = _avoids(group, "inside")
            for number, row in enumerate(group.children):
                self._stays = self._stays or (whole and number > 0)
                self.walk(row)
                if group.is_header:
                    self.found[-1].rows = 0
                else:
                    self.found[-1].head = tall
            self._stays = self._stays or group.is_header or _avoids(group, "after")

    def _has_begun(self, box: Any) -> bool:
        """Whether there is some of it on a page before."""
        goes_on = box.element in self._begun
        self._begun.add(box.element)
        self.goes_on = self.goes_on or (goes_on and not self.found)
        return goes_on

    def _lines(self, box: Any) -> None:
        self._has_begun(box)
        lines = box.children
        last = len(lines) - 1
        for number, line in enumerate(lines):
            self._stays = self._stays or (number > 0 and number in (1, last))
            self._add(line.position_y, line.position_y + line.height, self._lines_of(line), 0)

    def _add(self, top: float, bottom: float, lines: float, rows: int, drawn: float = 0) -> None:
        top = top if self._top is None else min(self._top, top)
        gap, height = top - self.bottom, bottom - top
        figure = self.figures if drawn else 0
        self.found.append(Piece(gap, height, lines, rows, self._stays, self.late, figure, drawn))
        self.bottom, self._top, self._stays, self.below = bottom, None, False, 0.0

    def _lines_of(self, box: Any) -> float:
        """Height of its lines that have the usual one; of those side by side the highest."""
        if type(box).__name__ == "LineBox":
            return float(box.height) if box.style["line_height"] == self._usual else 0.0
        tall = [self._lines_of(child) for child in getattr(box, "children", ())]
        beside = type(box).__name__ == "TableRowBox"
        return max(tall, default=0.0) if beside else sum(tall)


def _rows_of(box: Any) -> int:
    """Rows of the bodies of tables."""
    if box.element_tag in ("tr", "thead"):
        return int(box.element_tag == "tr")
    return sum(map(_rows_of, getattr(box, "children", ())))


def _drawn(box: Any) -> float:
    """Height of the picture of a figure; 0 for other boxes."""
    if box.element_tag != "figure":
        return 0.0
    heights = (part.height for part in box.descendants() if part.element_tag.endswith("svg"))
    return float(max(heights, default=0.0))


def _margin(box: Any, side: str) -> float:
    margin = box.style[f"margin_{side}"]
    return float(margin.value) if hasattr(margin, "value") else 0.0


def _avoids(box: Any, where: str) -> bool:
    return box.style[f"break_{where}"] in ("avoid", "avoid-page")
