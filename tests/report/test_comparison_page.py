"""The page about two models in a real browser: accessible, silent, usable without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import analyzer
from analyzer.compare import compare
from analyzer.report import COMPARE_FORMATS, Options, Result
from analyzer.report.compare import Pair, Turnover
from tests.compare.networks import resnet
from tests.report.pages import AUDIT, CHROMIUM, DESK, SCHEMES

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def page() -> bytes:
    old, new = analyzer.analyze(resnet()), analyzer.analyze(resnet(blocks=3, activation="Elu"))
    pair = Pair(Result(old), Result(new), compare(old, new), Turnover((), ()))
    return COMPARE_FORMATS["html"](pair, Options())


@pytest.mark.parametrize("window", [DESK, {"width": 390, "height": 844}], ids=["desk", "phone"])
def test_page_asks_for_nothing_and_passes_the_audit(
    browser: Browser, page: bytes, window: dict[str, int]
) -> None:
    assert browser is CHROMIUM.browser
    tab = CHROMIUM.open(page, viewport=window)
    visit = tab.page
    visit.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    for scheme in SCHEMES:
        visit.emulate_media(color_scheme=scheme)
        assert visit.evaluate(AUDIT) == [], scheme
    assert (tab.requests, tab.complaints) == ([visit.url], [])
    assert visit.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_is_there_without_scripts(browser: Browser, page: bytes) -> None:
    assert browser is CHROMIUM.browser
    visit = CHROMIUM.open(page, java_script_enabled=False).page
    assert visit.locator("svg.network").count() == 2
    assert visit.locator("summary", has_text="names").count() > 0
    visit.locator("summary").first.click()
    assert visit.locator("details[open] code").first.is_visible()
