"""Forked processes that end with their parent, and parents that lose no signal to a fork."""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from analyzer.errors import ScarcityError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STOPPING = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals by which people and systems ask a program to end."""

EXIT_SOFTWARE = 70
"""sysexits.h: how a child ends that could not even hand back an error."""
_PR_SET_PDEATHSIG = 1
"""linux/prctl.h: the signal that a process gets when its parent ends."""


def can_fork() -> bool:
    """Whether a forked copy of this process works: other threads' locks would never be released."""
    return hasattr(os, "fork") and threading.active_count() == 1


@contextmanager
def signals_waiting() -> Iterator[None]:
    """Let ``STOPPING`` signals wait until a forked child is in a variable.

    Python also runs hooks around a fork, from which the exception that a handler raises goes
    nowhere but to standard error: the signal would be lost.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def fork_child(work: Callable[[], object]) -> int:
    """Run ``work`` in a forked process, which ends with it; call this in ``signals_waiting``.

    Returns
    -------
    The process id. Raises ``OSError`` where no process can be started.
    """
    parent = os.getpid()
    if sys.platform == "linux":
        _prctl()  # every child inherits it
    with warnings.catch_warnings():
        # Python 3.12 warns about BLAS's idle threads, which have fork handlers of their own.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            become_child(parent)
            work()
        finally:
            os._exit(EXIT_SOFTWARE)
    return pid


def no_process(error: OSError) -> ScarcityError:
    """What to raise when the system starts no further process."""
    what = f"no process could be started: {error.strerror}"
    return ScarcityError(f"{what}; judge fewer models at once, or raise the limit (ulimit -u)")


@cache
def _prctl() -> Callable[[int, int], int]:
    import ctypes  # numpy has imported it already

    function: Callable[[int, int], int] = ctypes.CDLL(None).prctl
    return function


def become_child(parent: int) -> None:
    """Leave Ctrl-C to the process ``parent``, end with it, and end without a word when told to.

    Ending however the parent ends is a service of Linux; elsewhere a child of a killed process
    goes on until it is done or its limits stop it.
    """
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup holds for children, too
            signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    if sys.platform == "linux":
        _prctl()(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(EXIT_SOFTWARE)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
