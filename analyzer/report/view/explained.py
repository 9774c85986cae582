"""Where a number comes from: what a page has of it."""

from __future__ import annotations

from analyzer.facts import Certainty
from analyzer.language import _, retold
from analyzer.restore import record


@record
class Reckoning:
    """How one kind of number comes about."""

    id: str
    title: str
    """What the number is."""
    formula: str
    """Equation, in symbols and words."""
    source: str
    """Paper, specification or convention."""


@record
class Summand:
    """A part of a sum."""

    text: str
    """Arithmetic of numbers, e.g. ``6 · 256·14·14 · 64``."""
    label: str = ""
    """What it is of; empty where the number says it."""


@record
class Explained:
    """Where one number of this document comes from."""

    number: str
    """Its place, such as ``totals.macs`` or ``page.layers[3].params``."""
    value: int | float
    by: str
    """Id of its ``Reckoning``, or ``formulas[3]`` of the page for that of an operator."""
    summands: tuple[Summand, ...]
    """The formula with this model's numbers: their sum is the value."""
    certainty: Certainty
    reason: str
    """What it rests on where it is not exact."""


def certainty_words(certainty: Certainty, reason: str) -> str:
    """How sure a number is, in a sentence; empty for one that is exact."""
    if certainty is Certainty.EXACT:
        return ""
    words = {
        Certainty.ASSUMED: _("Assumed: {reason}.", reason=retold(reason)),
        Certainty.LOWER_BOUND: _("At least: {reason}.", reason=retold(reason)),
        Certainty.UNKNOWN: _("Not known: {reason}.", reason=retold(reason)),
    }
    return words[certainty]
