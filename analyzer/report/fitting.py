"""Pages of a PDF that are full enough to be worth their paper.

Where a page of the first layout ends early, most often the last, all lines, rows and gaps of the
report or the rows of its appendix move closer or apart, as little as it takes, pictures that just
missed their page get smaller, and it is laid out once more. What mends it is an estimate
(``pagination``). No report gets more pages by it, and no long one more before its appendix.
"""

from __future__ import annotations

import gc
import re
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from analyzer.report.pagination import Pages, Piece, Spacing, paginate, taken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

END = "end"
"""Id of the last element of a report, which other pages do not have."""
MM = 96 / 25.4
"""CSS pixels of a millimetre."""
TOP, BOTTOM = 22, 277
"""Where a full page begins and ends, in mm: within its margins, as its last line may not fit."""
BLANK = 0.33
"""Share of a page that may stay empty."""
AIM = 0.31
"""The same for pages that are reckoned, and may turn out a little otherwise."""
FULL = (1 - AIM) * (BOTTOM - TOP) * MM
"""Height to which a page is taken that needs no picture to be smaller."""
ERROR = 2 * MM
"""By how much pages may turn out higher or lower than they are reckoned."""
LONG = 20
"""Pages of a layout that is cleared away before the next: to find a shorter one takes longer than
its megabytes are worth."""
MOST_GAP = 10
"""Length from which a margin is that of a page."""
MOST = 9
"""Pages that begin before the appendix; a report of more moves closer where that is enough."""
FEW = 8
"""The same where no page ends early for it."""
SHORT = 7
"""Pages before the appendix that a report may get; longer ones get no more than they have."""

LINES, PADDING = 1.38, 0.6
"""Height of lines in letters, and what is above and below the words of a row in mm: as in
print.css.j2."""
STEPS = 12
"""How finely spacings are tried, closer and apart each."""
LINES_MOVE, GAPS_MOVE = 0.1, 0.35
"""What lines, and the space between paragraphs, tables and pictures, give and take at most, as a
share."""
CLOSER, APART, LATE = -0.7, 1.0, 1.7
"""What a row gives and takes at most in mm, and what one of the appendix takes besides."""
WORSE = 1.25
"""How much worse it is to move apart: it takes paper, where moving closer saves it."""

_MARGIN = re.compile(r"(?<=[;{ ])(margin(?:-top|-bottom)?:)([^;}]+)")
"""Space above and below something, in a style sheet."""
_LENGTH = re.compile(r"(\d*\.?\d+)(mm|rem)")
_FIGURE = re.compile(r"<figure(?=>)")


class Found(NamedTuple):
    """How good a spacing is; the least is best."""

    late: int
    """By how many pages the appendix begins later than it should."""
    early: int
    """Pages that end early."""
    behind: int
    """By how many pages the appendix begins later than it might."""
    pages: int
    moved: float
    """How much of what can be given or taken is."""


def fit(text: str, lay_out: Callable[[str], Any]) -> Any:
    """The document of ``text`` (HTML) that ``lay_out`` makes, once more if that mends its pages.

    What it is given each time differs in its first style sheet alone.
    """
    text = _numbered(text)
    first = lay_out(text)
    if END not in first.pages[-1].anchors:
        return first
    boxes = [page._page_box for page in first.pages[:2]]
    rooms, tops = [box.height for box in boxes], [box.content_box_y() for box in boxes]
    parts, now = taken(first)
    spacing, pictures = _best(parts, rooms, tops, now)
    if spacing == Spacing() and not pictures:
        return first
    pages = len(first.pages)
    del first, boxes
    if pages > LONG:
        gc.collect()  # boxes know each other, and two layouts are twice the memory
    second = lay_out(_spaced(text, spacing, pictures))
    _, then = taken(second)
    better = _found(then, tops, BLANK) < _found(now, tops, BLANK) and not _is_longer(then, now)
    return second if better else lay_out(text)


def _best(
    parts: Sequence[Piece], rooms: Sequence[float], tops: Sequence[float], now: Pages
) -> tuple[Spacing, Mapping[int, float]]:
    """What moves least of that which leaves the fewest pages to end early, and its pictures."""
    best, pictures, least = Spacing(), now.pictures, _found(now, tops, BLANK)
    for spacing, moved in SPACINGS:
        if not (least.late or least.early or least.behind):
            break
        tried: list[Pages] = []
        for error in (0, -ERROR, ERROR):  # one that is no better is enough to know
            pages = paginate(parts, [room + error for room in rooms], spacing, FULL)
            if _is_longer(pages, now) or _found(pages, tops, AIM, moved) >= least:
                break
            tried.append(pages)
        else:
            best, pictures = spacing, tried[0].pictures
            least = max(_found(pages, tops, AIM, moved) for pages in tried)
    return best, pictures


def _found(pages: Pages, tops: Sequence[float], blank: float, moved: float = 0.0) -> Found:
    least = TOP + (1 - blank) * (BOTTOM - TOP)
    early = sum(
        (tops[min(number, len(tops) - 1)] + end) / MM < least
        for number, end in enumerate(pages.ends)
    )
    late, behind = (max(0, pages.begun - most) for most in (MOST, FEW))
    return Found(late, early, behind, len(pages.ends), moved)


def _is_longer(then: Pages, now: Pages) -> bool:
    return len(then.ends) > len(now.ends) or then.body > max(now.body, SHORT)


def _spacings() -> Iterator[tuple[Spacing, float]]:
    """Those that can be tried, and how far each is from what a report has."""
    steps = [step / STEPS for step in range(-STEPS, STEPS + 1)]
    for share in steps:
        rows = max(APART * share, -CLOSER * share)
        for late in steps:
            more = max(LATE * late, -CLOSER * late)
            if rows + more >= CLOSER:
                spacing = Spacing(
                    1 + LINES_MOVE * share, rows * MM, more * MM, 1 + GAPS_MOVE * share
                )
                yield spacing, max(WORSE * share, -share) + abs(late) / 2


SPACINGS = sorted(_spacings(), key=lambda found: found[1])
"""From the one that moves least: as it is."""


def _numbered(text: str) -> str:
    """The page with the number of its place at each figure: no ``id``, to which a PDF would have a
    name."""
    numbers = count(1)
    return _FIGURE.sub(lambda _: f'<figure data-figure="{next(numbers)}"', text)


def _spaced(text: str, spacing: Spacing, pictures: Mapping[int, float]) -> str:
    """The page with its style sheet changed."""
    style, body = text.split("</style>", 1)
    style = _MARGIN.sub(
        lambda found: found[1] + " ".join(_scaled(found[2].split(), spacing.gaps)), style
    )
    rows = _rows("tbody", spacing.rows) + _rows(".operators tbody", spacing.rows + spacing.late)
    lines = f"html {{ line-height: {LINES * spacing.lines:.3f} }}"
    smaller = "".join(
        f':is(#figure, [data-figure="{number}"]) :is(.chart, .network)'
        f" {{ width: auto; height: {height:.1f}px }}"
        for number, height in pictures.items()
    )
    return f"{style}{lines}{rows}{smaller}</style>{body}"


def _scaled(sides: Sequence[str], gaps: float) -> Iterator[str]:
    """What is above and below, with another space; not what is at the left and right."""
    for place, side in enumerate(sides):
        length = _LENGTH.fullmatch(side)
        scaled = length and place % 2 == 0 and float(length[1]) < MOST_GAP
        yield f"{float(length[1]) * gaps:.3f}{length[2]}" if length and scaled else side


def _rows(table: str, more: float) -> str:
    padding = f"{PADDING + more / MM / 2:.3f}mm"
    return f"{table} :is(th, td) {{ padding-top: {padding}; padding-bottom: {padding} }}"
