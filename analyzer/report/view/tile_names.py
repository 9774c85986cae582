"""What is written on a rectangle of a treemap: a name that can be read, or nothing."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.report.view.charts import TURN
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.report.view.charts import Chart

KEPT, BARE = 4, 6
"""Letters that are left of a name at least: of one whose number follows, and of one without."""
ALIKE = 3
"""Tiles of one stem from which on their numbers alone tell them apart."""
CUT = "…"
_NUMBER = re.compile(r"[0-9]+(?:[.][0-9]+)*$")
"""What of a name tells it apart from its neighbours."""


def fitting(words: str, name: str, stem: str, letters: int) -> str:
    """The longest of what may stand in a room of so many letters; empty where nothing may.

    ``words`` says the name and more. Of names that begin with ``stem`` the number is enough.

    >>> [fitting("", "dense layer 18", "dense layer ", room) for room in (14, 9, 6, 3, 2)]
    ['dense layer 18', 'dense…18', '…18', '…18', '']
    >>> [fitting("", "attention", "", room) for room in (9, 8, 6)]
    ['attention', 'attenti…', '']
    >>> [fitting("", "1×1 standard 32 → 16", "", room) for room in (18, 7, 6)]
    ['1×1 stand… 32 → 16', '32 → 16', '32→16']
    """
    found = TURN.search(name)
    turn = found[0] if found else ""
    number = None if turn else _NUMBER.search(name)
    texts = (
        words, name, _cut(name, turn, letters), turn, turn.replace(" ", ""),
        f"{CUT}{number[0]}" if number and stem and name == stem + number[0] else "",
    )  # fmt: skip
    return next((text for text in texts if text and units.letters(text) <= letters), "")


def _cut(name: str, turn: str, letters: int) -> str:
    """The beginning of a name, and its end where that is what differs: a change of channels, or a
    number; empty where too little would be left of it."""
    number = _NUMBER.search(name)
    end = f" {turn}" if turn else number[0] if number else ""
    room = letters - units.letters(CUT + end)
    head = name.removesuffix(end)
    while head and units.letters(head) > room:
        head = head[:-1]
    head = head.rstrip(" ._-,:")
    least = KEPT if end else BARE
    return f"{head}{CUT}{end}" if units.letters(head) >= least else ""


def told_apart(paths: Sequence[str]) -> list[str]:
    """The last parts of paths, more of them where they are alike.

    >>> told_apart(["up.0.conv1.1", "up.1.conv1", "up.2.conv1", "stem"])
    ['conv1.1', '1.conv1', '2.conv1', 'stem']
    """
    names = [tail(path) for path in paths]
    most = max((path.count(".") for path in paths), default=0)
    for parts in range(2, most + 2):
        alike = {name for name, count in Counter(names).items() if count > 1}
        if not alike:
            break
        names = [tail(path, parts) if name in alike else name
                 for name, path in zip(names, paths, strict=True)]  # fmt: skip
    return names


def tail(path: str, more: int = 1) -> str:
    """The last parts of a path, which tell siblings apart: from the last that is no number on,
    and two where that is short; ``more`` at least.

    >>> tail("m.encoder.layer.11"), tail("features"), tail("m.blocks.6.4"), tail("up.2.conv", 2)
    ('layer.11', 'features', 'blocks.6.4', '2.conv')
    """
    parts = path.split(".")
    named = [n for n, part in enumerate(parts) if not part.isdigit()]
    least = len(parts) - (2 if len(parts[-1]) < 3 and len(parts) > 1 else 1)
    first = max(0, min([least, len(parts) - more, *named[-1:]]))
    return label(".".join(parts[first:]), widths.TERM)


def common_stem(names: Iterable[str]) -> str:
    """What most names begin with that end in a number; empty where they are few.

    >>> common_stem(["mlp 1", "mlp 2", "mlp 10", "separable 1", "conv"])
    'mlp '
    """
    stems = Counter(
        name[: number.start()]
        for name in names
        if not TURN.search(name) and (number := _NUMBER.search(name)) and number.start()
    )
    (stem, count), *_ = stems.most_common(1) or [("", 0)]
    return stem if count >= ALIKE else ""


def example(names: Iterable[str], chart: Chart) -> tuple[str, str] | None:
    """A number that stands for a name of ``names``, and that name; ``None`` where none does."""
    shorts = (line for mark in chart.marks for line in mark.lines if line.startswith(CUT))
    short = next(shorts, None)
    return None if short is None else (short, common_stem(names) + short.removeprefix(CUT))
