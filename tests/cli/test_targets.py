"""``targets``: one line a target, JSON by the schema, and mistakes that say what was meant."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import onnx
import pytest
from jsonschema import Draft202012Validator

from tests.cli.conftest import CLEAN, Cli, encode

TAIL = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,8,8] x) => (float[1,128] y) { a = Relu (x) y = Flatten (a) }"""


@pytest.fixture
def tail(tmp_path: Path) -> str:
    (tmp_path / "tail.onnx").write_bytes(encode(TAIL))
    return "tail.onnx"


def test_every_shipped_target_has_a_line_of_80_columns(cli: Cli, tail: str) -> None:
    outcome = cli("targets", tail)
    lines = outcome.out.splitlines()
    assert (outcome.code, lines[0]) == (0, "tail.onnx")
    assert len([line for line in lines if line.endswith("2/2") or " 2/2 " in line]) >= 16
    assert max(map(len, lines)) <= 80
    assert lines[2].split() == ["ort_cpu", "whole", "2/2"]


def test_what_blocks_and_what_helps_is_said(cli: Cli, tail: str) -> None:
    out = " ".join(cli("targets", tail, "--target", "coreml_mlprogram").out.split())
    assert "coreml_mlprogram 1 part 1/2 Flatten is not supported" in out
    assert "write 1 Flatten as Reshape to constant sizes → coreml_mlprogram whole" in out


def test_json_is_what_the_schema_says(cli: Cli, tail: str) -> None:
    outcome = cli("targets", tail, "--format", "json")
    document = json.loads(outcome.out)
    schema = json.loads(files("analyzer.report").joinpath("schema.json").read_text())
    Draft202012Validator(schema).validate(document)
    (model,) = document["models"]
    assert (document["schema"], model["path"], len(model["targets"])) == (1, tail, 18)
    coreml = next(t for t in model["targets"] if t["target"] == "coreml_mlprogram")
    assert coreml["verdict"] == "split"
    assert coreml["certain"] is True
    assert [coreml[key] for key in ("partitions", "nodes", "supported", "maybe")] == [1, 2, 1, 0]
    blocker = coreml["blockers"][0]
    assert blocker["node"] == "y"
    assert (blocker["op_type"], blocker["count"]) == ("Flatten", 1)
    assert coreml["edits"][0]["partitions"] == 1
    assert coreml["edits"][0]["text"].startswith("write 1 Flatten")


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("tensort", "there is no target 'tensort', did you mean 'tensorrt'?"),
        ("tensorrt@10", "target tensorrt has no version '10'; its table is about 11.1 only"),
        ("ort_cpu@1.33", "target ort_cpu has no version '1.33', did you mean"),
        ("none.csv", "none.csv: there is no such file"),
    ],
)
def test_a_target_that_does_not_exist_ends_with_2(
    cli: Cli, tail: str, target: str, said: str
) -> None:
    for command in ("targets", "check"):
        outcome = cli(command, tail, "--target", target)
        assert (outcome.code, outcome.out) == (2, "")
        assert said in outcome.err


def test_the_configuration_names_targets(cli: Cli, tail: str, tmp_path: Path) -> None:
    (tmp_path / "onnxlint.toml").write_text('targets = ["nnapi", "tensorrt@11"]\n')
    document = json.loads(cli("targets", tail, "--format", "json").out)
    assert [t["target"] for t in document["models"][0]["targets"]] == ["nnapi", "tensorrt"]
    again = json.loads(cli("targets", tail, "--target", "qnn", "--format", "json").out)
    assert [t["target"] for t in again["models"][0]["targets"]] == ["qnn_htp"]


def test_a_mistake_in_the_configuration_is_named_with_its_line(
    cli: Cli, tail: str, tmp_path: Path
) -> None:
    (tmp_path / "onnxlint.toml").write_text('preview = true\ntargets = ["nnappi"]\n')
    outcome = cli("check", tail)
    assert outcome.code == 2
    assert "onnxlint.toml:2: targets: there is no target 'nnappi', did you mean" in outcome.err


def test_one_unreadable_model_does_not_keep_the_others_from_it(
    cli: Cli, tail: str, tmp_path: Path
) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"")
    outcome = cli("targets", "bad.onnx", tail, "--target", "nnapi")
    assert outcome.code == 2
    assert "bad.onnx: cannot judge: " in outcome.out
    assert "tail.onnx" in outcome.out


def test_standard_input_and_a_file_of_output(cli: Cli, tmp_path: Path) -> None:
    outcome = cli("targets", "-", "--target", "nnapi", "-o", "out.txt", stdin=encode(CLEAN))
    assert (outcome.code, outcome.out) == (0, "")
    assert (tmp_path / "out.txt").read_text().startswith("-\n")


def test_names_of_a_hostile_model_cannot_drive_a_terminal(cli: Cli, tmp_path: Path) -> None:
    model = onnx.parser.parse_model(TAIL)
    for node in model.graph.node:
        node.op_type = f"{node.op_type}\x1b[2J\n"
    (tmp_path / "evil.onnx").write_bytes(model.SerializeToString())
    out = cli("targets", "evil.onnx", "--target", "nnapi").out
    assert "\x1b" not in out
