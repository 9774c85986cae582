"""Trained weights are read by ``report``, and elsewhere only when somebody asks for it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, encode

BROKEN = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,8,8] x) => (float[1,2,8,8] y)
<float[2,2,1,1] w = {1, nan, 2, 3}>
{ y = Conv (x, w) }"""


@pytest.fixture
def broken(tmp_path: Path) -> str:
    (tmp_path / "broken.onnx").write_bytes(encode(BROKEN))
    return "broken.onnx"


def test_check_does_not_look_at_weights(cli: Cli, broken: str) -> None:
    outcome = cli("check", broken, "--format", "json")
    assert outcome.code == 0
    assert json.loads(outcome.out)["models"][0]["findings"] == []


@pytest.mark.parametrize(
    "words", [["--weights"], ["--select", "WGT"], ["--select", "WGT001"], ["--select", "weights"]]
)
def test_check_reads_weights_when_asked_or_needed(cli: Cli, broken: str, words: list[str]) -> None:
    outcome = cli("check", broken, *words)
    assert outcome.code == 1
    assert "WGT001 1 of 4 values of w are not finite (1 NaN, 0 infinite)" in outcome.out


@pytest.mark.parametrize(
    ("selector", "unread"), [("ALL", {"SEP002", "WGT001"}), ("SEP", {"SEP002"})]
)
def test_broad_selectors_do_not_make_check_read_weights(
    cli: Cli, broken: str, selector: str, unread: set[str]
) -> None:
    outcome = cli("check", broken, "--select", selector)
    assert outcome.code == 0
    named = outcome.err.splitlines()[-1]
    assert named.startswith("not applied: ")
    assert unread <= set(re.findall(r"[A-Z]{3}\d{3}", named))
    assert named.endswith("--weights")


def test_rules_that_were_skipped_are_in_the_json(cli: Cli, broken: str) -> None:
    (plain,) = json.loads(cli("check", broken, "--format", "json").out)["models"]
    assert "WGT001" in plain["skipped_rules"]
    (read,) = json.loads(cli("check", broken, "--weights", "--format", "json").out)["models"]
    assert read["skipped_rules"] == []


def test_configuration_can_ask_for_weights(cli: Cli, broken: str, tmp_path: Path) -> None:
    tmp_path.joinpath("onnxlint.toml").write_text("weights = true\n")
    assert cli("check", broken).code == 1


def test_suppression_about_weights_is_not_unused_where_they_were_not_read(
    cli: Cli, broken: str, tmp_path: Path
) -> None:
    tmp_path.joinpath("onnxlint.toml").write_text(
        '[[suppress]]\nrule = "WGT001"\nreason = "a test"\n'
    )
    assert cli("check", broken).out == ""
    silenced = cli("check", broken, "--weights")
    assert (silenced.code, silenced.out) == (0, "")


def test_report_reads_weights_unless_told_not_to(cli: Cli, broken: str) -> None:
    found = []
    for words in ([], ["--no-weights"]):
        assert cli("report", broken, "-o", "out", "--format", "json", *words).code == 0
        found.append(
            [f["rule"] for f in json.loads(Path("out/broken.json").read_text())["findings"]]
        )
    assert found == [["WGT001"], []]


def test_inspect_reads_weights_on_request(cli: Cli, broken: str) -> None:
    with_weights = json.loads(cli("inspect", broken, "--weights", "--format", "json").out)
    assert [f["rule"] for f in with_weights["findings"]] == ["WGT001"]
    without = json.loads(cli("inspect", broken, "--format", "json").out)
    assert without["findings"] == []


def test_a_report_reads_weights_unasked_and_so_concludes_without_any(
    cli: Cli, tmp_path: Path
) -> None:
    (tmp_path / "m.onnx").write_bytes(
        encode(
            """<ir_version: 8, opset_import: ["" : 17]>
            g (float[1,2,8,8] x) => (float[1,2,8,8] y) <int64[4] s = {2, 2, 1, 1}>
            { w = ConstantOfShape (s) y = Conv (x, w) }"""
        )
    )
    assert cli("report", "m.onnx", "-o", "out", "--format", "json").code == 0
    found = json.loads((tmp_path / "out/m.json").read_text())
    assert [(p["code"], p["inconclusive"]) for p in found["problems"]] == [
        ("weights-unread", False)
    ]
    assert found["outcome"] == "clean"
    assert cli("check", "m.onnx", "--weights").code == 2
