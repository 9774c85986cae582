"""Being told to stop: clean up on the spot, and end.

A handler that raised an exception instead would depend on everybody in between letting it pass.
Destructors and fork hooks do not, and C++ that is being imported aborts.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

_DEFAULTS = {
    "SIGINT": signal.default_int_handler,
    "SIGTERM": signal.SIG_DFL,
    "SIGHUP": signal.SIG_DFL,
}
_undo: list[Callable[[], None]] = []


def stop_cleanly() -> None:
    """From now on end this process at Ctrl-C, SIGTERM and SIGHUP, with the code shells report.

    A signal that is ignored (nohup) stays so. Child processes end with this one by themselves.
    """
    for name, default in _DEFAULTS.items():
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is default:
            signal.signal(number, _stop)


@contextmanager
def undone_by_stop(undo: Callable[[], None]) -> Iterator[None]:
    """Have a stop inside call ``undo`` first; it must not raise and may come at any moment."""
    _undo.append(undo)
    try:
        yield
    finally:
        _undo.remove(undo)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    try:
        for name in _DEFAULTS:  # cleaning up is not interrupted by the next Ctrl-C
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), signal.SIG_IGN)
        for undo in _undo:
            undo()
    finally:
        os._exit(128 + number)
