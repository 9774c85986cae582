"""Letters of Korean that pages bring along, for machines that have none."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

import analyzer
from analyzer.compare import compare
from analyzer.language import speaking
from analyzer.report import COMPARE_FORMATS, DRAW_FORMATS, REPORT_FORMATS, Options, Result, webface
from analyzer.report.compare import Pair, Turnover
from analyzer.report.drawing import draw
from analyzer.report.index.entry import failed
from analyzer.report.index.html import render_index
from analyzer.report.sketch import Sketch
from analyzer.report.webface import face, letters, with_letters
from tests.compare.networks import resnet
from tests.report.pages import CHROMIUM
from tests.report.results import html_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

ALL = "".join(map(chr, range(0xAC00, 0xD7A4)))


def face_in(page: str) -> TTFont:
    (data,) = re.findall(r"src:url\(data:font/woff2;base64,([\w+/=]+)\)", page)
    return TTFont(io.BytesIO(b64decode(data)))


def drawn(page: str) -> set[str]:
    return {chr(code) for code in face_in(page).getBestCmap()}


def hangul(page: str) -> set[str]:
    return set(re.findall("[\uac00-\ud7a3]", page))


@pytest.fixture(scope="module")
def pages(unknown: Result) -> dict[str, str]:
    """Korean, but for the index, in which only a name is."""
    old, new = analyzer.analyze(resnet()), analyzer.analyze(resnet(blocks=3))
    pair = Pair(Result(old), Result(new), compare(old, new), Turnover((), ()))
    index = render_index([failed("합성곱.onnx", "the file is empty")], Options(), "nets")
    with speaking("ko"):
        return {
            "report": REPORT_FORMATS["html"](unknown, Options()).decode(),
            "compare": COMPARE_FORMATS["html"](pair, Options()).decode(),
            "index": index.decode(),
            "svg": DRAW_FORMATS["svg"](Sketch(draw(unknown), "net.onnx"), Options()).decode(),
        }


@pytest.mark.parametrize("kind", ["report", "compare", "index", "svg"])
def test_face_has_the_letters_of_its_page_and_no_others(pages: dict[str, str], kind: str) -> None:
    page = pages[kind]
    assert len(hangul(page)) > (100 if kind in ("report", "compare") else 2)
    assert drawn(page) & set(ALL) == hangul(page)
    assert not {char for char in drawn(page) if char < "\u3000"}


def test_picture_with_letters_is_xml_with_words_about_it_first(pages: dict[str, str]) -> None:
    root = ElementTree.fromstring(pages["svg"])
    assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "style"]


def test_policy_allows_the_face_and_its_sheet_by_hash(pages: dict[str, str]) -> None:
    for page in (pages["report"], pages["compare"], pages["index"]):
        policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
        assert policy is not None
        told = dict(part.split(" ", 1) for part in policy[1].split("; "))
        sheets = re.findall(r"<style>(.*?)</style>", page, flags=re.DOTALL)
        hashes = [b64encode(hashlib.sha256(css.encode()).digest()).decode() for css in sheets]
        assert sorted(told["style-src"].split()) == sorted(f"'sha256-{each}'" for each in hashes)
        assert (len(sheets), told["font-src"]) == (2, "data:")


def test_page_without_hangul_stays_as_it_is(standard: Result) -> None:
    page = html_of(standard).decode()
    assert "font-src" not in page
    assert "@font-face" not in page
    assert with_letters(page, "en") is page


def test_words_of_one_language_stay_out_of_a_page_in_another(
    pages: dict[str, str], unknown: Result
) -> None:
    assert hangul(pages["report"])
    assert not hangul(REPORT_FORMATS["html"](unknown, Options()).decode())


def test_same_letters_are_the_same_bytes() -> None:
    made = face("곱성합")
    face.cache_clear()
    assert face("곱성합") == made


def test_face_has_a_name_of_its_own_and_says_whose_it_is() -> None:
    with TTFont(io.BytesIO(face("곱성합"))) as font:
        names = {entry.nameID: str(entry) for entry in font["name"].names}
        outlines = font["CFF "].cff
        assert (outlines.fontNames, outlines[0].FamilyName) == (["Hangul"], "Hangul")
    assert {number for number, told in names.items() if told == "Hangul"} == {1, 4, 6}
    assert not any("Pretendard" in told for told in names.values())
    assert "Kil Hyung-jin" in names[0] or "길형진" in names[0]
    assert "SIL Open Font License" in names[13]


def test_syllables_written_in_parts_as_macos_does_are_drawn() -> None:
    assert letters(unicodedata.normalize("NFD", "합성곱")) == "곱성합"


def test_names_of_every_syllable_make_no_large_face() -> None:
    found = letters(ALL + "합성곱" * 2)
    assert len(found) == webface.MOST
    assert set("합성곱") <= set(found)


def boxes(session: CDPSession) -> tuple[int, list[str]]:
    """How many texts with Hangul were looked at, one of each kind of element in each kind of
    element, and those that are not wholly drawn with the page's face."""
    session.send("DOM.enable")
    session.send("CSS.enable")
    top = session.send("DOM.getDocument", {"depth": -1})["root"]
    nodes: list[tuple[dict[str, Any], tuple[str, ...]]] = [(top, ())]
    looked, bad = set[tuple[str, ...]](), []
    while nodes:
        node, within = nodes.pop()
        if node["nodeName"] in ("SCRIPT", "STYLE", "TITLE", "title"):
            continue
        attributes = node.get("attributes", [])
        classes = dict(zip(attributes[::2], attributes[1::2], strict=True)).get("class", "")
        kind = (*within[-2:], f"{node['nodeName']}.{classes}")
        nodes += [(child, kind) for child in node.get("children", [])]
        syllables = len(re.findall("[\uac00-\ud7a3]", node["nodeValue"]))
        if node["nodeType"] != 3 or not syllables or within in looked:
            continue
        used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
        if used:  # else it is not on the screen
            looked.add(within)
            own = sum(font["glyphCount"] for font in used if font["isCustomFont"])
            bad += [node["nodeValue"]] if own < syllables else []
    return len(looked), bad


def test_chromium_draws_no_box_and_asks_for_nothing(
    browser: Browser, pages: dict[str, str]
) -> None:
    assert browser is CHROMIUM.browser
    tab = CHROMIUM.open(pages["report"].encode())
    loaded = (
        "document.fonts.ready.then((all) => [...all].map((face) => [face.family, face.status]))"
    )
    assert tab.page.evaluate(loaded) == [["Hangul", "loaded"]]
    assert (tab.requests, tab.complaints) == ([tab.page.url], [])
    session = tab.page.context.new_cdp_session(tab.page)
    looked, bad = boxes(session)
    session.detach()
    assert looked > 40
    assert bad == []
