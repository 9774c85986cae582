"""Titles of the marks of one colour, as one attribute: what each shares with the one before is
said as two digits. The script writes them out again (``templates/script/tips.js``)."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BETWEEN = "¦"
"""What stands between titles of marks, and in none."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def brief_titles(titles: Iterable[str]) -> str:
    """Each title behind how many letters it shares with the one before, at its start and its end.

    >>> brief_titles(["layer 1, standard: 8 MMAC", "layer 12, standard: 8 MMAC", "other"])
    '00layer 1, standard: 8 MMAC¦7i2¦00other'
    """
    found, last = [], ""
    for title in titles:
        own = title.replace(BETWEEN, "|")
        start = _alike(last, own)
        end = _alike(last[start:][::-1], own[start:][::-1])
        found.append(f"{DIGITS[start]}{DIGITS[end]}{own[start : len(own) - end]}")
        last = own
    return BETWEEN.join(found)


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many letters are the same, of those that a script counts as one."""
    pairs = zip(one, other[: len(DIGITS) - 1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1] < "\ud800", pairs))
