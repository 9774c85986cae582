"""Everything that can be done, by what it brings and what it takes: rows and columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import _, ngettext
from analyzer.report.view.simplified import grown
from analyzer.report.view.steps import is_tidying

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options import SmallerForm

AGAINST = "against use"
"""The row of what speaks against using the model, whatever it saves."""
IMPACTS = (AGAINST, "high", "medium", "low")
EFFORTS = ("low", "medium", "high")
MOST = 4
"""Actions that a cell names."""
NAMED = 3
"""Clean-ups that their entry names."""


class MatrixEntry(NamedTuple):
    """One action in a cell."""

    anchor: str
    """What it links to."""
    name: str
    """What to do, without the place; of clean-ups how many there are, and the first of them."""
    title: str
    """The same, with the place."""


class MatrixCell(NamedTuple):
    """Actions of one impact and one effort."""

    entries: tuple[MatrixEntry, ...]
    """At most ``MOST``."""
    more: int
    """Others."""


class MatrixRow(NamedTuple):
    """Actions of one impact."""

    impact: str
    """One of ``IMPACTS``."""
    cells: tuple[MatrixCell, ...]
    """By effort, the least first."""


def matrix(
    asks: Sequence[Action], options: Sequence[SmallerForm], told: Collection[str] = ()
) -> tuple[MatrixRow, ...]:
    """What speaks against use, then impacts that something has, the highest first; nothing for one
    action alone. ``told``: rules of which it stands elsewhere how the file grows."""
    if len(asks) + len(options) < 2:
        return ()
    tidying = [ask for ask in asks if is_tidying(ask)]
    gathered = tidying if len(tidying) > 1 else []
    entries = [
        (_row_of(ask), ask.effort,
         MatrixEntry(f"rule-{ask.rule}", _growing(_named(ask), ask, told), ask.title))
        for ask in asks if ask not in gathered
    ]  # fmt: skip
    entries += [
        (form.impact, form.effort, MatrixEntry(f"form-{form.id}", form.title, form.title))
        for form in options
    ]
    if gathered:
        words = ngettext("{n} clean-up", "{n} clean-ups", len(gathered))
        titles = "; ".join(ask.title for ask in gathered)
        names = [*dict.fromkeys(ask.does for ask in gathered)]
        more = [_("and {n} more", n=len(names) - NAMED)] if len(names) > NAMED else []
        most = max(gathered, key=lambda ask: (ask.written + ask.states, ask.unlimited))
        words = _("{clean_ups}: {names}", clean_ups=_growing(words, most, told),
                  names="; ".join([*names[:NAMED], *more]))  # fmt: skip
        entry = MatrixEntry(f"rule-{gathered[0].rule}", words, titles)
        entries.append((gathered[0].impact, gathered[0].effort, entry))
    return tuple(
        MatrixRow(
            impact,
            tuple(
                _cell([entry for i, e, entry in entries if (i, e) == (impact, effort)])
                for effort in EFFORTS
            ),
        )
        for impact in IMPACTS
        if any(i == impact for i, _, _ in entries)
    )


def _named(ask: Action) -> str:
    """What to do, and whether that may take longer than what is there, by our own model or by what
    was tried."""
    if ask.slower:
        return _("{action} (slower on {device})", action=ask.does, device=ask.device)
    if ask.confidence == "low":
        return _("{action} (may be slower: measure)", action=ask.does)
    return ask.does


def _growing(words: str, ask: Action, told: Collection[str]) -> str:
    """With how the file grows in brackets behind it, where nothing else says that."""
    grows = "" if ask.rule in told else grown(ask)
    return f"{words} ({grows})" if grows else words


def _row_of(ask: Action) -> str:
    return AGAINST if ask.against else ask.impact


def _cell(found: Sequence[MatrixEntry]) -> MatrixCell:
    shown = found if len(found) <= MOST + 1 else found[:MOST]
    return MatrixCell(tuple(shown), len(found) - len(shown))
