"""``check --statistics`` and ``--exit-zero``."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import CLEAN, WASTEFUL, Cli, encode

SCHEMA = json.loads((Path(__file__).parents[2] / "analyzer/report/schema.json").read_text("utf-8"))
TWICE = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,64,56,56] x, float[128,64,3,3] w, float[64,128,3,3] v) => (float[1,64,56,56] z) {
  y = Conv <pads=[1,1,1,1]> (x, w)
  z = Conv <pads=[1,1,1,1]> (y, v)
}"""
NEWER = CLEAN.replace("17", "9999")


@pytest.fixture
def models(tmp_path: Path) -> None:
    """SEP001 at one place in one model and at two in another, nothing in the third."""
    for name, text in {"one": WASTEFUL, "two": TWICE, "none": CLEAN}.items():
        (tmp_path / f"{name}.onnx").write_bytes(encode(text))


@pytest.mark.usefixtures("models")
def test_statistics_count_findings_places_and_models_of_each_rule(cli: Cli) -> None:
    outcome = cli("check", ".", "--statistics", "--select", "SEP001")
    assert [line.split() for line in outcome.out.splitlines()] == [
        ["findings", "places", "models", "rule", "severity", "name"],
        ["2", "3", "2", "SEP001", "warning", "separable-candidate"],
    ]
    assert outcome.code == 0
    assert "2 findings (2 warnings) at 3 places in 3 models" in outcome.err


@pytest.mark.usefixtures("models")
def test_the_most_frequent_rule_comes_first_whatever_its_id(cli: Cli, tmp_path: Path) -> None:
    unused = CLEAN.replace("{ y", "<float[3] spare = {1, 2, 3}> { y")
    (tmp_path / "unused.onnx").write_bytes(encode(unused))
    outcome = cli("check", ".", "--statistics", "--select", "SEP001,STR014")
    assert [line.split()[3] for line in outcome.out.splitlines()[1:]] == ["SEP001", "STR014"]


@pytest.mark.usefixtures("models")
def test_statistics_as_json_obey_the_schema_and_name_what_was_not_judged(cli: Cli) -> None:
    Path("empty.onnx").touch()
    outcome = cli("check", ".", "--statistics", "--format", "json", "--select", "SEP001")
    assert outcome.code == 2
    document = json.loads(outcome.out)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert document["rules"] == [
        {"rule": "SEP001", "name": "separable-candidate", "severity": "warning", "findings": 2,
         "places": 3, "models": 2}
    ]  # fmt: skip
    assert (document["models"], document["inconclusive"]) == (3, ["empty.onnx"])
    assert document["outcome"] == "inconclusive"


def test_statistics_say_what_could_not_be_judged(cli: Cli, clean: str) -> None:
    Path("empty.onnx").touch()
    Path("newer.onnx").write_bytes(encode(NEWER))
    outcome = cli("check", ".", "--statistics", "-q", "--ignore", "ALL")
    assert outcome.code == 2
    empty, newer = outcome.out.splitlines()
    assert empty.startswith("empty.onnx: cannot judge: ")
    assert newer == "newer.onnx: inconclusive: judged only in part"


def test_without_findings_there_is_no_table(cli: Cli, clean: str) -> None:
    outcome = cli("check", clean, "--statistics")
    assert (outcome.code, outcome.out) == (0, "")
    assert "0 findings: clean" in outcome.err


@pytest.mark.usefixtures("models")
def test_findings_go_to_files_beside_the_statistics(cli: Cli) -> None:
    words = ("check", ".", "--statistics", "--output", "json=all.json", "--select", "SEP001")
    assert cli(*words).out.startswith("findings")
    assert len(json.loads(Path("all.json").read_text())["models"]) == 3


def test_other_formats_have_no_statistics(cli: Cli, clean: str) -> None:
    outcome = cli("check", clean, "--statistics", "--format", "sarif")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--statistics: formats are text, json" in outcome.err


def test_exit_zero_ends_with_0_whatever_is_found(cli: Cli, wasteful: str) -> None:
    Path("onnxlint.toml").write_text('fail-on = "info"\n')
    assert cli("check", wasteful).code == 1
    outcome = cli("check", wasteful, "--exit-zero")
    assert outcome.code == 0
    assert "SEP001" in outcome.out


@pytest.mark.parametrize("data", [b"", b"version https://git-lfs.github.com/spec/v1\n"])
def test_exit_zero_does_not_hide_what_could_not_be_judged(
    cli: Cli, wasteful: str, data: bytes
) -> None:
    Path("broken.onnx").write_bytes(data)
    assert cli("check", ".", "--exit-zero").code == 2


def test_exit_zero_and_fail_on_contradict_each_other(cli: Cli, clean: str) -> None:
    assert cli("check", clean, "--exit-zero", "--fail-on", "error").code == 2
