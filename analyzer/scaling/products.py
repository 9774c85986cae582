"""Sums of products: like layers, whose MACs are so much per width times so much per resolution."""

from __future__ import annotations

from collections import defaultdict
from math import gcd
from typing import TYPE_CHECKING, NamedTuple

from analyzer.restore import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Row = tuple[int, ...]


@record
class Product:
    """What like layers cost: ``per[depth][width] * across[resolution]``, indices of stops."""

    kind: str
    """``Node.kind``; empty for what belongs to no operator of the main graph."""
    precision: str
    """Element type of the arithmetic; empty for parameters."""
    per: tuple[Row, ...]
    across: Row

    def at(self, width: int, resolution: int, depth: int) -> int:
        """Its share of one stop."""
        return self.per[depth][width] * self.across[resolution]


class Addend(NamedTuple):
    """An operator, or one more block of a stage, at each width and resolution."""

    kind: str
    precision: str
    times: Row
    """How often it is there, by depth."""
    values: list[list[int]]
    """By width and resolution."""


def products(addends: Iterable[Addend]) -> tuple[Product, ...]:
    """Pieces of one kind and type that follow the resolution alike are one product."""
    sums: dict[tuple[str, str, Row], list[list[int]]] = {}
    for piece in addends:
        for across, per in _factors(piece.values):
            key = piece.kind, piece.precision, across
            held = sums.setdefault(key, [[0] * len(per) for _ in piece.times])
            for row, times in zip(held, piece.times, strict=True):
                if times:
                    for at, value in enumerate(per):
                        row[at] += value * times
    found = [Product(kind, precision, tuple(map(tuple, rows)), across)
             for (kind, precision, across), rows in sums.items()]  # fmt: skip
    return tuple(_fewer(found))


def _factors(rows: Sequence[Sequence[int]]) -> Iterator[tuple[Row, list[int]]]:
    """(by resolution, by width) of which the products add up to ``rows``.

    >>> [*_factors([[49, 36], [98, 72]])], [*_factors([[49, 36], [98, 71]])]
    ([((49, 36), [1, 2])], [((1, 0), [49, 98]), ((0, 1), [36, 71])])
    """
    first = next((row for row in rows if any(row)), None)
    if first is None:
        return
    common = gcd(*first)
    across = tuple(value // common for value in first)
    pivot = next(at for at, value in enumerate(across) if value)
    per = [row[pivot] // across[pivot] for row in rows]
    if all([p * a for a in across] == [*row] for p, row in zip(per, rows, strict=True)):
        yield across, per
        return
    for at, unit in enumerate(_units(len(first))):
        yield unit, [row[at] for row in rows]


def _units(count: int) -> Iterator[Row]:
    return (tuple(int(at == other) for other in range(count)) for at in range(count))


def _fewer(found: Sequence[Product]) -> Iterator[Product]:
    """Where a kind has more products than there are resolutions, one for each of these."""
    kinds: dict[tuple[str, str], list[Product]] = defaultdict(list)
    for product in found:
        kinds[product.kind, product.precision].append(product)
    for (kind, precision), alike in kinds.items():
        if len(alike) <= len(alike[0].across):
            yield from alike
            continue
        for at, unit in enumerate(_units(len(alike[0].across))):
            per = tuple(
                tuple(sum(p.per[d][w] * p.across[at] for p in alike) for w in range(len(row)))
                for d, row in enumerate(alike[0].per)
            )
            yield Product(kind, precision, per, unit)
