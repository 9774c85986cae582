"""The treemap of the HTML report in a real browser: into modules and blocks, and out again."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING

import pytest
from onnx import helper

from analyzer.report import Result
from analyzer.report.view import tiles
from tests.report.pages import visit
from tests.report.results import judge, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LABELLED = """() => {
  const svg = document.getElementById("path").closest("figure").querySelector("svg.chart");
  const area = (rect) => rect.width.baseVal.value * rect.height.baseVal.value;
  let named = 0, all = 0;
  for (const group of svg.children) {
    const size = area(group.querySelector("rect"));
    all += size;
    if (group.querySelector(":scope > text")) named += size;
  }
  return [named / all, all / (svg.viewBox.baseVal.width * svg.viewBox.baseVal.height)];
}"""
"""Share of the outermost tiles' area that has a name, and share of the picture that they fill."""


INTO_EACH = """() => {
  const figure = document.getElementById("path").closest("figure");
  const press = (at, key) => at.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const tiles = () => figure.querySelectorAll("svg [role=button]");
  const inside = () => document.getElementById("path").textContent.trim();
  const whole = inside(), levels = [];
  for (let n = 0; n < tiles().length; n++) {
    tiles()[n].focus();
    press(tiles()[n], "Enter");
    if (inside() === whole) throw new Error(`tile ${n} does not open`);
    levels.push([inside(), ...(LABELLED)()]);
    press(document.activeElement, "Escape");
    if (inside() !== whole) throw new Error(`tile ${n} does not close`);
  }
  levels.push(["", ...(LABELLED)()]);
  return levels;
}"""
"""What ``LABELLED`` says inside of each tile, and of the whole."""


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Modules in modules: three stages of four blocks of two convolutions of 8 channels."""
    nodes, last = [], "x"
    for stage, block, conv in product("abc", "0123", ("first", "second")):
        name = f"/stage_{stage}/stage_{stage}.{block}/{conv}/Conv"
        out = f"{stage}{block}{conv}"
        nodes.append(helper.make_node("Conv", [last, "w"], [out], name=name, pads=[1] * 4))
        last = out
    nodes.append(helper.make_node("Conv", [last, "v"], ["y"], name="/head/Conv"))
    folder = tmp_path_factory.mktemp("nested")
    return judge(save(folder, "nested", nodes, w=(8, 8, 3, 3), v=(4, 8, 1, 1)))


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Sixty modules of one name, with room for a number each."""
    names = [f"/blocks/blocks.{n}/conv/Conv" for n in range(1000, 1060)]
    nodes = [helper.make_node("Conv", [f"b{n - 1}" if n else "x", "w"], [f"b{n}"], name=name,
                              pads=[1] * 4) for n, name in enumerate(names)]  # fmt: skip
    nodes.append(helper.make_node("Conv", ["b59", "v"], ["y"], name="/head/Conv"))
    folder = tmp_path_factory.mktemp("many")
    return judge(save(folder, "many", nodes, w=(8, 8, 3, 3), v=(4, 8, 1, 1)))


def path(page: Page) -> list[str]:
    return page.locator("#path button:visible").all_inner_texts()


def test_click_goes_into_a_block_and_the_path_goes_out(browser: Browser, mobilenet: Result) -> None:
    page = visit(browser, mobilenet)
    assert path(page) == []
    page.get_by_role("button", name="separable 3: 54.99 MMAC, 9.7 %").click()
    assert path(page) == ["Whole network", "separable 3"]
    picture = page.locator("figure:has(#path) svg.chart")
    assert picture.get_attribute("aria-label") == "separable 3: 54.99 MMAC, 9.7 %"
    titles = picture.locator("title").evaluate_all("all => all.map((t) => t.textContent)")
    assert titles == ["pointwise: 51.38 MMAC, 9.0 %", "depthwise: 3.613 MMAC, 0.6 %"]
    page.get_by_role("button", name="Whole network").click()
    assert path(page) == []
    assert "#" not in page.url


def test_enter_goes_in_and_escape_goes_out_level_by_level(browser: Browser, nested: Result) -> None:
    page = visit(browser, nested)
    names = page.locator("figure:has(#path) svg [role=button]").evaluate_all(
        "all => all.map((tile) => tile.querySelector('title').textContent.split(':')[0])"
    )
    assert len(names) == 12, "each block has two convolutions"
    page.locator("figure:has(#path) svg [role=button]").first.press("Enter")
    assert path(page) == ["Whole network", names[0]]
    assert page.url.endswith("#map=0")
    page.keyboard.press("Escape")
    assert path(page) == []


def test_a_link_leads_into_the_map_and_a_wrong_one_to_the_whole(
    browser: Browser, mobilenet: Result
) -> None:
    page = visit(browser, mobilenet, "#map=1")
    assert path(page) == ["Whole network", "separable 5"]
    for wrong in ("#map=99", "#map=x", "#map=1.0.0", "#map=__proto__"):
        page.evaluate("to => { location.hash = to }", wrong)
        assert len(path(page)) in (0, 2)


@pytest.mark.parametrize("model", ["mobilenet", "densenet", "nested"])
def test_at_least_four_fifths_have_a_name_at_each_level(
    browser: Browser, request: pytest.FixtureRequest, model: str
) -> None:
    page = visit(browser, request.getfixturevalue(model))
    levels = page.evaluate(INTO_EACH.replace("LABELLED", LABELLED))
    assert len(levels) > 1
    for inside, named, filled in levels:
        assert named >= 0.8, inside
        assert filled == pytest.approx(1, abs=0.06), "but for the gaps between tiles"


def test_what_a_number_or_an_arrow_stands_for_is_said_above_the_map(
    browser: Browser, densenet: Result, many: Result
) -> None:
    caption = "figure:has(#path) figcaption"
    arrows = visit(browser, densenet).locator(caption).inner_text()
    assert arrows.endswith("; “a → b” is a layer from a to b channels")
    for scripts in (True, False):
        page = visit(browser, many, java_script_enabled=scripts)
        said = page.locator(caption).inner_text()
        assert "→" not in said, said
        short, name = said.rpartition("; ")[2].split(" is ")
        number = short.strip("“…”")
        assert name == f"“blocks.{number}”", said
        labels = page.locator("figure:has(#path) svg text").all_text_contents()
        assert f"…{number}" in labels
        assert not [words for words in labels if words[0].isdigit()]


def test_without_scripts_the_whole_map_is_there(browser: Browser, mobilenet: Result) -> None:
    page = visit(browser, mobilenet, java_script_enabled=False)
    picture = page.locator("figure:has(#path) svg.chart")
    assert picture.get_by_text("separable 3 9.7 %").is_visible()
    assert page.locator("#path").is_hidden()


def test_data_of_the_map_hold_every_mac_once(nested: Result) -> None:
    found = tiles.tiles(nested.facts)
    lists = tiles.tree(found)
    assert sum(tile[1] for tile in lists[-1]) == nested.facts.totals.macs
    for rows in lists:
        for tile in rows:
            if len(tile) == 4:
                assert sum(part[1] for part in lists[tile[3]]) == tile[1]
    assert len(lists) == 2, "twelve blocks that are alike share a list"
    assert json.loads(json.dumps(lists)) == lists
