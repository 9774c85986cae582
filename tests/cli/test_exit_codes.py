"""0 clean, 1 findings, 2 could not judge; 2 outranks 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Cli, encode


def test_clean_model_exits_0_and_prints_nothing_on_stdout(cli: Cli, clean: str) -> None:
    outcome = cli("check", clean)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "0 findings: clean\n"


def test_warnings_alone_exit_0(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", wasteful)
    assert outcome.code == 0
    assert "SEP001" in outcome.out
    assert "1 finding (1 warning)" in outcome.err


@pytest.mark.parametrize(
    ("level", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)]
)
def test_fail_on_sets_the_least_severity_that_exits_1(
    cli: Cli, wasteful: str, level: str, code: int
) -> None:
    assert cli("check", wasteful, "--fail-on", level).code == code


def test_errors_exit_1_unless_never(cli: Cli, wasteful: str, tmp_path: Path) -> None:
    tmp_path.joinpath("onnxlint.toml").write_text('severity.SEP001 = "error"\n')
    assert cli("check", wasteful).code == 1
    assert cli("check", wasteful, "--fail-on", "never").code == 0


def test_2_outranks_1_and_the_rest_of_the_batch_is_reported(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", "missing.onnx", wasteful, "--fail-on", "info")
    assert outcome.code == 2
    assert "missing.onnx: cannot judge: there is no such file" in outcome.out
    assert "SEP001" in outcome.out
    assert "1 could not be judged" in outcome.err


def test_inconclusive_analysis_exits_2(cli: Cli, tmp_path: Path) -> None:
    text = """<ir_version: 8, opset_import: ["" : 9999]>
    g (float[2] x) => (float[2] y) { y = Relu (x) }"""
    tmp_path.joinpath("newer.onnx").write_bytes(encode(text))
    outcome = cli("check", "newer.onnx", "--ignore", "GRF")
    assert outcome.code == 2
    assert "inconclusive" in outcome.out
    assert "judged only in part" in outcome.err


@pytest.mark.parametrize("command", ["report", "inspect"])
def test_report_and_inspect_exit_0_whatever_they_find(
    cli: Cli, wasteful: str, command: str
) -> None:
    words = ["-o", "out", "--format", "json"] if command == "report" else []
    assert cli(command, wasteful, *words).code == 0


@pytest.mark.parametrize(
    "command",
    [["report", "-o", "out"], ["inspect"], ["graph", "-o", "f.dot"], ["draw", "-o", "f.svg"]],
)
def test_one_model_commands_exit_2_for_an_unreadable_model(cli: Cli, command: list[str]) -> None:
    outcome = cli(*command, "missing.onnx")
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err == ("onnxlint: error: missing.onnx: there is no such file; check the path\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "required: COMMAND"),
        (["chekc"], "did you mean 'check'?"),
        (["check"], "required: PATH"),
        (["check", "x.onnx", "--fial-on", "info"], "--fial-on"),
        (["check", "x.onnx", "--fail", "info"], "--fail"),
        (["check", "x.onnx", "--fail-on", "fatal"], "invalid choice: 'fatal'"),
        (["check", "x.onnx", "--output", "json"], "FORMAT=PATH"),
        (["check", "x.onnx", "--output", "sgml=x"], "formats are text"),
        (["check", "x.onnx", "--output", "json=a", "--output", "text=a"], "go to one file"),
        (["check", "x.onnx", "--shape", "x=1,a"], "'a' in 'x=1,a' is not a whole number"),
        (["check", "x.onnx", "--shape", "=1"], "not of the form"),
        (["check", "x.onnx", "--dim", "n=-1"], "not a whole number"),
        (["check", "x.onnx", "--dim", "n=" + "9" * 5000], "not a whole number"),
        (["check", "x.onnx", "--trip-count", "n"], "not of the form"),
        (["check", "x.onnx", "--limit", "nodse=5"], "did you mean 'nodes'?"),
        (["check", "x.onnx", "--limit", "size=5"], "error: there is no limit 'size'; limits are"),
        (
            ["check", "x.onnx", "--limit", f"{'q' * 41}=5"],
            f"error: there is no limit '{'q' * 40}'; limits are",
        ),
        (["check", "x.onnx", "--select", "SEP0001"], "did you mean 'SEP001'?"),
        (["check", "x.onnx", "--rules", "nowhere"], "no such folder of rules"),
        (["check", "x.onnx", "--config", "nowhere.toml"], "nowhere.toml: there is no such file"),
        (["check", "x.onnx", "--config", "."], "is not a file"),
        (["check", "x.onnx", "--baseline", "none.json"], "none.json: there is no such file"),
        (["report", "x.onnx", "-o", "d", "--format", "docx"], "formats are html"),
        (["report", "x.onnx"], "required: -o/--output"),
        (["graph", "x.onnx", "-o", "graph.xyz"], "choose one with --format"),
        (["draw", "x.onnx", "-o", "x.gif"], "no suffix of .svg, .png, .pdf; name a file that ends"),
        (["draw", "x.onnx", "-o", "x.svg", "--depth", "atoms"], "invalid choice: 'atoms'"),
        (["draw", "x.onnx"], "required: -o/--output"),
        (["explain", "SEP01"], "did you mean 'SEP001'?"),
        (["explain", "?"], "onnxlint rules lists them"),
        (["rules", "test", "nowhere"], "no such folder of rules"),
    ],
)
def test_wrong_command_line_exits_2_and_says_what_is_wrong(
    cli: Cli, words: list[str], says: str
) -> None:
    outcome = cli(*words)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.startswith("onnxlint: error: ")
    assert says in outcome.err


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["check", "--help"], ["version"]])
def test_help_and_version_exit_0(cli: Cli, words: list[str]) -> None:
    outcome = cli(*words)
    assert outcome.code == 0
    assert "onnxlint" in outcome.out
    assert outcome.err == ""
