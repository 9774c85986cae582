"""A model whose external data is missing is an error, and inconclusive where weights are wanted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, encode

MODEL = """<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,8,8] x) => (float[1,4,8,8] y) <float[4,2,1,1] w = ["location": "w.bin"]> {
  y = Conv (x, w)
}"""
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


@pytest.fixture(params=["missing", "cut off", "pointer"])
def incomplete(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    tmp_path.joinpath("m.onnx").write_bytes(encode(MODEL))
    if request.param == "cut off":
        tmp_path.joinpath("w.bin").write_bytes(bytes(31))
    elif request.param == "pointer":
        tmp_path.joinpath("w.bin").write_text(POINTER)
    return "m.onnx"


def test_no_runtime_can_load_it_so_it_is_an_error(cli: Cli, incomplete: str) -> None:
    outcome = cli("check", incomplete)
    assert outcome.code == 1
    assert "m.onnx: w: EXT001 external data 'w.bin'" in outcome.out
    assert "note:" not in outcome.out, "one cause, one line"


def test_whoever_wants_weights_looked_at_gets_no_conclusion(cli: Cli, incomplete: str) -> None:
    outcome = cli("check", incomplete, "--weights")
    assert outcome.code == 2
    assert "EXT001" in outcome.out
    assert "GRF001" not in outcome.out, "one cause, one finding"


@pytest.mark.parametrize("how", ["option", "configuration"])
def test_structure_may_be_all_there_is(cli: Cli, incomplete: str, tmp_path: Path, how: str) -> None:
    words = ["--allow-missing-data"] if how == "option" else []
    if how == "configuration":
        tmp_path.joinpath("onnxlint.toml").write_text("allow-missing-data = true\n")
    outcome = cli("check", incomplete, *words)
    assert outcome.code == 0
    assert "EXT001" not in outcome.out
    assert "note: external data 'w.bin'" in outcome.out
    assert cli("check", incomplete, "--weights", *words).code == 2


def test_counts_follow_from_the_declared_shapes(cli: Cli, incomplete: str) -> None:
    totals = json.loads(cli("inspect", incomplete, "--format", "json").out)["totals"]
    assert (totals["macs"], totals["params"]) == (8 * 8 * 2 * 4, 8)
    assert (totals["complete"], totals["certainty"]) == (True, "exact")


@pytest.mark.parametrize("form", ["json", "sarif", "github", "text"])
def test_every_format_says_it(cli: Cli, incomplete: str, form: str) -> None:
    outcome = cli("check", incomplete, "--format", form)
    assert outcome.code == 1
    assert "EXT001" in outcome.out
    assert "external data 'w.bin'" in outcome.out
