"""The last page of a PDF is worth its paper."""

from __future__ import annotations

import re
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.language import speaking
from analyzer.report import Options, fitting, pdf
from analyzer.report.rendering import environment
from tests.report.results import Made

MM = 96 / 25.4
ROOM = 262
"""Height of A4 within its margins, in mm."""


def laid_out(*ends: float) -> tuple[list[str], Any]:
    """A layout whose last page is full to ``ends`` of its height, one time after the other."""
    texts: list[str] = []

    def lay_out(text: str) -> Any:
        texts.append(text)
        end = (18 + ROOM * ends[len(texts) - 1]) * MM
        return SimpleNamespace(pages=[SimpleNamespace(height=297 * MM, anchors={"end": (0, end)})])

    return texts, lay_out


def page(rows: int) -> str:
    return f'<style>p {{}}</style><h2 id="nodes">All</h2>{"<tr><td>a" * rows}'


def padding(text: str) -> float:
    found = re.search(r"padding-top: ([\d.]+)mm", text)
    assert found
    return float(found[1])


def test_a_page_that_is_full_enough_is_laid_out_once() -> None:
    texts, lay_out = laid_out(0.7)
    fitting.fit(page(100), lay_out)
    assert len(texts) == 1


def test_rows_move_closer_where_little_is_on_the_last_page() -> None:
    texts, lay_out = laid_out(0.05, 0.99)
    fitting.fit(page(100), lay_out)
    assert len(texts) == 2
    taken = 100 * 2 * (fitting.PADDING - padding(texts[1]))
    assert ROOM * 0.05 < taken < ROOM * 0.05 + 5


def test_rows_move_apart_where_the_last_page_is_half_full() -> None:
    texts, lay_out = laid_out(0.5, 0.75)
    fitting.fit(page(100), lay_out)
    given = 100 * 2 * (padding(texts[1]) - fitting.PADDING)
    assert given == pytest.approx(ROOM * 0.28, rel=0.02)


def test_lines_move_closer_where_rows_are_not_enough() -> None:
    texts, lay_out = laid_out(0.1, 0.99)
    before = SimpleNamespace(height=297 * MM, anchors={})

    def long(text: str) -> Any:
        return SimpleNamespace(pages=[before] * 4 + lay_out(text).pages)

    fitting.fit(page(5), long)
    assert len(texts) == 2
    assert "html { line-height: 1.3 }" in texts[1]


def test_what_cannot_be_mended_stays_as_it_is() -> None:
    texts, lay_out = laid_out(0.4)
    fitting.fit(page(5), lay_out)
    assert len(texts) == 1


def test_an_attempt_that_made_it_worse_is_dropped() -> None:
    texts, lay_out = laid_out(0.6, 0.1, 0.6)
    kept = fitting.fit(page(100), lay_out)
    assert texts[2] == texts[0]  # laid out anew: two layouts at once are twice the memory
    assert kept.pages[-1].anchors["end"][1] == pytest.approx((18 + ROOM * 0.6) * MM)


@pytest.mark.parametrize("model", ["standard", "densenet"])
def test_last_pages_of_reports_are_more_than_half_full(model: str, made: Made) -> None:
    data, _ = made(model)
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=data, check=True, capture_output=True
    ).stdout.decode()
    last = boxes.rsplit("<page ", 1)[1]
    height = float(re.findall(r'height="([\d.]+)"', last)[0])
    ends = [float(y) / height for y in re.findall(r'yMax="([\d.]+)"', last)]
    assert max(end for end in ends if end < 0.94) > 0.6


@pytest.mark.parametrize(("rows", "room"), [(80, 2.5), (10, 7.5), (7, 5.5)])
def test_no_page_has_fewer_than_four_rows_of_a_table(rows: int, room: float) -> None:
    """``room``: rows for which there is place on the first page; a table of seven stays whole."""
    with speaking("en"):
        style = environment().from_string("{{ inline('style/print.css.j2') }}").render()
    cells = "".join(f"<tr><td>row {n}</td></tr>" for n in range(rows))
    page = (f"<html lang=en><style>{style} .space {{ height: {255 - 5.2 * room}mm }}</style>"
            f"<div class=space></div><table><thead><tr><th>h</th></tr></thead>"
            f"<tbody>{cells}</tbody></table>")  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", "-", "-"],
        input=pdf.write(page, b"{}", Options()), check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    found = [page.count("row ") for page in text.split("\f")]
    assert sum(found) == rows
    assert not {1, 2, 3} & set(found)
    assert (rows in found) == (rows < 8)
