"""Pages and spacings that are reckoned, of pieces and boxes made for it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report.fitting import (
    MM,
    SPACINGS,
    Found,
    _best,
    _found,
    _is_longer,
    _numbered,
    _rows,
    _scaled,
    _spaced,
)
from analyzer.report.pagination import Pages, Piece, Spacing, paginate, spaced, taken

PIECE = Piece(10, 30, 20, 1, False, False, 0, 0.0)


USUAL = Spacing()


def pages(parts: list[Piece], spacing: Spacing = USUAL) -> Pages:
    return paginate(parts, (100, 80), spacing)


def test_pieces_are_as_high_as_their_lines_and_rows_with_other_spaces() -> None:
    spacing = Spacing(lines=1.5, rows=2, late=4, gaps=3)
    piece = replace(PIECE, rows=3)
    assert spaced([piece], Spacing()) == [30]
    both = [piece, replace(piece, late=True)]
    assert spaced(both, spacing) == [30 + 10 + 6, 30 + 10 + 18]


@pytest.mark.parametrize(
    ("parts", "ends"),
    [
        ([], ()),
        ([PIECE] * 2, (80,)),
        # What is above the first piece of a page is only there on the first one.
        ([PIECE] * 5, (80, 70, 30)),
        ([replace(PIECE, height=90)] * 2, (100, 90)),
        ([replace(PIECE, height=90.1), PIECE], (100.1, 30)),  # what fits on no page has one
        # What stays takes what is before it along, but not a whole page.
        ([PIECE, PIECE, replace(PIECE, stays=True), PIECE], (40, 70, 30)),
        ([PIECE, replace(PIECE, stays=True), replace(PIECE, stays=True)], (120,)),
        ([PIECE, PIECE, replace(PIECE, head=15)], (80, 45)),
    ],
)
def test_pieces_are_put_on_pages_by_their_height(
    parts: list[Piece], ends: tuple[float, ...]
) -> None:
    assert pages(parts).ends == ends


def test_pages_before_the_appendix_are_those_that_end_before_it() -> None:
    late = replace(PIECE, late=True)
    assert pages([PIECE] * 2).body == 1
    assert pages([PIECE] * 4 + [late] * 3).body == 2
    assert pages([PIECE] * 3 + [late] * 3).body == 1
    assert pages([late]).body == 0
    assert pages([PIECE] * 4 + [late] * 3).begun == 2
    assert pages([PIECE] * 3 + [late] * 3).begun == 2
    assert pages([late]).begun == 0
    assert pages([PIECE] * 5, Spacing(gaps=2)).ends == (100, 80, 30)


PICTURE = Piece(10, 70, 0, 0, False, False, 3, 60.0)


@pytest.mark.parametrize(
    ("before", "picture", "behind", "full", "shrunk", "ends"),
    [
        # 40 and 10 and 70 are 20 too many, and 2 more to be sure: 60 can be 46.8.
        (replace(PIECE, height=30), PICTURE, (), 67, {}, (40, 70)),
        (replace(PIECE, height=20), PICTURE, (), 67, {3: 48.0}, (98,)),
        (replace(PIECE, height=20), PICTURE, (), 30, {}, (30, 70)),  # full enough without it
        (replace(PIECE, height=20), PICTURE, (PIECE,), 67, {3: 48.0}, (98, 30)),
        (replace(PIECE, height=20), PICTURE, (replace(PIECE, stays=True),), 67, {}, (30, 110)),
        (replace(PIECE, height=22), PICTURE, (), 67, {}, (32, 70)),
        (replace(PIECE, height=20), replace(PICTURE, drawn=0.0), (), 67, {}, (30, 70)),
    ],
)
def test_a_picture_that_just_misses_a_page_gets_smaller(
    before: Piece,
    picture: Piece,
    behind: tuple[Piece, ...],
    full: float,
    shrunk: dict[int, float],
    ends: tuple[float, ...],
) -> None:
    found = paginate([before, picture, *behind], (100, 100), Spacing(), full)
    assert found.pictures == shrunk
    assert found.ends == ends


class Element:
    def __init__(self, name: str = "") -> None:
        self._name = name

    def get(self, _: str) -> str:
        return self._name


class Box:
    """As much of a box of WeasyPrint as is asked for."""

    def __init__(self, y: float, height: float, *children: Box, tag: str = "p", **about: Any):
        self.position_y, self.height, self.children = y, height, children
        self.element_tag, self.is_header = tag, bool(about.get("header"))
        self.element = about.get("element") or Element(about.get("id", ""))
        self.margin_top = about.get("above", 0)
        self.padding_top, self.padding_bottom = about.get("padding", (0, 0))
        self.border_top_width = self.border_bottom_width = about.get("border", 0)
        self.flows = about.get("flows", True)
        self.style = {
            "line_height": about.get("line_height", "usual"),
            "margin_top": SimpleNamespace(value=about.get("above", 0)),
            "margin_bottom": SimpleNamespace(value=about["below"]) if "below" in about else "auto",
            **{f"break_{each}": about.get(each, "auto") for each in ("before", "inside", "after")},
        }

    def is_in_normal_flow(self) -> bool:
        return bool(self.flows)

    def border_height(self) -> float:
        return float(self.height + self.padding_top + self.padding_bottom)

    def descendants(self) -> list[Box]:
        return [each for child in self.children for each in (child, *child.descendants())]

    def content_box_y(self) -> float:
        return self.position_y


class LineBox(Box):
    pass


class TableBox(Box):
    pass


class TableRowBox(Box):
    pass


def document(*roots: Box) -> Any:
    """Pages whose contents begin at 50."""
    sheets = [SimpleNamespace(_page_box=Box(50, 900, root, tag="html")) for root in roots]
    return SimpleNamespace(pages=sheets)


def row(y: float, **about: Any) -> TableRowBox:
    cells = [Box(y, 12, LineBox(y, high), tag="td") for high in (10, 12)]
    return TableRowBox(y, 12, *cells, tag="tr", **about)


def group(*rows: Box, **about: Any) -> Box:
    tag = "thead" if about.get("header") else "tbody"
    return Box(rows[0].position_y, 12 * len(rows), *rows, tag=tag, **about)


def test_lines_rows_and_pictures_are_what_no_page_ends_within() -> None:
    root = Box(
        50, 500,
        Box(50, 20, LineBox(60, 20), tag="h2", above=10, after="avoid"),
        Box(80, 75, *(LineBox(90 + 15 * n, 15) for n in range(5)), above=10),
        Box(165, 9, LineBox(165, 9), flows=False),
        TableBox(170, 36, group(row(170), header=True), group(row(182), row(194)), tag="table"),
        Box(210, 80, Box(215, 60, tag="svg"), LineBox(280, 10), tag="figure", inside="avoid",
            above=5),
        Box(300, 30, Box(304, 10, LineBox(304, 10, line_height="other")), padding=(4, 6),
            tag="section"),
    )  # fmt: skip
    parts, found = taken(document(root))
    assert parts == [
        Piece(10, 20, 20, 0, False, False, 0, 0),
        Piece(10, 15, 15, 0, True, False, 0, 0),  # behind a heading
        Piece(0, 15, 15, 0, True, False, 0, 0),  # two lines stay together at either end
        Piece(0, 15, 15, 0, False, False, 0, 0),
        Piece(0, 15, 15, 0, False, False, 0, 0),
        Piece(0, 15, 15, 0, True, False, 0, 0),
        Piece(5, 12, 12, 0, False, False, 0, 0),
        Piece(0, 12, 12, 1, True, False, 0, 0, 12),  # the head stays with the first row
        Piece(0, 12, 12, 1, False, False, 0, 0, 12),
        Piece(9, 80, 10, 0, False, False, 1, 60),
        Piece(5, 20, 0, 0, False, False, 0, 0),  # with what is around it, and other lines
    ]
    assert found == Pages((270,), 1, {}, 1)


def test_rows_of_a_body_that_stays_whole_stay_together() -> None:
    rows = [row(60 + 12 * n) for n in range(3)]
    for about, stays in (
        ({"inside": "avoid"}, [False, True, True]),
        ({"before": "avoid-page"}, [True, False, False]),
        ({}, [False, False, False]),
    ):
        table = TableBox(60, 36, group(*rows, **about), tag="table")
        first = Box(50, 10, LineBox(50, 10))
        parts, _ = taken(document(Box(50, 46, first, table)))
        assert [part.stays for part in parts[1:]] == stays


def test_a_table_goes_on_behind_its_head_which_is_repeated() -> None:
    element = Element()
    first, second = (
        TableBox(50, 36, group(row(50), header=True), group(row(62), row(74)), tag="table",
                 element=element)
        for _ in range(2)
    )  # fmt: skip
    paragraph = Box(86, 30, LineBox(96, 10), above=10, id="nodes", after="avoid")
    parts, found = taken(document(Box(50, 36, first), Box(50, 80, second, paragraph)))
    assert [(p.gap, p.height, p.rows, p.stays, p.late, p.head) for p in parts] == [
        (0, 12, 0, False, False, 0), (0, 12, 1, True, False, 12), (0, 12, 1, False, False, 12),
        (0, 12, 1, False, False, 12), (0, 12, 1, False, False, 12), (10, 10, 0, False, True, 0),
    ]  # fmt: skip
    assert found == Pages((36, 56), 1, {}, 2)


def test_a_page_swallows_the_margin_of_what_begins_it() -> None:
    def lines(above: float, below: float | None = None) -> Box:
        about: dict[str, Any] = {} if below is None else {"below": below}
        return Box(50, 30, Box(50, 30, LineBox(50 + above, 10), above=above, **about))

    for first, second, gap in ((lines(3, 7), lines(5), 7), (lines(3, 7), lines(9), 9),
                               (lines(3), lines(5), 5)):  # fmt: skip
        parts, _ = taken(document(first, second))
        assert [part.gap for part in parts] == [3, gap]
    parts, found = taken(document(Box(50, 20, Box(50, 0, tag="img")), lines(2)))
    assert ([part.gap for part in parts], found.ends) == ([2], (0, 12))


def mm(*ends: float) -> Pages:
    return Pages(tuple(end * MM for end in ends), len(ends), {})


@pytest.mark.parametrize(
    ("ends", "early"),
    # Two thirds of the 255 mm from 22 on are 170.85; the second page begins 10 lower.
    [((171, 161), 0), ((170, 161), 1), ((171, 160), 1), ((170, 160, 160), 3), ((), 0)],
)
def test_pages_that_end_early_are_counted(ends: tuple[float, ...], early: int) -> None:
    found = _found(mm(*ends), [22 * MM, 32 * MM], 0.33, 0.5)
    assert found == Found(0, early, 0, len(ends), 0.5)


def test_an_appendix_is_late_behind_more_than_nine_pages() -> None:
    assert [_found(Pages((), 0, {}, begun), [], 0.33).late for begun in (0, 9, 10, 12)] == (
        [0, 0, 1, 3]
    )
    # The tenth page begins with the last row before the appendix. Behind a ninth one it is late
    # only where no page ends early without that.
    row = Piece(0, 10 * MM, 0, 1, False, False, 0, 0.0)
    rooms, tops = [255 * MM] * 2, [22 * MM] * 2
    for full, more, begun in ((9, 20, 9), (8, 20, 9), (8, 24, 8)):
        rows = [row] * full * 25 + [row] + [replace(row, late=True)] * more
        now = paginate(rows, rooms, Spacing())
        assert (now.begun, now.body) == (full + 1, full)
        spacing, _ = _best(rows, rooms, tops, now)
        assert paginate(rows, rooms, spacing).begun == begun
        assert (spacing.rows < 0) is (begun == full)
    eighth = [row] * 8 * 25 + [replace(row, late=True)] * 20
    assert _best(eighth, rooms, tops, paginate(eighth, rooms, Spacing()))[0] == Spacing()


def test_a_report_is_longer_with_more_pages_or_from_eight_on_before_its_appendix() -> None:
    def longer(pages: int, body: int, now: int = 3) -> bool:
        return _is_longer(Pages((1,) * pages, body, {}), Pages((1,) * 9, now, {}))

    assert longer(10, 3)
    assert not longer(9, 7)
    assert longer(9, 8)
    assert not longer(9, 8, 8)
    assert longer(9, 9, 8)


def test_spacings_are_tried_from_the_one_that_moves_least() -> None:
    first, moved = SPACINGS[0]
    assert (first, moved) == (Spacing(), 0)
    assert [amount for _, amount in SPACINGS] == sorted(amount for _, amount in SPACINGS)
    assert SPACINGS[-1][1] == pytest.approx(1.25 + 0.5)
    by_moves = {(round(s.lines, 4), round(s.late / MM, 4)): (s, m) for s, m in SPACINGS}
    closest, apart = by_moves[0.9, 0.0], by_moves[1.1, 1.7]
    assert closest[0] == pytest.approx((0.9, -0.7 * MM, 0.0, 0.65))
    assert closest[1] == pytest.approx(1)
    assert apart[0] == pytest.approx((1.1, 1.0 * MM, 1.7 * MM, 1.35))
    assert min((s.rows + s.late) / MM for s, _ in SPACINGS) == pytest.approx(-0.7)
    assert by_moves[1.0, -0.35][1] == pytest.approx(0.25)


def test_a_style_sheet_gets_other_margins_rows_lines_and_pictures() -> None:
    sides = ["1mm", "2mm", "3rem", "4mm"]
    assert [*_scaled(sides, 2)] == ["2.000mm", "2mm", "6.000rem", "4mm"]
    assert [*_scaled(["auto", "2mm", "10mm"], 2)] == ["auto", "2mm", "10mm"]
    assert [*_scaled(["9.9mm"], 0.5)] == ["4.950mm"]
    assert (
        _rows("tbody", MM) == "tbody :is(th, td) { padding-top: 1.100mm; padding-bottom: 1.100mm }"
    )
    text = "<style>p{margin-top:1mm;x-margin:3mm}</style><figure><p>a</p></figure><figure><b>"
    found = _spaced(text, Spacing(1.1, MM, MM, 2), {2: 48.04})
    assert found == (
        "<style>p{margin-top:2.000mm;x-margin:3mm}html { line-height: 1.518 }"
        f"{_rows('tbody', MM)}{_rows('.operators tbody', 2 * MM)}"
        ':is(#figure, [data-figure="2"]) :is(.chart, .network)'
        " { width: auto; height: 48.0px }</style><figure><p>a</p></figure><figure><b>"
    )
    assert _numbered("<figure><p></figure><figure>") == (
        '<figure data-figure="1"><p></figure><figure data-figure="2">'
    )
