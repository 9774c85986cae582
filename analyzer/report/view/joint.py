"""Width, depth and open sizes together, as a page carries them."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING

from analyzer.language import retold
from analyzer.report.view.growth import growing
from analyzer.sanitise import label, widths
from analyzer.scaling import combine

if TYPE_CHECKING:
    from analyzer.scaling import Joint, Scaler, Stops

SAFE = 1 << 53
"""Up to here the numbers of JavaScript, with which a page adds up, are exact."""


def together(scaler: Scaler, stops: Stops | None) -> Joint | None:
    """All open sizes with the ``stops``, else as many of the first of them as are known so."""
    sizes = growing(scaler.facts)
    for count in range(len(sizes), 0, -1):
        found = combine(scaler, stops, sizes[:count])
        if found is not None:
            return _shown(found)
    return None


def _shown(found: Joint) -> Joint | None:
    """None where a page could not add it up exactly."""
    ends = [size.high for size in found.sizes]
    most = sum(
        max(abs(value) for row in each.per for value in row)
        * prod(high**power for high, power in zip(ends, each.powers, strict=True))
        for each in found.macs
    )
    if most >= SAFE:
        return None
    return replace(
        found,
        sizes=tuple(
            replace(each, dim=label(retold(each.dim), widths.TERM)) for each in found.sizes
        ),
        macs=tuple(replace(each, kind=label(each.kind, widths.TERM)) for each in found.macs),
    )
