"""The child's side of ``guard``: limit yourself, run the task, hand back the result, vanish."""

from __future__ import annotations

import gc
import mmap
import os
import pickle
import sys
from typing import TYPE_CHECKING, ClassVar, NoReturn

from analyzer.model.child import become_child
from analyzer.streams import write_all

if os.name == "posix":
    import resource
    from signal import ITIMER_PROF, setitimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.model.limits import Limits

HEADER_BYTES = 8
"""Bytes of the big-endian length that goes before a result on the pipe."""

LONGEST = 10**5
"""Seconds, more than a day: a longer limit counts as this one, which the timers of systems hold."""

MOST = 1 << 62
"""Bytes; added to what is in use, it is still a number of the system's."""


class Progress:
    """A counter that outlives the process that advances it."""

    __slots__ = ("_cell", "_patience")
    BYTES: ClassVar = 8

    def __init__(self, memory: mmap.mmap) -> None:
        self._cell = memoryview(memory).cast("q")
        self._patience = 0.0

    def expect(self, seconds: float) -> None:
        """From now on, end this process with SIGPROF if one item takes more processor time.

        0 is for no limit.
        """
        if os.name == "posix":
            self._patience = min(seconds, LONGEST)
            setitimer(ITIMER_PROF, self._patience)

    def at(self, index: int) -> None:
        """Note that work on item ``index`` (0 or more) begins; costs less than 1 µs."""
        self._cell[0] = index + 1
        if self._patience:
            setitimer(ITIMER_PROF, self._patience)

    @property
    def index(self) -> int | None:
        """The item noted last; ``None`` before the first."""
        return self._cell[0] - 1 if self._cell[0] else None


def serve(
    task: Callable[[Progress], object],
    progress: Progress,
    pipe: int,
    limits: Limits,
    seconds: int,
) -> NoReturn:
    """Run ``task`` within ``limits`` and ``seconds`` of processor time.

    Writes ``(kind, value)`` to ``pipe`` and ends the process.
    """
    gc.disable()  # a collection would touch, and so copy, every page shared with the parent
    fall_silent()
    _limit(limits, seconds)
    write_all(pipe, answer(task, progress, limits)[1])
    os._exit(0)


def answer(
    task: Callable[[Progress], object], progress: Progress, limits: Limits
) -> tuple[str, bytes]:
    """How the task ended, in this process, and what goes through the pipe about it."""
    kind = "result"
    progress.expect(limits.guard_stall_seconds)
    try:
        result = task(progress)
        progress.expect(0)  # what follows is the task's, and not its last item's
        data = pickle.dumps((kind, result), pickle.HIGHEST_PROTOCOL)
        if len(data) > limits.guard_result_bytes:
            limit = f"limit guard_result_bytes = {limits.guard_result_bytes:,}"
            kind = "memory"
            data = pickle.dumps((kind, f"gave a result of {len(data):,} bytes ({limit})"))
    except MemoryError:
        limit = f"limit guard_bytes = {limits.guard_bytes:,}"
        kind = "memory"
        data = pickle.dumps((kind, f"ran out of memory ({limit})"))
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent reports it
        text = " ".join(str(error).split())[:500]
        kind = "error"
        data = pickle.dumps((kind, f"{type(error).__name__}: {text}"))
    return kind, len(data).to_bytes(HEADER_BYTES, "big") + data


def fall_silent() -> None:
    """Keep what C++ prints, names from the model included, off the user's terminal."""
    if "faulthandler" in sys.modules:
        sys.modules["faulthandler"].disable()
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def _limit(limits: Limits, seconds: int) -> None:
    if os.name != "posix":  # only the wall clock holds there
        return
    wanted = {
        resource.RLIMIT_CPU: (seconds, seconds + 1),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
    }
    if (size := address_space()) is not None:
        wanted[resource.RLIMIT_AS] = (size + min(limits.guard_bytes, MOST),) * 2
    for which, pair in wanted.items():
        most = resource.getrlimit(which)[1]
        soft, hard = (x if most == resource.RLIM_INFINITY else min(x, most) for x in pair)
        resource.setrlimit(which, (soft, hard))


def address_space() -> int | None:
    """Bytes of address space in use; ``None`` where the system does not say."""
    try:
        with open("/proc/self/statm", encoding="utf-8") as file:
            return int(file.read().split()[0]) * mmap.PAGESIZE
    except OSError:
        return None


def main(progress: str) -> NoReturn:
    """Serve one task that arrives pickled on standard input (``guard`` starts this)."""
    task, limits, seconds = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    become_child(os.getppid())
    descriptor = int(progress)
    pipe = os.dup(1)
    serve(task, Progress(mmap.mmap(descriptor, Progress.BYTES)), pipe, limits, seconds)
