"""What a run is doing; of a batch a bar, the time that went by, and an estimate of what is left.

It is for terminals, and for runs that take longer than a moment: what is over before anybody has
looked needs no bar. It is drawn a few times a second, in one write that fits the line, so that
nothing flickers or wraps. A timer draws it while a single step takes long; where the system has
none, it is drawn between steps.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unicodedata import combining, east_asian_width

from analyzer.cli.console import duration
from analyzer.sanitise import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from analyzer.cli.console import Console

MOMENT = 1.0
"""Seconds before there is a bar."""
PAUSE = 0.2
"""Seconds between two drawings."""
WIDTH = 20
"""Characters of the bar."""
_LEAST, _MOST = 64 << 10, 4 << 20
"""Bytes that a model counts for at least (starting on it costs something), and at most (the rest is
weights, which nobody reads)."""


@contextmanager
def ticking(console: Console) -> Iterator[None]:
    """Draw what ``console.activity`` says again and again, until the block ends."""
    timer = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not (console.shows_progress and timer):
        yield
        return
    start = time.monotonic()

    def draw(*_signal: object) -> None:
        if console.activity is not None:
            line = console.activity(time.monotonic() - start)
            console.progress(fitting(line, columns() - 1))

    before = signal.signal(signal.SIGALRM, draw)
    signal.siginterrupt(signal.SIGALRM, False)  # no call of a C library is cut short for a bar
    signal.setitimer(signal.ITIMER_REAL, MOMENT, PAUSE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        console.progress("")


class BatchProgress:
    """Progress of one run over ``paths``."""

    def __init__(
        self, console: Console, paths: Iterable[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._console = console
        self._clock = clock
        self._costs = dict.fromkeys(paths, 0)
        if console.shows_progress:
            self._costs = {path: _cost(path) for path in self._costs}
        self._left = set(self._costs)
        self._start = self._drawn = clock()
        self._working: float | None = None
        """When the first model was begun that is not known already."""
        self._work = 0
        """Cost of the models that were worked on."""
        self._path = ""
        """The only model that is worked on, if it is one."""
        console.activity = self._line

    def begun(self, path: str = "") -> None:
        """Work on a model starts; ``path``: it is the only one that is worked on."""
        if self._working is None:
            self._working = self._clock()
        self._path = path
        self._draw()

    def done(self, path: str, *, known: bool = False) -> None:
        """A model is done with; ``known``: without any work."""
        if path in self._left:
            self._left.remove(path)
            if not known:
                self._work += self._costs[path]
        self._path = ""
        self._draw()

    def over(self) -> None:
        """Remove the bar."""
        self._console.activity = None
        self._console.progress("")

    def _draw(self) -> None:
        now = self._clock()
        if not self._console.shows_progress or now - self._start < MOMENT:
            return
        if now - self._drawn < PAUSE:
            return
        self._drawn = now
        self._console.progress(fitting(self._line(), columns() - 1))

    def _line(self, _seconds: float = 0.0) -> str:
        text = self.text(self._clock())
        return f"{text}  {clean(self._path)}" if self._path else text

    def text(self, now: float) -> str:
        """``[####----------------] 20 of 100, 0:12, about 0:48 left``."""
        total, done = len(self._costs), len(self._costs) - len(self._left)
        filled = WIDTH * done // total if total else WIDTH
        bar = f"[{'#' * filled}{'-' * (WIDTH - filled)}] {done:,} of {total:,}"
        text = f"{bar}, {duration(now - self._start)}"
        if self._work and self._left and self._working is not None:
            rest = sum(self._costs[path] for path in self._left)
            text += f", about {duration((now - self._working) * rest / self._work)} left"
        return text


def fitting(text: str, most: int) -> str:
    """As much of ``text`` as fits into ``most`` columns of a terminal, where some characters take
    two and some none.

    >>> fitting("abc", 2), fitting("漢字", 3)
    ('ab', '漢')
    """
    taken = 0
    for index, character in enumerate(text):
        if not combining(character):
            taken += 2 if east_asian_width(character) in "WF" else 1
        if taken > most:
            return text[:index]
    return text


def columns() -> int:
    """Width of the terminal that standard error is."""
    try:
        return os.get_terminal_size(2).columns or 80
    except OSError:
        return 80


def _cost(path: str) -> int:
    try:
        size = os.stat(path).st_size
    except (OSError, ValueError):
        size = 0
    return _LEAST + min(size, _MOST)
