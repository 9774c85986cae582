"""A small process that runs the guarded tasks of the tests, one after the other.

A process that runs tests grows to hundreds of megabytes. Forking it, and touching what it shares
with its children, takes 25 ms of processor time, thousands of times. Here a task goes, as a pickle,
to a worker that has imported the tool and nothing else, takes the same limits upon itself, watches
with the same audit hook and hands back the same bytes. A worker that a task has killed, made fail
or used up is replaced by a fresh one.

What cannot be pickled is forked as the tool does it, and so is everything in tests that have
replaced a part of what tasks may run (``REPLACED``), or are marked ``forks``, because forking is
what they are about.
"""

from __future__ import annotations

import gc
import math
import mmap
import os
import pickle
import resource
import select
import signal
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from types import ModuleType
from typing import Any, NoReturn

import pytest

from analyzer.model import guard, worker
from analyzer.model.child import EXIT_SOFTWARE, become_child, signals_waiting
from analyzer.model.limits import Limits
from analyzer.model.worker import HEADER_BYTES, Progress
from analyzer.streams import write_all
from tests import audit

FORK = guard._fork
"""What the tool does."""
REPLACED: set[str] = set()
"""Modules of what the present test has replaced by ``monkeypatch``."""
UPPER = ("analyzer.cli", "analyzer.report", "sys", "webbrowser")
"""Modules that no task runs that could be handed to another process."""
_GOES_ON, _ENDS = b"+", b"-"
"""Before an answer: whether the worker takes another task."""
MOST = 200
"""Tasks of one worker: what it remembers of them stays little."""
_ORDER, _NUMBER = struct.Struct("!qqq"), struct.Struct("!q")


def forks() -> bool:
    """Whether tasks have to run in a copy of this process: a part of them is another one here."""
    return any(not name.startswith(UPPER) for name in REPLACED)


def note_what_is_replaced() -> None:
    """Have every ``monkeypatch`` say what it replaces."""

    def noting(replace: Callable[..., None]) -> Callable[..., None]:
        @wraps(replace)
        def noted(self: pytest.MonkeyPatch, target: object, *more: Any, **options: Any) -> None:
            if target is not os.environ:
                REPLACED.add(_module(target))
            replace(self, target, *more, **options)

        return noted

    for name in ("setattr", "delattr", "setitem", "delitem"):
        setattr(pytest.MonkeyPatch, name, noting(getattr(pytest.MonkeyPatch, name)))


def _module(target: object) -> str:
    if isinstance(target, str):
        return target.rpartition(".")[0]
    if isinstance(target, ModuleType):
        return target.__name__
    return str(getattr(target, "__module__", type(target).__module__))


class Nursery:
    """What makes the workers, and the present one, from the side of the tests."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._place = mmap.mmap(-1, Progress.BYTES)
        self._worker: tuple[int, int, int] | None = None
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        _warm_up()
        self._seen = audit.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            audit.install(self._seen)
            os.close(self._requests)
            os.close(self._answers)
            _breed(requests, answers, self._place, self.owner)
        os.close(requests)
        os.close(answers)

    def adopted(self) -> Nursery:
        """The same, for this process alone, which may be another than that which made it."""
        self.owner = os.getpid()
        audit.install(self._seen)
        return self

    def run(
        self, task: Callable[[Progress], object], progress: Progress, limits: Limits, seconds: int
    ) -> tuple[bytes, int | None]:
        """In place of ``guard._fork``."""
        try:
            request = pickle.dumps((task, limits, seconds, audit.scopes(), os.getcwd()))
        except (pickle.PicklingError, AttributeError, TypeError, OSError, RecursionError):
            return FORK(task, progress, limits, seconds)
        if os.getpid() != self.owner:
            return FORK(task, progress, limits, seconds)
        self._place[:] = bytes(Progress.BYTES)
        with signals_waiting():
            pid, to, back = self._worker = self._worker or self._new()
            write_all(to, _NUMBER.pack(len(request)) + request)
        data, code = b"", None
        try:
            data, ended = _receive(back, time.monotonic() + seconds * guard._STARVED)
            code = 0 if ended else None
        finally:
            if code is None:
                os.kill(pid, signal.SIGKILL)  # nobody has waited for it: it is still this process
            if data[:1] != _GOES_ON:
                died = self._retire()
                code = None if code is None else died
            progress._cell[0] = memoryview(self._place).cast("q")[0]
        return data[1:], code

    def close(self) -> None:
        """In the process that made it."""
        if self._worker is not None:
            self._retire()
        os.close(self._requests)
        os.waitpid(self._pid, 0)

    def _new(self) -> tuple[int, int, int]:
        """Number of a worker that waits for tasks, and the pipes to and from it."""
        (theirs, to), (back, mine) = os.pipe(), os.pipe()
        write_all(self._requests, _ORDER.pack(self.owner, theirs, mine))
        pid = self._number()
        os.close(theirs)
        os.close(mine)
        return pid, to, back

    def _retire(self) -> int:
        """Return code of the worker, which has ended or does so when nobody asks it anything."""
        assert self._worker is not None
        for pipe in self._worker[1:]:
            os.close(pipe)
        self._worker = None
        write_all(self._requests, _ORDER.pack(0, 0, 0))
        return os.waitstatus_to_exitcode(self._number())

    def _number(self) -> int:
        """What the process says next."""
        number: int = _NUMBER.unpack(_read(self._answers, _NUMBER.size))[0]
        return number


def _receive(pipe: int, deadline: float) -> tuple[bytes, bool]:
    """A worker's whole answer, or nothing; and whether it or the worker came to an end in time."""
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    data, size = bytearray(), 1 + HEADER_BYTES
    while len(data) < size:
        left = deadline - time.monotonic()
        if left < 0 or not poll.poll(left * 1000):
            return b"", False
        chunk = os.read(pipe, size - len(data))
        if not chunk:
            return b"", True
        data += chunk
        if len(data) == 1 + HEADER_BYTES:
            size += int.from_bytes(data[1:], "big")
    return bytes(data), True


def _read(pipe: int, size: int) -> bytes:
    data = bytearray()
    while len(data) < size and (chunk := os.read(pipe, size - len(data))):
        data += chunk
    return bytes(data)


def _warm_up() -> None:
    """Import what tasks need; have onnx fill its table."""
    import onnx.parser  # noqa: F401

    guard._prepare()


def _breed(requests: int, answers: int, place: mmap.mmap, parent: int) -> NoReturn:
    """Fork a worker when asked, tell its number, and then how it ended; one at a time."""
    try:
        become_child(parent)
        gc.freeze()
        pid = 0
        while order := _read(requests, _ORDER.size):
            if pid:
                write_all(answers, _NUMBER.pack(os.waitpid(pid, 0)[1]))
                pid = 0
                continue
            owner, theirs, mine = _ORDER.unpack(order)
            tasks = os.open(f"/proc/{owner}/fd/{theirs}", os.O_RDONLY)
            results = os.open(f"/proc/{owner}/fd/{mine}", os.O_WRONLY)
            pid = os.fork()
            if pid == 0:
                _work(tasks, results, Progress(place))
            os.close(tasks)
            os.close(results)
            write_all(answers, _NUMBER.pack(pid))
        os._exit(0)
    finally:
        os._exit(EXIT_SOFTWARE)


def _work(requests: int, answers: int, progress: Progress) -> NoReturn:
    """Run tasks until one fails, or there are no more."""
    try:
        become_child(os.getppid())
        worker.fall_silent()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        gc.disable()
        for left in reversed(range(MOST)):
            head = _read(requests, _NUMBER.size)
            if not head:
                break
            data = _read(requests, _NUMBER.unpack(head)[0])
            task, limits, seconds, scopes, cwd = pickle.loads(data)  # noqa: S301 - the tests' own
            with suppress(OSError):
                os.chdir(cwd)
            gc.collect(0)
            audit.enter(scopes)
            with _limited(limits, seconds):
                kind, answer = worker.answer(task, progress, limits)
            audit.enter([])
            del task
            write_all(answers, (_GOES_ON if left and kind == "result" else _ENDS) + answer)
            if kind != "result":
                break
        os._exit(0)
    finally:
        os._exit(EXIT_SOFTWARE)


@contextmanager
def _limited(limits: Limits, seconds: int) -> Iterator[None]:
    """The limits of one task, counted from what this process has used so far."""
    used, size = math.ceil(time.process_time()), worker.address_space() or 0
    wanted = {
        resource.RLIMIT_CPU: used + seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_AS: size + min(limits.guard_bytes, worker.MOST),
    }
    before = {which: resource.getrlimit(which) for which in wanted}
    for which, (soft, hard) in before.items():
        most = min((x for x in (soft, hard) if x != resource.RLIM_INFINITY), default=wanted[which])
        resource.setrlimit(which, (min(wanted[which], most), hard))
    try:
        yield
    finally:
        for which, pair in before.items():
            resource.setrlimit(which, pair)


NURSERY = pytest.StashKey[Nursery]()
"""Where the configuration of pytest keeps the one of this process."""
NURSERIES = pytest.StashKey[list[Nursery]]()
"""And those of all processes that are to run tests."""
