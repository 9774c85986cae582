"""The page about two models in a real browser: accessible, silent, usable without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import analyzer
from analyzer.compare import compare
from analyzer.report import COMPARE_FORMATS, Options, Result
from analyzer.report.compare import Pair, Turnover
from tests.compare.networks import resnet
from tests.report.pages import AUDIT

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    old, new = analyzer.analyze(resnet()), analyzer.analyze(resnet(blocks=3, activation="Elu"))
    pair = Pair(Result(old), Result(new), compare(old, new), Turnover((), ()))
    path = tmp_path_factory.mktemp("page") / "compare.html"
    path.write_bytes(COMPARE_FORMATS["html"](pair, Options()))
    return path


@pytest.mark.parametrize("context", [
    {"color_scheme": "light"},
    {"color_scheme": "dark"},
    {"viewport": {"width": 390, "height": 844}},
], ids=["light", "dark", "phone"])  # fmt: skip
def test_page_asks_for_nothing_and_passes_the_audit(
    browser: Browser, page: Path, context: dict[str, Any]
) -> None:
    visit = browser.new_context(**context).new_page()
    asked: list[str] = []
    said: list[str] = []
    visit.on("request", lambda request: asked.append(request.url))
    visit.on("console", lambda message: said.append(message.text))
    visit.on("pageerror", lambda error: said.append(str(error)))
    visit.goto(page.as_uri())
    visit.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert visit.evaluate(AUDIT) == []
    assert (asked, said) == ([page.as_uri()], [])
    assert visit.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_everything_is_there_without_scripts(browser: Browser, page: Path) -> None:
    visit = browser.new_context(java_script_enabled=False).new_page()
    visit.goto(page.as_uri())
    assert visit.locator("svg.network").count() == 2
    assert visit.locator("summary", has_text="names").count() > 0
    visit.locator("summary").first.click()
    assert visit.locator("details[open] code").first.is_visible()
