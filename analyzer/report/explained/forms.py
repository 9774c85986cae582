"""Smaller forms: what is left of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import _
from analyzer.report.explained.sums import how_sure, sized
from analyzer.report.view.explained import Explained, Summand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    totals, stored = result.facts.totals, result.facts.parameters
    for place, form in page.forms:
        if form.macs:
            yield Explained(f"{place}.macs", form.macs, "form",
                            _less(totals.macs, form.macs), *how_sure(totals))  # fmt: skip
        if form.weight_bytes and form.weight_bytes != form.bytes_now:
            parts = _less(form.bytes_now, form.weight_bytes)
            yield Explained(f"{place}.weight_bytes", form.weight_bytes, "form.bytes", parts,
                            *how_sure(stored))  # fmt: skip
        if form.bytes_now:
            parts = sized(stored.bytes_by_dtype)
            if form.scales_now:
                parts += (Summand(str(form.scales_now), _("scales and zero points")),)
            yield Explained(f"{place}.bytes_now", form.bytes_now, "bytes", parts,
                            *how_sure(stored))  # fmt: skip


def _less(now: int, then: int) -> tuple[Summand, ...]:
    return Summand(str(now)), Summand(f"−{now - then}")
