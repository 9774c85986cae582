"""Devices beside the model: does it fit, and how long does it take at the very least?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer.devices import SHIPPED, bound, estimate
from analyzer.language import term
from analyzer.restore import record
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts


@record
class DeviceRow:
    """One device."""

    id: str
    name: str
    kind: str
    seconds: float | None
    """One inference takes no less, by its arithmetic alone."""
    estimate: float | None
    """Seconds that one inference takes, by factors measured for each class of its layers; null
    where those were not measured."""
    per_second: float | None
    """Inferences a second, at most."""
    missing: tuple[str, ...]
    """Element types that the device does not compute in."""
    partial: bool
    """Some operators are of unknown cost and not in the time."""
    memory: int
    """Bytes that it has."""
    weights: float
    """Share of them that the weights take."""
    peak: float | None
    """Share that weights and activations take at the peak, in the file's order of operators."""
    dated: str
    sources: tuple[str, ...]
    note: str
    rates: Mapping[str, float]
    """Peak multiply-accumulates a second in each element type of the model's; empty where its time
    is no plain sum of those."""


USUAL = "rpi5"
"""Device whose times stand beside actions where nobody chose."""


def main_device(profiles: Sequence[Profile]) -> Profile | None:
    """Whose times stand beside actions: the first that somebody named, of all that ship a usual
    one."""
    ids = tuple(each.id for each in profiles)
    return profiles[ids.index(USUAL) if ids == SHIPPED else 0] if ids else None


IDLE = 0.01
"""Share of a device's memory below which a model that multiplies nothing needs no table."""


def is_idle(found: Sequence[DeviceRow]) -> bool:
    """Whether nothing is to be said of any device: no time, and next to no memory."""
    return bool(found) and all(
        row.per_second is None and not row.missing and row.peak is not None and row.peak < IDLE
        for row in found
    )


def rows(facts: Facts, profiles: Iterable[Profile]) -> tuple[DeviceRow, ...]:
    """A row for each device, in the order given."""
    return tuple(_row(facts, profile) for profile in profiles)


def _row(facts: Facts, profile: Profile) -> DeviceRow:
    found = bound(facts, profile)
    weights, peak = facts.parameters.weight_bytes, facts.memory.peak_bytes
    return DeviceRow(
        id=profile.id,
        name=label(profile.name, 60),
        kind=label(term(profile.kind), 40),
        seconds=found.seconds,
        estimate=estimate(facts, profile),
        per_second=found.per_second,
        missing=found.missing,
        partial=found.partial,
        memory=profile.memory,
        weights=weights / profile.memory,
        peak=None if peak is None else (weights + peak) / profile.memory,
        dated=label(profile.dated, 20),
        sources=tuple(label(source, 200) for source in profile.sources),
        note=label(profile.note, 160),
        rates=_rates(facts, profile),
    )


def _rates(facts: Facts, profile: Profile) -> dict[str, float]:
    totals = facts.totals
    found = {each: profile.fastest(each) for each in totals.macs_by_precision}
    rates = {each: rate for each, rate in found.items() if rate}
    plain = len(rates) == len(found) and totals.macs_range == (totals.macs, totals.macs)
    return rates if plain else {}
