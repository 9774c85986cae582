"""Devices beside the model: does it fit, and how long does it take at the very least?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.devices import SHIPPED, bound, estimate, room
from analyzer.facts import Certainty
from analyzer.language import _, series, term
from analyzer.report.view.least import least_time
from analyzer.report.view.reach import reach
from analyzer.restore import record
from analyzer.sanitise import label, widths
from analyzer.smaller.integers import is_static
from analyzer.units import many

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.devices import DeviceRoom, Profile
    from analyzer.facts import Facts


@record
class DeviceRow:
    """One device."""

    id: str
    name: str
    kind: str
    seconds: float | None
    """One inference takes no less: by its arithmetic alone, or to read its weights once where that
    takes longer; null where it does not fit, or it is not known how much of it runs there."""
    arithmetic: float | None
    """The same by its arithmetic alone."""
    share: float | None
    """Of the multiply-accumulates, those that run there and that ``seconds`` are of; null for
    all."""
    estimate: float | None
    """Seconds that one inference takes, by factors measured for each class of its layers; null
    where those were not measured, or there is no least time."""
    per_second: float | None
    """Inferences a second, at most; null where ``seconds`` are of a part."""
    missing: tuple[str, ...]
    """Element types that the device does not compute in."""
    less_exact: tuple[str, ...]
    """Element types that it multiplies in others, such as ``float32 as TF32``."""
    reach: str
    """Where no target that takes models there takes all that multiplies: so much in words; beside a
    time, in how many parts it is taken, where in several; else empty."""
    runs: str
    """Where the device has a time for all that multiplies: ``split``, only a part runs there, or
    ``no``, nothing does, and there is none; ``maybe`` where that is not decided; empty else."""
    partial: bool
    """Some operators are of unknown cost, or nothing bounds how often they run, and the time is
    without that."""
    memory: int
    """Bytes that activations may take, and weights where there is no flash."""
    flash: int | None
    """Bytes of the memory that weights are read from, where it has one."""
    weights: float
    """Share that the weights take of flash, or of the one memory."""
    peak: float | None
    """Share of memory at the peak, in the file's order of operators: of activations alone where
    weights lie in flash, of both otherwise. QuantizeLinear and DequantizeLinear are taken for part
    of integer kernels, as they are in the time."""
    fits: bool | None
    """False: by no means, not even where results are written over operands; null: unknown."""
    int8_may_fit: bool
    """The model does not fit, and its form in int8 may: in the file's order of operators, of whose
    peak a reader can take the quarter."""
    dated: str
    sources: tuple[str, ...]
    note: str
    rates: Mapping[str, float]
    """Peak multiply-accumulates a second in each element type of the model's; empty where the time
    of its arithmetic is no plain sum of those, or there is none."""

    @property
    def reads(self) -> bool:
        """Whether ``seconds`` are those of reading the weights."""
        return self.seconds != self.arithmetic


USUAL = "rpi5"
"""Device whose times stand beside actions where nobody chose."""


_CORES = re.compile(r"\b(\d{1,3}) cores\b")


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
        row.per_second is None
        and not row.missing
        and not row.runs
        and row.peak is not None
        and max(row.peak, row.weights) < IDLE
        for row in found
    )


def late_readers(found: Iterable[DeviceRow]) -> str:
    """Devices that read the weights for longer than they multiply, each with how long that takes
    at least."""
    late = [_("{time} on {device}", time=units.seconds(row.arithmetic), device=row.name)
            for row in found if row.arithmetic is not None and row.reads]  # fmt: skip
    return series(late) if late else ""


def fewest(facts: Facts) -> int | None:
    """The fewest MACs of a run, where it may take more: what times are bounds of.

    ``None`` where they are all there are, or are not those of any run.
    """
    totals = facts.totals
    if totals.whole is not None or totals.certainty is Certainty.UNKNOWN:
        return None
    return totals.macs_range[0]


def named(device: Profile) -> str:
    """A device's name as people read it, its cores in their language."""
    return _CORES.sub(lambda found: many(int(found[1]), "core"), label(device.name, widths.NAME))


def on(facts: Facts, device: Profile | None) -> str:
    """A device's name as it stands beside times, with types that it multiplies in others; empty
    for none."""
    if device is None:
        return ""
    others = ", ".join(_less_exact(facts, device))
    name = named(device)
    return f"{name} ({others})" if others else name


def unpacked(facts: Facts) -> tuple[str, ...]:
    """Types that weights of few bits, which alone are of them, are multiplied in."""
    stored = facts.totals.macs_by_precision
    multiplied = facts.totals.macs_by_arithmetic.items()
    return tuple(name for name, macs in multiplied if macs > stored.get(name, 0))


def rows(
    facts: Facts, profiles: Iterable[Profile], integers: int | None = None
) -> tuple[DeviceRow, ...]:
    """A row for each device, in the order given; ``integers`` are bytes of weights in int8."""
    return tuple(_row(facts, profile, integers) for profile in profiles)


def _row(facts: Facts, profile: Profile, integers: int | None) -> DeviceRow:
    found, taken = bound(facts, profile), room(facts, profile)
    reached, least = reach(facts.targets, profile), least_time(facts, profile)
    misfit = taken.fits is False
    untimed = misfit or not reached.timed
    guess = None if untimed else estimate(facts, profile)
    types = {"float32": "int8"} if is_static(facts) else {}
    return DeviceRow(
        id=profile.id,
        name=named(profile),
        kind=label(term(profile.kind), widths.TERM),
        seconds=least.seconds,
        arithmetic=least.arithmetic,
        share=least.share,
        estimate=guess if (guess or 0.0) >= (least.seconds or 0.0) else None,
        per_second=1 / least.seconds if least.seconds and least.share is None else None,
        missing=found.missing,
        less_exact=_less_exact(facts, profile),
        reach="" if untimed and not reached.runs else reached.words,
        runs="" if found.seconds is None else reached.runs,
        partial=found.partial,
        memory=profile.memory,
        flash=profile.flash,
        weights=taken.weights_share,
        peak=taken.peak_share,
        fits=taken.fits,
        int8_may_fit=misfit and integers is not None
        and _may_fit(room(facts, profile, integers, types)),
        dated=label(profile.dated, 20),
        sources=tuple(label(source, widths.NOTE) for source in profile.sources),
        note=label(term(profile.note), widths.REASON),
        rates={} if untimed else _rates(facts, profile),
    )  # fmt: skip


def _may_fit(taken: DeviceRoom) -> bool:
    return taken.fits is not False and (taken.peak_share or 0) <= 1


def _less_exact(facts: Facts, device: Profile) -> tuple[str, ...]:
    """``float32 as TF32`` for each type of the model's MACs of which that is true."""
    return tuple(
        _("{type} as {other}", type=type_, other=other.upper() if other == "tf32" else other)
        for type_, other in bound(facts, device).less_exact
    )


def _rates(facts: Facts, profile: Profile) -> dict[str, float]:
    totals = facts.totals
    found = {each: profile.fastest(each) for each in totals.macs_by_arithmetic}
    rates = {each: rate for each, rate in found.items() if rate}
    plain = len(rates) == len(found) and totals.macs_range == (totals.macs, totals.macs)
    return rates if plain else {}
