"""Equal boxes in a row become one, and a row that is still too long is cut into pieces.

Boxes come in topological order, so that a stretch of them can become one box without a circle:
whatever lies between two of its members is a member.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import ceil
from typing import NamedTuple

LONGEST = 8
"""Boxes of the longest row that is looked for as a repetition."""
Feeds = Sequence[set[int]]
"""Positions of the boxes that feed each box."""


class Run(NamedTuple):
    """Boxes from ``start`` on that are drawn as one: ``times`` repetitions of ``period``."""

    start: int
    period: int
    times: int

    @property
    def stop(self) -> int:
        return self.start + self.period * self.times


def fold(keys: Sequence[Hashable], feeds: Feeds) -> list[Run]:
    """The whole row as runs, most of them of one box.

    ``keys`` are the same for boxes that are alike. Linear in boxes and edges, times ``LONGEST``.

    >>> fold("abbb", [set(), {0}, {1}, {2}])
    [Run(start=0, period=1, times=1), Run(start=1, period=1, times=3)]
    """
    numbers: dict[Hashable, int] = {}
    keys = [numbers.setdefault(key, len(numbers)) for key in keys]  # which compare at once
    readers: list[list[int]] = [[] for _ in keys]
    for target, sources in enumerate(feeds):
        for source in sources:
            readers[source].append(target)
    runs: list[Run] = []
    here = 0
    while here < len(keys):
        best = Run(here, 1, 1)
        for period in range(1, LONGEST + 1):
            if here + period >= len(keys) or keys[here + period] != keys[here]:
                continue
            count = _repetitions(keys, feeds, here, period)
            while count > 1 and not _is_closed(readers, Run(here, period, count)):
                count -= 1
            if count > 1 and period * count > best.period * best.times:
                best = Run(here, period, count)
        runs.append(best)
        here = best.stop
    return runs


def cut(length: int, most: int) -> list[Run]:
    """At most ``most`` stretches of neighbours, as equal in length as can be."""
    step = max(1, ceil(length / most))
    return [Run(start, min(step, length - start), 1) for start in range(0, length, step)]


def _repetitions(keys: Sequence[Hashable], feeds: Feeds, start: int, period: int) -> int:
    """How often the first ``period`` boxes come again, each time fed by the time before."""
    if not all(_is_linked(feeds, start, at) for at in range(start + 1, start + period)):
        return 1
    count = 1
    while (begin := start + count * period) + period <= len(keys):
        alike = all(
            keys[at] == keys[at - period] and _inner(feeds, at, begin) == _inner(
                feeds, at - period, begin - period
            )
            for at in range(begin, begin + period)
        )  # fmt: skip
        linked = any(begin - period <= source < begin
                     for at in range(begin, begin + period) for source in feeds[at])  # fmt: skip
        if not (alike and linked):
            break
        count += 1
    return count


def _is_linked(feeds: Feeds, start: int, at: int) -> bool:
    return at < len(feeds) and any(start <= source < at for source in feeds[at])


def _inner(feeds: Feeds, at: int, begin: int) -> set[int]:
    """Who feeds a box from within its own repetition, by distance."""
    return {at - source for source in feeds[at] if source >= begin}


def _is_closed(readers: Sequence[Sequence[int]], run: Run) -> bool:
    """Nothing behind reads one of the first repetitions that does not read the last one too:
    a picture would hide where such a branch begins."""
    last = run.stop - run.period
    seen = {target for at in range(last, run.stop) for target in readers[at]}
    return all(
        target < run.stop or target in seen
        for at in range(run.start, last)
        for target in readers[at]
    )
