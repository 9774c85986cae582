"""The least that one inference takes on a device: of its arithmetic, or to read its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.devices import bound, reading, room
from analyzer.report.view.reach import reach

if TYPE_CHECKING:
    from analyzer.devices import Profile
    from analyzer.facts import Facts


class LeastTime(NamedTuple):
    """The longest of what bounds the time from below."""

    seconds: float | None = None
    """``None`` where a model does not fit, or it is not known how much of it runs there."""
    arithmetic: float | None = None
    """Of the multiply-accumulates alone."""
    share: float | None = None
    """Of the multiply-accumulates, those that run there and that the time is of; ``None`` for
    all."""


def least_time(facts: Facts, device: Profile) -> LeastTime:
    """Arithmetic at its peak, or weights at the peak bandwidth, whichever takes longer: one
    inference does both.

    Where something else takes a part, what is left for the device takes no less than its
    multiply-accumulates at the fastest of the rates; which weights it reads nobody counted.
    """
    found = bound(facts, device).seconds
    if found is None or room(facts, device).fits is False:
        return LeastTime()
    reached = reach(facts.targets, device)
    if reached.timed:
        return LeastTime(max(found, reading(facts, device) or 0.0), found)
    whole = facts.totals.whole
    if not reached.share or not whole:
        return LeastTime()
    rates = (device.fastest(type_) for type_, n in facts.totals.macs_by_arithmetic.items() if n)
    part = reached.share * whole / max(rate for rate in rates if rate)
    return LeastTime(part, part, reached.share)
