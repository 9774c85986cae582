"""Colours, quiet and progress."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from analyzer.cli import console as console_
from analyzer.cli import progress
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
    monkeypatch.setattr(progress, "MOMENT", 0)
    monkeypatch.setattr(progress, "PAUSE", 0)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "of 2" not in cli("check", clean, wasteful).err
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    cli("check", clean, wasteful)
    text = terminal.bytes.getvalue().decode()
    assert f"\r[{'-' * 20}] 0 of 2, 0:00  clean.onnx\x1b[K" in text
    assert f"\r[{'#' * 20}] 2 of 2, 0:00\x1b[K\r\x1b[K1 finding" in text
    assert text.endswith("1 finding (1 warning) in 2 models\n")


@pytest.mark.parametrize("variable", [{"CI": "true"}, {"TERM": "dumb"}])
def test_logs_and_dumb_terminals_get_no_bar(variable: dict[str, str]) -> None:
    assert not read_environment(variable).moving
    assert read_environment({"CI": "false", "TERM": "xterm"}).moving is True


def bar(
    monkeypatch: pytest.MonkeyPatch, now: list[float], paths: list[str]
) -> progress.BatchProgress:
    """A bar on a terminal of 100 columns whose clock shows ``now``, of models of one size."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setattr(progress, "columns", lambda: 100)
    return progress.BatchProgress(Console(), paths, lambda: now[0])


def test_the_estimate_is_what_the_models_so_far_took_for_each_byte(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = [str(tmp_path / f"{number}") for number in range(100)]
    now = [0.0]
    shown = bar(monkeypatch, now, paths)
    for path in paths[:50]:  # an earlier run has judged them
        shown.done(path, known=True)
    now[0] = 2.0
    shown.begun(paths[50])
    now[0] = 12.0
    for path in paths[50:60]:
        shown.done(path)
    assert shown.text(12.0) == f"[{'#' * 12}{'-' * 8}] 60 of 100, 0:12, about 0:40 left"


def test_a_model_counts_for_its_bytes_up_to_4_mib_and_for_64_kib_besides(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    paths = [str(tmp_path / name) for name in ("a", "b")]
    for size, counted in ((0, 0), (1 << 16, 1 << 16), (4 << 20, 4 << 20), (5 << 20, 4 << 20)):
        with open(paths[0], "wb") as file:
            file.truncate(size)
        now = [0.0]
        shown = bar(monkeypatch, now, paths)
        shown.begun()
        now[0] = 1.0 + counted / (1 << 16)  # of which the model that is not there has one
        shown.done(paths[0])
        assert shown.text(now[0]).endswith(", about 0:01 left"), size
        assert progress._cost(paths[0]) == counted + (64 << 10)
    for none in ("absent", "a\0b"):
        assert progress._cost(none) == 64 << 10, "what is not there is no bytes"


def test_a_moment_and_a_pause_keep_the_bar_from_flickering(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    shown = bar(monkeypatch, now, ["a", "b", "c"])
    for now[0], path in ((0.9, "a"), (1.0, "b"), (1.1, "c")):
        shown.done(path)
    terminal = cast("Terminal", sys.stderr)
    assert terminal.bytes.getvalue().count(b"\r") == 1
    shown.over()
    assert terminal.bytes.getvalue().endswith(b"\r\x1b[K")


def test_a_terminal_that_says_no_width_has_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    for told, taken in (((120, 40), 120), ((0, 0), 80)):
        monkeypatch.setattr(os, "get_terminal_size", lambda _, told=told: os.terminal_size(told))
        assert progress.columns() == taken

    def refuse(_: int) -> os.terminal_size:
        raise OSError

    monkeypatch.setattr(os, "get_terminal_size", refuse)
    assert progress.columns() == 80


def test_no_bar_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [5.0]
    shown = bar(monkeypatch, now, ["漢" * 100])
    now[0] = 10.0
    shown.begun("漢" * 100)
    text = cast("Terminal", sys.stderr).bytes.getvalue().decode()
    line = text.removeprefix("\r").removesuffix("\x1b[K")
    assert 97 < sum(2 if c == "漢" else 1 for c in line) <= 99


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


def test_a_timer_says_what_goes_on_while_a_single_step_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "MOMENT", 0.01)
    monkeypatch.setattr(progress, "PAUSE", 0.01)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    before, kept = signal.getsignal(signal.SIGALRM), []
    monkeypatch.setattr(signal, "siginterrupt", lambda *how: kept.append(how))
    with progress.ticking(console):
        console.doing("writing PDF")
        deadline = time.monotonic() + 20
        while terminal.bytes.getvalue().count(b"\r") < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    text = terminal.bytes.getvalue().decode()
    assert text.startswith("\rwriting PDF, 0:00\x1b[K\rwriting PDF, 0:00\x1b[K")
    assert text.endswith("\r\x1b[K"), "nothing is left of it"
    assert signal.getsignal(signal.SIGALRM) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert kept == [(signal.SIGALRM, False)], "a call that waits goes on"


def test_no_timer_runs_where_nobody_looks() -> None:
    with progress.ticking(Console(quiet=True)):
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_tick_does_not_break_into_what_is_being_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Terminal):
        """A terminal at which the timer fires in the middle of a line."""

        def write(self, text: str) -> int:
            console.progress("tick")
            return super().write(text)

    terminal = Interrupted()
    monkeypatch.setattr(sys, "stderr", terminal)
    console = Console()
    console.error("broken")
    assert terminal.bytes.getvalue() == b"onnxlint: error: broken\n"
    console.progress("next")
    assert terminal.bytes.getvalue().endswith(b"\rnext\x1b[K")


def test_results_end_what_was_going_on(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console()
    console.doing("judging")
    console.write(b"1 finding\n")
    assert console.activity is None
    assert capsys.readouterr().out == "1 finding\n"


def test_a_line_break_in_what_is_wrong_begins_no_line(cli: Cli, clean: str) -> None:
    Path("onnxlint.toml").write_text('nope = 1\n[shapes]\n"a\\nonnxlint: error: b" = "c"\n')
    first, second = cli("check", clean).err.splitlines()
    assert "onnxlint.toml:1: nope: unknown key" in first
    assert "shapes.a\\x0aonnxlint: error: b: must be" in second
    (line,) = cli("check", clean, "--config", "x\ny.toml").err.splitlines()
    assert line.startswith("onnxlint: error: x\\x0ay.toml: ")


def test_what_is_buffered_goes_nowhere_and_no_file_stays_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[tuple[object, ...]] = []

    def opened(*how: object) -> int:
        done.append(how)
        return 7

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(fileno=lambda: 99))
    with monkeypatch.context() as within:
        within.setattr(os, "open", opened)
        within.setattr(os, "dup2", lambda *ends: done.append(ends))
        within.setattr(os, "close", lambda number: done.append((number,)))
        console_.drop_stdout()
    assert done == [(os.devnull, os.O_WRONLY), (7, 99), (7,)]
    monkeypatch.setattr(sys, "stdout", None)
    console_.drop_stdout()


def test_what_is_said_is_there_before_anything_else_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(written))  # not by lines, as in a pipe
    Console().error("a\nb")
    assert written.getvalue() == b"onnxlint: error: a\\x0ab\n"
