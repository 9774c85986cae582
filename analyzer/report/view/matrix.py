"""Everything that can be done, by what it brings and what it takes: rows and columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.view.actions import Action
    from analyzer.report.view.options import SmallerForm

IMPACTS = ("high", "medium", "low")
EFFORTS = ("low", "medium", "high")


class MatrixEntry(NamedTuple):
    """One action in a cell."""

    anchor: str
    """What it links to."""
    name: str
    title: str


class MatrixRow(NamedTuple):
    """Actions of one impact."""

    impact: str
    cells: tuple[tuple[MatrixEntry, ...], ...]
    """By effort, the least first."""


def matrix(asks: Sequence[Action], options: Sequence[SmallerForm]) -> tuple[MatrixRow, ...]:
    """Impacts that something has, the highest first; nothing for one action alone."""
    if len(asks) + len(options) < 2:
        return ()
    entries = [(ask.impact, ask.effort, MatrixEntry(f"rule-{ask.rule}", ask.name, ask.title))
               for ask in asks]  # fmt: skip
    entries += [
        (form.impact, form.effort, MatrixEntry(f"form-{form.id}", term(form.id), form.title))
        for form in options
    ]
    return tuple(
        MatrixRow(
            impact,
            tuple(
                tuple(entry for i, e, entry in entries if (i, e) == (impact, effort))
                for effort in EFFORTS
            ),
        )
        for impact in IMPACTS
        if any(i == impact for i, _, _ in entries)
    )
