"""Everything that can be done, by what it brings and what it takes: rows and columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import _, ngettext
from analyzer.report.view.simplified import grown
from analyzer.report.view.urgency import is_tidying

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options import SmallerForm
    from analyzer.report.view.options.form import Level
    from analyzer.report.view.step import ActionStep

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
    asks: Sequence[Action], options: Sequence[SmallerForm], steps: Sequence[ActionStep] = ()
) -> tuple[MatrixRow, ...]:
    """What speaks against use, then impacts that something has, the highest first; nothing for one
    action alone. ``steps``: what to do first, where it stands how the file grows, and in which what
    one command does is of one impact."""
    if len(asks) + len(options) < 2:
        return ()
    told = {name for step in steps for name in step.ids}
    better = [step for step in steps if step.impact not in ("", "low")]
    joint = [[ask for ask in asks if ask.rule in step.ids] for step in better]
    tidying = [ask for ask in asks if is_tidying(ask) and not any(ask in each for each in joint)]
    gathered = tidying if len(tidying) > 1 else []
    entries: list[tuple[str, Level, MatrixEntry]] = [
        (_row_of(ask), ask.effort,
         MatrixEntry(f"rule-{ask.rule}", _growing(_named(ask), ask, told), ask.title))
        for ask in asks if ask not in gathered and not any(ask in each for each in joint)
    ]  # fmt: skip
    entries += [
        (step.impact, _least(of), _gathered(of, _("Clean up with {tool}", tool=step.tool), told))
        for step, of in zip(better, joint, strict=True)
    ]
    entries += [
        (form.impact, form.effort, MatrixEntry(f"form-{form.id}", form.title, form.title))
        for form in options
    ]
    if gathered:
        words = ngettext("{n} clean-up", "{n} clean-ups", len(gathered))
        entries.append((gathered[0].impact, gathered[0].effort, _gathered(gathered, words, told)))
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


def _gathered(of: Sequence[Action], words: str, told: Collection[str]) -> MatrixEntry:
    """One entry for what one command does, with the first of it."""
    names = [*dict.fromkeys(ask.does for ask in of)]
    more = [_("and {n} more", n=len(names) - NAMED)] if len(names) > NAMED else []
    most = max(of, key=lambda ask: (ask.written + ask.states, ask.unlimited))
    words = _("{clean_ups}: {names}", clean_ups=_growing(words, most, told),
              names="; ".join([*names[:NAMED], *more]))  # fmt: skip
    return MatrixEntry(f"rule-{of[0].rule}", words, "; ".join(ask.title for ask in of))


def _least(of: Sequence[Action]) -> Level:
    return min((ask.effort for ask in of), key=EFFORTS.index)


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
