"""What the pages of networks of many kinds say, compared with files; `make snapshots` rewrites
them. Like all snapshots they say what changed, not what is right.

Left out is what every page says, what rules say, how many there are, and how it looks.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.claims.test_claims import NAMES, RULES, shown
from tests.snapshots.test_snapshots import EXPECTED, compare

SILENT = frozenset({"style", "script", "nav", "head"})
LINES = frozenset({
    "article", "caption", "details", "dd", "div", "dl", "dt", "figure", "figcaption", "footer",
    "g", "h1", "h2", "h3", "h4", "header", "li", "main", "ol", "p", "section", "summary", "svg",
    "table", "tr", "ul",
})  # fmt: skip
"""Elements that begin and end a line."""
CELLS = frozenset({"td", "th", "text", "title", "tspan"})
ALIKE = ("data-fixed", "data-rule")
CATEGORIES = "|".join(sorted({rule.category for rule in RULES}))
RULED = re.compile(
    r"\d+ (of \d+ )?rules|\d+ of \d+,|^(Tool|File|Rules|onnxlint)\b|"
    rf"^({CATEGORIES}) \| [a-z0-9 -]+,"
)
"""Lines that another rule, version or folder changes."""
VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})


class _Text(HTMLParser):
    """The words of a page, a line for each row and paragraph."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self.silent = 0
        """Elements that are open in what is left out."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        if self.silent or tag in SILENT or any(name in ALIKE for name, _ in attrs):
            self.silent += 1
        elif tag in LINES:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.silent:
            self.silent -= 1
        elif tag in LINES:
            self.lines.append("")
        elif tag in CELLS:
            self.lines[-1] += " | "

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.lines[-1] += data


def words(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    lines = (" ".join(line.split()).removesuffix("|").strip() for line in reader.lines)
    return "\n".join(line for line in lines if line and not RULED.search(line)) + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_its_snapshot(name: str) -> None:
    compare(_file(name), words(shown(name)))


def test_no_page_is_left_over() -> None:
    assert {path.name for path in EXPECTED.glob("*.page")} == set(map(_file, NAMES))


def _file(name: str) -> str:
    return name.replace(" ", "-") + ".page"
