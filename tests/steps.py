"""What a call costs, counted in lines of Python rather than seconds.

Seconds, even of processor time, are another number on a busy machine; the lines that run are the
same on every one. :func:`steps` is for what must grow slowly, :func:`stopped` for what must end.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def steps(call: Callable[[], object], most: int | None = None) -> int:
    """Lines of Python that run in this thread while ``call`` does; an error is passed on.

    What a library does in C is one line, however long it takes.

    Args:
        most: with it, an :exc:`AssertionError` ends the call at the line beyond.
    """
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
            assert most is None or count <= most, f"more than {most} lines of Python"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@contextmanager
def stopped(seconds: float = 60) -> Iterator[None]:
    """End what would run for minutes; choose a hundred times what it takes.

    Raises:
        AssertionError: when this process has worked for ``seconds`` of processor time.
    """
    assert threading.current_thread() is threading.main_thread()

    def end(*_: object) -> None:
        raise AssertionError(f"still running after {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
