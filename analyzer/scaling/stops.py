"""The model at every stop of its axes, as sums of products that are exact at each of them.

Most layers cost what their channels say times the positions at which they work, so that like
layers at one side are a single product. What a stop costs is then a short sum of whole numbers,
which a page can carry and add up by itself. Every layer is recounted at every stop: a layer that
is no such product, as sizes round, is kept stop by stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.declared import attached, declaring
from analyzer.restore import record
from analyzer.scaling.products import Addend, Product, Row, products
from analyzer.scaling.tables import GRID, SIDES, WIDTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from analyzer.scaling.recount import Layer, Sized
    from analyzer.scaling.whatif import Scaler

FINE_WIDTHS = (0.25, 0.35, 0.5, 0.75, 1.0, 1.4)
"""Those of the MobileNet papers."""
FINE_SIDES = (96, 128, 160, 192, 224, 256, 288)
"""Input sides where today's is 224; models of another size use the same ratios."""
FINE_DEPTHS = (0.5, 0.75, 1.0, 1.5, 2.0)
WORK = 30_000
"""Operators counted for all stops together; larger models have the stops of the paper alone."""


@record
class Stops:
    """Sizes that a model admits, and what it costs at each combination of them."""

    widths: tuple[float, ...]
    """Ascending, as of the other axes; 1 is among them."""
    sides: tuple[tuple[int, ...], ...]
    """Of the inputs, in pixels; one entry without any where none is spatial."""
    resolutions: tuple[float, ...]
    """Their multiplier ρ."""
    depths: tuple[float, ...]
    repeats: tuple[tuple[int, ...], ...]
    """Blocks of each stage, by depth."""
    macs: tuple[Product, ...]
    params: tuple[Product, ...]
    assumed: tuple[str, ...]
    """What they rest on that is not known for sure."""

    def macs_at(self, width: int, resolution: int, depth: int) -> int:
        """MACs of the whole model; arguments are positions of stops."""
        return sum(product.at(width, resolution, depth) for product in self.macs)

    def params_at(self, width: int, resolution: int, depth: int) -> int:
        """Parameters of the whole model."""
        return sum(product.at(width, resolution, depth) for product in self.params)

    @property
    def today(self) -> tuple[int, int, int]:
        """Positions of the model as it is."""
        return self.widths.index(1.0), self.resolutions.index(1.0), self.depths.index(1.0)


def stops(scaler: Scaler, *, sides: bool = True) -> Stops | None:
    """Every stop at which the whole model is known; ``None`` where that is today's size alone.

    Models of which something is unknown or left to data have none. Without ``sides`` inputs stay
    as they are.
    """
    return _checked(scaler, lambda grid: grid.stops(sides=sides))


def stops_at(scaler: Scaler, widths: Sequence[float], depths: Sequence[float]) -> Stops | None:
    """Those stops, at the sides as they are; ``None`` unless the whole model is known at all."""
    return _checked(scaler, lambda grid: grid.of(widths, depths))


def _checked(scaler: Scaler, find: Callable[[_Grid], Stops | None]) -> Stops | None:
    totals = scaler.facts.totals
    if not (totals.complete and totals.macs) or totals.macs_range != (totals.macs, totals.macs):
        return None
    with declaring(attached(scaler.facts.graph)):
        found = find(_Grid(scaler))
    if found is None or found.macs_at(*found.today) != totals.macs:
        return None
    return found


class _Grid:
    """Recounts of a model at all widths and resolutions."""

    def __init__(self, scaler: Scaler) -> None:
        self.scaler, self.facts = scaler, scaler.facts
        self.sized: dict[tuple[float, float], Sized] = {}
        self.ratios: dict[float, tuple[float, tuple[int, ...]]] = {}
        """Resolution asked for → what it comes to, and sides."""
        self.assumed: dict[str, None] = {}

    def stops(self, *, sides: bool = True) -> Stops | None:
        widths, resolutions = self._axes()
        resolutions = resolutions if sides else [1.0]
        resolutions = [r for r in resolutions if self._known(1.0, r)]
        widths = [w for w in widths if all(self._known(w, r) for r in resolutions)]
        if 1.0 not in widths or 1.0 not in resolutions:
            return None
        if len({self.sized[w, 1.0].total.macs for w in widths}) == 1:
            widths = [1.0]  # nothing has a width that could change
        counts = self._depths(widths, resolutions)
        if len(widths) * len(resolutions) * len(counts) == 1:
            return None
        return self._over(widths, resolutions, counts)

    def of(self, widths: Sequence[float], depths: Sequence[float]) -> Stops | None:
        """Those widths and depths at today's sides."""
        if not all(self._known(width, 1.0) for width in widths):
            return None
        grown = [self.sized[width, 1.0] for width in widths] if max(depths) > 1 else []
        if not all(map(self._grows, grown)):
            return None
        return self._over(widths, (1.0,), {depth: self.scaler.repeats(depth) for depth in depths})

    def _over(
        self,
        widths: Sequence[float],
        resolutions: Sequence[float],
        counts: Mapping[float, tuple[int, ...]],
    ) -> Stops:
        places = [(w, r) for w in widths for r in resolutions]
        pieces = [*self._pieces(places, len(resolutions), tuple(counts.values()))]
        known = [self.ratios[r] for r in resolutions]
        return Stops(
            tuple(widths), tuple(sides for _, sides in known), tuple(rho for rho, _ in known),
            tuple(counts), tuple(counts.values()),
            products(macs for macs, _ in pieces), products(params for _, params in pieces),
            tuple(self.assumed),
        )  # fmt: skip

    def _axes(self) -> tuple[list[float], list[float]]:
        size = len(self.facts.nodes)
        sides: Row = FINE_SIDES
        widths: tuple[float, ...] = FINE_WIDTHS
        if size * len(widths) * (len(sides) if self.scaler.sides else 1) > WORK:
            sides, widths = SIDES, WIDTHS
        if size * len(widths) > WORK:
            widths = (1.0,)
        return sorted(widths), sorted(_ratios(self.scaler.sides, sides))

    def _known(self, width: float, resolution: float) -> bool:
        """Whether the whole model can be recounted at that size; keeps the recount."""
        point = self.scaler.at(width, resolution)
        if point.macs is None or point.params is None or point.reason:
            return False
        if self.scaler.tied(resolution):
            return False
        if point.macs_range != (point.macs, point.macs):
            return False
        self.sized[width, resolution] = self.scaler.sized(point.sides, width)
        self.ratios[resolution] = point.resolution, point.sides
        if point.assumed:
            self.assumed.setdefault(point.assumed)
        return True

    def _depths(
        self, widths: Sequence[float], resolutions: Sequence[float]
    ) -> dict[float, tuple[int, ...]]:
        """Depth → blocks of each stage, without depths that come to the same."""
        today = tuple(stage.repeats for stage in self.scaler.stages)
        found: dict[float, tuple[int, ...]] = {}
        for depth in FINE_DEPTHS if self.scaler.deep else (1.0,):
            counts = self.scaler.repeats(depth)
            if depth == 1.0 or (counts != today and counts not in found.values()):
                found[depth] = counts
        deeper = any(depth > 1 for depth in found)
        if deeper and not all(self._grows(self.sized[w, r]) for w in widths for r in resolutions):
            found = {depth: counts for depth, counts in found.items() if depth <= 1}
        return found

    def _grows(self, sized: Sized) -> bool:
        """Whether each stage can have one block more, of which all is known."""
        try:
            more = [each for index in range(len(self.scaler.stages)) for each in sized.more(index)]
        except Unknown:
            return False
        return all(layer.macs is not None for layer in more)

    def _pieces(
        self, places: Sequence[tuple[float, float]], columns: int, counts: Sequence[tuple[int, ...]]
    ) -> Iterator[tuple[Addend, Addend]]:
        """MACs and parameters of everything that is there at some depth."""
        sized = [self.sized[place] for place in places]
        gone = self._gone(counts)
        always = (1,) * len(counts)
        nodes = {node.id: node for node in self.facts.nodes}
        for name in sized[0].layers:
            node = nodes[name]
            layers = [each.layers[name] for each in sized]
            yield _both(node.kind, node.precision, gone.get(name, always), layers, columns)
        for index, stage in enumerate(self.scaler.stages):
            extra = tuple(max(0, count[index] - stage.repeats) for count in counts)
            if any(extra):
                blocks = [each.more(index) for each in sized]
                for each in zip(*blocks, strict=True):
                    node = nodes[each[0].node]
                    yield _both(node.kind, node.precision, extra, each, columns)
        inner = self.facts.totals.params - sum(n.params for n in nodes.values() if n.scope == "")
        if inner:
            rows = [[inner] * columns for _ in range(len(places) // columns)]
            yield Addend("", "", always, []), Addend("", "", always, rows)

    def _gone(self, counts: Sequence[tuple[int, ...]]) -> Mapping[str, Row]:
        """Operators of blocks that shallower networks do without → where they are there."""
        found: dict[str, Row] = {}
        for index, stage in enumerate(self.scaler.stages):
            for number, block in enumerate(stage.blocks):
                times = tuple(int(number < each[index]) for each in counts)
                found |= dict.fromkeys(block.nodes, times)
        return found


def _ratios(today: tuple[int, ...], sides: Iterable[int]) -> set[float]:
    """Resolutions, at multiples of 32 pixels where today's side is one and the model square."""
    if not today:
        return {1.0}
    usual = {side / SIDES[0] for side in sides}
    if any(side % GRID for side in today) or len(set(today)) != 1:
        return usual
    return {max(1, round(today[0] * rho / GRID)) * GRID / today[0] for rho in usual}


def _both(
    kind: str, precision: str, times: Row, layers: Sequence[Layer], columns: int
) -> tuple[Addend, Addend]:
    macs, params = [layer.macs or 0 for layer in layers], [layer.params for layer in layers]
    return (
        Addend(kind, precision, times, _rows(macs, columns)),
        Addend(kind, "", times, _rows(params, columns)),
    )


def _rows(values: list[int], columns: int) -> list[list[int]]:
    return [values[at : at + columns] for at in range(0, len(values), columns)]
