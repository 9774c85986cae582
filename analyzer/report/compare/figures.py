"""Totals of two models in words: what they were, what they are, and by how much they grew."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.language import _, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Range
    from analyzer.report.compare.view.figures import ComparedFigure

TITLES: Mapping[str, str] = {
    "macs": mark("Multiply-accumulates"),
    "flops": mark("FLOPs"),
    "params": mark("Parameters"),
    "weight-bytes": mark("Bytes of weights"),
    "peak": mark("Peak activation memory"),
    "operators": mark("Operators"),
    "layers": mark("Weighted layers"),
    "file-bytes": mark("Size of the file"),
}


class FigureText(NamedTuple):
    """One total of both models, for people."""

    name: str
    title: str
    old: str
    new: str
    change: str
    share: str
    """Of the old total; empty where that is no number."""
    same: bool
    """Both are known, and equal."""


def figure_text(figure: ComparedFigure) -> FigureText:
    """A total in words.

    >>> from analyzer.report.compare.view.figures import ComparedFigure
    >>> figure_text(ComparedFigure("macs", (2_000_000, 2_000_000), (1_500_000, 1_500_000)))[2:6]
    ('2 MMAC', '1.5 MMAC', '−500 kMAC', '−25.0 %')
    >>> figure_text(ComparedFigure("peak", (1024, None), None))[2:6]
    ('at least 1 KiB', 'unknown', 'unknown', '')
    """
    write = _WRITERS[figure.name]
    old, new = figure.old, figure.new
    same = _exact(old) is not None and old == new
    return FigureText(
        figure.name, _(TITLES[figure.name]), _span(old, write), _span(new, write),
        _change(old, new, write), _share(old, new), same,
    )  # fmt: skip


def _span(known: Range | None, write: Callable[[int], str]) -> str:
    if known is None:
        return _(units.UNKNOWN)
    low, high = known
    if high is None:
        return _("at least {figure}", figure=write(low))
    return write(low) if low == high else _("{low} to {high}", low=write(low), high=write(high))


def _exact(known: Range | None) -> int | None:
    return known[0] if known is not None and known[0] == known[1] else None


def _change(old: Range | None, new: Range | None, write: Callable[[int], str]) -> str:
    before, after = _exact(old), _exact(new)
    if before is not None and after is not None:
        if before == after:
            return _("the same")
        return f"{'+' if after > before else '−'}{write(abs(after - before))}"
    if old is None or new is None:
        return _(units.UNKNOWN)
    if old[1] is not None and new[0] > old[1]:
        return _("at least {figure}", figure=f"+{write(new[0] - old[1])}")
    if new[1] is not None and new[1] < old[0]:
        return _("at least {figure}", figure=f"−{write(old[0] - new[1])}")
    return _("not known")


def _share(old: Range | None, new: Range | None) -> str:
    before, after = _exact(old), _exact(new)
    if not before or after is None or before == after or after > before << 40:
        return ""
    return f"{'+' if after > before else '−'}{units.percent(abs(after - before) / before)}"


_WRITERS: Mapping[str, Callable[[int], str]] = {
    "macs": lambda value: units.si(value, "MAC"),
    "flops": lambda value: units.si(value, "FLOP"),
    "params": units.si,
    "weight-bytes": units.size,
    "peak": units.size,
    "operators": units.count,
    "layers": units.count,
    "file-bytes": units.size,
}
