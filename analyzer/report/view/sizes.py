"""What sliders of a page need: every stop of the axes, and what adds up to the figures there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.language import term
from analyzer.report.view.devices import USUAL
from analyzer.report.view.kinds import color_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.view.devices import DeviceRow
    from analyzer.report.view.growth import GrowthRow
    from analyzer.scaling import Product, Stops
    from analyzer.scaling.stops import Row


@dataclass(frozen=True, slots=True)
class SizeAxis:
    """One slider."""

    name: str
    """``width``, ``side`` or ``depth``."""
    stops: tuple[str, ...]
    """What a stop is called, in links too."""
    notes: tuple[str, ...]
    """What is said behind that; may be empty."""
    now: int
    """Position of today's."""


@dataclass(frozen=True, slots=True)
class StopSliders:
    """Sliders over exact stops."""

    axes: tuple[SizeAxis, ...]
    macs: tuple[Product, ...]
    params: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class GrowthSlider:
    """A slider over one open size, whose figures are those of a polynomial."""

    low: int
    high: int
    coefficients: tuple[int, ...]
    divisor: int
    precision: str
    """Element type of all MACs; empty where there are several."""


@dataclass(frozen=True, slots=True)
class Sliders:
    """All sliders of a page, and the devices whose times follow them."""

    stops: StopSliders | None
    growth: tuple[GrowthSlider, ...]
    devices: tuple[DeviceRow, ...]

    @property
    def usual(self) -> str:
        """Id of the device whose times are shown first; empty for none."""
        ids = [row.id for row in self.devices]
        return USUAL if USUAL in ids else next(iter(ids), "")

    @property
    def data(self) -> dict[str, Any]:
        """For the script: plain lists, as short as they can be."""
        found: dict[str, Any] = {
            "devices": {d.id: dict(d.rates) for d in self.devices},
            "growth": [
                [g.low, g.high, [*map(str, g.coefficients)], str(g.divisor), g.precision]
                for g in self.growth
            ],
        }
        if self.stops is not None:
            found["axes"] = [[a.name, a.stops, a.notes, a.now] for a in self.stops.axes]
            found["macs"] = [
                [_rows(p), p.across, color_of(p.kind), term(p.kind), p.precision]
                for p in self.stops.macs
            ]
            found["params"] = [[_rows(p), p.across] for p in self.stops.params]
        return found


def _rows(product: Product) -> list[Row | int]:
    """By depth; a row that is there already is the place of that."""
    rows = product.per
    return [row if rows.index(row) == at else rows.index(row) for at, row in enumerate(rows)]


def sliders(
    stops: Stops | None, growth: Sequence[GrowthRow], devices: Sequence[DeviceRow]
) -> Sliders:
    """Of a page; without stops and sizes where the model has none."""
    precisions = {product.precision for product in stops.macs} if stops is not None else set()
    known = {rate for row in devices for rate in row.rates}
    growing = tuple(_growing(row, known) for row in growth)
    able = precisions <= known or any(each.precision for each in growing)
    timed = tuple(row for row in devices if row.rates and able)
    return Sliders(_stops(stops) if stops is not None else None, growing, timed)


def _stops(found: Stops) -> StopSliders:
    width, side, depth = found.today
    return StopSliders(
        (
            SizeAxis("width", _factors(found.widths), ("",) * len(found.widths), width),
            SizeAxis(
                "side",
                tuple(units.shape(sides) if sides else "" for sides in found.sides),
                tuple(f"ρ {rho:.3g}" for rho in found.resolutions),
                side,
            ),
            SizeAxis(
                "depth",
                _factors(found.depths),
                tuple(" + ".join(map(str, each)) for each in found.repeats),
                depth,
            ),
        ),
        found.macs,
        found.params,
    )


def _factors(values: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value:g}" for value in values)


def _growing(row: GrowthRow, known: set[str]) -> GrowthSlider:
    first, last = (row.points[0].size, row.points[-1].size) if row.points else (row.size, row.size)
    low, high = -(-first // row.step) * row.step, last // row.step * row.step
    precision = next(iter(known)) if len(known) == 1 else ""
    return GrowthSlider(low, high, row.coefficients, row.divisor, precision)
