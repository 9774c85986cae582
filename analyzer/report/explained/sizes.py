"""The model at other sizes: what every layer adds, and how MACs grow."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import term
from analyzer.report.explained.sums import added_up, how_sure
from analyzer.report.view.explained import Explained, Summand

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analyzer.report.explained.sums import Sureness
    from analyzer.report.page import Page
    from analyzer.report.result import Result
    from analyzer.report.view.growth import GrowthRow
    from analyzer.report.view.whatif import DepthRow, WhatIf, WidthRow
    from analyzer.scaling import Stops


def explain(result: Result, page: Page) -> Iterator[Explained]:
    totals = result.facts.totals
    sure = how_sure(totals)
    for index, row in enumerate(page.growth):
        place = f"page.growth[{index}]"
        rate = Summand(f"({row.macs} − {row.fixed}) / {_amount(row)}")
        yield Explained(f"{place}.rate", row.rate, "per", (rate,), *sure)
        square = next((p.square for p in row.points if p.size == row.size), 0)
        if row.square and square:
            text = f"{square} / {row.macs}"
            yield Explained(f"{place}.square", row.square, "square", (Summand(text),), *sure)
    for index, cells in enumerate(page.what_if.rows):
        for column, (macs, kinds) in enumerate(zip(cells.macs, cells.by_kind, strict=True)):
            if macs:
                parts = tuple(added_up((n, term(kind)) for kind, n in kinds.items()))
                place = f"page.what_if.rows[{index}].macs[{column}]"
                yield Explained(place, macs, "scaled", parts, *sure)
    for name in ("rows", "depths"):
        yield from _beside(page, name, totals.macs, sure)
    if page.what_if.stops is not None:
        yield from _depths(page.what_if, page.what_if.stops, sure)


def _beside(page: Page, name: str, now: int, sure: Sureness) -> Iterator[Explained]:
    """Shares of today's MACs, and parameters."""
    sizes = page.what_if
    rows: Sequence[WidthRow | DepthRow] = sizes.rows if name == "rows" else sizes.depths
    for index, row in enumerate(rows):
        place = f"page.what_if.{name}[{index}]"
        for column, (macs, share) in enumerate(zip(row.macs, row.shares, strict=True)):
            if share:
                yield Explained(f"{place}.shares[{column}]", share, "share.macs",
                                (Summand(f"{macs} / {now}"),), *sure)  # fmt: skip
        if row.params:
            yield Explained(f"{place}.params", row.params, "scaled.params",
                            (Summand(str(row.params)),), *sure)  # fmt: skip


def _depths(what_if: WhatIf, stops: Stops, sure: Sureness) -> Iterator[Explained]:
    """By the products that like layers are, where one of the stops is that size."""
    columns = {units.shape(sides) if sides else "": n for n, sides in enumerate(stops.sides)}
    depths = {f"{depth:g}": n for n, depth in enumerate(stops.depths)}
    width = stops.today[0]
    for index, row in enumerate(what_if.depths):
        for number, (macs, cell) in enumerate(zip(row.macs, what_if.columns, strict=True)):
            column, depth = columns.get(cell.sides), depths.get(row.depth)
            if column is None or depth is None or stops.macs_at(width, column, depth) != macs:
                continue
            kinds: Counter[str] = Counter()
            for part in stops.macs:
                kinds[part.kind] += part.at(width, column, depth)
            parts = tuple(added_up((n, term(kind)) for kind, n in kinds.items()))
            place = f"page.what_if.depths[{index}].macs[{number}]"
            yield Explained(place, macs, "deeper", parts, *sure)


def _amount(row: GrowthRow) -> str:
    """Today's size in units."""
    if row.unit == "megapixel":
        return f"({row.size} · {row.side or row.size} / 10⁶)"
    return f"({row.size} / {row.per})" if row.per > 1 else str(row.size)
