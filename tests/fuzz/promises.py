"""What the whole tool promises about any file, checked on one."""

from __future__ import annotations

import csv
import io
import json
import re
import resource
import time
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache, partial
from html.parser import HTMLParser
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from unittest import mock
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator

from analyzer.analyze import analyze, analyze_weights
from analyzer.errors import ModelError, OnnxlintError
from analyzer.graph.export import EXPORTS, export
from analyzer.lint import Settings, judge
from analyzer.model import Limits, load_bytes
from analyzer.report import CHECK_FORMATS, INSPECT_FORMATS, REPORT_FORMATS
from analyzer.report.result import Batch, Failure, Options, Result
from analyzer.ruleset import load_rules
from analyzer.shapes.run import infer_shapes
from tests import audit
from tests.fuzz.strings import PROBE

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.ruleset import Rule

LIMITS = Limits(guard_bytes=1 << 30)
SECONDS = 10.0
"""Longest time for one file, worker processes included."""
GROWTH = 300 << 20
"""Most bytes by which judging one file may raise the peak memory of this process."""
CUT_SHORT = re.compile(r"inference-|.*-limit$|more-problems|recursive-function|cycle|tensor-size")
"""Codes of problems after which a model cannot be clean."""
_CONTROL = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_COMMAND = re.compile(r"^\s*::|##\[|##vso\[", re.MULTILINE)
_COUNTS = {
    "macs", "flops", "params", "executions", "total_macs", "read_bytes", "write_bytes",
    "weight_bytes", "peak_activation_bytes", "peak_bytes", "unknown_nodes", "nodes", "weights",
    "buffers", "quantization", "constants", "stored_bytes", "weighted_layers", "macs_now",
    "macs_after", "params_now", "params_after", "taps", "value",
}  # fmt: skip


class BrokenPromiseError(AssertionError):
    """A file made the tool do what it must not."""


@dataclass(frozen=True)
class Depth:
    """How much to do with a file; what costs more is done less often."""

    guard: bool = True
    """False infers shapes in this process, which the file may then kill."""
    schema: bool = False
    html: bool = False
    pdf: bool = False


def keep(data: bytes, depth: Depth = Depth()) -> str:
    """Put ``data`` through the whole tool; its outcome, or raise ``BrokenPromiseError``."""
    start, before = time.monotonic(), _peak()
    with audit.watched() as seen:
        outcome = _keep(data, depth)
    expect(not seen, f"not allowed: {seen}")
    seconds, growth = time.monotonic() - start, _peak() - before
    expect(seconds < SECONDS * (1 + depth.html + 2 * depth.pdf), f"took {seconds:.1f} seconds")
    expect(not depth.guard or depth.pdf or growth < GROWTH, f"took {growth >> 20} MiB")
    return outcome


def _keep(data: bytes, depth: Depth) -> str:
    with mock.patch("analyzer.analyze.infer_shapes", partial(infer_shapes, guard=depth.guard)):
        item: Result | Failure
        try:
            item = _judge(data, weights=depth.html)
        except ModelError as error:
            expect("\n" not in str(error), "a message of several lines")
            item = Failure("fuzz.onnx", str(error))
        except OnnxlintError as error:
            raise BrokenPromiseError(f"not a ModelError: {error!r}") from error
    _check_batch(item, schema=depth.schema)
    if isinstance(item, Result):
        _check_facts(item)
        _check_formats(item)
        if depth.html:
            _check_page(REPORT_FORMATS["html"](item, Options()).decode())
        if depth.pdf:
            expect(REPORT_FORMATS["pdf"](item, Options()).startswith(b"%PDF"), "no PDF")
    return item.outcome


def expect(held: bool, what: str) -> None:
    if not held:
        raise BrokenPromiseError(what)


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    return load_rules()


@lru_cache(maxsize=1)
def _validator() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads((files("analyzer.report") / "schema.json").read_text("utf-8"))
    )


def _judge(data: bytes, *, weights: bool) -> Result:
    model = load_bytes(data, "fuzz.onnx", limits=LIMITS)
    facts = (analyze_weights if weights else analyze)(model, limits=LIMITS)
    verdict = judge(facts, rules(), Settings(preview=True))
    return Result(facts, verdict.findings, rules())


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _check_facts(result: Result) -> None:
    facts = result.facts
    cut = [p.code for p in facts.problems if CUT_SHORT.match(p.code)]
    expect(not cut or result.outcome == "inconclusive", f"{result.outcome} in spite of {cut}")
    expect(len({n.id for n in facts.nodes}) == len(facts.nodes), "two nodes have one id")
    expect(set(facts.graph) == {n.id for n in facts.nodes}, "graph and nodes differ")
    for subject in (*facts.nodes, facts.totals, facts.parameters, facts.memory, facts.separable,
                    *facts.blocks, *facts.assumptions, *facts.inputs, *facts.outputs):  # fmt: skip
        _check_counts(subject)
    for tensor in (*facts.inputs, *facts.outputs, *(t for n in facts.nodes for t in n.outputs)):
        for size in tensor.shape or ():
            expect(size is None or (type(size) is int and size >= 0), f"size {size!r}")


def _check_counts(subject: Any) -> None:
    for field in fields(subject):
        value = getattr(subject, field.name)
        if field.name in _COUNTS and not isinstance(value, (str, tuple)):
            what = f"{type(subject).__name__}.{field.name} is {value!r}"
            expect(value is None or (type(value) is int and value >= 0), what)
        elif is_dataclass(value):
            _check_counts(value)


def _check_batch(item: Result | Failure, *, schema: bool) -> None:
    batch = Batch((item,))
    plain(CHECK_FORMATS["text"](batch, Options()).decode())
    text = CHECK_FORMATS["json"](batch, Options()).decode("ascii")
    plain(text)
    found = json.loads(text, parse_constant=_no_constant)
    if schema:
        wrong = [error.message[:200] for error in _validator().iter_errors(found)]
        expect(not wrong, f"JSON breaks its schema: {wrong[:3]}")


def _no_constant(name: str) -> None:
    raise BrokenPromiseError(f"JSON holds {name}")


def _check_formats(result: Result) -> None:
    for name in ("text", "json", "csv"):
        plain(text := INSPECT_FORMATS[name](result, Options()).decode())
    rows = list(csv.reader(io.StringIO(text)))
    expect(len(rows) == 1 + len(result.facts.nodes), "CSV has another number of rows")
    for row in rows:
        expect(len(row) == len(rows[0]), "CSV is ragged")
        expect(not any(c.lstrip(" ").startswith(tuple("=+-@\t\r")) for c in row), "CSV formula")
    _check_exports(result.facts)


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


def plain(text: str) -> None:
    """Nothing in ``text`` drives a terminal or a CI system."""
    found = _CONTROL.search(text) or _COMMAND.search(text)
    if found:
        near = text[max(0, found.start() - 30) : found.end() + 30]
        raise BrokenPromiseError(f"{found[0]!r} in an output: {near!r}")


class _Page(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        expect(PROBE not in (tag, *names), "markup from the model in the page")
        for name, value in attrs:
            if name in {"href", "src", "action", "data"}:
                kind = (value or "").strip().lower()
                expect(not kind.startswith(("javascript:", "file:", "//")), f"link {value!r}")
        expect(not any(n.startswith("on") for n in names), f"event handler in {tag}")


def _check_page(page: str) -> None:
    found = _CONTROL.search(page)
    expect(found is None, f"{found and found[0]!r} in the page")
    _Page().feed(page)
