"""``inspect --explain``, ``--conventions`` and ``--growth``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, encode

MOBILENET = str(Path(__file__).parents[2] / "samples" / "mobilenet_v1.onnx")
DYNAMIC = """<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,seq,8] x, float[batch,8,seq] t) => (float[batch,seq,seq] y) { y = MatMul (x, t) }"""


@pytest.fixture
def dynamic(tmp_path: Path) -> str:
    (tmp_path / "dynamic.onnx").write_bytes(encode(DYNAMIC))
    return "dynamic.onnx"


def test_conventions_of_a_model(cli: Cli) -> None:
    out = cli("inspect", MOBILENET, "--conventions").out
    assert "568,740,352  mult-adds" in out
    shown = json.loads(cli("inspect", MOBILENET, "--conventions", "--format", "json").out)
    assert {c["name"]: c["count"] for c in shown["conventions"]}["onnx-tool"] == 735_240_328


def test_growth_of_a_model(cli: Cli, dynamic: str) -> None:
    out = cli("inspect", dynamic, "--growth", "--dim", "batch=3").out
    assert "seq (x axis 1, t axis 2): quadratic\n  MACs = 24·n²\n" in out
    shown = json.loads(cli("inspect", dynamic, "--growth", "--format", "json").out)
    assert [g["kind"] for g in shown["growth"]] == ["linear", "quadratic"]


def test_growth_reads_standard_input(cli: Cli) -> None:
    assert "quadratic" in cli("inspect", "-", "--growth", stdin=encode(DYNAMIC)).out


def test_a_file_takes_the_answer(cli: Cli, dynamic: str) -> None:
    assert cli("inspect", dynamic, "--growth", "-o", "growth.txt").out == ""
    assert "quadratic" in Path("growth.txt").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--growth", "--format", "csv"), "text or json"),
        (("--conventions", "--growth"), "not allowed with"),
        (("--explain", "nothing-like-it"), "no operator 'nothing-like-it'"),
    ],
)
def test_what_cannot_be_answered_exits_2(
    cli: Cli, dynamic: str, words: tuple[str, ...], said: str
) -> None:
    outcome = cli("inspect", dynamic, *words)
    assert outcome.code == 2
    assert said in outcome.err


def test_a_question_needs_a_model(cli: Cli) -> None:
    assert "which model?" in cli("inspect", "--growth").err
