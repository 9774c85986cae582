"""Boxes of the drawn network in a real browser: what is in them, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from onnx import helper

from analyzer.report import Result
from analyzer.report.drawing import draw
from analyzer.report.drawing.boxes import PARTS
from tests.report.pages import until, visit
from tests.report.results import judge, save

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def test_parts_of_a_box_are_its_operators_with_their_costs(mobilenet: Result) -> None:
    """The second block of Howard et al. 2017, table 1: 64 to 128 channels, 112 to 56 pixels."""
    (block,) = (box for box in draw(mobilenet).boxes if box.detail == "64 → 128, / 2")
    macs = {(part.title, part.place): part.macs for part in block.parts if part.macs}
    assert macs == {
        ("3×3 / 2 depthwise 64", "56×56"): 56 * 56 * 9 * 64,
        ("1×1 pointwise 64 → 128", "56×56"): 56 * 56 * 64 * 128,
    }


def test_parts_hold_all_macs_and_count_what_is_alike(mobilenet: Result) -> None:
    for box in draw(mobilenet).boxes:
        assert sum(part.macs for part in box.parts) == box.macs
    (five,) = (box for box in draw(mobilenet).boxes if box.count == 5)
    assert {part.count for part in five.parts if part.macs} == {5}


def test_what_costs_least_is_added_up_where_there_is_no_room(tmp_path: Path) -> None:
    nodes, last = [], "x"
    for number in range(PARTS + 9):
        nodes.append(helper.make_node("Conv", [last, "w"], [f"t{number}"], name=f"/one/c{number}",
                                      kernel_shape=[1, 1], pads=[1] * 4))  # fmt: skip
        last = f"t{number}"
    nodes.append(helper.make_node("Relu", [last], ["y"]))
    result = judge(save(tmp_path, "many", nodes, w=(8, 8, 1, 1)))
    for box in draw(result, "modules").boxes:
        assert len(box.parts) <= PARTS
        assert sum(part.macs for part in box.parts) == box.macs
    assert max(len(box.parts) for box in draw(result, "modules").boxes) == PARTS


def test_click_on_a_box_lists_its_operators_and_links_to_their_rows(
    browser: Browser, mobilenet: Result
) -> None:
    page = visit(browser, mobilenet)
    panel = page.locator("#box")
    assert panel.is_hidden()
    box = page.locator("svg.network a", has_text="64 → 128, / 2")
    box.click()
    assert (
        panel.locator("h3").inner_text().startswith("separable, 64 → 128, / 2, 27.5 MMAC (4.8 %)")
    )
    part = panel.get_by_role("link", name="1×1 pointwise 64 → 128")
    assert "56×56 · 25.69 MMAC" in panel.inner_text()
    assert box.get_attribute("aria-expanded") == "true"
    assert "#box=" in page.url
    part.click()
    row = page.locator(page.evaluate("location.hash"))
    assert row.inner_text().startswith("block2.pointwise.conv")


def test_enter_opens_a_box_and_escape_goes_back_to_it(browser: Browser, mobilenet: Result) -> None:
    page = visit(browser, mobilenet)
    box = page.locator("svg.network a").nth(2)
    box.focus()
    page.keyboard.press("Enter")
    assert page.locator("#box").is_visible()
    assert page.evaluate("document.activeElement.id") == "box"
    page.keyboard.press("Escape")
    assert page.locator("#box").is_hidden()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#box-3"
    assert "#" not in page.url


def test_a_link_opens_a_box_and_one_to_no_box_none(browser: Browser, mobilenet: Result) -> None:
    page = visit(browser, mobilenet, "#box=3")
    assert page.locator("#box").is_visible()
    for wrong in ("#box=0", "#box=99", "#box=x", "#box-99"):
        page.evaluate("to => { location.hash = to }", wrong)
        until(page, "document.getElementById('box').hidden")
        page.evaluate("to => { location.hash = to }", "#box-3")
        until(page, "!document.getElementById('box').hidden")


def test_without_scripts_a_list_has_what_is_in_each_box(
    browser: Browser, mobilenet: Result
) -> None:
    page = visit(browser, mobilenet, java_script_enabled=False)
    page.get_by_text("What is in each box").click()
    row = page.locator("#box-3")
    assert row.is_visible()
    row.locator("summary").click()
    assert "1×1 pointwise 64 → 128" in row.inner_text()
    assert page.locator("#box").is_hidden()


def test_every_box_has_one_row(browser: Browser, densenet: Result) -> None:
    page = visit(browser, densenet)
    boxes = page.locator("svg.network a").evaluate_all(
        "all => all.map((a) => a.getAttribute('href').slice(1))"
    )
    rows = page.locator("tr[id^='box-']").evaluate_all("all => all.map((row) => row.id)")
    assert boxes == rows
    assert len(boxes) == len(set(boxes)) > 5
