"""How much of a model's cost hangs on sizes that nobody stated."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.language import retold
from analyzer.report.view.growth import growing
from analyzer.report.view.options.form import NOTABLE
from analyzer.sanitise import label, widths
from analyzer.shapes.stated import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.facts import Assumption, Facts
    from analyzer.report.view.action import Action


class GuessedSize(NamedTuple):
    """A size that nobody stated, and what grows with it."""

    dim: str
    """As the file calls it; ``height = width`` for both sides of an image."""
    share: float
    """Of the MACs at the size that was assumed."""


def weighed(asks: Iterable[Action], facts: Facts) -> tuple[Action, ...]:
    """The same in their order, with what hangs on the sizes to be stated: for reports alone, as the
    model is analysed at other sizes for it."""
    asks = tuple(asks)
    most = rest(facts) if any(map(_states_a_size, asks)) else None
    if most is None:
        return asks
    named = label(retold(most.dim), widths.TERM)
    return tuple(replace(ask, rests=most.share, rests_on=named) if _states_a_size(ask) else ask
                 for ask in asks)  # fmt: skip


def _states_a_size(ask: Action) -> bool:
    """Of what makes figures truer, all but what makes them more than minima."""
    return ask.figures and ask.impact != "high"


def rest(facts: Facts) -> GuessedSize | None:
    """What a twentieth of the MACs grow with, and nothing but a default says; the size with which
    most do. ``None`` for none, and where nothing multiplies."""
    macs, guessed = facts.totals.macs, {(a.input, a.axis) for a in facts.assumptions if _guessed(a)}
    if not guessed or not macs:
        return None
    shares = [
        GuessedSize(size.dim, min(1.0, 1 - float(size.coefficients[0]) / macs))
        for size in growing(facts)
        if not guessed.isdisjoint((name, axis) for name, axis in size.axes)
    ]
    most = max(shares, key=lambda each: each.share, default=None)
    return most if most is not None and most.share >= NOTABLE else None


def _guessed(assumption: Assumption) -> bool:
    """Whether it is a size that most models have. A second of sound whose rate the file states is
    a unit, and figures are told for each."""
    second = assumption.second
    return assumption.reason.startswith(DEFAULT) and not (second is not None and second.source)
