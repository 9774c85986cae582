"""Ctrl-C, SIGTERM and readers that go away: known exit codes, silence, no temporary files."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import stop
from tests import warm
from tests.cli.conftest import Cli

STALL = """
import os, signal, sys, time
import analyzer.cli.outputs as outputs
real = os.replace
def stall(source, target):
    os.write(1, b"ready")
    time.sleep(30)
outputs.os.replace = stall
from analyzer.cli.main import main
main()
"""


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_signal_while_writing_leaves_nothing_behind(
    tmp_path: Path, clean: str, number: int, code: int
) -> None:
    model, target = tmp_path / clean, tmp_path / "out.json"
    words = ["inspect", str(model), "-o", str(target)]
    with warm.Process(words, code=STALL, stdout=warm.PIPE, stderr=warm.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        assert any(p.suffix == ".tmp" for p in tmp_path.iterdir())
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (code, b"")
    assert [p.name for p in tmp_path.iterdir()] == [clean]


def test_cleaning_up_is_not_interrupted_by_the_next_signal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    interrupted: list[int] = []
    ended: list[int] = []
    cleaned: list[str] = []
    end: Any = stop._stop  # which does return where ``os._exit`` does

    def undo() -> None:
        for number in numbers:
            signal.raise_signal(number)
        cleaned.append("once")

    monkeypatch.setattr(os, "_exit", ended.append)
    before = {n: signal.signal(n, lambda number, _: interrupted.append(number)) for n in numbers}
    try:
        with stop.undone_by_stop(undo):
            end(signal.SIGTERM, None)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (interrupted, cleaned, ended) == ([], ["once"], [143])


def test_ctrl_c_in_a_batch_is_130_without_a_traceback(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*arguments: object, **more: object) -> None:
        raise KeyboardInterrupt

    cli("check", clean)
    monkeypatch.setattr(sys.modules["analyzer.analyze"], "analyze", interrupt)
    outcome = cli("check", clean)
    assert (outcome.code, outcome.out, outcome.err) == (130, "", "")


@pytest.mark.parametrize("words", [["rules"], ["--help"], ["inspect", "MODEL"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_reader_that_went_away_is_no_error_message(
    tmp_path: Path, clean: str, words: list[str], unbuffered: str
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    words = [str(tmp_path / clean) if word == "MODEL" else word for word in words]
    environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
    done = warm.run(words, env=environment, stdout=writer, stderr=warm.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_signals_are_handled_as_before_afterwards(cli: Cli, clean: str) -> None:
    before = signal.getsignal(signal.SIGTERM)
    cli("check", clean)
    assert signal.getsignal(signal.SIGTERM) is before
