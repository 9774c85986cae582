"""Tests in several processes, forked from the one that has imported and collected all of them.

``pytest --workers 2``, or ``auto`` for one a core. Every worker takes the next group of tests from
a pipe when it is done with one, so none waits for another. What it says of tests that passed is a
few numbers, sent many at once: collecting again and again in every worker, and five messages a
test, would cost a fifth of what thousands of small tests cost themselves.
"""

from __future__ import annotations

import atexit
import builtins
import mmap
import os
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from struct import Struct
from typing import Any, NoReturn, cast

import pytest

_GROUP = Struct("i")
_DONE = ("done",)
_SECONDS = 0.2
"""Longest time for which a report waits for others."""


def count(given: str) -> int:
    """How many workers ``--workers`` asks for: 0 for none, all tests in this process."""
    return len(os.sched_getaffinity(0)) if given == "auto" else int(given)


@dataclass(frozen=True)
class Workers:
    """A plugin of pytest that runs the tests in ``number`` processes."""

    number: int
    group: Callable[[str], str]
    """Node id → name of the group whose tests follow each other in one worker."""
    first: frozenset[str]
    """Names of groups that are begun first, as they take long."""
    begin: Callable[[pytest.Config, int], object]
    """What each worker does first, with its number."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        if session.testsfailed or session.config.option.collectonly or not session.items:
            return None
        groups: dict[str, list[int]] = {}
        for index, item in enumerate(session.items):
            groups.setdefault(self.group(item.nodeid), []).append(index)
        order = sorted(groups, key=lambda name: name not in self.first)
        queue, queued = os.pipe()
        os.write(queued, b"".join(map(_GROUP.pack, range(len(order)))))
        os.close(queued)
        state = memoryview(mmap.mmap(-1, 8 * (1 + self.number))).cast("q")
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        running: dict[Connection, tuple[int, int]] = {}
        for number in range(1, 1 + self.number):
            reader, writer = Pipe(duplex=False)
            pid = os.fork()
            if pid == 0:
                _work(session, [groups[name] for name in order], queue, _Sender(writer),
                      state, number, self.begin)  # fmt: skip
            writer.close()
            running[reader] = pid, number
        os.close(queue)
        try:
            _listen(session, running, state)
        finally:
            for pid, _ in running.values():  # this process has been interrupted
                os.kill(pid, signal.SIGINT)
                os.waitpid(pid, 0)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True


def _listen(
    session: pytest.Session, running: dict[Connection, tuple[int, int]], state: memoryview
) -> None:
    """Hand on what workers say until all have ended, or ask them to stop."""
    done = set[int]()
    while running:
        for ready in wait(list(running)):
            reader = cast(Connection, ready)
            try:
                messages = reader.recv()
            except EOFError:
                pid, number = running.pop(reader)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                if number not in done:
                    _died(session, session.items[state[number]], code)
                continue
            for message in messages:
                if message == _DONE:
                    done.add(running[reader][1])
                else:
                    _tell(session, message)
        state[0] = bool(session.shouldfail or session.shouldstop)


class _Sender:
    """What a worker says, to be taken as a plugin of its pytest."""

    def __init__(self, writer: Connection) -> None:
        self._writer = writer
        self._waiting: list[object] = []
        self._since = time.monotonic()
        self.index = 0
        """Which test is running."""

    def send(self, *message: object) -> None:
        self._waiting.append(message)
        if time.monotonic() - self._since > _SECONDS:
            self.flush()

    def flush(self) -> None:
        self._writer.send(self._waiting)
        self._waiting.clear()
        self._since = time.monotonic()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and not (
            report.sections or report.user_properties or hasattr(report, "wasxfail")
        ):
            self.send(self.index, report.when, report.duration, report.start, report.stop)
        else:
            self.send(self.index, report._to_json())
            self.flush()

    def pytest_warning_recorded(
        self, warning_message: warnings.WarningMessage, when: str, nodeid: str, location: object
    ) -> None:
        said = warning_message
        self.send("warning", str(said.message), said.category.__name__, said.filename, said.lineno,
                  when, nodeid, location)  # fmt: skip


def _work(
    session: pytest.Session,
    groups: list[list[int]],
    queue: int,
    sender: _Sender,
    state: memoryview,
    number: int,
    begin: Callable[[pytest.Config, int], object],
) -> NoReturn:
    """Run groups of tests until there are no more, or the others have failed."""
    code = 1
    config: Any = session.config
    plugins = config.pluginmanager
    capture = plugins.getplugin("capturemanager")
    try:
        plugins.unregister(name="terminalreporter")
        plugins.register(sender)
        capture.stop_global_capturing()  # the files that it writes to are shared
        capture.start_global_capturing()
        factory = config._tmp_path_factory
        factory._basetemp = factory.getbasetemp() / f"worker{number}"
        factory._basetemp.mkdir(mode=0o700)
        begin(config, number)
        tests = _taken(queue, groups)
        index = next(tests, None)
        while index is not None and not state[0]:
            following = next(tests, None)
            state[number] = sender.index = index
            item = session.items[index]
            after = None if following is None else session.items[following]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            index = following
        session._setupstate.teardown_exact(None)
        sender.send(*_DONE)
        sender.flush()
        code = 0
    except KeyboardInterrupt:
        pass  # the process that started it has been interrupted as well, and says so
    finally:
        if sys.exc_info()[0]:
            capture.stop_global_capturing()
            traceback.print_exc()
        atexit._run_exitfuncs()
        os._exit(code)


def _taken(queue: int, groups: list[list[int]]) -> Iterator[int]:
    while taken := os.read(queue, _GROUP.size):
        yield from groups[_GROUP.unpack(taken)[0]]


def _tell(session: pytest.Session, message: tuple[Any, ...]) -> None:
    """What a worker has said, to the plugins of this process."""
    hook, kind = session.config.hook, message[0]
    if kind == "warning":
        text, category, filename, line, when, nodeid, location = message[1:]
        known = getattr(builtins, category, None) or getattr(pytest, category, None)
        said = warnings.WarningMessage(text, known or Warning, filename, line)
        hook.pytest_warning_recorded.call_historic(
            kwargs={"warning_message": said, "when": when, "nodeid": nodeid, "location": location}
        )
        return
    item = session.items[kind]
    if isinstance(message[1], Mapping):
        report = pytest.TestReport._from_json(dict(message[1]))
    else:
        when, duration, start, stop = message[1:]
        if when != "call" and not session.config.option.durations:
            return  # nobody would hear of it
        report = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, when,
                                   duration=duration, start=start, stop=stop)  # fmt: skip
    hook.pytest_runtest_logreport(report=report)


def _died(session: pytest.Session, item: pytest.Item, code: int) -> None:
    what = f"the worker that ran this test ended by itself, with {code}"
    report = pytest.TestReport(item.nodeid, item.location, {}, "failed", what, "call")
    session.config.hook.pytest_runtest_logreport(report=report)
    session.shouldstop = "a worker ended by itself; what was left of its tests was not run"
