"""What-if tables: α × ρ, one axis at a time, and how steeply MACs grow along each axis."""

from __future__ import annotations

from itertools import product
from math import log
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.scaling.whatif import Scaled, Scaler

WIDTHS = (1.0, 0.75, 0.5, 0.25)
"""The α of the MobileNet paper."""
SIDES = (224, 192, 160, 128)
"""The input sides of the MobileNet paper; models of another size use the same ratios."""
GRID = 32
"""Input sides that networks of five halvings are made for are its multiples."""
ROOMY = 4 * GRID
"""Side from which some of the usual resolutions are other multiples of it."""
DEPTHS = (0.5, 2.0)
"""Half and twice the blocks, which most stages have: between them ⌈d·n⌉ is d·n of few, and what is
rounded up would be told as growth."""
RULE_OF_THUMB = {"depth": 1, "width": 2, "resolution": 2}
"""Exponents by which MACs are expected to grow (Tan & Le 2019, section 3.3)."""


@dataclass(frozen=True, slots=True)
class Growth:
    """How MACs follow one multiplier: MACs ∝ multiplier^exponent."""

    axis: str
    """``depth``, ``width`` or ``resolution``."""
    points: tuple[Scaled, ...]
    """The model along that axis, other axes at 1; only sizes it admits."""
    exponent: float | None
    """Least squares on a log-log scale through today's model; ``None`` without points."""
    expected: int
    """Exponent of the rule of thumb."""


def grid(
    scaler: Scaler,
    widths: Sequence[float] = WIDTHS,
    resolutions: Sequence[float] | None = None,
    divisor: int | None = None,
) -> tuple[tuple[Scaled, ...], ...]:
    """One row per α, one column per ρ (``usual_resolutions``); one column without space."""
    if resolutions is None:
        resolutions = usual_resolutions(scaler)
    if not scaler.sides:
        resolutions = [1.0]
    return tuple(
        tuple(scaler.at(width, resolution, divisor=divisor) for resolution in resolutions)
        for width in widths
    )


def table(
    scaler: Scaler,
    widths: Sequence[float],
    resolutions: Sequence[float | tuple[int, ...]],
    depths: Sequence[float | tuple[int, ...]],
    divisor: int | None = None,
) -> tuple[Scaled, ...]:
    """Every combination, depth by depth, then width by width.

    A resolution is a multiplier or sides in pixels: one for all axes, or one for each. Raises
    ``ValueError`` as ``Scaler.at`` does.
    """
    return tuple(
        scaler.at(width, depth=depth, divisor=divisor, sides=size if len(size) > 1 else size[0])
        if isinstance(size, tuple)
        else scaler.at(width, size, depth, divisor=divisor)
        for depth, width, size in product(depths, widths, resolutions)
    )


def usual_resolutions(scaler: Scaler) -> list[float]:
    """The paper's 192/224 … of today's sides, at the nearest multiples of 32 where today's is
    one and has room; where the model's arithmetic refuses a side of a smaller one (a decoder that
    joins maps halved five times), likewise. None but today's where constants have the size of the
    input and are nothing that is trained (``Scaler.tied``).
    """
    return [rho for rho in _usual(scaler) if not scaler.tied(rho)]


def _usual(scaler: Scaler) -> list[float]:
    usual = [side / SIDES[0] for side in SIDES]
    if any(side % GRID for side in scaler.sides) or len(set(scaler.sides)) != 1:
        return usual
    today = scaler.sides[0]
    snapped = [round(today * rho / GRID) * GRID / today for rho in usual]
    if today >= ROOMY:
        return list(dict.fromkeys(snapped))
    pairs = zip(usual, snapped, strict=True)
    return [rho if scaler.at(resolution=rho).macs is not None else snap for rho, snap in pairs]


def growth(scaler: Scaler, divisor: int | None = None) -> tuple[Growth, ...]:
    """Exponents of the axes this model has, measured by recounting every layer."""
    found = [_growth("width", [scaler.at(width=w, divisor=divisor) for w in WIDTHS], scaler)]
    resolutions = usual_resolutions(scaler) if scaler.sides else []
    if len(resolutions) > 1:
        found.append(_growth("resolution", [scaler.at(resolution=r) for r in resolutions], scaler))
    if scaler.deep:
        deep = [scaler.at(depth=d) for d in (1.0, *DEPTHS)]
        today = scaler.repeats(1.0)
        moved = [p for p in deep if p.depth == 1 or p.repeats != today]
        found.append(_growth("depth", moved, scaler))
    return tuple(found)


def _growth(axis: str, points: Sequence[Scaled], scaler: Scaler) -> Growth:
    known = tuple(p for p in points if p.macs is not None)
    base = scaler.facts.totals.macs
    steps = [
        (log(factor), log(p.macs / base))
        for p in known
        if p.macs and base and (factor := _factor(p, axis)) != 1
    ]
    scale = sum(x * x for x, _ in steps)
    slope = sum(x * y for x, y in steps) / scale if scale else None
    return Growth(axis, known, slope, RULE_OF_THUMB[axis])


def _factor(point: Scaled, axis: str) -> float:
    return {"depth": point.depth, "width": point.width, "resolution": point.resolution}[axis]
