"""WeasyPrint does each piece of work once, and its pages are those that it makes without."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from analyzer.report.pdf import load_weasyprint
from analyzer.report.quicker import INSIDES, quicker

PAGE = """<html lang=en><style>td, li { font-size: 8pt; padding: .6mm 2% } .n { text-align: right }
table { width: 100%; table-layout: fixed; border-collapse: collapse } i::after { content: "!" }
li:last-child { width: 40%; min-width: 3em; box-sizing: border-box; border: 2px solid }</style>
<h1 id=top>Rows</h1><table>""" + "".join(
    f"<tr id=n{n}><td>a word that is said again</td><td class=n>{n}</td><td><i>twice</i></td></tr>"
    for n in range(60)
)
PAGE += "</table><ul><li>a word that is said again<li><b>a</b> word</ul><a href=#n7>to a row</a>"


def document() -> Any:
    return load_weasyprint().HTML(string=PAGE).render()


def written(pages: Any) -> bytes:
    found: bytes = pages.write_pdf(pdf_identifier=b"0")
    return found


def test_pages_are_the_same_byte_by_byte() -> None:
    before = written(document())
    with quicker():
        once, again = written(document()), written(document())
    assert once == again == before == written(document())


def test_a_line_is_split_once(monkeypatch: pytest.MonkeyPatch) -> None:
    load_weasyprint()
    from weasyprint.layout import inline

    split, texts = inline.split_first_line, Counter[str]()

    def counted(text: str, *more: Any, **named: Any) -> Any:
        texts[text] += 1
        return split(text, *more, **named)

    monkeypatch.setattr(inline, "split_first_line", counted)
    with quicker():
        document()
        first = texts.copy()
        document()
    assert first["a word that is said again"] == 2  # of a cell, and of an item of a list
    assert texts == first


def test_cells_of_rows_with_a_name_have_the_values_of_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_weasyprint()
    from weasyprint import css

    missing, asked = css.ComputedStyle.__missing__, Counter[str]()

    def counted(style: Any, key: str) -> Any:
        asked[key] += 1
        return missing(style, key)

    monkeypatch.setattr(css.ComputedStyle, "__missing__", counted)
    document()
    alone = asked.copy()
    asked.clear()
    with quicker():
        document()
    assert asked["anchor"] == alone["anchor"]
    assert asked["padding_left"] * 5 < alone["padding_left"]


def test_another_version_does_all_its_work(monkeypatch: pytest.MonkeyPatch) -> None:
    weasyprint = load_weasyprint()
    from weasyprint.layout import inline

    assert weasyprint.__version__.startswith(INSIDES)
    split = inline.split_first_line
    with quicker():
        assert inline.split_first_line is not split
    assert inline.split_first_line is split
    monkeypatch.setattr(weasyprint, "__version__", "71.0")
    with quicker():
        assert inline.split_first_line is split
