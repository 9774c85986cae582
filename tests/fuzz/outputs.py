"""What every output promises, whatever names the model has: shape, and no command obeyed."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from importlib.resources import files
from xml.etree import ElementTree as ET

from analyzer.compare import compare
from analyzer.facts import Facts
from analyzer.graph.export import EXPORTS, export
from analyzer.report import CHECK_FORMATS, COMPARE_FORMATS, INSPECT_FORMATS
from analyzer.report.compare import Pair, Turnover
from analyzer.report.explain import explain_node
from analyzer.report.result import Batch, Failure, Options, Result
from tests.fuzz.strings import PROBE
from tests.oracle import obeyed, unseen
from tests.schemas import Schema

EXPLAINED = 5
"""Operators that are explained one by one."""
_OURS = re.compile(
    r"^::(error|warning|notice) (file=[^,:\n]*,line=1,)?title=[^,:\n]*::", re.MULTILINE
)
"""What each line for GitHub begins with."""


_JUNIT = {"testsuites", "testsuite", "properties", "property", "testcase", "failure", "error",
          "skipped"}  # fmt: skip


class BrokenPromiseError(AssertionError):
    """A file made the tool do what it must not."""


def expect(held: bool, what: str) -> None:
    if not held:
        raise BrokenPromiseError(what)


def plain(text: str) -> None:
    """Nothing in ``text`` drives a terminal or a CI system, or is there and not seen."""
    if hidden := unseen(text):
        place = text.index(hidden[0])
        near = text[max(0, place - 30) : place + 30]
        raise BrokenPromiseError(f"{hidden} in an output: {near!r}")
    if lines := obeyed(text):
        raise BrokenPromiseError(f"{len(lines)} lines are obeyed: {lines[0][:200]}")


def without_our_commands(text: str) -> str:
    """``text`` with no command where a line is to be one of GitHub's: the rest is its message."""
    return _OURS.sub("ours: ", text)


def check_batch(item: Result | Failure, *, schema: bool, formats: Iterable[str]) -> None:
    """These formats of ``check``, the JSON among them."""
    batch = Batch((item,))
    made = {name: CHECK_FORMATS[name](batch, Options()).decode() for name in formats}
    lines = made.pop("github", "").splitlines()
    expect(all(_OURS.match(line) for line in lines), "a line for GitHub that is not ours")
    plain(without_our_commands("\n".join(lines)))
    for text in made.values():
        plain(text)
    for name in made.keys() & {"json", "sarif", "gitlab", "jsonl"}:
        for text in made[name].splitlines() if name == "jsonl" else [made[name]]:
            json.loads(text, parse_constant=_no_constant)
    if "html" in made:
        check_page(made["html"])
    if "junit" in made:
        suites = ET.fromstring(made["junit"])
        expect({e.tag for e in suites.iter()} <= _JUNIT, "markup in JUnit's XML")
    if schema:
        wrong = [message[:200] for message in _schema().breaches(json.loads(made["json"]))]
        expect(not wrong, f"JSON breaks its schema: {wrong[:3]}")


@lru_cache(maxsize=1)
def _schema() -> Schema:
    return Schema(json.loads((files("analyzer.report") / "schema.json").read_text("utf-8")))


def _no_constant(name: str) -> None:
    raise BrokenPromiseError(f"JSON holds {name}")


def check_formats(result: Result) -> None:
    """All formats of ``inspect`` and ``graph``, and what ``--explain`` says of some operators."""
    texts = {name: draw(result, Options()).decode() for name, draw in INSPECT_FORMATS.items()}
    for text in texts.values():
        plain(text)
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    expect(len(rows) == 1 + len(result.facts.nodes), "CSV has another number of rows")
    for row in rows:
        expect(len(row) == len(rows[0]), "CSV is ragged")
        expect(not any(c.lstrip(" ").startswith(tuple("=+-@\t\r")) for c in row), "CSV formula")
    for node in result.facts.nodes[:EXPLAINED]:
        plain(explain_node(result.facts, node.id))
    _check_exports(result.facts)


def check_comparison(old: Result, new: Result) -> None:
    """All formats of ``compare``."""
    difference = compare(old.facts, new.facts)
    pair = Pair(old, new, difference, Turnover(new.findings, old.findings))
    texts = {name: make(pair, Options()).decode() for name, make in COMPARE_FORMATS.items()
             if name != "pdf"}  # fmt: skip
    for text in texts.values():
        plain(text)
    expect(texts["html"].count("<script") == 2, "HTML has a script that is not ours")
    json.loads(texts["json"], parse_constant=_no_constant)


def _check_exports(facts: Facts) -> None:
    nodes = {node.id: node for node in facts.nodes}
    made = {name: export(facts.graph, name, nodes).decode() for name in EXPORTS}
    for text in made.values():
        plain(text)
    json.loads(made["json"], parse_constant=_no_constant)
    root = ET.fromstring(made["graphml"])
    tags = [element.tag.rsplit("}")[-1] for element in root.iter()]
    expect(tags.count("node") == len(nodes), "GraphML has another number of nodes")
    expect(PROBE not in tags, "markup in GraphML")


class _Page(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        expect(PROBE not in (tag, *names), "markup from the model in the page")
        for name, value in attrs:
            if name in {"href", "src", "action", "data"}:
                kind = (value or "").strip().lower()
                expect(not kind.startswith(("javascript:", "file:", "//")), f"link {value!r}")
        expect(not any(n.startswith("on") for n in names), f"event handler in {tag}")


def check_page(page: str) -> None:
    expect(not unseen(page), f"{unseen(page)} in the page")
    _Page().feed(page)
