"""Command lines run in this process, and small models to run them on."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import onnx.parser
import pytest

from analyzer.cli.main import run

WASTEFUL = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,64,56,56] x, float[128,64,3,3] w) => (float[1,128,56,56] y) {
  y = Conv <pads=[1,1,1,1]> (x, w)
}"""
"""231 million multiply-accumulates in one standard convolution: SEP001, a warning."""
CLEAN = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,8] x) => (float[1,8] y) { y = Relu (x) }"""


def encode(text: str) -> bytes:
    """ONNX text syntax as the bytes of a file."""
    data: bytes = onnx.parser.parse_model(text).SerializeToString()
    return data


@dataclass(frozen=True)
class Outcome:
    """What one command line did."""

    code: int
    out: str
    err: str


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run ``onnxlint WORDS…`` in an empty folder; no outcome may hold a traceback."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH", "ONNXLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capfd.readouterr()
        code = run(words)
        out, err = capfd.readouterr()
        if "--debug" not in words:
            assert "Traceback" not in out + err
        return Outcome(code, out, err)

    return call


@pytest.fixture
def wasteful(tmp_path: Path) -> str:
    (tmp_path / "wasteful.onnx").write_bytes(encode(WASTEFUL))
    return "wasteful.onnx"


@pytest.fixture
def clean(tmp_path: Path) -> str:
    (tmp_path / "clean.onnx").write_bytes(encode(CLEAN))
    return "clean.onnx"
