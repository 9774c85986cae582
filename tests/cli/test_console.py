"""Colours, quiet and progress."""

from __future__ import annotations

import io
import sys

import pytest

from analyzer.cli.console import Console
from analyzer.cli.environment import read_environment
from tests.cli.conftest import Cli


class Terminal(io.TextIOWrapper):
    """A text stream that says it is a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding=encoding, write_through=True)

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "color"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
    ],
)
def test_environment_decides_on_colour(variables: dict[str, str], color: bool | None) -> None:
    assert read_environment(variables).color is color


@pytest.mark.parametrize(
    ("words", "variable", "colored"),
    [
        ([], None, False),  # captured output is no terminal
        ([], "FORCE_COLOR", True),
        (["--color", "never"], "FORCE_COLOR", False),
        (["--color", "always"], "NO_COLOR", True),
    ],
)
def test_option_outranks_environment_outranks_terminal(
    cli: Cli, wasteful: str, monkeypatch: pytest.MonkeyPatch,
    words: list[str], variable: str | None, colored: bool,
) -> None:  # fmt: skip
    if variable:
        monkeypatch.setenv(variable, "1")
    assert ("\x1b[" in cli("check", wasteful, *words).out) is colored


def test_quiet_silences_the_summary_not_the_findings(cli: Cli, wasteful: str) -> None:
    outcome = cli("check", wasteful, "-q")
    assert "SEP001" in outcome.out
    assert outcome.err == ""


def test_quiet_does_not_silence_errors(cli: Cli) -> None:
    assert cli("inspect", "no.onnx", "-q").err.startswith("onnxlint: error: no.onnx")


def test_progress_is_for_terminals_and_removed_before_results(
    cli: Cli, clean: str, wasteful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "[1/2]" not in cli("check", clean, wasteful).err
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    cli("check", clean, wasteful)
    text = terminal.bytes.getvalue().decode()
    assert "[1/2] clean.onnx" in text
    assert "[2/2] wasteful.onnx\r\x1b[K" in text
    assert text.endswith("1 finding (1 warning) in 2 models\n")


def test_terminal_that_cannot_show_a_character_gets_an_escape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = Terminal("ascii")
    monkeypatch.setattr(sys, "stdout", terminal)
    Console().write("3×3\n".encode())
    assert terminal.bytes.getvalue() == b"3\\xd73\n"


def test_errors_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    Console().error("a\x1b[2Jb\u202ec")
    assert capsys.readouterr().err == "onnxlint: error: a\\x1b[2Jb\\u202ec\n"
