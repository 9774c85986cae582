"""One search over the report, its filters, the table of all operators and keys, in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from onnx import helper

from analyzer.report import Result
from tests.report.pages import AUDIT, until
from tests.report.results import html_of, judge, save, words
from tests.report.test_html import Visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator

LONG = 1500


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """1,500 operators of which no two are alike in groups of three: the width changes each time."""
    nodes, weights, last, wide = [], {}, "x", 8
    for i in range(LONG // 3):
        to = 8 + i % 97 + i // 97
        name = f"/encoder/layers.{i // 12}/part.{i % 12}"
        weights[f"w{i}"] = (to, wide, 1, 1)
        nodes += [
            helper.make_node("Conv", [last, f"w{i}"], [f"c{i}"], name=f"{name}/Conv"),
            helper.make_node("Relu", [f"c{i}"], [f"r{i}"], name=f"{name}/Relu"),
            helper.make_node("Neg", [f"r{i}"], [f"n{i}"], name=f"{name}/Neg"),
        ]
        last, wide = f"n{i}", to
    nodes[-1].output[0] = "y"
    return judge(save(tmp_path_factory.mktemp("long"), "long", nodes, **weights))


def options(visit: Visit) -> Locator:
    return visit.page.locator("#results li")


def active(visit: Visit) -> str:
    """Text of the chosen result."""
    return visit.page.locator("[role=option][aria-selected=true]").inner_text()


def search(visit: Visit, text: str, *, typed: bool = False) -> None:
    """Put ``text`` into the search at once, or key by key, each of which costs as much."""
    visit.page.keyboard.press("/")
    (visit.page.keyboard.type if typed else visit.page.keyboard.insert_text)(text)


def test_slash_searches_and_escape_empties_it(browser: Browser, mobilenet: Result) -> None:
    visit = Visit(browser, mobilenet)
    folded = visit.names()
    search(visit, "depthwise strided conv", typed=True)
    strided = [n.name for n in mobilenet.facts.nodes if {"depthwise", "strided"} <= {*n.tags}]
    assert visit.names() == strided
    assert f"{len(strided)} of {len(mobilenet.facts.nodes)} operators" in visit.text("#tools")
    assert visit.page.url.endswith("#filter=depthwise%20strided%20conv")
    visit.page.keyboard.press("Escape")
    assert visit.names() == folded
    assert "#" not in visit.page.url
    assert visit.complaints == []


ANYWHERE = {
    "mobilenet": {
        "hot spots": "section",
        "sha-256": "Provenance",
        "separable 512 → 512": "Blocks",
        "1×1 pointwise": "Hot spots",
        "batchnormalization": "BatchNormalization",
    },
    "standard": {"block13.conv": "Findings", "sep001": "Findings"},
}
"""What is searched for in which report, and where it stands."""


@pytest.mark.parametrize("model", ANYWHERE)
def test_search_finds_what_is_anywhere_in_the_report(
    browser: Browser, request: pytest.FixtureRequest, model: str
) -> None:
    visit = Visit(browser, request.getfixturevalue(model))
    visit.page.keyboard.press("/")
    for text, where in ANYWHERE[model].items():
        visit.page.get_by_label("Search the report").fill(text)
        places = [t.strip() for t in visit.page.locator("#results li i").all_inner_texts()]
        assert where in places, text
        total = int(re.findall(r"[\d,]+", visit.text(".panel [role=status]"))[0].replace(",", ""))
        assert options(visit).count() == min(total, 60)


def test_arrows_choose_a_result_and_enter_goes_there(browser: Browser, mobilenet: Result) -> None:
    visit = Visit(browser, mobilenet)
    search(visit, "memory")
    visit.page.keyboard.press("ArrowDown")
    first = active(visit)
    visit.page.keyboard.press("ArrowDown")
    assert active(visit) != first
    visit.page.keyboard.press("ArrowUp")
    assert active(visit) == first
    assert first.startswith("Memory and intensity")
    visit.page.keyboard.press("Enter")
    assert visit.page.evaluate("document.activeElement.id") == "memory"
    assert options(visit).count() == 0 or not options(visit).first.is_visible()


def test_filters_combine_with_the_search_and_stand_in_the_address(
    browser: Browser, standard: Result
) -> None:
    visit = Visit(browser, standard)
    flagged = {p.node for f in standard.findings for p in f.places if f.rule == "SEP001"}
    visit.page.keyboard.press("/")
    visit.page.locator("select[data-choose=rule]").select_option("SEP001")
    assert visit.names() == [n.name for n in standard.facts.nodes if n.id in flagged]
    visit.page.locator("select[data-choose=kind]").select_option("standard")
    visit.page.get_by_label("Search the report").fill("block13")
    assert visit.names() == ["block13.conv"]
    address = visit.page.url
    assert address.endswith("#rule=SEP001&kind=standard&filter=block13")
    visit.page.goto("about:blank")
    visit.page.goto(address)
    assert visit.names() == ["block13.conv"]
    assert visit.page.get_by_label("Search the report").input_value() == "block13"
    visit.page.get_by_role("button", name="Show all").click()
    assert len(visit.names()) > 13


def test_block_is_a_filter_and_unknown_values_are_none(browser: Browser, mobilenet: Result) -> None:
    visit = Visit(browser, mobilenet)
    inside = {n for b in mobilenet.facts.blocks if b.kind == "separable" for n in b.nodes}
    visit.page.goto(visit.url + "#block=separable")
    assert len(visit.names()) == len(inside)
    visit.page.evaluate("location.hash = '#block=constructor&kind=__proto__'")
    until(visit.page, "!document.querySelector('#tools span').textContent")
    assert len(visit.names()) < len(inside)
    assert visit.complaints == []


def test_a_folded_row_opens_and_a_link_opens_it(browser: Browser, standard: Result) -> None:
    visit = Visit(browser, standard)
    alike = "block9.conv"
    assert alike not in visit.names()
    place = next(i for i, n in enumerate(standard.facts.nodes, 1) if n.name == alike)
    visit.page.goto(f"{visit.url}#n{place}")
    row = visit.page.locator(f"#n{place}")
    assert row.inner_text().startswith(alike)
    assert row.evaluate("row => row === document.activeElement")
    more = visit.page.locator("#operators [aria-expanded=true]")
    more.click()
    assert alike not in visit.names()
    visit.unfold()
    assert visit.names() == [n.name for n in standard.facts.nodes]


def test_links_to_operators_lead_to_their_own_row(browser: Browser, densenet: Result) -> None:
    visit = Visit(browser, densenet)
    link = visit.page.locator("a[data-row]").last
    link.evaluate("link => { for (let at = link; at; at = at.parentElement) at.open = true }")
    row = link.get_attribute("data-row")
    link.click()
    assert visit.page.evaluate("document.activeElement.id") == row
    assert visit.page.url.endswith(f"#{row}")


def test_section_that_is_read_is_marked_in_the_contents(
    browser: Browser, mobilenet: Result
) -> None:
    visit = Visit(browser, mobilenet)
    current = visit.page.locator(".sections [aria-current=true]")
    assert current.count() == 0, "above the first section"
    visit.page.evaluate("document.getElementById('memory').scrollIntoView()")
    until(visit.page, "document.querySelector('.sections [aria-current]')")
    assert current.inner_text() == "Memory and intensity"
    assert current.is_visible(), "the contents stay on the screen"
    visit.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    until(visit.page, "document.querySelector('.sections [aria-current]')?.hash === '#nodes'")


def test_single_keys_move_about_and_can_be_switched_off(browser: Browser, standard: Result) -> None:
    visit = Visit(browser, standard)
    where = "document.activeElement.id"
    visit.page.keyboard.press("j")
    assert visit.page.evaluate(where) == "findings"
    visit.page.keyboard.press("j")
    assert visit.page.evaluate(where) == "separable"
    visit.page.keyboard.press("k")
    assert visit.page.evaluate(where) == "findings"
    visit.page.keyboard.press("n")
    assert visit.page.evaluate(where).startswith("rule-")
    visit.page.keyboard.press("?")
    assert visit.page.get_by_role("dialog").is_visible()
    assert visit.page.evaluate(AUDIT) == []
    visit.page.get_by_label("Single keys do this").uncheck()
    visit.page.keyboard.press("Escape")
    before = visit.page.evaluate("scrollY")
    visit.page.keyboard.press("o")
    assert visit.page.evaluate("scrollY") == before
    visit.page.get_by_role("button", name="Keys").click()
    assert visit.page.get_by_role("dialog").is_visible(), "the button stays"


PHONES = ("standard", "mobilenet", "densenet", "hostile", "unknown", "text", "long")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A name of one word, longer than a phone is wide, where a sentence names it."""
    name = "/m/encoder/layer.0/intermediate/intermediate_act_fn/intermediate_act_fn/Erf"
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Erf", ["a"], ["b"], name=name),
        helper.make_node("Mul", ["a", "b"], ["y"], name=name + "/Mul"),
    ]
    return judge(save(tmp_path_factory.mktemp("text"), "text", nodes, w=(64, 8, 3, 3)))


@pytest.mark.parametrize("model", PHONES)
def test_no_page_is_wider_than_a_phone(
    browser: Browser, request: pytest.FixtureRequest, model: str
) -> None:
    result = request.getfixturevalue(model)
    visit = Visit(browser, result, viewport={"width": 390, "height": 844})
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 390
    parted = visit.page.evaluate(PARTED)
    assert parted == [], "numbers that run over others or out of their cell"


PARTED = """() => [...document.querySelectorAll("table.few td.n, .operators.few td:nth-child(n+3)")]
  .filter((cell) => cell.checkVisibility() && cell.scrollWidth > cell.clientWidth + 1)
  .map((cell) => cell.outerHTML)"""


def test_1500_different_operators_are_a_window(browser: Browser, long: Result) -> None:
    html = html_of(long)
    assert len(html) <= 190_000, "5,000 are 60,000 more"
    visit = Visit(browser, long)
    size = "document.getElementsByTagName('*').length"
    assert visit.page.evaluate(size) <= 6_000
    assert visit.page.evaluate(AUDIT) == []
    visit.unfold()
    assert visit.names()[0] == "/encoder/layers.0/part.0/Conv"
    visit.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = long.facts.nodes[-1].name
    until(visit.page, "name => document.querySelector('#operators').innerText.includes(name)", last)
    assert len(visit.names()) < 400
    assert visit.page.evaluate(size) <= 6_000
    head = visit.page.locator("#operators thead th", has_text="MACs")
    head.get_by_role("button").click()
    visit.page.evaluate("document.getElementById('nodes').scrollIntoView()")
    most = max(node.macs or 0 for node in long.facts.nodes)
    until(visit.page, "digits => document.querySelector('#operators tbody:not(.gap) tr').innerText"
        ".includes(digits)", f"{most:,}"
    )  # fmt: skip
    assert visit.complaints == []


def test_a_row_outside_of_the_window_is_found_and_linked_to(browser: Browser, long: Result) -> None:
    visit = Visit(browser, long)
    visit.unfold()
    search(visit, "layers.31/ part.7/ neg")
    assert visit.names() == ["/encoder/layers.31/part.7/Neg"]
    visit.page.keyboard.press("Enter")
    number = 3 * (31 * 12 + 7) + 3
    assert visit.page.evaluate("document.activeElement.id") == f"n{number}"
    visit.page.get_by_role("button", name="Show all").click()
    for wanted in (number, 1499, 12, 750):
        visit.page.evaluate("n => { location.hash = `#n${n}` }", wanted)
        until(visit.page, "n => document.activeElement.id === `n${n}`"
            " && document.activeElement.getBoundingClientRect().top > 0"
            " && document.activeElement.getBoundingClientRect().bottom < innerHeight", wanted
        )  # fmt: skip
        name = long.facts.nodes[wanted - 1].name
        assert visit.page.evaluate("document.activeElement.innerText").startswith(name)


def test_without_a_script_the_first_rows_are_there_and_the_rest_is_named(long: Result) -> None:
    html = html_of(long).decode()
    assert len(re.findall("<tr id=n[0-9]+>", html)) == 160
    told = r"[0-9]+ of 1,500 operators shown: .* reports in JSON and CSV have all"
    assert re.search(told, words(html))


def test_a_phone_shows_main_columns_and_a_button_the_others(
    browser: Browser, standard: Result
) -> None:
    visit = Visit(browser, standard, viewport={"width": 390, "height": 844})
    heads = visit.page.locator("#operators thead th:visible")
    assert heads.all_inner_texts() == ["Name", "Operator", "MACs", "Params"]
    box = visit.page.locator("#operators").bounding_box()
    assert box is not None
    assert box["width"] <= 390
    visit.page.locator("#nodes ~ button.columns").click()
    assert heads.count() == 6
    small = Visit(browser, standard, viewport={"width": 320, "height": 640})
    few = small.page.locator(".scroll:has(.few:not(#operators))")
    over = "(boxes) => boxes.filter((box) => box.scrollWidth > box.clientWidth).length"
    assert few.count() > 5
    assert few.evaluate_all(over) == 0, "the more digits, the fewer columns"
    named = "(cells) => cells.map((cell) => getComputedStyle(cell, '::before').content)"
    form = small.page.locator(".forms tbody tr").first.locator("td")
    assert form.evaluate_all(named) == [
        '"MACs"', '"Weights"', '"Time, at least"', '"Effort"', '"Certainty"',
        '"What may be lost"',
    ]  # fmt: skip
    assert small.page.locator(".scroll:has(.stacked)").evaluate_all(over) == 0
    wide = Visit(browser, standard)
    assert wide.page.locator("#operators thead th:visible").count() == 6
    assert wide.page.locator("button.columns:visible").count() == 0
