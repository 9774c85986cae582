"""Devices: bounds of time, and shares of their memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.devices import read_bytes, room
from analyzer.report.explained.sums import how_sure, scientific
from analyzer.report.view.explained import Explained, Summand
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.devices import DeviceRow


def explain(result: Result, page: Page) -> Iterator[Explained]:
    facts = result.facts
    for index, (row, device) in enumerate(zip(page.devices, result.devices, strict=True)):
        place = f"page.devices[{index}]"
        yield from _time(place, row, facts, device)
        taken, held = room(facts, device), how_sure(facts.parameters)
        if taken.stored:
            text = f"{taken.stored} / {device.flash or device.memory}"
            yield Explained(f"{place}.weights", row.weights, "room", (Summand(text),), *held)
        if row.peak is not None:
            sure = how_sure(facts.memory)
            live = f"{taken.peak}" if device.flash else f"({taken.stored} + {taken.peak})"
            text = f"{live} / {device.memory}"
            yield Explained(f"{place}.peak", row.peak, "room", (Summand(text),), *sure)


def _time(place: str, row: DeviceRow, facts: Facts, device: Profile) -> Iterator[Explained]:
    if not row.seconds:
        return
    parts: tuple[Summand, ...]
    by, sure = "time", how_sure(facts.totals)
    if row.reads:
        text = f"{read_bytes(facts, device)} / ({scientific(device.bandwidth)})"
        by, parts, sure = "time.reading", (Summand(text),), how_sure(facts.parameters)
    elif row.share is not None:
        fastest = max(_rates(facts, device).values())
        text = f"{row.share} * {facts.totals.whole} / ({scientific(fastest)})"
        by, parts = "time.part", (Summand(text),)
    else:
        parts = least_time(row.seconds, facts, device)
    yield Explained(f"{place}.seconds", row.seconds, by, parts, *sure)
    if row.per_second is not None:
        whole = " + ".join(part.text for part in parts)
        yield Explained(f"{place}.per_second", row.per_second, "rate",
                        (Summand(f"1 / ({whole})"),), *sure)  # fmt: skip


def _rates(facts: Facts, device: Profile) -> dict[str, float]:
    """By type of the MACs, the device's peak in it."""
    found = {p: device.fastest(p) for p, macs in facts.totals.macs_by_arithmetic.items() if macs}
    return {p: rate for p, rate in found.items() if rate}


def least_time(seconds: float, facts: Facts, device: Profile) -> tuple[Summand, ...]:
    """A sum over precisions, or where data decide what runs, the fewest MACs at the fastest."""
    totals = facts.totals
    rates = _rates(facts, device)
    parts = [Summand(f"{totals.macs_by_arithmetic[p]} / ({scientific(rate)})", label(p))
             for p, rate in rates.items()]  # fmt: skip
    fewest, fastest = totals.macs_range[0], max(rates.values())
    if fewest < totals.macs and seconds == fewest / fastest:
        parts = [Summand(f"{fewest} / ({scientific(fastest)})")]
    return tuple(parts)
