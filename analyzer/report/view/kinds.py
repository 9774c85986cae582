"""Kinds of computation and the colours of a page; which node is of which kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from analyzer.operators import nature_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Counted(Protocol):
    """An operator, of the facts or of the JSON."""

    @property
    def macs(self) -> int | None: ...
    @property
    def flops(self) -> int | None: ...
    @property
    def counted(self) -> int: ...
    @property
    def composite(self) -> bool: ...


COLORS: Mapping[str, tuple[str, str]] = {
    "standard": ("#a84a32", "#e0937c"),
    "pointwise": ("#2f6690", "#7fb0d8"),
    "depthwise": ("#1f756c", "#5fc0b4"),
    "grouped": ("#75599f", "#b8a2dd"),
    "transposed": ("#9c3f68", "#de8db0"),
    "dense": ("#8a5d0c", "#d9ac5a"),
    "attention": ("#4c5596", "#9aa3e6"),
    "recurrent": ("#51692d", "#a3c46c"),
    "other": ("#626b77", "#a0a8b3"),
    "dense2": ("#5f4008", "#f0cf94"),
    "other2": ("#3a4350", "#cdd3da"),
    "other3": ("#77644f", "#c4ac92"),
    "other4": ("#5b6b57", "#a9c2a3"),
}
"""Fill on white (white text on it is readable, 4.5:1) and fill on the dark page (dark text)."""

HEAT: tuple[tuple[str, str], ...] = (
    ("#e4edf5", "#1f2c39"),
    ("#b4cde3", "#2c4762"),
    ("#5b8db8", "#6a9cc7"),
    ("#2f6690", "#93bfe2"),
    ("#16405f", "#c3def3"),
)
"""From little to much; text on the first two is ``ink``, on the others ``on``."""

PALETTE: Mapping[str, tuple[str, str]] = {
    "ink": ("#1c2330", "#e6e9ee"),
    "muted": ("#566070", "#a5aebb"),
    "page": ("#ffffff", "#14171c"),
    "panel": ("#f5f6f8", "#1d2229"),
    "rule": ("#dfe3e8", "#2f3742"),
    "strong": ("#aab2bd", "#525c6a"),
    "link": ("#1f5a85", "#8fbfe6"),
    "error": ("#a3281f", "#f2938a"),
    "warning": ("#855600", "#e0b566"),
    "clean": ("#2f7a45", "#7cc492"),
    "on": ("#ffffff", "#14171c"),
    "heat1": ("#f3f8fc", "#161d25"),
    "heat2": ("#e3eef7", "#19242f"),
    "heat3": ("#d2e3f1", "#1c2c3b"),
    "heat4": ("#c0d8eb", "#203548"),
    "heat5": ("#adcbe4", "#243f57"),
}
"""Everything else on the page, light and dark; ``on`` is text on a fill of ``COLORS``."""

_NATURES: Mapping[Nature, str] = {
    Nature.PRODUCT: "dense", Nature.ATTENTION: "attention", Nature.RECURRENT: "recurrent",
}  # fmt: skip


def shaded(colors: Iterable[str]) -> Iterator[str]:
    """Colours of rows, a second one and those that follow in other shades as far as there are any:
    kinds side by side with one colour read as one.

    >>> [*shaded(["dense", "other", "dense", "pointwise"])]
    ['dense', 'other', 'dense2', 'pointwise']
    >>> [*shaded(["other"] * 6)]
    ['other', 'other2', 'other3', 'other4', 'other', 'other2']
    """
    seen: Counter[str] = Counter()
    for color in colors:
        shades = [color, *(name for n in range(2, 5) if (name := f"{color}{n}") in COLORS)]
        yield shades[seen[color] % len(shades)]
        seen[color] += 1


def color_of(kind: str) -> str:
    """Key of ``COLORS`` for a row of ``Totals.macs_by_kind``."""
    if kind in COLORS:
        return kind
    nature = nature_of(kind)
    return "other" if nature is None else _NATURES.get(nature, "other")


def counted_macs(node: Counted) -> int:
    """Known MACs of a node that the totals contain; calls and loops leave it to their bodies."""
    return 0 if node.composite else (node.macs or 0) * node.counted


def counted_flops(node: Counted) -> int:
    """The same for FLOPs."""
    return 0 if node.composite else (node.flops or 0) * node.counted
