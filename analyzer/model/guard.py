"""The one seam to onnx's C++: run it where it can crash, hang or swallow memory harmlessly.

A guarded task runs in a child process with its own address-space, CPU and wall-clock limits, and
is killed with SIGKILL when it overruns: C++ that holds the interpreter lock stops for nothing
less. The child is a fork of this process (milliseconds) while only one thread runs Python, else a
fresh interpreter (about as long as importing onnx takes), to which the task must be picklable.
"""

from __future__ import annotations

import math
import mmap
import os
import pickle
import select
import signal
import time
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from analyzer.dataclass import dataclass
from analyzer.model import worker
from analyzer.model.child import EXIT_SOFTWARE, can_fork, fork_child, no_process, signals_waiting
from analyzer.model.limits import Limits
from analyzer.model.worker import HEADER_BYTES, LONGEST, Progress

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GuardFailure", "Progress", "guarded", "tasks_lost"]

T = TypeVar("T")

_lost = 0

_STARVED = 4.0
"""Wall clock allowed for each second of ``guard_seconds``: on a busy machine a child waits for a
processor. What burns its time is stopped by the processor-time limit long before."""
_GRACE = 2.0
"""Seconds a child may take to exit after it has closed its end of the pipe."""
_MESSAGE_BYTES = 4096
"""Why there is no result comes through however small ``guard_result_bytes`` is."""
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from analyzer.model.worker import main; main(sys.argv[2])"
)


@dataclass(frozen=True, slots=True)
class GuardFailure:
    """Why a guarded task gave no result."""

    kind: str
    """``crashed``, ``timeout``, ``memory`` or ``error`` (the task raised)."""
    detail: str
    """One clause for people, e.g. ``died of SIGSEGV``; may quote names from the model."""
    at: int | None = None
    """What the task last passed to ``Progress.at``."""


def guarded(
    task: Callable[[Progress], T], *, limits: Limits = Limits(), share: float = 1.0
) -> T | GuardFailure:
    """Run ``task(progress)`` in a child process.

    Parameters
    ----------
    task
        Any callable with a picklable result; what it prints is discarded and what it changes is
        lost. Where several threads run Python, the task must be picklable too.
    limits
        Those that begin with ``guard_`` apply.
    share
        The part of ``guard_seconds`` that this task may take, at most 1.

    Returns
    -------
    What the task returns, or a ``GuardFailure``; an exception in the task is one, too.

    Raises
    ------
    ScarcityError
        No process can be started: nothing was said about the task.
    """
    global _lost  # noqa: PLW0603 - whoever keeps results asks, and nobody in between would tell
    # Processor time is limited to whole seconds.
    seconds = min(math.ceil(limits.guard_seconds * share), LONGEST)
    if can_fork():
        progress = Progress(mmap.mmap(-1, Progress.BYTES))
        _prepare()
        try:
            data, code = _fork(task, progress, limits, seconds)
        except OSError as error:
            raise no_process(error) from error
    else:
        progress, data, code = _spawn(task, limits, seconds)
    size = int.from_bytes(data[:HEADER_BYTES], "big")
    if len(data) > HEADER_BYTES and len(data) == HEADER_BYTES + size:
        kind, value = pickle.loads(data[HEADER_BYTES:])  # noqa: S301 - our own child wrote it
        result: T = value
        if kind == "result":
            return result
        _lost += 1
        return GuardFailure(kind, value, progress.index)
    _lost += 1
    return GuardFailure(*_death(code, limits, share, seconds), progress.index)


def tasks_lost() -> int:
    """How many guarded tasks gave no result so far: what was found out without them may depend on
    the machine and its load."""
    return _lost


@cache
def _prepare() -> None:
    """Have onnx fill its table of operators here, for every child to inherit.

    It does so at the first look into the table, which takes 10 ms: more than the rest of the
    work on a small model, were every child to do it anew.
    """
    from onnx import defs

    defs.has("Identity")


def _death(code: int | None, limits: Limits, share: float, seconds: int) -> tuple[str, str]:
    """Kind and detail for a child that left no result; ``code`` as in ``Popen.returncode``."""
    if code is not None and -code == getattr(signal, "SIGPROF", None):
        stall = f"{limits.guard_stall_seconds:g}"
        return (
            "timeout",
            f"took more than {stall} seconds (limit guard_stall_seconds = {stall})",
        )
    if code is None or -code == getattr(signal, "SIGXCPU", None):
        limit = f"limit guard_seconds = {limits.guard_seconds:g}"
        part = f"{share:.2g} of {limit}" if share < 1 else limit
        return "timeout", f"took more than {seconds} seconds ({part})"
    if code < 0:
        return "crashed", f"died of {signal.Signals(-code).name}"
    if code == EXIT_SOFTWARE:  # something is wrong, and there was no way to say so
        return "memory", f"was left without memory (limit guard_bytes = {limits.guard_bytes:,})"
    return "crashed", f"exited with code {code}"


def _fork(
    task: Callable[[Progress], object], progress: Progress, limits: Limits, seconds: int
) -> tuple[bytes, int | None]:
    """What a forked child wrote, and its return code (``None``: it had to be stopped)."""
    reader, writer = os.pipe()

    def work() -> None:
        os.close(reader)
        worker.serve(task, progress, writer, limits, seconds)

    pid, code = 0, None
    deadline = time.monotonic() + seconds * _STARVED
    try:
        with signals_waiting():
            try:
                pid = fork_child(work)
            finally:
                os.close(writer)
        data, ended = _receive(reader, deadline, limits.guard_result_bytes)
        if ended:
            code = _reap(pid, time.monotonic() + _GRACE)
    finally:
        os.close(reader)
        if pid and code is None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
    return data, code


def _receive(reader: int, deadline: float, most: int) -> tuple[bytes, bool]:
    """Bytes from the pipe until it is closed, and whether it was closed in time."""
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    data = bytearray()
    most = HEADER_BYTES + max(most, _MESSAGE_BYTES)
    while (left := deadline - time.monotonic()) > 0 and len(data) <= most:
        if not poll.poll(left * 1000):
            break
        chunk = os.read(reader, 1 << 20)
        if not chunk:
            return bytes(data), True
        data += chunk
    return b"", False


def _reap(pid: int, deadline: float) -> int | None:
    """Return code of a child that should be ending; ``None`` if it does not."""
    while True:
        try:
            done, status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:  # the caller ignores SIGCHLD: the system has reaped it
            return 0
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            return None
        time.sleep(0.0005)


def _spawn(
    task: Callable[[Progress], object], limits: Limits, seconds: int
) -> tuple[Progress, bytes, int | None]:
    """As ``_fork``, in a fresh interpreter, together with the counter it advances."""
    import json
    import subprocess
    import sys
    import tempfile

    with tempfile.TemporaryFile() as counter:
        counter.write(bytes(Progress.BYTES))
        counter.flush()
        number = counter.fileno()
        progress = Progress(mmap.mmap(number, Progress.BYTES))
        shared = (number,) if os.name == "posix" else ()
        with subprocess.Popen(
            [sys.executable, "-c", _BOOT, json.dumps(sys.path), str(number if shared else -1)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            pass_fds=shared,
        ) as process:  # fmt: skip
            try:
                request = pickle.dumps((task, limits, seconds))
                data = process.communicate(request, seconds * _STARVED)[0]
                return progress, data, process.returncode
            except subprocess.TimeoutExpired:
                return progress, b"", None
            finally:
                process.kill()
