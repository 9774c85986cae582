"""What sliders of a page need: every stop of the axes, and what adds up to the figures there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import term
from analyzer.report.view.devices import USUAL
from analyzer.report.view.keys import one_a_color
from analyzer.report.view.kinds import color_of
from analyzer.scaling import Product, Stops

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.report.view.devices import DeviceRow
    from analyzer.report.view.growth import GrowthRow
    from analyzer.report.view.whatif import WhatIf
    from analyzer.scaling import Grown, Joint, OpenStop
    from analyzer.scaling.products import Row


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
    shown: bool
    """Whether there is a slider: several stops, and no open size in their place."""


@dataclass(frozen=True, slots=True)
class StopSliders:
    """Sliders over exact stops."""

    axes: tuple[SizeAxis, ...]
    macs: tuple[Product, ...]
    params: tuple[Product, ...]
    sizes: tuple[OpenStop, ...]
    """Open sizes, each a slider too."""
    grown: tuple[Grown, ...]
    """MACs that follow them, at today's side."""
    divisor: int
    apart: tuple[str, ...]
    """Open sizes that are not known together with the axes."""

    @property
    def key(self) -> list[tuple[str, str]]:
        """Entries of the colour key of what is drawn of any stop."""
        kinds = dict.fromkeys([*(p.kind for p in self.macs), *(g.kind for g in self.grown)])
        return one_a_color((term(kind), color_of(kind)) for kind in kinds)

    @property
    def precisions(self) -> frozenset[str]:
        """Element types of the arithmetic."""
        found = {product.precision for product in self.macs}
        return frozenset(found | {grown.precision for grown in self.grown})


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
                [_rows(p.per), p.across, color_of(p.kind), term(p.kind), p.precision]
                for p in self.stops.macs
            ]
            found["params"] = [[_rows(p.per), p.across] for p in self.stops.params]
            if self.stops.grown:
                found["grown"], found["over"] = _grown(self.stops.grown), self.stops.divisor
        return found


def _grown(parts: Sequence[Grown]) -> list[list[Any]]:
    """By kind and precision, and each of its powers."""
    found: dict[tuple[str, str], list[Any]] = {}
    for part in parts:
        terms = found.setdefault((part.kind, part.precision), [])
        terms.append([_rows(part.per), part.powers])
    return [[color_of(kind), term(kind), precision, terms]
            for (kind, precision), terms in found.items()]  # fmt: skip


def _rows(rows: tuple[Row, ...]) -> list[Row | int]:
    """By depth; a row that is there already is the place of that."""
    return [row if rows.index(row) == at else rows.index(row) for at, row in enumerate(rows)]


def sliders(what: WhatIf, growth: Sequence[GrowthRow], devices: Sequence[DeviceRow]) -> Sliders:
    """Of a page; without stops and sizes where the model has none."""
    stops = _stops(what, growth)
    precisions = stops.precisions if stops else frozenset()
    known = {rate for row in devices for rate in row.rates}
    growing = tuple(_growing(row, known) for row in growth)
    able = precisions <= known or any(each.precision for each in growing)
    timed = tuple(row for row in devices if row.rates and able)
    return Sliders(stops, growing, timed)


def _stops(what: WhatIf, growth: Sequence[GrowthRow]) -> StopSliders | None:
    joint, stops = what.joint, what.stops or _still(what.joint)
    if stops is None:
        return None
    width, side, depth = stops.today
    several = len(stops.sides) > 1
    axes = (
        SizeAxis("width", _factors(stops.widths), ("",) * len(stops.widths), width,
                 len(stops.widths) > 1),
        SizeAxis("side",
                 tuple(units.shape(sides) if sides else "" for sides in stops.sides),
                 tuple(f"ρ {rho:.3g}" for rho in stops.resolutions),
                 side, several and not (joint and joint.sides)),
        SizeAxis("depth", _factors(stops.depths),
                 tuple(" + ".join(map(str, each)) for each in stops.repeats), depth,
                 len(stops.depths) > 1),
    )  # fmt: skip
    macs = stops.macs if several or joint is None else ()  # the polynomials say the same
    sizes = joint.sizes if joint else ()
    apart = tuple(row.dim for row in growth if row.dim not in {size.dim for size in sizes})
    grown, divisor = (joint.macs, joint.divisor) if joint else ((), 1)
    return StopSliders(axes, macs, stops.params, sizes, grown, divisor, apart)


def _still(joint: Joint | None) -> Stops | None:
    """Stops of a model that has no others than today's, but open sizes."""
    if joint is None:
        return None
    params = (Product("", "", joint.params, (1,)),) if joint.params else ()
    return Stops(joint.widths, ((),), (1.0,), joint.depths, joint.repeats, (), params, ())


def _factors(values: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"{value:g}" for value in values)


def _growing(row: GrowthRow, known: set[str]) -> GrowthSlider:
    first, last = (row.points[0].size, row.points[-1].size) if row.points else (row.size, row.size)
    low, high = -(-first // row.step) * row.step, last // row.step * row.step
    precision = next(iter(known)) if len(known) == 1 else ""
    return GrowthSlider(low, high, row.coefficients, row.divisor, precision)
