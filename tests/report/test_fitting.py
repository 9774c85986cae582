"""The last page of a PDF is worth its paper."""

from __future__ import annotations

import gc
import re
import subprocess
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from analyzer.language import speaking
from analyzer.report import Options, fitting, pdf
from analyzer.report.pagination import Pages, Spacing, paginate, taken
from analyzer.report.rendering import environment
from tests.report.conftest import FITTED
from tests.report.results import Made

if TYPE_CHECKING:
    from collections.abc import Callable

MM = 96 / 25.4
ROW = "<tr><td>a row of a table"


@pytest.fixture(scope="module")
def style() -> str:
    with speaking("en"):
        return environment().from_string("{{ inline('style/print.css.j2') }}").render()


@pytest.fixture
def laid_out() -> tuple[list[Any], Callable[[str], Any]]:
    """A way to lay out a page of HTML, and the documents that it made."""
    made: list[Any] = []
    gc.freeze()  # garbage is looked for in the layouts alone

    def lay_out(text: str) -> Any:
        made.append(pdf.load_weasyprint().HTML(string=text).render())
        return made[-1]

    return made, lay_out


@pytest.fixture
def page(style: str) -> Callable[..., str]:
    """A report with rows in its appendix, and something before it."""

    def build(rows: int, before: str = "") -> str:
        return (f"<html lang=en><style>{style}</style>{before}<section aria-labelledby=nodes>"
                f"<h2 id=nodes>All</h2><table class=operators><thead><tr><th>h</th></tr></thead>"
                f"<tbody>{ROW * rows}</tbody></table><div id=end></div></section>")  # fmt: skip

    return build


def shares(document: Any) -> list[float]:
    """How far each page is taken, from the top of the sheet."""
    ends = []
    for page in document.pages:
        lines = (box for box in page._page_box.children[0].descendants()
                 if type(box).__name__ == "LineBox" or box.element_tag.endswith("svg"))  # fmt: skip
        ends.append(max(line.position_y + line.height for line in lines) / page.height)
    return ends


def reckoned(document: Any, spacing: Spacing) -> Pages:
    rooms = [page._page_box.height for page in document.pages[:2]]
    return paginate(taken(document)[0], rooms, spacing)


def test_pages_are_reckoned_as_they_are_laid_out(page: Any, laid_out: Any) -> None:
    _, lay_out = laid_out
    before = (
        "<p>words</p>" * 40
        + "<h2>Next</h2><p>words</p>"
        + "<ol class=actions><li>one<li>two</ol>"
        + f"<table>{ROW * 30}</table><table><tbody class=totals>{ROW}</table><p>words</p>"
    )
    text = page(120, before)
    document = lay_out(text)
    spacing = Spacing(1.05, 0.4 * MM, 0.3 * MM, 1.2)
    for as_laid_out, found in (
        (document, reckoned(document, Spacing())),
        (lay_out(fitting._spaced(text, spacing, {})), reckoned(document, spacing)),
    ):
        tops = [page._page_box.content_box_y() for page in as_laid_out.pages]
        assert [(top + end) / (297 * MM) for top, end in zip(tops, found.ends, strict=True)] == (
            pytest.approx(shares(as_laid_out), abs=0.01)
        )


def test_a_page_that_is_full_enough_is_laid_out_once(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    fitting.fit(page(90), lay_out)
    assert len(made) == 1


def test_what_is_no_report_is_laid_out_once(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    fitting.fit(page(60).replace("id=end", "id=last"), lay_out)
    assert len(made) == 1


def test_rows_move_closer_where_little_is_on_the_last_page(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    fitting.fit(page(55), lay_out)
    assert [len(document.pages) for document in made] == [2, 1]


def test_rows_move_apart_where_the_last_page_is_half_full(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    fitting.fit(page(75), lay_out)
    first, second = made
    assert shares(first)[-1] < 0.6 < 0.65 < shares(second)[-1]
    assert len(first.pages) == len(second.pages)


@pytest.mark.parametrize("lines", [25, 27])
def test_a_picture_that_just_missed_its_page_gets_smaller(
    lines: int, page: Any, laid_out: Any
) -> None:
    made, lay_out = laid_out
    drawing = '<svg class=network viewBox="0 0 600 460" width=600 height=460><title>t</title></svg>'
    key = '<p class=key><svg viewBox="0 0 10 10" width=10 height=10><title>a</title></svg> a</p>'
    before = "<p>words</p>" * lines + f"<figure>{drawing}{key}</figure><p>words</p>"
    fitting.fit(page(87, before), lay_out)
    first, second = made
    assert shares(first)[0] < 0.67 < shares(second)[0]


def test_what_cannot_be_mended_stays_as_it_is(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    fitting.fit(page(4), lay_out)
    assert len(made) == 1


def test_an_attempt_that_made_it_worse_is_dropped(page: Any, laid_out: Any) -> None:
    made, lay_out = laid_out
    texts = []

    def worse(text: str) -> Any:
        texts.append(text)
        return lay_out(page(55 if len(texts) != 2 else 120))

    kept = fitting.fit(page(55), worse)
    assert texts[2] == texts[0]  # laid out anew: two layouts at once are twice the memory
    assert kept is made[2]


@pytest.mark.parametrize("model", FITTED)
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
def test_no_page_has_fewer_than_four_rows_of_a_table(rows: int, room: float, style: str) -> None:
    """``room``: rows for which there is place on the first page; a table of seven stays whole."""
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


def test_no_word_leaves_the_page(style: str) -> None:
    """Names of operators have no spaces, and stand in sentences of every kind."""
    word = "q" * 200
    kinds = ("<p>", "<p class=verdict>", "<ul><li>", "<dl><dd>", "<figcaption>", "<p class=muted>")
    page = f"<html lang=en><style>{style}</style>{''.join(f'{k}{word}' for k in kinds)}"
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"],
        input=pdf.write(page, b"{}", Options()), check=True, capture_output=True,
    ).stdout.decode()  # fmt: skip
    wide = float(re.findall(r'<page width="([\d.]+)"', boxes)[0])
    margin = 17 * 72 / 25.4
    assert max(float(x) for x in re.findall(r'xMax="([\d.]+)"', boxes)) < wide - margin + 0.1
    said = re.sub(r"<[^>]*>", "", boxes.partition("<page")[2])
    assert said.count("q") == len(kinds) * len(word)


def test_the_first_page_says_at_its_foot_what_a_mac_is(style: str) -> None:
    first = style.partition("@page :first{")[2].partition("}}")[0]
    assert '@bottom-left{content:"MAC: a multiplication and its addition, two FLOPs.' in first
    assert "@bottom-left{content:string(model)" in style.replace(first, "")


def test_pages_are_full_to_a_share_of_255_mm_and_errors_are_2_mm() -> None:
    assert pytest.approx(0.69 * 255 * 96 / 25.4) == fitting.FULL
    assert pytest.approx(2 * 96 / 25.4) == fitting.ERROR


def test_a_report_may_get_seven_pages_before_its_appendix_but_no_more_pages_at_all() -> None:
    def pages(number: int, body: int) -> Pages:
        return Pages((1.0,) * number, body, {})

    for then, now, longer in (
        ((8, 7), (8, 3), False), ((8, 8), (8, 3), True), ((9, 9), (9, 9), False),
        ((9, 9), (9, 8), True), ((9, 3), (8, 3), True), ((7, 3), (8, 3), False),
    ):  # fmt: skip
        assert fitting._is_longer(pages(*then), pages(*now)) is longer, (then, now)


def test_a_page_ends_early_above_its_share_and_an_appendix_is_late_on_the_tenth() -> None:
    for millimetres, early in ((199.3, 1), (199.4, 0)):  # 22 + 0.6957 * 255
        pages = Pages(((millimetres - 20) * MM, 260 * MM), 1, {}, 9)
        found = fitting._found(pages, (20 * MM, 5 * MM), 1 - 177.35 / 255, 0.5)
        assert found == (0, early, 1, 2, 0.5)
    assert fitting._found(Pages((), 1, {}, 11), (), 0.5)[:3] == (2, 0, 3)


def test_spacings_are_twelfths_from_that_which_moves_least() -> None:
    assert fitting.SPACINGS[0] == (Spacing(), 0.0)
    assert fitting.SPACINGS[1][1] == pytest.approx(1 / 12 / 2)
    lines = {spacing.lines for spacing, _ in fitting.SPACINGS}
    assert (len(lines), min(lines), max(lines)) == (25, 0.9, 1.1)


def test_margins_below_ten_move_and_those_of_a_page_and_at_the_sides_do_not() -> None:
    found = " ".join(fitting._scaled("9.9mm 2rem 10mm 0 1rem auto".split(), 0.5))
    assert found == "4.950mm 2rem 10mm 0 0.500rem auto"


@pytest.mark.parametrize(("pages", "cleared"), [(20, 0), (21, 1)])
def test_what_is_reckoned_is_the_first_page_and_the_second_and_long_layouts_are_cleared(
    pages: int, cleared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any layout after the first is better here."""
    given: list[Any] = []
    told = [Pages((MM,) * 2, 1, {}), Pages((250 * MM,) * 2, 1, {})]

    def best(*about: Any) -> tuple[Spacing, dict[int, float]]:
        given.append(about)
        return Spacing(2.0), {}

    def lay_out(text: str) -> Any:
        box = [SimpleNamespace(height=900.0 + n, content_box_y=lambda n=n: float(n))
               for n in range(pages)]  # fmt: skip
        found = [SimpleNamespace(_page_box=each, anchors={}) for each in box]
        found[-1].anchors = {fitting.END: 0}
        return SimpleNamespace(pages=found, text=text)

    cleared_at: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: cleared_at.append(1))
    monkeypatch.setattr(fitting, "_best", best)
    monkeypatch.setattr(fitting, "taken", lambda _: ("parts", told.pop(0)))
    kept = fitting.fit("<style>p {}</style><p>", lay_out)
    assert given[0][:3] == ("parts", [900.0, 901.0], [0.0, 1.0])
    assert len(cleared_at) == cleared
    assert "html { line-height: 2.760 }" in kept.text
