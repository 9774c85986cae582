"""The index and the page of `check` in a real browser: complete, silent, usable without scripts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer.devices import profile
from analyzer.language import Language, speaking
from analyzer.report import CHECK_FORMATS, Batch, Failure, Options
from analyzer.report.index.entry import IndexEntry, entry_of, failed
from analyzer.report.index.html import render_index
from tests.report.everything import everything
from tests.report.pages import AUDIT, CHROMIUM, SCHEMES
from tests.report.results import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from analyzer.report import Result

Names = list[str]


@pytest.fixture(scope="module")
def entries(mobilenet: Result, standard: Result, unknown: Result) -> list[IndexEntry]:
    def row(result: Result, name: str) -> IndexEntry:
        files = {"html": f"sub/{name}.html", "pdf": f"sub/{name}.pdf"}
        return entry_of(result, f"sub/{name}.onnx", files, (profile("rpi5"),))

    return [row(mobilenet, "mobilenet"), failed("sub/empty.onnx", "the file is empty"),
            row(unknown, "unknown"), row(standard, "standard")]  # fmt: skip


class Visit:
    """A page with everything it asked for and complained about."""

    def __init__(self, browser: Browser, page: bytes, **context: object) -> None:
        assert browser is CHROMIUM.browser
        tab = CHROMIUM.open(page, **context)
        self.page: Page = tab.page
        self.url = self.page.url
        self.requests, self.complaints = tab.requests, tab.complaints

    def models(self) -> Names:
        """Names in the visible rows of the table of models."""
        cells = self.page.locator("#all-models tbody tr:visible th code")
        return [text.removeprefix("sub/").removesuffix(".onnx") for text in cells.all_inner_texts()]

    def sort(self, heading: str) -> None:
        self.page.locator("#all-models thead").get_by_role("button", name=heading).click()


def page_of(kind: str, entries: list[IndexEntry]) -> bytes:
    if kind == "index":
        return render_index(entries, Options(), "nets")
    return CHECK_FORMATS["html"](everything(), Options())


@pytest.mark.parametrize("kind", ["index", "check"])
def test_page_asks_for_nothing_and_complains_about_nothing(
    browser: Browser, entries: list[IndexEntry], kind: str
) -> None:
    visit = Visit(browser, page_of(kind, entries))
    for scheme in SCHEMES:
        visit.page.emulate_media(color_scheme=scheme)
        assert visit.page.evaluate(AUDIT) == [], scheme
    assert visit.requests == [visit.url]
    assert visit.complaints == []


@pytest.mark.parametrize("kind", ["index", "check"])
def test_phone_width_needs_no_sideways_scrolling_of_the_page(
    browser: Browser, entries: list[IndexEntry], kind: str
) -> None:
    size = {"width": 360, "height": 740}
    visit = Visit(browser, page_of(kind, entries), viewport=size)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.page.evaluate(AUDIT) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_all_that_is_said_of_a_model_is_in_sight_on_a_phone_behind_its_heading(
    browser: Browser, entries: list[IndexEntry], scripts: bool
) -> None:
    size = {"width": 360, "height": 740}
    visit = Visit(browser, page_of("index", entries), viewport=size, java_script_enabled=scripts)
    row = visit.page.locator("#all-models tbody tr").last
    for cell in (*row.locator("th, td").all(), visit.page.locator(".families td").last):
        place = cell.bounding_box()
        assert place is not None
        assert 0 <= place["x"] < place["x"] + place["width"] < 360
    named = "(cells) => cells.map((cell) => getComputedStyle(cell, '::before').content)"
    assert row.locator("td.n").evaluate_all(named) == [
        '"Errors"', '"Warnings"', '"Infos"', '"Trust"', '"MACs"', '"Params"', '"Weights"', '"Peak"',
        '"Raspberry Pi 5, 8 GB"',
    ]  # fmt: skip
    assert visit.page.get_by_role("button", name="MACs").count() == 2 * scripts


def test_everything_is_there_with_scripts_off(browser: Browser, entries: list[IndexEntry]) -> None:
    visit = Visit(browser, page_of("index", entries), java_script_enabled=False)
    assert visit.models() == ["empty", "unknown", "standard", "mobilenet"]
    text = visit.page.locator("body").inner_text()
    assert "4 models: 1 not read, 1 judged in part, 2 with findings." in text
    assert "the file is empty" in text
    assert visit.page.locator("input").is_hidden(), "a filter that cannot work is not shown"


def test_a_column_is_sorted_by_value_with_what_is_unknown_last(
    browser: Browser, entries: list[IndexEntry]
) -> None:
    visit = Visit(browser, page_of("index", entries))
    visit.sort("MACs")
    assert visit.models() == ["standard", "mobilenet", "unknown", "empty"]
    visit.sort("MACs")
    assert visit.models() == ["unknown", "mobilenet", "standard", "empty"]
    visit.sort("MACs")
    assert visit.models() == ["empty", "unknown", "standard", "mobilenet"]
    visit.sort("Raspberry Pi 5")
    assert visit.models() == ["standard", "mobilenet", "unknown", "empty"]


FILTERED = {
    "SEP001 STR101": ["standard"],
    "mobilenetv1": ["mobilenet"],
    "not read": ["empty"],
    "sub/ findings conv": ["standard"],
    "sub/ judged in part": ["unknown"],
}


def test_the_filter_knows_names_verdicts_rules_and_families(
    browser: Browser, entries: list[IndexEntry]
) -> None:
    visit = Visit(browser, page_of("index", entries))
    for words, found in FILTERED.items():
        visit.page.keyboard.press("/")
        visit.page.keyboard.insert_text(words)
        assert visit.models() == found
        assert visit.page.get_by_role("status").inner_text() == f"{len(found)} of 4 shown"
        visit.page.keyboard.press("Escape")
        assert len(visit.models()) == 4


def test_links_lead_to_the_reports(
    browser: Browser, entries: list[IndexEntry], tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "standard.html").write_text("<h1>its report</h1>")
    (tmp_path / "index.html").write_bytes(page_of("index", entries))
    assert browser is CHROMIUM.browser
    page = CHROMIUM.show((tmp_path / "index.html").as_uri()).page
    assert page.locator("#all-models a[href='sub/standard.pdf']").count() == 1
    page.get_by_role("link", name="sub/standard.onnx").click()
    assert page.locator("h1").inner_text() == "its report"


def test_the_page_of_check_leads_from_a_model_to_its_findings_and_from_no_verdict_to_why(
    browser: Browser,
) -> None:
    visit = Visit(browser, page_of("check", []))
    page = visit.page
    page.locator("#all-models").get_by_role("link", name="asking.onnx").click()
    article = page.locator(f"article:has({re.sub('.*#', '#', page.url)})")
    assert "rename it" in article.inner_text()
    assert "Why is it odd?" in article.inner_text()
    page.locator("#all-models").get_by_role("link", name="not read").click()
    why = page.locator(re.sub(".*#", "#", page.url))
    assert why.inner_text().split("\t") == [
        "broken.onnx", "the file is empty; export the model again",
    ]  # fmt: skip


def test_what_is_silenced_is_listed_with_its_reason(browser: Browser) -> None:
    visit = Visit(browser, page_of("check", []))
    visit.page.get_by_text("2 not reported").click()
    text = visit.page.locator("details[open]").inner_text()
    assert "no depthwise | kernel (until 2999-01-31)" in text
    assert "in the baseline" in text


def test_hostile_names_stay_text(browser: Browser, hostile: Result) -> None:
    files = {"html": "a.html"}
    row = entry_of(hostile, HOSTILE, files)
    for data in (
        render_index([row, failed(HOSTILE, HOSTILE)], Options(), HOSTILE),
        CHECK_FORMATS["html"](Batch((hostile, Failure(HOSTILE, HOSTILE))), Options()),
    ):
        visit = Visit(browser, data)
        assert visit.page.locator("script").count() == 2, "the words and the script"
        assert visit.complaints == []
        assert not set(data.decode()) & {"\x1b", "\u202e"}
        assert b"<script>alert" not in data


@pytest.mark.parametrize("kind", ["index", "check"])
def test_policy_allows_only_the_two_hashes(entries: list[IndexEntry], kind: str) -> None:
    html = page_of(kind, entries).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    assert len(re.findall(r"'sha256-[\w+/=]{44}'", policy[1])) == 2
    assert "unsafe" not in policy[1]
    assert not re.search(r"\sstyle=|\son\w+=|<link[^>]*href=\"http|src=", html)


def test_a_badge_speaks_the_language_of_the_page(entries: list[IndexEntry]) -> None:
    rows = [replace(entries[0], wrong=True)]
    words: tuple[tuple[Language, str], ...] = (("en", "error"), ("ko", "오류"), ("en", "error"))
    for language, said in words:
        with speaking(language):
            page = render_index(rows, Options(), "nets").decode()
        (badge,) = re.findall(r'<span class="badge error">([^<]+)</span>', page)
        assert badge == said
