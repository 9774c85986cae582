"""Every output of one small model, compared with files; `make snapshots` rewrites them.

The expected files say what changed, not what is right: review their diff. Numbers are checked
against the outside world elsewhere.
"""

from __future__ import annotations

import os
from math import prod
from pathlib import Path

import numpy as np
import onnx.parser
import pytest
from onnx import numpy_helper

from analyzer.cli.main import run

EXPECTED = Path(__file__).parent / "expected"
UPDATE = "UPDATE_SNAPSHOTS"
NET = """
<ir_version: 8, opset_import: ["" : 17], producer_name: "snapshot">
net (float[batch,16,32,32] image) => (float[batch,32,16,16] y)
<float[64,16,3,3] w = {0}, float[64] b = {0}, float[64,1,3,3] d = {0}, float[32,64,1,1] p = {0}>
{
  a = Conv <pads=[1,1,1,1]> (image, w, b)
  r = Relu (a)
  s = Conv <pads=[1,1,1,1], strides=[2,2], group=64> (r, d)
  t = Relu (s)
  y = Conv (t, p)
}
"""
"""A standard convolution worth a finding, then a separable block; its batch size is open."""
COMMANDS = {
    "inspect.txt": "inspect net.onnx",
    "inspect.json": "inspect net.onnx --format json",
    "inspect.csv": "inspect net.onnx --format csv",
    "check.txt": "check net.onnx",
    "check.concise": "check net.onnx --format concise",
    "check.json": "check net.onnx --format json",
    "check.jsonl": "check net.onnx --format jsonl",
    "check.csv": "check net.onnx --format csv",
    "check.sarif": "check net.onnx --format sarif",
    "check.netron.json": "check net.onnx --format netron",
    "check.github": "check net.onnx --format github",
    "check.gitlab.json": "check net.onnx --format gitlab",
    "check.junit.xml": "check net.onnx --format junit",
    "check.md": "check net.onnx --format markdown",
    "scale.txt": "scale net.onnx",
    "graph.dot": "graph net.onnx -o - --format dot",
    "graph.graphml": "graph net.onnx -o - --format graphml",
    "graph.json": "graph net.onnx -o - --format json",
    "explain.txt": "explain SEP001",
    "rules.txt": "rules",
}

SEVERAL = {
    ".breaches", ".counts", ".facts", ".findings", ".options", ".page", ".pair", ".records",
    ".scaled",
}  # fmt: skip
"""Suffixes of the snapshots of other tests."""
PAGES = {"index.html": "index.html", "check.html": "check.html"}
"""Pages about many models, by their snapshots."""


def compare(file: str, content: str) -> None:
    """``content`` equals the expected ``file``, or becomes it when snapshots are rewritten."""
    path = EXPECTED / file
    if os.environ.get(UPDATE):
        path.write_text(content)
    assert content == path.read_text(), "run `make snapshots` and review the diff"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the model in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "100")
    model = onnx.parser.parse_model(NET)
    for weight in model.graph.initializer:
        values = np.arange(prod(weight.dims)) * 7 % 19 - 9  # no two filters alike
        weight.CopyFrom(
            numpy_helper.from_array(values.astype("<f4").reshape(weight.dims), weight.name)
        )
    Path("net.onnx").write_bytes(model.SerializeToString(deterministic=True))
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("file", COMMANDS)
def test_command_prints_its_snapshot(file: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(COMMANDS[file].split()) == 0
    compare(file, capfd.readouterr().out)


def test_html_report_is_its_snapshot(folder: Path) -> None:
    assert run(["report", "net.onnx", "-o", "out", "--format", "html"]) == 0
    compare("report.html", (folder / "out" / "net.html").read_text())


def test_pages_about_many_models_are_their_snapshots(folder: Path) -> None:
    """What they say; style and script are those of the report."""
    (folder / "broken.onnx").write_bytes(b"")
    check = ["check", ".", "-q", "--format", "concise", "--output", "html=out/check.html"]
    assert run(["report", ".", "-o", "out", "--format", "html"]) == 2
    assert run(check) == 2
    for file, page in PAGES.items():
        text = (folder / "out" / page).read_text().replace(folder.name, "models")
        compare(file, text[text.index("<header>") : text.index("<script")])


def test_html_of_a_comparison_is_its_snapshot(folder: Path) -> None:
    """From its heading to its script: style and script are those of the report."""
    wide = onnx.load("net.onnx")
    first = wide.graph.initializer[0]
    doubled = numpy_helper.to_array(first) * np.float32(2)
    first.CopyFrom(numpy_helper.from_array(doubled, first.name))
    wide.graph.node[3].op_type = "Sigmoid"
    onnx.save(wide, "new.onnx")
    assert run(["compare", "net.onnx", "new.onnx", "-o", "compare.html"]) == 0
    text = (folder / "compare.html").read_text()
    compare("compare.html", text[text.index("<header>") : text.index("<script")])


def test_no_snapshot_is_left_over() -> None:
    known = {*COMMANDS, *PAGES, "report.html", "compare.html"}
    assert {path.name for path in EXPECTED.iterdir() if path.suffix not in SEVERAL} == known
