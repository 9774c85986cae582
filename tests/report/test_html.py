"""The HTML report in a real browser: complete, silent, usable without scripts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from analyzer.report import REPORT_FORMATS, Options, Result
from tests.report.pages import AUDIT, CHROMIUM, SCHEMES, visit
from tests.report.results import html_of, words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


class Visit:
    """A page with everything it asked for and complained about."""

    def __init__(self, browser: Browser, result: Result, **context: object) -> None:
        assert browser is CHROMIUM.browser
        tab = CHROMIUM.open(html_of(result), **context)
        self.page: Page = tab.page
        self.url = self.page.url
        self.requests, self.complaints = tab.requests, tab.complaints

    def names(self) -> list[str]:
        """First words of the operator table's visible rows."""
        rows = self.page.locator("#operators tbody:not(.gap) tr:visible td:first-child")
        return [text.strip().split(" and ")[0] for text in rows.all_inner_texts()]

    def text(self, selector: str) -> str:
        """What is to be read there."""
        return self.page.locator(selector).inner_text()

    def unfold(self) -> None:
        """Operators that are alike in rows of their own."""
        self.page.get_by_label("Each operator by itself").check()


@pytest.mark.parametrize("model", ["standard", "hostile", "unknown"])
def test_page_asks_for_nothing_and_complains_about_nothing(
    browser: Browser, request: pytest.FixtureRequest, model: str
) -> None:
    visit = Visit(browser, request.getfixturevalue(model))
    for scheme in SCHEMES:
        visit.page.emulate_media(color_scheme=scheme)
        assert visit.page.evaluate(AUDIT) == [], scheme
    assert visit.requests == [visit.url]
    assert visit.complaints == []


def test_phone_width_needs_no_sideways_scrolling_of_the_page(
    browser: Browser, standard: Result
) -> None:
    visit = Visit(browser, standard, viewport={"width": 360, "height": 740})
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 360
    assert visit.page.evaluate(AUDIT) == []


@pytest.mark.parametrize("width", [768, 900, 1024, 1280])
def test_no_figure_runs_into_the_column_beside_it(
    browser: Browser, standard: Result, width: int
) -> None:
    page = visit(browser, standard, viewport={"width": width, "height": 900})
    over = page.locator("td, th").evaluate_all(
        """all => all.filter((cell) => cell.checkVisibility()
          && cell.scrollWidth > cell.clientWidth + 2).map((cell) => cell.textContent)"""
    )
    assert over == []


def test_everything_is_readable_with_scripts_off(browser: Browser, standard: Result) -> None:
    visit = Visit(browser, standard, java_script_enabled=False)
    text = visit.page.locator("body").inner_text().replace("\N{NO-BREAK SPACE}", " ")
    assert "Compute could fall by 88.3 %" in text
    nodes = {*visit.names()}
    assert nodes < {node.name for node in standard.facts.nodes}, "one of those that are alike"
    assert "Operators that are alike are one row" in text
    useless = "input:visible, #search:visible, #tools:visible"
    assert visit.page.locator(useless).count() == 0, "what cannot work is not shown"
    assert visit.complaints == []


def test_clicking_a_heading_sorts_descending_ascending_and_back(
    browser: Browser, standard: Result
) -> None:
    visit = Visit(browser, standard)
    original = visit.names()
    head = visit.page.locator("#operators thead th", has_text="MACs")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    most = max(standard.facts.nodes, key=lambda node: node.macs or 0)
    assert visit.names()[0] == most.name
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert visit.names()[-1] in {n.name for n in standard.facts.nodes if n.macs == most.macs}
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert visit.names() == original


def test_theme_button_switches_and_is_remembered(browser: Browser, mobilenet: Result) -> None:
    visit = Visit(browser, mobilenet, color_scheme="light")
    background = "getComputedStyle(document.body).backgroundColor"
    assert visit.page.evaluate(background) == "rgb(255, 255, 255)"
    visit.page.get_by_role("button", name="Dark theme").click()
    assert visit.page.evaluate(background) == "rgb(20, 23, 28)"
    assert visit.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert visit.page.evaluate("localStorage.getItem('onnxlint-theme')") == "dark"


def test_a_printed_page_is_light_and_has_nothing_to_press(
    browser: Browser, mobilenet: Result
) -> None:
    page = visit(browser, mobilenet)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 1000})
    for what in ("#search", ".contents", ".theme", ".help", "#resize"):
        assert page.locator(what).first.is_hidden(), what
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgba(0, 0, 0, 0)", "rgb(255, 255, 255)",
    )  # fmt: skip
    cards = page.locator(".cards li").evaluate_all("all => all.map((card) => card.offsetTop)")
    assert len(cards) == 4
    assert len({*cards}) == 1, "the cards are in one row"
    high = page.locator(".cards strong").evaluate_all("all => all.map((each) => each.offsetHeight)")
    assert len({*high}) == 1, "a number and its unit are on one line"


def test_hostile_names_stay_text(browser: Browser, hostile: Result) -> None:
    visit = Visit(browser, hostile)
    assert visit.names()[0].startswith("<script>alert(1)</script>\"'&amp;\\x1b[31m\\u202e")
    assert visit.page.locator("script:not([type='application/json'])").count() == 1
    html = html_of(hostile).decode()
    assert "<script>alert" not in html
    assert not set(html) & {"\x1b", "\u202e"}


def test_policy_allows_only_the_two_hashes(standard: Result) -> None:
    html = html_of(standard).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    assert len(re.findall(r"'sha256-[\w+/=]{44}'", policy[1])) == 2
    assert "unsafe" not in policy[1]
    assert not re.search(r"\sstyle=|\son\w+=|<link[^>]*href=\"http|src=", html)


def test_sizes_stay_within_what_opens_anywhere(
    standard: Result, mobilenet: Result, huge: Result
) -> None:
    assert len(standard.facts.nodes) == 118
    for ordinary in (standard, mobilenet):
        assert len(html_of(ordinary)) <= 150_000
    html = html_of(huge).decode()
    assert html.count('<tr id="n') <= 4, "a convolution and a Relu, 300 times each"
    data = re.search(r'id="appendix">(.*?)</script>', html)
    assert data is not None
    names = json.loads(data[1])["name"]
    assert len(names) == 600, "the names of all are there"
    assert len(html) <= 90_000, "what names share is there once"


def test_unknown_costs_are_said_before_anything_else(unknown: Result) -> None:
    text = words(html_of(unknown).decode())
    assert "at least 1.18 MMAC" in text
    assert "The cost of 1 of 2 operators is known. Not known: " in text
    assert "The part of compute that is known could fall by" in text
    assert "unknown unknown 0" in text, "MACs and FLOPs of the custom operator"


def test_same_result_gives_the_same_bytes(standard: Result) -> None:
    assert REPORT_FORMATS["html"](standard, Options()) == html_of(standard)


def test_paper_numbers_are_on_the_first_screen(mobilenet: Result) -> None:
    text = words(html_of(mobilenet).decode())
    start = text[: text.index("Contents")]
    assert "28 weighted layers and 13 separable blocks" in start
    assert "568.7 MMAC" in start
    assert "4.232 M" in start
    assert "94.9 %" in start, "share of pointwise MACs, MobileNet paper, Table 2"


def test_headline_can_be_flops(mobilenet: Result) -> None:
    text = words(REPORT_FORMATS["html"](mobilenet, Options(count="flops")).decode())
    assert re.search(r"Compute 1\.\d+ GFLOP [\d,]+ FLOPs in all, 568\.7 MMAC", text)


def test_each_place_says_what_to_do_there_and_what_to_ask(standard: Result) -> None:
    first, *rest = standard.places
    told = replace(first, remedy="mend <it>", ask="why?")
    shown = replace(standard, findings=(told, *rest))
    html = REPORT_FORMATS["html"](shown, Options()).decode()
    assert "<span class=muted>fix: mend &lt;it&gt;</span>" in html
    assert "<span class=muted>ask: why?</span>" in html
