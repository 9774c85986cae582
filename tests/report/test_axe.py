"""axe-core, which knows more of accessibility than ``AUDIT``, finds nothing.

It takes seconds where ``AUDIT`` takes a hundredth of one: each page is asked once here, in dark for
contrast alone, and states of pages are left to the other tests.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import analyzer
from analyzer.compare import compare
from analyzer.devices import profile
from analyzer.language import speaking
from analyzer.report import COMPARE_FORMATS, REPORT_FORMATS, Options, Result
from analyzer.report.compare import Pair, Turnover
from analyzer.report.index.entry import entry_of, failed
from analyzer.report.index.html import render_index
from tests.compare.networks import resnet
from tests.report.pages import CHROMIUM
from tests.report.results import html_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

AXE = Path(sys.prefix) / "node/node_modules/axe-core/axe.min.js"
"""Installed by ``make test``, by the lock in ``tools/node``."""
PHONE = {"viewport": {"width": 360, "height": 740}}
CONTRAST = {"runOnly": ["color-contrast"]}

ASK = """async (options) => {
  const found = await axe.run({ ...options, resultTypes: ["violations"] });
  const nodes = (rule) => rule.nodes.map((node) => [rule.id, node.html.slice(0, 120)]);
  return [found.passes.length, found.violations.flatMap(nodes)];
}"""
"""How many rules hold, and where others do not: all that axe knows is megabytes."""


@pytest.fixture(scope="module")
def pages(hostile: Result, unknown: Result) -> dict[str, bytes]:
    """Pages of each kind: of models with findings, unknown costs and names that attack pages."""
    old, new = analyzer.analyze(resnet()), analyzer.analyze(resnet(blocks=3, activation="Elu"))
    pair = Pair(Result(old), Result(new), compare(old, new), Turnover((), ()))
    row = entry_of(unknown, "unknown.onnx", {"html": "unknown.html"}, (profile("rpi5"),))
    made = {
        "report": html_of(hostile),
        "compare": COMPARE_FORMATS["html"](pair, Options()),
        "index": render_index([row, failed("empty.onnx", "the file is empty")], Options(), "nets"),
    }
    with speaking("ko"):
        made["korean"] = REPORT_FORMATS["html"](unknown, Options())
    return made


@pytest.mark.parametrize(("name", "context", "options"), [
    ("report", {}, {}),
    ("report", {"color_scheme": "dark"}, CONTRAST),
    ("report", PHONE, {}),
    ("korean", {}, {}),
    ("compare", {}, {}),
    ("compare", {"color_scheme": "dark"}, CONTRAST),
    ("index", {}, {}),
    ("index", PHONE, {}),
])  # fmt: skip
def test_axe_finds_nothing(
    browser: Browser,
    pages: dict[str, bytes],
    name: str,
    context: dict[str, object],
    options: dict[str, object],
) -> None:
    assert browser is CHROMIUM.browser
    page = CHROMIUM.open(pages[name], **context).page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())  # from outside: the page's own policy allows no other script
    passed, violations = page.evaluate(ASK, options)
    assert passed, "nothing was looked at"
    assert violations == []
