"""Ctrl-C, SIGTERM and SIGHUP at random moments: the exit code, and nobody and nothing left."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

import pytest

from tests import warm
from tests.cli.conftest import CLEAN, encode

START = """
import os, sys, time
import analyzer.cli.judge as judge
from analyzer.cli.main import main
from analyzer.report import REPORT_FORMATS
def never(*arguments, **more):
    time.sleep(600)
judged = judge.judge_one
judge.judge_one = lambda path, *rest: (never if path.endswith("z.onnx") else judged)(path, *rest)
REPORT_FORMATS["json"] = never
os.write(1, b"ready")
main()
"""
"""The command, which says when it starts and never ends by itself."""

CHECK = ["check", "models", "--jobs", "2", "--output", "json=out.json"]
REPORT = ["report", "models/m00.onnx", "-o", ".", "--format", "html,pdf,json"]
DICE = random.Random(11)


def others(group: int) -> list[int]:
    """Processes of a group that are not just waiting to be reaped."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, its = entry.read_text().rsplit(") ", 1)[1].split()[:3]
        except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            continue
        if int(its) == group and state not in "ZX":
            found.append(int(entry.parent.name))
    return found


def gone(group: int) -> bool:
    """Whether all processes of ``group`` end within some seconds; nothing has to wait for them."""
    for _ in range(200):
        if not others(group):
            return True
        time.sleep(0.05)
    return False


ENDS = [(number, to) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        for to in ("process", "group")]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "longest", "number", "to"),
    [*((CHECK, 0.6, *end) for end in ENDS), *((REPORT, 2.0, *end) for end in ENDS[1:3])],
    ids=lambda x: str(x)[2:8],
)
def test_a_stop_at_a_random_moment_leaves_nothing_behind(
    tmp_path: Path, words: list[str], longest: float, number: int, to: str
) -> None:
    (tmp_path / "models").mkdir()
    for index in range(12):
        (tmp_path / "models" / f"m{index:02}.onnx").write_bytes(encode(CLEAN))
    (tmp_path / "models" / "z.onnx").write_bytes(encode(CLEAN))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with warm.Process(
        words, code=START, cwd=tmp_path, start_new_session=True,
        env=os.environ | {"TMPDIR": str(scratch)}, stdout=warm.PIPE, stderr=warm.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.read(5) == b"ready"
        time.sleep(DICE.uniform(0.01, longest))
        (os.kill if to == "process" else os.killpg)(process.pid, number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (128 + number, b"", b"")
    assert gone(process.pid)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["models", "scratch"]
    assert list(scratch.iterdir()) == []


def test_workers_and_their_children_end_with_a_process_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    for name in ("a.onnx", "z.onnx"):
        (tmp_path / "models" / name).write_bytes(encode(CLEAN))
    with warm.Process(
        CHECK, code=START, cwd=tmp_path, start_new_session=True,
        stdout=warm.DEVNULL, stderr=warm.DEVNULL,
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 60
        while len(others(process.pid)) < 2:
            assert time.monotonic() < deadline, "it was never seen with a worker"
            time.sleep(0.01)
        process.kill()
    assert gone(process.pid)
