"""Two names that differ in what nobody sees are two names to whoever reads."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from analyzer.compare import compare
from analyzer.graph.export import EXPORTS, export
from analyzer.report import CHECK_FORMATS, COMPARE_FORMATS, INSPECT_FORMATS, REPORT_FORMATS
from analyzer.report.compare import Pair, Turnover
from analyzer.report.result import Batch, Options, Result
from analyzer.ruleset import load_rules
from analyzer.sanitise import clean, label
from tests.golden.text import parse
from tests.sanitise.everywhere import result_of
from tests.sanitise.names import cycle, rule_file

DIFFERENCES = (
    "", " ", "  ", "\xa0", "\u2003", "\u3000", "\u200b", "\u200d", "\xad", "\u034f", "\u115f",
    "\u180b", "\u2060", "\u2800", "\u3164", "\ufe0f", "\ufeff", "\uffa0", "\U0001d173",
    "\U000e0041", "\U000e0100", "\u202c", "\x7f", "\ue000", "\u0378", "\ufffe",
)  # fmt: skip
NAMES = [*(f"cv{difference}a" for difference in DIFFERENCES), " cva", "cva ", "cva\u2003"]


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Operators that are called alike, each with a finding that begins with its name."""
    body = "x0 = Abs (x) " + " ".join(f"x{n} = Abs (x{n - 1})" for n in range(1, len(NAMES)))
    last = len(NAMES) - 1
    model = parse(f"g (float[2] x) => (float[2] x{last}) {{ {body} }}")
    for node, name in zip(model.graph.node, NAMES, strict=True):
        node.name = name
    folder = tmp_path_factory.mktemp("rules")
    (folder / "1.yaml").write_text(rule_file(cycle(["a"])))
    return result_of(model, "m.onnx", load_rules(folder))


@pytest.fixture(scope="module")
def told(result: Result) -> Result:
    """Only what our rule says, of each operator by itself."""
    return replace(result, findings=tuple(f for f in result.places if f.rule == "EVL001"))


class _Text(HTMLParser):
    """What a browser shows, piece by piece, with white space as it shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.seen.add(shown(data))


def shown(text: str) -> str:
    """``text`` as a page has it: composed, spaces collapsed, without what has no shape."""
    kept = (c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).split())


def words(text: str) -> set[str]:
    """Whatever of ``text`` may be a name of ours."""
    return set(re.findall(r"(?:\\x20)*cv[^\s:,`\"<>]*(?: [^\s:,`\"<>]*a(?:\\x20)*)?", text))


WANTED = {label(name) for name in NAMES}
TOLD = {label(name) for name in NAMES if name == name.strip(" ")}
"""Messages have no space at an end: what differs there alone is one finding at two places."""


def test_no_two_names_are_shown_alike() -> None:
    assert len({shown(label(name)) for name in NAMES}) == len(NAMES) == len(WANTED)


@pytest.mark.parametrize("format", ["text", "concise"])
def test_lines_show_each_name(told: Result, format: str) -> None:
    text = CHECK_FORMATS[format](Batch((told,)), Options()).decode()
    assert [name for name in TOLD if f" {name}: EVL001 " not in text] == []


def test_markdown_shows_each_name(told: Result) -> None:
    text = CHECK_FORMATS["markdown"](Batch((told,)), Options()).decode()
    parser = MarkdownIt("commonmark").enable("table")
    code = {
        token.content for block in parser.parse(text) for token in block.children or ()
        if token.type == "code_inline"
    }  # fmt: skip
    assert code >= TOLD


def test_csv_shows_each_name(result: Result, told: Result) -> None:
    """Spaces are data there: a program reads them, and a formula compares them."""
    wanted = {clean(name) for name in NAMES}
    assert len(wanted) == len(NAMES)
    sheets = (INSPECT_FORMATS["csv"](result, Options()),
              CHECK_FORMATS["csv"](Batch((told,)), Options()))  # fmt: skip
    for sheet in sheets:
        cells = {cell for row in csv.reader(io.StringIO(sheet.decode())) for cell in row}
        assert cells >= wanted


def test_tables_and_comparisons_show_each_name(result: Result) -> None:
    table = INSPECT_FORMATS["text"](result, Options()).decode()
    assert [name for name in WANTED if f"{name} " not in table] == []
    bare = result_of(parse("g (float[2] x) => (float[2] x) { }"), "o.onnx")
    pair = Pair(bare, result, compare(bare.facts, result.facts), Turnover(result.findings, ()))
    text = COMPARE_FORMATS["text"](pair, Options()).decode()
    assert len([name for name in WANTED if name in text]) >= 20


def test_pages_show_each_name(result: Result) -> None:
    page = _Text()
    page.feed(REPORT_FORMATS["html"](result, Options()).decode())
    assert page.seen >= WANTED


def test_paper_shows_names_apart(result: Result, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(REPORT_FORMATS["pdf"](result, Options(pdf_rows=200)))
    done = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True)
    text = done.stdout.decode()
    assert not [c for c in text if c not in "\n\f" and not c.isprintable()]
    bare = "".join(text.split())  # names break over lines; of what is alike, some are listed
    assert sum("".join(name.split()) in bare for name in WANTED if "\\" in name) >= 8


def test_graphs_tell_names_apart(result: Result) -> None:
    nodes = {node.id: node for node in result.facts.nodes}
    for format in EXPORTS:
        text = export(result.facts.graph, format, nodes).decode()
        assert not [c for c in text if c != "\n" and not c.isprintable()]
        assert len(words(text.replace("\\\\", "\\"))) >= len(NAMES) - 4
