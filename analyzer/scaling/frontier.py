"""Which (d, α, ρ) a budget of MACs affords, and which of them is balanced.

Accuracy cannot be read from a file. What can: the combinations no axis of which can be
raised within the budget (the frontier), and among them the one nearest to the balanced
direction d = 1.2^φ, α = 1.1^φ, ρ = 1.15^φ that EfficientNet found by grid search
(Tan & Le 2019, https://arxiv.org/abs/1905.11946, section 3.3).
"""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from analyzer.scaling.whatif import Scaled, Scaler

COMPOUND = (1.2, 1.1, 1.15)
"""EfficientNet's bases of depth, width and resolution."""
DEPTHS = (1.0, 1.2, 1.4, 1.8, 2.2)
WIDTHS = (0.25, 0.5, 0.75, 1.0, 1.2, 1.4, 1.8)
RESOLUTIONS = (0.571, 0.714, 0.857, 1.0, 1.143, 1.286, 1.714)


@dataclass(frozen=True, slots=True, repr=False)
class Frontier(Brief):
    """What a budget affords."""

    budget: int
    """MACs of one inference."""
    points: tuple[Scaled, ...]
    """Combinations no axis of which can be raised on the grid, best balanced first."""
    affordable: int
    """Grid points within the budget."""

    @property
    def balanced(self) -> Scaled | None:
        """The frontier point nearest to compound scaling."""
        return self.points[0] if self.points else None


def frontier(
    scaler: Scaler,
    budget: int,
    depths: Sequence[float] = DEPTHS,
    widths: Sequence[float] = WIDTHS,
    resolutions: Sequence[float] | None = None,
    divisor: int | None = 8,
) -> Frontier:
    """Evaluate the grid, keep what fits the budget, keep what nothing that fits exceeds.

    Axes the model does not have (no depth, no spatial input) are left at 1. Resolutions are those
    of ``RESOLUTIONS`` that no constant forbids.
    """
    if resolutions is None:
        resolutions = [rho for rho in RESOLUTIONS if not scaler.tied(rho)]
    depths = sorted(depths) if scaler.deep else [1.0]
    resolutions = sorted(resolutions) if scaler.sides else [1.0]
    fitting: list[Scaled] = []
    for width in sorted(widths):
        for resolution in resolutions:
            smallest = scaler.at(width, resolution, depths[0], divisor=divisor)
            if smallest.macs is None:
                continue
            if smallest.macs > budget:
                break  # and so does every higher resolution
            fitting += [smallest, *_deeper(scaler, smallest, depths[1:], divisor, budget)]
    best = [p for p in fitting if not any(_exceeds(q, p) for q in fitting)]
    best.sort(key=lambda p: (imbalance(p), -(p.macs or 0), p.width, p.resolution))
    return Frontier(budget, tuple(best), len(fitting))


def _deeper(
    scaler: Scaler, smallest: Scaled, depths: Iterable[float], divisor: int | None, budget: int
) -> Iterator[Scaled]:
    """Greater depths of one width and resolution that fit; MACs grow with depth."""
    for depth in depths:
        point = scaler.at(smallest.width, depth=depth, sides=smallest.sides, divisor=divisor)
        if point.macs is None or point.macs > budget:
            return
        yield point


def _exceeds(one: Scaled, other: Scaled) -> bool:
    """At least as large on every axis, larger on one."""
    a = (one.depth, one.width, one.resolution)
    b = (other.depth, other.width, other.resolution)
    return a != b and all(x >= y for x, y in zip(a, b, strict=True))


def imbalance(point: Scaled) -> float:
    """Distance of (log d, log α, log ρ) from the line of compound scaling; 0 is balanced."""
    at = [log(v) for v in (point.depth, point.width, point.resolution)]
    way = [log(v) for v in COMPOUND]
    along = sum(a * w for a, w in zip(at, way, strict=True)) / sum(w * w for w in way)
    return sqrt(sum((a - along * w) ** 2 for a, w in zip(at, way, strict=True)))


def compound(scaler: Scaler, phi: float, divisor: int | None = 8) -> Scaled:
    """All three axes scaled together by EfficientNet's bases to the power φ."""
    depth, width, resolution = (base**phi for base in COMPOUND)
    return scaler.at(
        width, resolution if scaler.sides else 1.0, depth if scaler.deep else 1.0, divisor=divisor
    )
