"""Smaller forms: what is left of the model, and how fast it could be."""

from __future__ import annotations

from math import isclose
from typing import TYPE_CHECKING

from analyzer.report.explained.sums import how_sure, scientific
from analyzer.report.view.devices import on
from analyzer.report.view.explained import Explained, Summand
from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.options import SmallerForm


def explain(result: Result, page: Page) -> Iterator[Explained]:
    totals, stored = result.facts.totals, result.facts.parameters
    devices = {on(result.facts, device): device for device in result.devices}
    for index, form in enumerate(page.options):
        place = f"page.options[{index}]"
        if form.macs:
            yield Explained(f"{place}.macs", form.macs, "form",
                            _less(totals.macs, form.macs), *how_sure(totals))  # fmt: skip
        if form.weight_bytes and form.weight_bytes != form.bytes_now:
            parts = _less(form.bytes_now, form.weight_bytes)
            yield Explained(f"{place}.weight_bytes", form.weight_bytes, "form.bytes", parts,
                            *how_sure(stored))  # fmt: skip
        device = devices.get(form.device)
        if form.seconds and device is not None:
            parts = _time(form, device)
            if parts:
                yield Explained(f"{place}.seconds", form.seconds, "time", parts,
                                *how_sure(totals))  # fmt: skip


def _less(now: int, then: int) -> tuple[Summand, ...]:
    return Summand(str(now)), Summand(f"−{now - then}")


def _time(form: SmallerForm, device: Profile) -> tuple[Summand, ...]:
    """MACs of each type at its peak; nothing where data decide what runs."""
    rates = {type_: device.fastest(type_) for type_ in form.macs_by_precision}
    found = [(macs, rate, type_) for type_, macs in form.macs_by_precision.items()
             if macs and (rate := rates[type_])]  # fmt: skip
    if not isclose(sum(macs / rate for macs, rate, _ in found), form.seconds or 0.0):
        return ()
    return tuple(Summand(f"{macs} / ({scientific(rate)})", label(type_))
                 for macs, rate, type_ in found)  # fmt: skip
