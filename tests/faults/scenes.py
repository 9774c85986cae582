"""Scenes of dying, full disks and locked folders; each yields what was there afterwards."""

from __future__ import annotations

import ctypes
import itertools
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from types import FrameType

from analyzer.cli import outputs
from analyzer.cli.stop import stop_cleanly
from tests.faults.driver import OUT, Files, Seen, forked, look, restore

KILLS = 20
SYSTEM = {"posix", "io", "_io"}
"""Modules written in C that ask the system for something."""
NOBODY = 65534
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def every_step(new: Files, by: int = 1) -> Iterator[Seen]:
    """Kill the process at each step of writing, until it gets through."""
    for number in itertools.count(1, by):
        old = restore(new)
        code, _ = forked(lambda number=number: at_step(number, signal.SIGKILL))  # type: ignore[misc]
        yield {"code": code, **look(old, new)}
        if code == 0:
            return


def at_step(number: int, which: int) -> None:
    """Get the signal ``which`` where the code that writes calls the system, or returns.

    Between two such moments nothing happens to a file that happens in neither.
    """
    steps = itertools.count(1)

    def step(frame: FrameType, event: str, argument: object) -> None:
        asks = event == "return" or (event == "c_call" and asks_system(argument))
        if asks and frame.f_code.co_filename == outputs.__file__ and next(steps) == number:
            sys.setprofile(None)
            os.kill(os.getpid(), which)

    sys.setprofile(step)


def asks_system(function: object) -> bool:
    """Whether ``function``, or method, written in C, may do something to a file."""
    owner = getattr(function, "__self__", None)
    return {getattr(function, "__module__", None), type(owner).__module__} & SYSTEM != set()


def told_to_stop(new: Files) -> Iterator[Seen]:
    """Tell the process to stop at every third step of writing, by one signal after the other."""
    for number, which in zip(itertools.count(1, 3), itertools.cycle(STOPS), strict=False):
        old = restore(new)

        def prepare(number: int = number, which: int = which) -> None:
            stop_cleanly()
            at_step(number, which)

        code, said = forked(prepare)
        yield {"code": code, "said": said, "signal": which, **look(old, new)}
        if code == 0:
            return


def small_files(new: Files) -> Iterator[Seen]:
    """Let no file grow beyond sizes that cut each of the outputs at its start, middle and end."""
    lengths = [len(data) for data in new.values()]
    sizes = {0, 4096, *(length // 2 for length in lengths), *(length - 1 for length in lengths)}
    for size in sorted(size for size in sizes if size < max(lengths)):
        old = restore(new)
        code, said = forked(lambda size=size: limit_files(size))  # type: ignore[misc]
        yield {"code": code, "said": said, "size": size, **look(old, new)}


def limit_files(size: int) -> None:
    """Go on in a process that cannot write larger files; this one hands on what it says.

    It would otherwise say it to a file that the limit cuts, too.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        sys.dont_write_bytecode = True  # it would be cut, too, and stay so
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        os.dup2(writer, 2)
        os.close(writer)
        return
    os.close(writer)
    with open(reader, "rb") as stream:
        os.write(2, stream.read())
    os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def read_only_folder(new: Files) -> Iterator[Seen]:
    """Write where permissions forbid it: as we are or, for root, as one whom they concern."""
    ways: list[Callable[[], object]] = [lambda: None]
    if os.geteuid() == 0:
        ways = [drop_powers, lambda: os.setuid(NOBODY)]
    for way in ways:
        old = restore(new)
        OUT.chmod(0o555)
        code, said = forked(way)
        OUT.chmod(0o755)
        yield {"code": code, "said": said, **look(old, new)}


def drop_powers() -> None:
    """Give up all capabilities, so that permissions hold for root too (capset(2))."""
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


def random_moments(new: Files) -> Iterator[Seen]:
    """Kill a process that rewrites three files of some MB again and again."""
    names = ("a.html", "b.pdf", "c.json")
    one, two = ({n: (n + mark).encode() * 200_000 for n in names} for mark in ("one", "two"))
    dice = random.Random(4)
    restore({})
    outputs.write_files({str(OUT / name): data for name, data in one.items()})
    for _ in range(KILLS):
        pid = os.fork()
        if pid == 0:
            for contents in itertools.cycle((two, one)):
                outputs.write_files({str(OUT / name): data for name, data in contents.items()})
        time.sleep(dice.uniform(0.002, 0.02))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        yield look(one, two)
        for leftover in OUT.glob(".*"):
            leftover.unlink()


def every_other_step(new: Files) -> Iterator[Seen]:
    return every_step(new, by=2)


SCENES = {
    scene.__name__: scene
    for scene in (
        every_step,
        every_other_step,
        told_to_stop,
        small_files,
        read_only_folder,
        random_moments,
    )
}
