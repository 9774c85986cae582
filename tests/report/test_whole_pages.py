"""Pages with more elements than a browser shows at once are given up before they are whole."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator

import pytest

from analyzer.report.result import Options, Result
from analyzer.report.sheet import Report

html = importlib.import_module("analyzer.report.html")


def test_a_page_is_given_up_where_it_is_sure_to_have_too_many_elements() -> None:
    seen = []

    def pieces(element: str, count: int) -> Iterator[str]:
        for n in range(count):
            seen.append(n)
            yield element

    assert html._whole(pieces("<p>a", 4_000)) == "<p>a" * 4_000
    seen.clear()
    assert html._whole(pieces("<p>a", 40_000)) is None
    assert len(seen) == pytest.approx(html.MOST_ELEMENTS, abs=2 * html.SOME)
    # These may not be there any more when the page is brief.
    for brief in ("<title>", "<col>", '<a href="#y-1">', '<span class="u">', "</td>"):
        assert html._whole(pieces(brief, 10_000)) == brief * 10_000


def test_the_last_element_of_a_piece_may_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "SOME", 1)
    monkeypatch.setattr(html, "MOST_ELEMENTS", 6)
    for piece, most in (("<p><b><i>", 3), ("<p><b>", 6), ("<p>", 99), ("text", 99)):
        assert html._whole(iter([piece] * most)) == piece * most
        if most < 99:
            assert html._whole(iter([piece] * (most + 1))) is None


def test_what_a_page_is_sure_to_have_is_no_more_than_it_has(
    mobilenet: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = Report.of(mobilenet).sheet
    whole = "".join(html.pieces(sheet, Options(), html.SHORTER[0]))
    least = len(html._LASTING.findall(whole))
    have = len(re.findall(b"<[a-z]", html._finished(whole, sheet)))
    assert have * 0.8 < least <= have
    monkeypatch.setattr(html, "MOST_ELEMENTS", 10)  # the shortest is shown however long it is
    shortest = "".join(html.pieces(sheet, Options(), html.SHORTER[-1]))
    assert html.render(Report.of(mobilenet), Options()) == html._finished(shortest, sheet)
