"""WeasyPrint does each piece of work once, and its pages are those that it makes without."""

from __future__ import annotations

import zlib
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.report.deflate import EFFORT, deflating_lightly
from analyzer.report.pdf import linked, load_weasyprint, restyling
from analyzer.report.quicker import BORDERS, INSIDES, LENGTHS, _resolving, quicker

PAGE = """<html lang=en><style>td, li { font-size: 8pt; padding: .6mm 2% } .n { text-align: right }
table { width: 100%; table-layout: fixed; border-collapse: collapse } i::after { content: "!" }
li:last-child { width: 40%; min-width: 3em; box-sizing: border-box; border: 2px solid }</style>
<h1 id=top>Rows</h1><table>""" + "".join(
    f"<tr id=n{n}><td>a word that is said again</td><td class=n>{n}</td><td><i>twice</i></td></tr>"
    for n in range(60)
)
PAGE += "<tr style='background: #eee'><td style='border-radius: 1mm 50%'>ground<td><td>"
PAGE += "</table><ul><li>a word that is said again<li><b>a</b> word</ul><a href=#n7>to a row</a>"
PAGE += f"""<p style="color: red">a red word, <u>a word</u> <s>a word</s> <u>a word</u><p
style="width: 9em; overflow: hidden; white-space: nowrap; text-overflow: ellipsis">a word that has
no room<p style="text-align: justify">{"a word  " * 40}<svg width=300 height=40 font-family=serif>
<text x=5 y=9>letters</text><text x=90 y=9 font-weight=bold>letters</text><text x=90 y=30
transform=rotate(4)>letters</text><text y=30></text></svg><p style="float: right; width: 6em">a word
that floats<p>a word beside it<p style="direction: rtl">a word from the right<div style="padding: 0
9px"><i style="position: absolute">a word</i>a word in a box</div>"""


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


def test_what_is_written_is_compressed_with_less_effort() -> None:
    load_weasyprint()
    import pydyf

    words = b" ".join(b"%d" % (n * n % 977) for n in range(999))

    def written() -> bytes:
        found: bytes = pydyf.Stream([words], compress=True).data
        return found

    most = written()
    with deflating_lightly():
        assert zlib.compress(words, EFFORT) in written()
    assert zlib.compress(words, 9) in most
    assert written() == most


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


def test_a_style_says_once_how_high_its_lines_are_and_what_is_behind_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load_weasyprint()
    from weasyprint.layout import background, inline

    asked = Counter[str]()

    def counting(module: Any, name: str) -> None:
        measure = getattr(module, name)

        def counted(*of: Any, **named: Any) -> Any:
            asked[name] += 1
            return measure(*of, **named)

        monkeypatch.setattr(module, name, counted)

    counting(inline, "strut")
    counting(background, "layout_box_backgrounds")
    with quicker():
        document()
    assert asked["strut"] < 40  # of more than 200 lines
    assert asked["layout_box_backgrounds"] < 12  # pages and what has a ground or round corners


def test_a_word_is_shaped_once_to_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    load_weasyprint()
    from weasyprint.draw import text

    draw, drawn = text.draw_first_line, Counter[str]()

    def counted(stream: Any, box: Any, *more: Any) -> Any:
        drawn[box.text] += 1
        return draw(stream, box, *more)

    monkeypatch.setattr(text, "draw_first_line", counted)
    with quicker():
        written(document())
        assert (drawn["twice"], drawn["t"], drawn["l"]) == (1, 2, 2)  # bold letters are others
        written(document())  # which has fonts of its own
    assert drawn["twice"] == 2


def test_a_page_that_differs_in_its_style_sheet_is_parsed_once() -> None:
    html, made = load_weasyprint().HTML, []

    def parse(text: str) -> Any:
        made.append(text)
        return html(string=text)

    parsed = restyling(parse)
    page = "<style>p { margin: 1mm }</style><p>a word<svg><style>g { x: 1 }</style></svg>"
    for text in (page, page.replace("1mm", "9mm"), page):
        assert written(parsed(text).render()) == written(html(string=text).render())
    assert made == [page]
    for text in (page.replace("word", "line"), "<p>no style", "<p>no style"):
        parsed(text)
    assert len(made) == 3


def test_rows_have_a_name_only_where_a_link_leads() -> None:
    page = '<h2 id="a"><tr id="n1"><tr id="n2"><a href="#n2"><a href="#a">'
    assert linked(page) == '<h2 id="a"><tr><tr id="n2"><a href="#n2"><a href="#a">'


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


def test_lengths_of_a_style_are_looked_at_once_where_none_is_a_share() -> None:
    """A style by its lengths; ``%``, what has no unit and borders in common are resolved anew."""
    usual: dict[str, Any] = dict.fromkeys([*LENGTHS, *BORDERS], SimpleNamespace(value=3, unit="px"))
    usual |= {"border_collapse": "separate", "box_sizing": "content-box"}
    resolved: list[Any] = []
    shrunk: list[Any] = []
    resolve = _resolving(
        lambda box, around: resolved.append((box, around)), lambda *how: shrunk.append(how)
    )

    class Style(dict[str, Any]):
        pass

    def told(**changed: Any) -> Any:
        box = SimpleNamespace(style=Style(usual | changed))
        again = SimpleNamespace(style=box.style)
        for each in (box, again):
            resolved.clear()
            shrunk.clear()
            resolve(each, "around")
        known = [] if resolved else [*LENGTHS, *BORDERS]
        assert [*vars(box)] == ["style", *known]
        assert resolved in ([], [(again, "around")])
        return None if resolved else {name: vars(again)[name] for name in LENGTHS}

    three = dict.fromkeys(LENGTHS, 3)
    assert told() == three
    assert shrunk == []
    auto = told(min_width="auto", width="auto", height=None, min_height=None)
    assert auto == three | {"min_width": 0, "width": "auto", "height": None, "min_height": None}
    for share in (SimpleNamespace(value=3, unit="%"), SimpleNamespace()):
        assert told(margin_left=share) is None
    assert told(border_collapse="collapse") is None
    assert told(box_sizing="border-box") == three
    assert [(how[1], how[0].style["box_sizing"]) for how in shrunk] == [
        ("width", "border-box"), ("height", "border-box"),
    ]  # fmt: skip


def test_pages_that_tell_where_links_lead_are_laid_out_with_the_numbers_of_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weasyprint = load_weasyprint()
    from weasyprint.layout import page

    text = """<html lang=en><style>a::after { content: target-counter(attr(href), page) } p {
    break-after: page }</style><h1 id=a>A</h1><p><a href=#b>b</a><p id=b><a href=#a>a</a><h2>B"""
    make, made = page.make_page, Counter[str]()

    def counted(*arguments: Any) -> Any:
        made["now"] += 1
        return make(*arguments)

    def pages() -> tuple[bytes, int]:
        found = written(weasyprint.HTML(string=text).render())
        return found, made.pop("now")

    monkeypatch.setattr(page, "make_page", counted)
    usual, three_times = pages()
    with quicker():
        once, again = pages(), pages()
    assert (once[0], again[0]) == (usual, usual)
    assert three_times > once[1] > again[1] == 3
