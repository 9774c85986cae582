"""Width, depth and the sizes that a file leaves open together: polynomials that are exact.

At each of a few sizes the model is analysed anew and recounted at every width and depth, as
``onnxlint scale --dim`` would. MACs of a kind at one width and depth are then a polynomial in the
sizes. It is claimed only where it also gives the recounts that it was not made from, and only
between the smallest and the largest size that was tried.
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from itertools import product
from math import lcm, prod
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from analyzer.restore import record
from analyzer.scaling.products import Row
from analyzer.scaling.stops import stops_at
from analyzer.scaling.whatif import Scaler

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.scaling.products import Product
    from analyzer.scaling.stops import Stops
    from analyzer.surplus import OpenSize

POINTS, TIMES = 24, 4
"""Most points of a curve, and how many times today's size it goes to."""
EMPTY_TIMES = 1024
"""Steps to which a size goes that is 0 today, such as a past without anything."""
DEGREE = 2
"""Of all sizes together."""
WORK = 9_000
"""Operators analysed for all sizes together: nobody asked for them."""

Point = tuple[int, ...]
Key = tuple[str, str]
"""Kind and precision."""
Table = tuple[Row, ...]
"""MACs by depth and width."""


@record
class OpenStop:
    """One open size, between two at which the figures were recounted."""

    dim: str
    """Symbol in the file; ``height = width`` for both sides of an image."""
    now: int
    step: int
    """The figures hold at multiples of this."""
    low: int
    high: int


@record
class Grown:
    """MACs of a kind that follow the sizes alike: ``per[depth][width] · Π size^power``."""

    kind: str
    """``Node.kind``."""
    precision: str
    """Element type of the arithmetic."""
    powers: Row
    """Exponent of each size."""
    per: Table
    """To be divided by ``Joint.divisor`` once all are added up."""


@record
class Joint:
    """What the model costs at each width, depth and open size together."""

    sizes: tuple[OpenStop, ...]
    widths: tuple[float, ...]
    """Ascending, as the depths; 1 is among them."""
    depths: tuple[float, ...]
    repeats: tuple[Row, ...]
    """Blocks of each stage, by depth."""
    macs: tuple[Grown, ...]
    divisor: int
    params: Table
    """No size changes them."""
    sides: bool
    """Whether the sizes are all that a resolution multiplies."""

    def macs_at(self, width: int, depth: int, *sizes: int) -> int:
        """MACs of the whole model; width and depth are positions of stops."""
        total = sum(grown.per[depth][width] * _product(sizes, grown.powers) for grown in self.macs)
        return total // self.divisor


class _Count(NamedTuple):
    """The model at some sizes."""

    macs: Mapping[Key, Table]
    params: Table
    repeats: tuple[Row, ...]


def combine(scaler: Scaler, now: Stops | None, sizes: Sequence[OpenSize]) -> Joint | None:
    """Of all ``sizes`` together; ``None`` where no polynomial is known that holds at each.

    ``now`` are the stops of the model at today's sizes, ``None`` where it has no others.
    """
    if now is None and len(sizes) < 2:
        return None  # one size by itself is what ``OpenSize`` says
    here = now or stops_at(scaler, (1.0,), (1.0,))
    if here is None or not sizes or any(size.now % size.step for size in sizes):
        return None
    return _Study(scaler, here, sizes).joint()


class _Study:
    """Recounts of a model at other sizes."""

    def __init__(self, scaler: Scaler, now: Stops, sizes: Sequence[OpenSize]) -> None:
        self.scaler, self.now, self.sizes = scaler, now, sizes
        today: Point = tuple(size.now for size in sizes)
        self.counts: dict[Point, _Count | None] = {today: _counted(now)}
        self.today: Point = today
        self.left: int = WORK // max(1, len(scaler.facts.nodes))
        """Analyses that may still be made."""

    def joint(self) -> Joint | None:
        ladders = [self._ladder(axis) for axis in range(len(self.sizes))]
        degrees = [len(size.coefficients) - 1 for size in self.sizes]
        if any(len(ladder) < degree + 2 for ladder, degree in zip(ladders, degrees, strict=True)):
            return None
        powers = [each for each in product(*(range(degree + 1) for degree in degrees))
                  if sum(each) <= DEGREE]  # fmt: skip
        points = [tuple(ladder[at] for ladder, at in zip(ladders, each, strict=True))
                  for each in powers]  # fmt: skip
        checks = [self._moved(axis, ladder[-1]) for axis, ladder in enumerate(ladders)]
        checks.append(tuple(ladder[-1] for ladder in ladders))
        counts = {point: self.count(point) for point in (*points, *checks)}
        known = {point: count for point, count in counts.items() if count is not None}
        if len(known) < len(counts):
            return None
        macs, divisor = _fitted(powers, points, known)
        found = Joint(
            tuple(OpenStop(size.dim, size.now, size.step, min(ladder), max(ladder))
                  for size, ladder in zip(self.sizes, ladders, strict=True)),
            self.now.widths, self.now.depths, self.now.repeats, macs, divisor,
            known[self.today].params, self._are_sides(),
        )  # fmt: skip
        return found if all(_holds(found, point, known[point]) for point in checks) else None

    def _moved(self, axis: int, size: int) -> Point:
        return (*self.today[:axis], size, *self.today[axis + 1 :])

    def _ladder(self, axis: int) -> list[int]:
        """Today's size and others that the graph goes with: as many as the degree, and one more to
        check by."""
        size = self.sizes[axis]
        found = [size.now]
        width, depth = self.now.widths.index(1.0), self.now.depths.index(1.0)
        for other in _others(size):
            count = self.count(self._moved(axis, other))
            if count is None:
                continue
            if sum(table[depth][width] for table in count.macs.values()) != size.at(other):
                return []
            found.append(other)
            if len(found) > len(size.coefficients):
                break
        return found

    def count(self, point: Point) -> _Count | None:
        """The model at those sizes; ``None`` where it is not known in full."""
        if point not in self.counts:
            self.left -= 1
            self.counts[point] = self._recount(point) if self.left >= 0 else None
        return self.counts[point]

    def _recount(self, point: Point) -> _Count | None:
        moved = [*zip(self.sizes, point, strict=True)]
        axes = {axis: to for size, to in moved for axis in size.axes}
        shapes = {tensor.name: tensor.shape for tensor in self.scaler.facts.inputs}
        for name, axis in {axis for size in self.sizes for axis in size.sums}:
            now = (shapes.get(name) or ())[axis] or 0
            more = (to - size.now for size, to in moved if (name, axis) in size.sums)
            axes[name, axis] = now + sum(more)
        facts = self.scaler.facts.at_sizes(axes)
        stops = facts and stops_at(Scaler(facts), self.now.widths, self.now.depths)
        if not stops:
            return None
        found, here = _counted(stops), _counted(self.now)
        return found if found[1:] == here[1:] else None

    def _are_sides(self) -> bool:
        """Whether the sizes are all that a resolution multiplies."""
        system = self.scaler.system
        axes = [axis for size in self.sizes for axis in size.axes]
        moved = {(system.axes[name] or ())[at] for name, at in axes if system.axes.get(name)}
        return bool(system.sides) and moved.issuperset(system.sides)


def _others(size: OpenSize) -> Iterator[int]:
    """Sizes to try: the ends of a curve first, then nearer ones."""
    now, step = size.now // size.step, size.step
    most = TIMES * now or EMPTY_TIMES
    wanted = (most, max(1, most // POINTS), 2 * now or most // 2, now + 1, now // 2, now + 2)
    yield from (n * step for n in dict.fromkeys(wanted) if n not in (0, now))


def _counted(stops: Stops) -> _Count:
    """Stops at today's resolution."""
    _, resolution, _ = stops.today
    macs: dict[Key, Table] = {}
    for each in stops.macs:
        key, table = (each.kind, each.precision), _times(each, resolution)
        macs[key] = _plus(macs[key], table) if key in macs else table
    params = [_times(each, resolution) for each in stops.params]
    return _Count(macs, reduce(_plus, params) if params else (), stops.repeats)


def _times(found: Product, resolution: int) -> Table:
    return tuple(tuple(per * found.across[resolution] for per in row) for row in found.per)


def _plus(one: Table, other: Table) -> Table:
    return tuple(tuple(map(add, *rows)) for rows in zip(one, other, strict=True))


def _fitted(
    powers: Sequence[Row], points: Sequence[Point], counts: Mapping[Point, _Count]
) -> tuple[tuple[Grown, ...], int]:
    """The polynomials through the points, and what their coefficients are to be divided by."""
    inverse = _inverse([[_product(point, each) for each in powers] for point in points])
    keys = dict.fromkeys(key for point in points for key in counts[point].macs)
    found: list[tuple[Key, Row, list[list[Fraction]]]] = []
    for key in keys:
        tables = [counts[point].macs[key] for point in points if key in counts[point].macs]
        if len(tables) < len(points):
            return (), 1  # a kind that is there at some sizes alone: no check will hold
        for each, factors in zip(powers, inverse, strict=True):
            rows = [
                [sum((f * v for f, v in zip(factors, cells, strict=True)), Fraction(0))
                 for cells in zip(*row, strict=True)]
                for row in zip(*tables, strict=True)
            ]  # fmt: skip
            if any(map(any, rows)):
                found.append((key, each, rows))
    divisor = lcm(*(cell.denominator for *_, rows in found for row in rows for cell in row))
    macs = (
        Grown(*key, each, tuple(tuple(int(cell * divisor) for cell in row) for row in rows))
        for key, each, rows in found
    )
    return tuple(macs), divisor


def _inverse(rows: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """Of a matrix that has one, by Gauss and Jordan.

    >>> _inverse([[1, 2], [1, 4]])
    [[Fraction(2, 1), Fraction(-1, 1)], [Fraction(-1, 2), Fraction(1, 2)]]
    """
    count = len(rows)
    wide = [[Fraction(value) for value in row] + [Fraction(at == other) for other in range(count)]
            for at, row in enumerate(rows)]  # fmt: skip
    for at in range(count):
        pivot = next(n for n in range(at, count) if wide[n][at])
        wide[at], wide[pivot] = wide[pivot], [*wide[at]]
        wide[at] = [value / wide[at][at] for value in wide[at]]
        for n in range(count):
            if n != at and wide[n][at]:
                factor = wide[n][at]
                wide[n] = [a - factor * b for a, b in zip(wide[n], wide[at], strict=True)]
    return [row[count:] for row in wide]


def _product(sizes: Sequence[int], powers: Row) -> int:
    return prod(size**power for size, power in zip(sizes, powers, strict=True))


def _holds(found: Joint, point: Point, count: _Count) -> bool:
    """Whether every kind at every width and depth is what was counted there."""
    told: dict[Key, Table] = {}
    for each in found.macs:
        times = _product(point, each.powers)
        table = tuple(tuple(value * times for value in row) for row in each.per)
        key = each.kind, each.precision
        told[key] = _plus(told[key], table) if key in told else table
    counted = {key: tuple(tuple(value * found.divisor for value in row) for row in table)
               for key, table in count.macs.items()}  # fmt: skip
    return told == counted
