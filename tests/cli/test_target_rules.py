"""Rules about targets: silent unless a target is asked about, and open to authors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.examples import facts_of
from analyzer.lint import Settings, judge
from analyzer.ruleset.load import parse_rule
from tests.cli.conftest import Cli, encode

FLATTEN = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,8,8] x) => (float[1,128] y) { a = Relu (x) y = Flatten (a) }"""
CLIFF = """<ir_version: 10, opset_import: ["" : 22]>
g (float[1,2,8,8] x, float[2,2,1,1] w) => (float[1,2,8,8] y) { y = Conv (x, w) }"""


@pytest.fixture
def model(tmp_path: Path) -> str:
    (tmp_path / "m.onnx").write_bytes(encode(FLATTEN))
    (tmp_path / "cliff.onnx").write_bytes(encode(CLIFF))
    return "m.onnx"


def found(out: str) -> list[tuple[str, str]]:
    (document,) = json.loads(out)["models"]
    return [(f["rule"], f["node"]) for f in document["findings"] if f["rule"].startswith("TGT")]


def test_without_a_target_nothing_of_this_fires(cli: Cli, model: str) -> None:
    assert found(cli("check", model, "--format", "json").out) == []


def test_what_blocks_is_a_finding_at_its_operator(cli: Cli, model: str) -> None:
    outcome = cli("check", model, "--target", "coreml_mlprogram", "--format", "json")
    assert found(outcome.out) == [("TGT001", "y")]
    assert outcome.code == 0  # a warning: it falls back


def test_a_runtime_that_says_no_is_an_error(cli: Cli, tmp_path: Path) -> None:
    text = FLATTEN.replace("y = Flatten (a)", "b = Flatten (a) y = Erf (b)")
    (tmp_path / "erf.onnx").write_bytes(encode(text))
    outcome = cli("check", "erf.onnx", "--target", "ort_webgl", "--format", "json")
    assert outcome.code == 1
    assert found(outcome.out) == [("TGT009", ""), ("TGT001", "y")]


def test_an_opset_cliff_is_named_with_the_opset_that_would_do(cli: Cli, model: str) -> None:
    out = cli("check", "cliff.onnx", "--target", "ort_webgpu_js").out
    assert "TGT003 ort_webgpu_js 1.30.0: Conv-22 is not supported, only up to 11" in out
    assert "at opset 21 it would run" in out


def test_options_set_the_limits(cli: Cli, model: str, tmp_path: Path) -> None:
    (tmp_path / "onnxlint.toml").write_text(
        'targets = ["coreml_mlprogram"]\n[options.many-parts]\nmax-parts = 0\n'
    )
    assert ("TGT007", "") in found(cli("check", model, "--format", "json").out)


RULE = """id: OUR001
name: ours
category: ours
severity: error
applies-to: {node: all}
when: |
  not target.supported
message: |
  {{ node.op_type }} stays outside: {{ target.reason }}
summary: Ours.
rationale: Ours.
fix: Ours.
examples:
  - {name: a, expect: match, targets: [coreml_mlprogram], model: "m"}
  - {name: b, expect: no-match, model: "m"}
"""


def test_an_author_can_ask_whether_a_target_runs_an_operator() -> None:
    rule = parse_rule(RULE)
    settings = Settings(select=("OUR001",))
    asked = judge(facts_of(FLATTEN, targets=["coreml_mlprogram"]), (rule,), settings)
    assert [(f.node, f.message) for f in asked.findings] == [
        ("y", "Flatten stays outside: Flatten is not supported")
    ]
    assert judge(facts_of(FLATTEN), (rule,), settings).findings == ()
