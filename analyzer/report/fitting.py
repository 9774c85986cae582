"""The last page of a PDF: full enough to be worth its paper, or not there at all.

How far a report runs over is known once it is laid out. Where the rows of the tables at the end can
move closer until the last page is not needed, they do, and where it is less than half full, all
lines with them; else rows move apart until it looks finished. Rows begin to move as late as
possible, so that pages before stay. No report gets more pages before its last table.
"""

from __future__ import annotations

import gc
from itertools import takewhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS = ("nodes", "method", "findings")
"""Sections where rows may begin to move: as late as there are rows enough."""
END = "end"
"""Id of the last element of a page that may be fitted."""
BLANK = 0.32
"""Share of the last page that may stay empty."""
AIM = 0.22
"""The same, for rows that move apart: pictures that no longer fit their page take some of it."""
HALF = 0.5
"""Share that is empty from which on lines may move closer, too."""
CLOSER, APART = 0.7, 1.7
"""What a row can give and take, in mm."""
LINES, GIVEN = 1.3, 0.03
"""Height of lines in letters where rows are not enough, and the share of a report that it saves."""
PADDING = 0.61
"""Above and below the words of a row as they are, in mm."""
MM = 96 / 25.4
"""CSS pixels of a millimetre."""
TOP, BOTTOM = 18, 17
"""Margins of a page, in mm, as in print.css.j2."""


def fit(text: str, lay_out: Callable[[str], Any]) -> Any:
    """The document of ``text`` (HTML) that ``lay_out`` makes, once more if that mends its end."""
    first = lay_out(text)
    blank = _blank(first)
    if blank <= BLANK:
        return first
    style = _spaced(text, blank, first)
    if not style:
        return first
    now, before = (len(first.pages), blank), _before(first)
    del first
    gc.collect()  # boxes know each other, and two layouts are twice the memory
    second = lay_out(text.replace("</style>", f"{style}</style>", 1))
    better = (len(second.pages), _blank(second)) < now and _before(second) <= before
    return second if better else lay_out(text)


def _blank(document: Any) -> float:
    """Share of the last page below its last row; 0 where nobody marked the end."""
    last = document.pages[-1]
    if END not in last.anchors:
        return 0.0
    end: float = last.anchors[END][1] / MM
    return 1 - (end - TOP) / _room(last)


def _before(document: Any) -> int:
    """Pages before the one on which the last table begins."""
    return sum(1 for page in takewhile(lambda page: STARTS[0] not in page.anchors, document.pages))


def _room(page: Any) -> float:
    """Height within the margins, in mm."""
    height: float = page.height / MM
    return height - TOP - BOTTOM


def _spaced(text: str, blank: float, document: Any) -> str:
    """CSS that moves rows as far as the end wants it; empty where they cannot."""
    room = _room(document.pages[-1])
    over, short = (1 - blank) * room + 4, (blank - AIM) * room
    places = {start: text.find(f'id="{start}"') for start in STARTS}
    counts = {start: text.count("<tr", at) for start, at in places.items() if at >= 0}
    for start, rows in counts.items():
        if over <= CLOSER * rows:
            return _moved(start, -over / rows)
    saved = GIVEN * (len(document.pages) - 1) * room
    if counts and blank > HALF and over <= CLOSER * rows + saved:
        return f"{_moved(start, -CLOSER)} html {{ line-height: {LINES} }}"
    for start, rows in counts.items():
        if short <= APART * rows:
            return _moved(start, short / rows)
    return ""


def _moved(start: str, move: float) -> str:
    """CSS by which each row from a section on is higher by ``move`` mm."""
    section = f"[aria-labelledby={start}]"
    cells = f":is({section}, {section} ~ section) tbody :is(th, td)"
    padding = f"{PADDING + move / 2:.3f}mm"
    return f"{cells} {{ padding-top: {padding}; padding-bottom: {padding} }}"
