"""Models to report on, small enough to make on the spot."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import onnx
from onnx import TensorProto, helper

from analyzer.analyze import analyze
from analyzer.findings.suppress import Suppression
from analyzer.lint import Settings, lint
from analyzer.model import load
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.ruleset import load_rules

SAMPLES = Path(__file__).parents[2] / "samples"
LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
Made = Callable[[str], tuple[bytes, list[str]]]
"""The PDF of a fixture's result, by its name, and WeasyPrint's complaints."""
HOSTILE = "<script>alert(1)</script>\"'&amp;\x1b[31m\u202eexe.png"


class Complaints(logging.Handler):
    """What WeasyPrint says while a PDF is made."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())


def judge(path: Path) -> Result:
    facts = analyze(load(str(path)))
    rules = load_rules()
    return Result(facts, lint(facts, rules), rules, f"onnxlint report {path.name}")


def selected(result: Result, *rules: str) -> Result:
    """``result`` as ``--select`` leaves it, for tests that are about these rules."""
    findings = lint(result.facts, result.rules, Settings(select=rules))
    return replace(result, findings=findings)


def quiet(result: Result, silenced: int, known: int) -> Result:
    """``result`` with so many of its first finding silenced and known, and nothing to report."""
    (first, *_) = result.places
    entry = Suppression(first.rule, "we know")
    return replace(
        result, findings=(), silenced=((first, entry),) * silenced, known=(first,) * known
    )


def save(tmp: Path, name: str, nodes: list[onnx.NodeProto], **weights: tuple[int, ...]) -> Path:
    """A model from 1×8×32×32 ``x`` to ``y`` with float32 initializers of the given shapes."""
    graph = helper.make_graph(
        nodes,
        HOSTILE if "hostile" in name else "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 32, 32])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [
            helper.make_tensor(key, TensorProto.FLOAT, shape, bytes(4 * _product(shape)), raw=True)
            for key, shape in weights.items()
        ],
    )
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.acme", 1)]
    model = helper.make_model(graph, opset_imports=imports, ir_version=8, producer_name=graph.name)
    path = tmp / f"{name}.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def _product(shape: tuple[int, ...]) -> int:
    out = 1
    for side in shape:
        out *= side
    return out


def words(html: str) -> str:
    """Visible text of an HTML page, roughly: no tags, style or script, single spaces."""
    text = re.sub(r"(?s)<(style|script|title)\b.*?</\1>", " ", html)
    text = re.sub(r'<span class="?u"?>([^<]*)</span>', r"\1", text)  # numbers with their units
    text = re.sub(r'<a href="?#y-[0-9]+"? data-eg>([^<]*)</a>', r"\1", text)  # and explanations
    return " ".join(re.sub(r"<[^>]*>", " ", text).replace("&nbsp;", " ").split())


_rendered: dict[int, tuple[Result, bytes]] = {}


def html_of(result: Result) -> bytes:
    """The HTML report of one of the results that tests share, made once."""
    if id(result) not in _rendered:
        _rendered[id(result)] = result, REPORT_FORMATS["html"](result, Options())
    return _rendered[id(result)][1]
