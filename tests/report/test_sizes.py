"""Sliders of the HTML report in a real browser: what they show is what a recount gives."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from onnx import parser

from analyzer import units
from analyzer.analyze import analyze
from analyzer.devices import bound, profile
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report import Result
from analyzer.report.sheet import Report
from analyzer.report.view.sizes import sliders
from analyzer.ruleset import load_rules
from analyzer.scaling import Scaled, Scaler
from analyzer.shapes.stated import Bindings
from tests.report.pages import AUDIT, SCHEMES, until, visit
from tests.report.results import html_of
from tests.scaling.open_networks import GPT, PIXELS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

DEVICES = tuple(map(profile, ("rpi5", "snapdragon888")))
ATTENTION = """<ir_version: 8, opset_import: ["" : 17]>
  g (int64[N,S] ids, float[10,8] table, float[8,8] w) => (float[N,S,S] y) {
    x = Gather (table, ids)  q = MatMul (x, w)  k = Transpose <perm = [0, 2, 1]> (x)
    y = MatMul (q, k) }"""

SCORES = """g (float[1,S,8] q, float[1,T,8] k) => (float[1,S,8] y) {
  t = Transpose <perm = [0, 2, 1]> (k)  s = MatMul (q, t)  p = Softmax (s)  y = MatMul (p, k) }"""


@pytest.fixture(scope="module")
def sized(mobilenet: Result) -> Result:
    return replace(mobilenet, devices=DEVICES)


@pytest.fixture(scope="module")
def open_(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A sequence of any length."""
    path = tmp_path_factory.mktemp("open") / "attention.onnx"
    path.write_bytes(parser.parse_model(ATTENTION).SerializeToString())
    facts, rules = analyze(load(str(path))), load_rules()
    return Result(facts, lint(facts, rules), rules, devices=DEVICES)


def made(path: Path, text: str) -> Result:
    header = '<ir_version: 8, opset_import: ["" : 17]>'
    path.write_bytes(parser.parse_model(header + text).SerializeToString())
    facts, rules = analyze(load(str(path))), load_rules()
    return Result(facts, lint(facts, rules), rules, devices=DEVICES)


@pytest.fixture(scope="module")
def cached(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """A transformer that leaves the sequence and the past of its cache open."""
    return made(tmp_path_factory.mktemp("cached") / "gpt.onnx", GPT)


def said(page: Page) -> str:
    return page.locator("#resize .said").inner_text()


def expected(result: Result, width: float, side: int, depth: float) -> str:
    return told(Scaler(result.facts).at(width, sides=side, depth=depth), result)


def told(scaled: Scaled, result: Result) -> str:
    now = result.facts.totals
    assert scaled.macs is not None
    assert scaled.params is not None
    return (
        f"{units.count(scaled.macs)} MACs, {units.percent(scaled.macs / now.macs)} of today's; "
        f"{units.count(scaled.params)} parameters, "
        f"{units.percent(scaled.params / now.params)} of today's."
    )


def test_figures_of_a_stop_are_those_of_scale(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized, "#width=0.5&side=160×160&depth=1")
    assert said(page).startswith(expected(sized, 0.5, 160, 1.0))
    stops = [("0.25", 128, "0.5"), ("1.4", 288, "2"), ("0.75", 192, "1.5"), ("0.35", 96, "0.75")]
    for width, side, depth in stops:
        page.evaluate("to => { location.hash = to }", f"width={width}&side={side}×{side}"
                      f"&depth={depth}")  # fmt: skip
        figures = expected(sized, float(width), side, float(depth))
        until(page, "(it) => document.querySelector('#resize .said').innerText.startsWith(it)",
              figures)  # fmt: skip


def test_todays_time_is_the_bound_of_the_device(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized)
    least = {d.id: units.seconds(bound(sized.facts, d).seconds) for d in DEVICES}
    assert said(page).endswith(
        f"The arithmetic takes at least {least['rpi5']} on Raspberry Pi 5, 8 GB."
    )
    page.get_by_role("combobox", name="Device").select_option("snapdragon888")
    assert f"The arithmetic takes at least {least['snapdragon888']} on Snapdragon 888" in said(page)
    assert page.url.endswith("#device=snapdragon888")
    page.get_by_role("slider", name="Width α").press("ArrowLeft")
    part = Scaler(sized.facts).at(0.75).macs
    assert part is not None
    assert f"The arithmetic takes at least {units.seconds(part / 132.32e9)} on" in said(page)


def test_arrow_keys_move_from_stop_to_stop_and_the_value_is_told(
    browser: Browser, sized: Result
) -> None:
    page = visit(browser, sized)
    slider = page.get_by_role("slider", name="Input")
    assert slider.get_attribute("aria-valuetext") == "224×224 (ρ 1)"
    slider.press("ArrowLeft")
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "160×160 (ρ 0.714)"
    assert said(page).startswith(expected(sized, 1.0, 160, 1.0))
    assert page.locator("#resize .said").get_attribute("role") == "status"
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext") == "96×96 (ρ 0.429)"


def test_the_mouse_moves_a_slider_and_reset_takes_it_back(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized)
    today = said(page)
    slider = page.get_by_role("slider", name="Width α")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 3, box["y"] + box["height"] / 2)
    assert said(page).startswith(expected(sized, 0.25, 224, 1.0))
    assert page.url.endswith("#width=0.25")
    page.locator("#resize").get_by_role("button", name="Reset").press("Enter")
    assert said(page) == today
    assert "#" not in page.url


def test_bars_are_redrawn_by_kind(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized)
    page.evaluate("location.hash = '#width=0.5'")
    until(page, "document.querySelector('#to-width').value === '2'")
    titles = page.locator("#resized title").evaluate_all("all => all.map((t) => t.textContent)")
    now = sized.facts.totals.macs_by_kind
    assert {f"{kind}: {macs:,} MACs" for kind, macs in now.items()} == set(titles[:4])
    layers = Scaler(sized.facts).at(0.5).layers
    kinds = {node.id: node.kind for node in sized.facts.nodes}
    half = {kind: sum(y.macs or 0 for y in layers if kinds[y.node] == kind) for kind in now}
    assert {f"{kind}: {macs:,} MACs" for kind, macs in half.items()} == set(titles[4:])
    widths = page.locator("#resized rect").evaluate_all(
        "all => all.map((r) => +r.getAttribute('width'))"
    )
    assert sum(widths[:4]) == pytest.approx(720)
    assert sum(widths[4:]) == pytest.approx(720 * sum(half.values()) / sum(now.values()))


def test_a_link_carries_a_size_beside_a_filter(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized, "#filter=gemm&depth=2")
    assert (
        page.get_by_role("slider", name="Depth").get_attribute("aria-valuetext")
        == "2 (2 + 4 + 4 + 12 + 4)"
    )
    assert page.locator("#operators tbody tr:visible").count() == 1
    page.get_by_role("slider", name="Width α").press("ArrowLeft")
    assert page.url.endswith("#filter=gemm&depth=2&width=0.75")
    page.evaluate("location.hash = '#width=0.5'")
    until(page, "document.querySelector('#to-width').value === '2'")
    depth = page.get_by_role("slider", name="Depth").get_attribute("aria-valuetext")
    assert depth == "1 (1 + 2 + 2 + 6 + 2)"


def test_a_stop_that_does_not_exist_is_todays(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized)
    page.evaluate("location.hash = '#width=0.5'")
    until(page, "document.querySelector('#to-width').value === '2'")
    page.evaluate("location.hash = '#width=0.6&side=%&depth=-1&device=toaster&size0=1'")
    until(page, "document.querySelector('#to-width').value !== '2'")
    assert said(page).startswith(expected(sized, 1.0, 224, 1.0))


def test_a_sequence_costs_what_analysing_it_gives(
    browser: Browser, open_: Result, tmp_path: Path
) -> None:
    page_ = Report.of(open_).sheet.page
    low, high = sliders(page_.what_if, page_.growth, ()).growth[0].low, 512
    path = tmp_path / "attention.onnx"
    path.write_bytes(parser.parse_model(ATTENTION).SerializeToString())
    page = visit(browser, open_, f"#size0={low}")
    for at in {low, *(size for size in (1, 2, 77, 500) if size > low)}:
        page.evaluate("to => { location.hash = to }", f"size0={at}")
        until(page, "(at) => document.querySelector('.regrow .stop').innerText === at", f"{at}")
        macs = analyze(load(str(path)), Bindings(shapes={"ids": (1, at)})).totals.macs
        assert macs == at * 8 * 8 + at * at * 8
        today = open_.facts.totals.macs
        told = page.locator(".regrow .said").inner_text()
        assert told.startswith(f"{macs:,} MACs, {units.percent(macs / today)} of those at today's")
        assert told.endswith(
            f"The arithmetic takes at least {units.seconds(macs / 76.8e9)} on Raspberry Pi 5, 8 GB."
        )
    page.get_by_role("slider", name="S", exact=True).press("End")
    assert page.locator(".regrow .stop").inner_text() == f"{high}"


def test_width_depth_sequence_and_past_are_shown_together(browser: Browser, cached: Result) -> None:
    page = visit(browser, cached, "#width=0.5&depth=2&size0=77&size1=1000")
    wide, deep = (
        page.get_by_role("slider", name="Width α"),
        page.get_by_role("slider", name="Depth"),
    )
    long = page.get_by_role("group", name="Try another size").get_by_role("slider", name="S")
    past = page.get_by_role("slider", name="P", exact=True)

    def right(width: float, depth: float, tokens: int, before: int) -> None:
        dims = Bindings(dims={"S": tokens, "P": before})
        there = Scaler(analyze(load(cached.facts.model.path), dims)).at(width, depth=depth)
        assert said(page).startswith(told(there, cached))
        device = page.get_by_role("combobox", name="Device").first.input_value()
        rate = {"rpi5": 76.8e9, "snapdragon888": 132.32e9}[device]
        assert (
            f"The arithmetic takes at least {units.seconds((there.macs or 0) / rate)} on "
            in said(page)
        )

    right(0.5, 2, 77, 1000)
    wide.press("ArrowLeft")
    long.press("ArrowRight")
    right(0.35, 2, 78, 1000)
    page.get_by_role("combobox", name="Device").first.select_option("snapdragon888")
    past.press("Home")
    deep.press("Home")
    right(0.35, 0.5, 78, 0)
    assert page.url.endswith("#width=0.35&depth=0.5&size0=78&device=snapdragon888")
    assert page.locator(".regrow .stop").inner_text() == "78"
    there = Scaler(analyze(load(cached.facts.model.path), Bindings(dims={"S": 78})))
    beside = f"At the other sizes chosen: {there.at(0.35, depth=0.5).macs:,} MACs (dashed)."
    assert page.locator(".regrow .said").inner_text().endswith(beside)
    curve = page.locator("figure:has(.regrow) polyline")
    assert len((curve.get_attribute("points") or "").split()) == 25
    page.get_by_role("group", name="Try another S", exact=True).get_by_role("slider").press("End")
    right(0.35, 0.5, 512, 0)
    page.locator("#resize").get_by_role("button", name="Reset").press("Enter")
    right(1, 1, 128, 0)
    assert curve.get_attribute("points") == ""


def test_two_sizes_go_together_where_there_is_neither_width_nor_weight(
    browser: Browser, tmp_path: Path
) -> None:
    result = made(tmp_path / "scores.onnx", SCORES)
    page = visit(browser, result, "#size0=100&size1=50")
    assert said(page).startswith(f"{2 * 100 * 50 * 8:,} MACs")  # scores, and weighted values


def test_open_sides_take_the_place_of_stops(browser: Browser, tmp_path: Path) -> None:
    result = made(tmp_path / "pixels.onnx", PIXELS)
    page = visit(browser, result, "#width=0.75&size0=640&side=96×96")
    dims = Bindings(dims={"H": 640, "W": 640})
    there = Scaler(analyze(load(result.facts.model.path), dims)).at(0.75)
    assert said(page).startswith(told(there, result))
    assert page.get_by_role("slider", name="Input").count() == 0


def test_an_open_side_among_others_goes_back_when_all_are_scaled(
    browser: Browser, tmp_path: Path
) -> None:
    """A strip of text, 48 pixels tall and as long as it is."""
    result = made(tmp_path / "strip.onnx", PIXELS.replace("3,H,W]", "3,48,W]"))
    page = visit(browser, result, "#width=0.5&size0=640")
    there = Scaler(analyze(load(result.facts.model.path), Bindings(dims={"W": 640}))).at(0.5)
    assert said(page).startswith(told(there, result))
    page.get_by_role("slider", name="Input").press("Home")
    assert "size0" not in page.url
    small = Scaler(result.facts).at(0.5, sides=(21, 96))
    assert said(page).startswith(told(small, result))
    page.get_by_role("slider", name="W", exact=True).first.press("End")
    assert "side=" not in page.url
    assert page.get_by_text("Input and W are not known together").is_visible()


def test_without_scripts_there_are_tables_and_no_sliders(browser: Browser, sized: Result) -> None:
    page = visit(browser, sized, java_script_enabled=False)
    assert page.locator("input[type=range]:visible").count() == 0
    assert page.locator("section:has(#whatif)").get_by_text("149,497,088").is_visible()
    assert page.locator("section:has(#whatif)").get_by_text("251,878,912").is_visible()


def test_nothing_that_can_change_has_no_sliders(unknown: Result, sized: Result) -> None:
    assert b'type="range"' in html_of(sized)
    assert b'type="range"' not in html_of(unknown)


@pytest.mark.parametrize("wide", [1100, 360])
def test_sliders_an_open_box_and_a_level_of_the_map_are_sound_in_light_dark_and_on_a_phone(
    browser: Browser, sized: Result, wide: int
) -> None:
    window = {"width": wide, "height": 800}
    page = visit(browser, sized, viewport=window)
    page.evaluate("location.hash = '#box=3&map=1'")
    until(page, "!document.getElementById('box').hidden")
    for shown in ("#box", "#path", "#resize input[type=range]"):
        assert page.locator(shown).first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == wide
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(AUDIT) == [], scheme
