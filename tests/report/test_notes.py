"""Numbers of the HTML report that explain themselves, in a real browser; notes of the PDF."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from analyzer.report import Result
from tests.arithmetic import worked_out
from tests.golden.text import facts
from tests.report.pages import AUDIT, SCHEMES, until, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

NUMBERS = 'a[href^="#y-"]'
MACS = ".cards li:first-child strong a"


def box(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_click_shows_formula_values_source_and_certainty(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard)
    assert not box(page).is_visible()
    page.locator(MACS).click()
    assert box(page).inner_text().splitlines() == [
        "Multiply-accumulates (MACs) of the model: Compute", "", "×",
        "Formula", "Σ runs · MACs of each operator, by kind of layer",
        "With its values",
        "4,866,269,184 (standard) + 1,024,000 (Gemm) = 4,867,293,184",
        "Source", "equations of the operators: see Formulas used",
        "Certainty", "Exact: it follows from the file alone.",
    ]  # fmt: skip
    assert page.evaluate(AUDIT) == []


def test_a_row_says_what_its_number_is_of(browser: Browser, standard: Result) -> None:
    page = visit(browser, standard)
    page.locator("#hotspots ~ div tbody tr:first-child a").first.click()
    text = box(page).inner_text()
    assert text.startswith("MACs of Conv: 3×3 standard 512")
    assert "5 · 1·512·14·14 · 512 · 3·3 = 2,312,110,080" in text  # 5 of eq. 2, D_F = 14
    assert "Howard et al. 2017 (arXiv 1704.04861), eq. 2" in text


def test_a_number_says_in_full_what_its_note_says_as_above(browser: Browser) -> None:
    """Sizes of several open dimensions are assumed: rows of notes state them once."""
    network = facts("""g (float[rows_of_the_batch, channels_of_it, 8, 8] x,
        float[rows_of_the_batch, channels_of_it, 8, 8] z) => (float y) { y = MatMul (x, z) }""")
    page = visit(browser, Result(network, (), ()))
    note = page.locator("tr:has(small[data-full])").first
    assert note.locator("small").inner_text() == "Assumed: as above."
    page.locator(f"a[href='#{note.get_attribute('id')}']").first.click()
    certainty = box(page).inner_text().splitlines()[-1]
    assert certainty.startswith("Assumed: with x axis 0 (rows_of_the_batch) = 1")


def test_keyboard_opens_and_escape_closes_and_leads_back(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard)
    for key in ("Enter", " "):
        page.locator(MACS).focus()
        page.keyboard.press(key)
        assert box(page).is_visible()
        assert page.evaluate("document.activeElement.id") == "why"
        assert page.locator(MACS).get_attribute("aria-expanded") == "true"
        page.keyboard.press("Escape")
        assert not box(page).is_visible()
        assert page.evaluate(f"document.activeElement === document.querySelector('{MACS}')")
        until(page, f"document.querySelector('{MACS}').ariaExpanded === 'false'")


def test_a_second_press_and_the_button_close_it(browser: Browser, standard: Result) -> None:
    page = visit(browser, standard)
    page.locator(MACS).click()
    page.locator(MACS).click()
    assert not box(page).is_visible()
    page.locator(MACS).click()
    page.get_by_role("button", name="Close").click()
    assert not box(page).is_visible()
    page.locator(MACS).click()
    other = page.locator(".cards li:nth-child(2) strong a")
    other.click()
    assert "Parameters of the model" in box(page).inner_text()
    assert page.locator("[aria-expanded=true][href^='#y-']").count() == 1


def test_what_to_do_first_says_how_its_figures_come_about(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard)
    step = page.locator(".actions li", has_text="Replace standard convolutions")
    saved, share = step.locator(NUMBERS).nth(0), step.locator(NUMBERS).nth(1)
    total, paper = standard.facts.totals.macs, 568_740_352  # MobileNetV1 of Howard et al. 2017
    saved.press("Enter")
    assert box(page).inner_text().startswith("MACs that acting on a finding saves: Replace stand")
    share.click()
    assert f"{total - paper:,} / {total:,}" in box(page).inner_text()


def test_an_intensity_is_the_flops_and_bytes_of_its_layer(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard)
    page.locator("#hotspots ~ div tbody tr:first-child td:nth-child(8) a").click()
    # 3×3, 512 → 512 on 14×14: twice its MACs over two maps and the kernel, float32
    flops, moved = 2 * 14 * 14 * 512 * 512 * 9, 4 * (2 * 512 * 14 * 14 + 512 * 512 * 9)
    values = f"{flops:,} / {moved:,}"
    assert values in box(page).inner_text()
    page.keyboard.press("Escape")
    tips = page.locator("path[data-t*='FLOP/B']").first.get_attribute("data-t") or ""
    assert f" FLOP/B = {values}¦" in tips


@pytest.mark.parametrize("script", [True, False])
def test_every_number_leads_to_a_note(browser: Browser, standard: Result, script: bool) -> None:
    off = {} if script else {"java_script_enabled": False}
    page = visit(browser, standard, "", **off)
    numbers = page.locator(NUMBERS)
    assert numbers.count() > (150 if script else 40)
    missing = "els => els.filter(e => !document.getElementById(e.hash.slice(1))).length"
    if script:
        assert numbers.evaluate_all(missing) == 0
        return
    targets = {numbers.nth(n).get_attribute("href") for n in range(0, numbers.count(), 7)}
    for target in targets:
        assert page.locator(f"[id='{(target or '')[1:]}']").count() == 1, target


def test_without_scripts_a_number_has_its_values_at_hand_and_leads_to_its_formula(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard, java_script_enabled=False)
    cell = page.locator("#hotspots ~ div tbody tr:first-child td:nth-child(4)")
    assert cell.get_attribute("title") == "5 · 1·512·14·14 · 512 · 3·3 = 2,312,110,080"
    page.locator(MACS).click()
    assert page.url.endswith("#y-0")
    note = page.locator("#y-0").inner_text()
    assert "4,866,269,184 (standard) + 1,024,000 (Gemm) = 4,867,293,184" in note


def test_it_fits_on_a_phone(browser: Browser, standard: Result) -> None:
    phone = {"width": 360, "height": 740}
    page = visit(browser, standard, viewport=phone, has_touch=True)
    for number in (MACS, ".cards li:nth-child(4) strong a", "#whatif ~ div td a"):
        page.locator(number).first.tap()
        place = box(page).bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= 360
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(AUDIT) == [], scheme
        page.keyboard.press("Escape")


def test_the_values_of_every_number_come_to_what_is_shown(
    browser: Browser, standard: Result
) -> None:
    page = visit(browser, standard)
    told = page.locator(f":is(td, p, .actions li) {NUMBERS}").evaluate_all(
        """links => links.map(link => {
            link.click();
            return [link.textContent, document.querySelector("#why dd:nth-of-type(2)").textContent];
        })"""
    )
    assert len(told) > 150
    for shown, values in told:
        formula, _, total = values.rpartition(" = ")
        for term in (formula, total) if formula else (values,):
            plain = _LABEL.sub("", term).replace(",", "")
            value = float(worked_out(plain)) if set(plain) <= _ARITHMETIC else _amount(plain)
            assert value == pytest.approx(_amount(shown), rel=1e-2, abs=6e-4), (shown, values)


_LABEL = re.compile(r" \([^()]*[^\W\d_][^()]*\)")
"""What a summand is of."""
_ARITHMETIC = set("0123456789 .+−·/()⁰¹²³⁴⁵⁶⁷⁸⁹")
_POWERS = {"k": 1e3, "M": 1e6, "G": 1e9, "Ki": 2**10, "Mi": 2**20, "m": 1e-3, "µ": 1e-6, "%": 0.01}


def _amount(shown: str) -> float:
    """A number as the page shows it, the first where more are in one link."""
    found = re.match(r"([\d,.]+)(?:\s(%|[kKMGmµ]i?))?", shown)
    assert found, shown
    return float(found[1].replace(",", "")) * _POWERS.get(found[2] or "", 1)


def test_operators_explain_their_counts(browser: Browser, standard: Result) -> None:
    page = visit(browser, standard)
    row = page.locator("#operators tr", has_text="block1.conv").first
    cells = row.locator("td")
    texts = []
    for column in (3, 4, 5):
        cells.nth(column).hover()
        cells.nth(column).get_by_role("button").click()
        texts.append(box(page).inner_text())
        page.keyboard.press("Escape")
    assert "1·64·112·112 · 32 · 3·3 = 231,211,008" in texts[0]  # eq. 2 of the paper
    assert "2 · 231,211,008 = 462,422,016" in texts[1]
    assert "64·32·3·3 = 18,432" in texts[2]
    assert all(text.splitlines()[0].endswith("of Conv: block1.conv") for text in texts)
    assert page.evaluate(AUDIT) == []


def test_keyboard_goes_through_the_counts_of_operators(browser: Browser, standard: Result) -> None:
    page = visit(browser, standard)
    page.locator("#operators .number").first.focus()
    seen = []
    for _ in range(7):
        seen.append(page.evaluate("document.activeElement.closest('tr').id"))
        page.keyboard.press("Tab")
    assert len(set(seen)) >= 3
    page.keyboard.press("Enter")
    assert box(page).is_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "number"


def test_what_is_assumed_says_so(browser: Browser) -> None:
    from tests.golden.text import facts

    text = """g (float[batch,3,32,32] x, float[8,3,3,3] w) => (float[batch,8,30,30] y) {
        y = Conv (x, w)
    }"""
    page = visit(browser, Result(facts(text)))
    page.locator(MACS).click()
    assert "Assumed: with x axis 0 (batch) = 1." in box(page).inner_text()


def test_names_from_the_file_are_text(browser: Browser, hostile: Result) -> None:
    page = visit(browser, hostile)
    page.locator(".cards li:nth-child(3) strong a").click()
    assert "<script>" in box(page).inner_text()
    assert box(page).locator("script").count() == 0
