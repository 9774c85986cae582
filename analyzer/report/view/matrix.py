"""Everything that can be done, by what it brings and what it takes: rows and columns of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, get_args

from analyzer.language import _
from analyzer.report.view.height import effort_of
from analyzer.report.view.simplified import grown
from analyzer.report.view.steps import ordered
from analyzer.report.view.urgency import Standing, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.report.view.action import Action
    from analyzer.report.view.options import SmallerForm
    from analyzer.report.view.options.before import Tool
    from analyzer.report.view.options.form import Level
    from analyzer.report.view.step import ActionStep

STANDINGS: tuple[Standing, ...] = get_args(Standing)
"""The rows of the table."""
EFFORTS = ("low", "medium", "high")
MOST = 4
"""Actions that a cell names."""
NAMED = 3
"""Of what one command does, as many are named."""


class MatrixEntry(NamedTuple):
    """One action in a cell."""

    anchor: str
    """What it links to."""
    name: str
    """What to do, without the place; of what one command does that, and the first of it."""
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
    """One of ``STANDINGS``."""
    cells: tuple[MatrixCell, ...]
    """By effort, the least first."""


def matrix(
    asks: Sequence[Action], options: Sequence[SmallerForm], steps: Sequence[ActionStep] = ()
) -> tuple[MatrixRow, ...]:
    """What is to be done before use, then impacts that something has, the highest first; what one
    command does in one entry. ``steps``: what to do first, where it stands how the file grows."""
    entries = _entries(asks, options, steps)
    return tuple(
        MatrixRow(
            row,
            tuple(
                _cell([each.entry for each in entries if (each.row, each.effort) == (row, effort)])
                for effort in EFFORTS
            ),
        )
        for row in STANDINGS
        if any(each.row == row for each in entries)
    )


def unlisted(
    asks: Sequence[Action], options: Sequence[SmallerForm], steps: Sequence[ActionStep]
) -> int:
    """How many entries of the table are in none of ``steps``."""
    told = {name for step in steps for name in step.ids}
    return sum(told.isdisjoint(each.ids) for each in _entries(asks, options, steps))


class _Placed(NamedTuple):
    """An entry, and where it stands."""

    row: Standing
    effort: Level
    ids: tuple[str, ...]
    """The rules or the form that it is about."""
    entry: MatrixEntry


def _entries(
    asks: Sequence[Action], options: Sequence[SmallerForm], steps: Sequence[ActionStep]
) -> list[_Placed]:
    found = {ask.rule: ask for ask in asks}
    told = {name for step in steps for name in step.ids}
    joint = [step for step in ordered(asks, options) if step.tool and len(step.ids) > 1]
    joined = {rule for step in joint for rule in step.ids}
    entries = [
        _Placed(standing(ask), ask.effort, (ask.rule,),
                MatrixEntry(ask.anchor, _growing(_named(ask), ask, told), ask.title))
        for ask in asks if ask.rule not in joined
    ]  # fmt: skip
    entries += [
        _Placed(step.impact or "low", effort_of(step, found), step.ids,
                _gathered([found[rule] for rule in step.ids], step.tool, told))
        for step in joint
    ]  # fmt: skip
    entries += [
        _Placed(form.impact, form.effort, (form.id,),
                MatrixEntry(f"form-{form.id}", form.title, form.title))
        for form in options
    ]  # fmt: skip
    return entries


def _gathered(of: Sequence[Action], tool: Tool, told: Collection[str]) -> MatrixEntry:
    """One entry for what one command does, with the first of it."""
    names = [*dict.fromkeys(ask.does for ask in of)]
    more = [_("and {n} more", n=len(names) - NAMED)] if len(names) > NAMED else []
    most = max(of, key=lambda ask: (ask.written + ask.states, ask.unlimited))
    words = _("{clean_ups}: {names}",
              clean_ups=_growing(_("Clean up with {tool}", tool=tool), most, told),
              names="; ".join([*names[:NAMED], *more]))  # fmt: skip
    return MatrixEntry(of[0].anchor, words, "; ".join(ask.title for ask in of))


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


def _cell(found: Sequence[MatrixEntry]) -> MatrixCell:
    shown = found if len(found) <= MOST + 1 else found[:MOST]
    return MatrixCell(tuple(shown), len(found) - len(shown))
