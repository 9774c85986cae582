"""HTML pages that open anywhere, whatever a model has most of."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.report import Options, Result
from analyzer.report.drawing.record import DrawnEdge
from analyzer.report.html import render
from analyzer.report.page import LeftOut
from analyzer.report.sheet import Report
from analyzer.report.view.method import AssumedRow, ProblemRow
from analyzer.report.view.skyline import SkylineStep
from analyzer.report.view.summary import Coverage, Missing
from analyzer.report.view.weights import Noise, Oddity, SeparableRow, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.page import Page

RULES, ROWS, DEEP = 24, 200, 60
"""Rules with findings, rows of every other list, and operators in one row."""


def many(rows: Sequence[Any], count: int = ROWS) -> tuple[Any, ...]:
    return tuple(islice(cycle(rows), count))


class Elements(HTMLParser):
    """Elements of a page, and those of each kind."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.kinds: Counter[str] = Counter()
        self.feed(html.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.kinds[tag] += 1


def measured(report: Report, page: Page) -> tuple[int, int]:
    """Elements and bytes of the report with another page."""
    other = Report(report.json)
    other.__dict__["sheet"] = replace(report.sheet, page=page)
    html = render(other, Options())
    return Elements(html).kinds.total(), len(html)


@pytest.fixture(scope="module")
def report(standard: Result) -> Report:
    return Report.of(standard)


def findings(page: Page, ids: tuple[str, ...]) -> Page:
    group = page.groups[0]
    row = replace(group.places[0], nodes=ids, count=DEEP, advice=("fix: this", "ask: that"))
    groups = tuple(
        replace(group, rule=f"SEP{n}", places=(row,) * ROWS, rows=ROWS, informs=n > 16)
        for n in range(RULES)
    )
    return replace(page, groups=groups)


def shapes(page: Page, ids: tuple[str, ...]) -> Page:
    return replace(
        page, layers=many(page.layers), profile=many(page.profile, 180),
        conversions=many([replace(row, nodes=ids) for row in page.conversions]),
        conversion_steps=tuple(range(ROWS, 0, -1)), formulas=many(page.formulas),
    )  # fmt: skip


def drawing(page: Page, ids: tuple[str, ...]) -> Page:
    boxes = [box for box in page.drawing.boxes if box.role == "part"]
    boxes = [replace(box, parts=many(box.parts, 16)) for box in many(boxes, 60)]
    edges = tuple(DrawnEdge(n, m, 1, (1, 8)) for n in range(60) for m in range(n + 1, 60)[:2])
    return replace(page, drawing=replace(page.drawing, boxes=tuple(boxes), edges=edges))


def parts(page: Page, ids: tuple[str, ...]) -> Page:
    tiles = many([replace(tile, children=page.tiles[:20]) for tile in page.tiles], 64)
    return replace(
        page, blocks=many([replace(row, nodes=ids) for row in page.blocks]), tiles=tiles,
        block_kinds=many(page.block_kinds, 12), modules=many(page.modules, 24),
    )  # fmt: skip


def method(page: Page, ids: tuple[str, ...]) -> Page:
    missing = tuple(Missing(f"a.Op{n}", 1, "nobody knows it") for n in range(ROWS))
    return replace(
        page, coverage=Coverage(1, 2, missing), choices=("a = 1",) * ROWS,
        assumptions=tuple(AssumedRow("x", n, f"d{n}", 1, "reason") for n in range(ROWS)),
        problems=(ProblemRow("limit", ids[0], "words", True),) * ROWS,
        left_out=(LeftOut("a", "b"),) * 9,
    )  # fmt: skip


def weights(page: Page, ids: tuple[str, ...]) -> Page:
    found = Weights(
        ROWS, ROWS, 0, 0.95, (SeparableRow(ids[0], 0.9, 0.1, 2, 100, 50),) * ROWS,
        (Oddity(ids[0], "", "all zero"),) * ROWS, (Noise(ids[0], 10.0, 20.0, 0.1),) * 5,
    )  # fmt: skip
    return replace(page, weights=found)


def memory(page: Page, ids: tuple[str, ...]) -> Page:
    assert page.skyline is not None
    steps = tuple(SkylineStep(1, 100 + n * 37 % 91, 50 + n * 17 % 43) for n in range(ROWS))
    held = [replace(held, first=0, last=9) for held in page.skyline.held]
    return replace(page, alive=many(page.alive, 10), alive_total=ROWS,
                   skyline=replace(page.skyline, steps=steps, peak=3, held=tuple(held)),
    )  # fmt: skip


PARTS = (findings, shapes, drawing, parts, method, weights, memory)


def test_a_page_of_which_every_part_is_at_its_worst_opens_anywhere(report: Report) -> None:
    page = report.sheet.page
    ids = many([node.id for node in report.sheet.nodes], DEEP)
    for worst in PARTS:
        page = worst(page, ids)
    elements, size = measured(report, page)
    assert elements <= 4_800, "the script adds a window of rows, tiles and buttons: 6,000 then"
    assert size <= 1_200_000


def test_an_ordinary_page_leaves_nothing_out(report: Report) -> None:
    text = render(report, Options()).decode()
    assert "more in the JSON" not in text
    assert text.count("<article") == len(report.sheet.page.groups)
