"""Attachments for Netron from the command line: one model each, under a name that Netron knows."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Cli


def signature(text: str) -> str:
    found: str = json.loads(text)["signature"]
    return found


def test_check_inspect_and_report_write_the_same_attachment(cli: Cli, wasteful: str) -> None:
    assert cli("check", wasteful, "--output", "netron=a.json").code == 0
    assert cli("inspect", wasteful, "--format", "netron", "-o", "b.JSON").code == 0
    said = cli("report", wasteful, "-o", "out", "--format", "netron", "--no-weights")
    assert said.out == "out/wasteful.netron.json\n"
    written = Path("a.json").read_text()
    assert signature(written) == "netron:attachment"
    assert written == Path("b.JSON").read_text() == Path("out/wasteful.netron.json").read_text()


def test_an_attachment_may_go_to_standard_output(cli: Cli, wasteful: str) -> None:
    assert signature(cli("check", wasteful, "--format", "netron").out) == "netron:attachment"
    assert cli("check", wasteful, "-q", "--output", "netron=/dev/null").code == 0


def test_several_models_are_refused_before_any_is_judged(
    cli: Cli, wasteful: str, clean: str
) -> None:
    for words in (["--format", "netron"], ["--output", "netron=a.json"]):
        said = cli("check", wasteful, clean, *words)
        assert said.code == 2
        assert "netron is about one model, and there are 2" in said.err
        assert "onnxlint report MODEL -o DIR --format netron" in said.err
        assert said.out == ""
    assert not Path("a.json").exists()


def test_a_name_that_netron_does_not_know_is_refused(cli: Cli, wasteful: str) -> None:
    said = cli("check", wasteful, "--output", "netron=a.netron")
    assert said.code == 2
    assert "a.netron: Netron knows an attachment by .json at its end" in said.err
    assert cli("inspect", wasteful, "--format", "netron", "-o", "a.netron").code == 2
    assert not Path("a.netron").exists()


def test_a_model_that_cannot_be_read_has_an_attachment_that_says_so(cli: Cli) -> None:
    Path("empty.onnx").write_bytes(b"")
    assert cli("check", "empty.onnx", "--output", "netron=a.json").code == 2
    (only,) = json.loads(Path("a.json").read_text())["metadata"]
    assert only["value"].startswith("cannot judge: ")
