"""Tasks that crash, hang or eat memory, for children that import no more than these need."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.model.guard import Progress


def answer(progress: Progress) -> dict[str, int]:
    progress.at(3)
    return {"answer": 42}


def crash(progress: Progress) -> None:
    progress.at(7)
    ctypes.string_at(0)


def abort(progress: Progress) -> None:
    progress.at(0)
    os.abort()


def hang_with_the_interpreter_lock_held(progress: Progress) -> None:
    progress.at(1)
    ctypes.PyDLL(None).pause()


def seconds(_: Progress) -> int:
    """How many of a processor this process may take."""
    return resource.getrlimit(resource.RLIMIT_CPU)[0]


def spin(_: Progress) -> None:
    while True:
        pass


def eat_memory(progress: Progress) -> None:
    progress.at(5)
    bytearray(3 << 30)


def fail(progress: Progress) -> None:
    progress.at(2)
    raise KeyError("two\nlines")


def leave(_: Progress) -> None:
    os._exit(3)


def answer_too_much(_: Progress) -> bytes:
    return bytes(2 << 20)


def return_a_lock(_: Progress) -> object:
    return threading.Lock()


def step_and_spin(progress: Progress) -> None:
    for item in range(200):
        progress.at(item)
    while True:
        pass


def many_short_steps(progress: Progress) -> str:
    """Together longer than any one of them may be."""
    end = time.process_time() + 0.2
    while time.process_time() < end:
        progress.at(1)
    return "done"
