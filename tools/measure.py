"""One process and what it used: wall clock, processor time, peak memory; stopped at a limit.

Standard library only, so that this process stays smaller than any that it measures (the system
counts the memory of the parent into a child's largest).
"""

from __future__ import annotations

import os
import resource
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS = 120
"""Processor time a process may take: the clock would judge what else the machine does."""
PATIENCE = 8
"""Times as long it may take by the clock, should it hang."""
MEMORY = 12 << 30
_LOOK = 0.02
"""Seconds between two looks at the memory of a process that has children."""
_MEMORY_SIGNS = "MemoryError", "bad_alloc", "Unable to allocate", "Cannot allocate memory"


@dataclass(frozen=True)
class Usage:
    """What one process and its children used."""

    wall: float
    """Seconds on the clock."""
    cpu: float
    """Seconds of processor time, user and system."""
    rss: float
    """Largest resident memory in MiB; of several processes at once, with shared pages once."""
    code: int
    """Exit code; negative: the signal that ended it."""
    stdout: str
    stderr: str
    stopped: bool = False
    """Whether it was stopped at a time limit."""

    @property
    def trouble(self) -> str:
        """Why there is no result, in a few words; empty for exit code 0 or 1 (findings)."""
        if self.stopped:
            return f"over {SECONDS} s"
        if self.code in (0, 1) and "Traceback (most recent call last)" not in self.stderr:
            return ""
        if any(sign in self.stderr for sign in _MEMORY_SIGNS) or self.code == -signal.SIGKILL:
            return "out of memory"
        if self.code < 0:
            return f"died of {signal.Signals(-self.code).name}"
        return "fails"

    @property
    def reason(self) -> str:
        """The last line it wrote to standard error."""
        return (self.stderr.strip().splitlines() or [""])[-1]


def run(
    command: Sequence[str | Path],
    *,
    seconds: int = SECONDS,
    memory: int = MEMORY,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
) -> Usage:
    """Run a command.

    Parameters
    ----------
    seconds
        Processor time after which each process is killed; all of them are after ``PATIENCE``
        times that on the clock.
    memory
        Bytes of address space each process may have.
    env
        Environment variables besides the inherited ones.
    """

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command], cwd=cwd, stdin=subprocess.DEVNULL, stdout=out,
            stderr=errors, env={**os.environ, **(env or {})}, start_new_session=True,
            preexec_fn=limit,  # noqa: PLW1509 - this process has one thread
        )  # fmt: skip
        together, stopped = _watch(process.pid, start + PATIENCE * seconds)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        with suppress(ProcessLookupError, PermissionError):  # what it may have left behind
            os.killpg(process.pid, signal.SIGKILL)
        stopped |= process.returncode == -signal.SIGXCPU
        for stream in (out, errors):
            stream.seek(0)
        return Usage(
            wall, used.ru_utime + used.ru_stime, max(used.ru_maxrss / 1024, together),
            process.returncode, out.read(), errors.read(), stopped,
        )  # fmt: skip


def _watch(pid: int, deadline: float) -> tuple[float, bool]:
    """Wait for the process to end: MiB of it and its children together, and whether it overran."""
    largest = 0.0
    handle = os.pidfd_open(pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        while not poll.poll(_LOOK * 1000):
            if time.monotonic() > deadline:
                os.killpg(pid, signal.SIGKILL)
                return largest, True
            family = _family(pid)
            if len(family) > 1:
                largest = max(largest, sum(map(_share, family)))
        return largest, False
    finally:
        os.close(handle)


def _family(pid: int) -> list[int]:
    """The process and all below it; those that end meanwhile are missing."""
    found = [pid]
    for parent in found:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
    return found


def _share(pid: int) -> float:
    """MiB of memory of a process, each shared page divided by the number of its users."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
