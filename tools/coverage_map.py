"""Which functions of ``analyzer`` each test runs: a plugin of pytest that writes them down.

``COVERAGE_MAP=file python -m pytest -p tools.coverage_map`` records calls in this process and in
those it forks; what a fresh interpreter does is not seen. ``tools/mutate.py`` reads the result.
"""

from __future__ import annotations

import fcntl
import json
import os
import sys
import threading
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = str(ROOT / "analyzer") + os.sep


class Recorder:
    """Functions called while a test runs; forked children, which may write no files, tell theirs
    through a pipe, and what does not fit into it is lost."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.reader, self.writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        fcntl.fcntl(self.writer, fcntl.F_SETPIPE_SZ, 1 << 20)
        self.pid = os.getpid()
        self.test = ""
        self.seen: set[int] = set()
        self.kept: list[CodeType] = []
        self.found: dict[str, set[str]] = defaultdict(set)
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if id(code) in self.seen:
            return
        self.seen.add(id(code))
        if event != "call" or not code.co_filename.startswith(PACKAGE):
            return
        name = f"{code.co_filename[len(str(ROOT)) + 1 :]}:{code.co_firstlineno}"
        if os.getpid() == self.pid:
            self.kept.append(code)  # its id is nobody else's as long as it lives
            self.found[self.test].add(name)
        else:
            with suppress(OSError):
                os.write(self.writer, f"{name}\n".encode())

    def start(self, test: str) -> float:
        self.test, self.seen = test, set()
        threading.setprofile(self)
        sys.setprofile(self)
        return sum(os.times()[:4])

    def stop(self, began: float) -> None:
        sys.setprofile(None)
        self.seconds[self.test] += sum(os.times()[:4]) - began
        with suppress(BlockingIOError):
            while told := os.read(self.reader, 1 << 20):
                self.found[self.test].update(told.decode().splitlines())

    def save(self) -> None:
        tests = {
            test: {"seconds": round(self.seconds[test], 3), "functions": sorted(names)}
            for test, names in self.found.items()
            if test not in self.failed
        }
        self.target.write_text(json.dumps(tests), encoding="utf-8")


recorder = Recorder(Path(os.environ.get("COVERAGE_MAP", "coverage-map.json")).absolute())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Any:
    began = recorder.start(item.nodeid.partition("[")[0])
    try:
        return (yield)
    finally:
        recorder.stop(began)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:  # without any change: it would notice everything
        recorder.failed.add(report.nodeid.partition("[")[0])


def pytest_sessionfinish() -> None:
    recorder.save()
