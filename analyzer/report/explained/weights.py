"""What the trained weights say: figures of which the report shows no parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import _
from analyzer.report.explained.sums import EXACT
from analyzer.report.view.explained import Explained, Summand

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.explained.sums import Sureness
    from analyzer.report.page import Page
    from analyzer.report.result import Result


def explain(result: Result, page: Page) -> Iterator[Explained]:
    if page.weights is None or result.facts.evidence is None:
        return
    layers = result.facts.evidence.layers
    for index, row in enumerate(page.weights.separable):
        place, found = f"page.weights.separable[{index}]", layers[row.node].separability
        sure: Sureness = EXACT
        if found is not None and found.sampled:
            sure = Certainty.ASSUMED, _("an even part of the channels stands for all")
        yield from _itself(f"{place}.first", row.first, "energy", sure)
        yield from _itself(f"{place}.noise", row.noise, "energy.noise", EXACT)
        yield from _itself(f"{place}.macs_now", row.macs_now, "now", EXACT)
        if row.terms is not None:
            yield from _itself(f"{place}.macs", row.macs, "terms", EXACT)
    for index, noise in enumerate(page.weights.noisy):
        place = f"page.weights.noisy[{index}]"
        yield from _itself(f"{place}.tensor", noise.tensor, "snr", EXACT)
        yield from _itself(f"{place}.channel", noise.channel, "snr", EXACT)
        yield from _itself(f"{place}.underflow", noise.underflow, "underflow", EXACT)


def _itself(place: str, value: float | int | None, by: str, sure: Sureness) -> Iterator[Explained]:
    if value:
        yield Explained(place, value, by, (Summand(repr(value)),), *sure)
