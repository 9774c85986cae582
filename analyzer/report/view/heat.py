"""Geometry of the table of widths, resolutions and depths as a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import _
from analyzer.report.view.charts import WIDTH, Tick
from analyzer.report.view.whatif import heat
from analyzer.sanitise import widths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.view.whatif import DepthRow, WhatIf, WidthRow

LEFT, TOP, TALL, GAP = 150.0, 24.0, 46.0, 2.0
"""Room for the names of rows and columns, height of a cell, and space between cells."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One size of the network."""

    x: float
    y: float
    width: float
    height: float
    level: int
    """Of its colour, 1 to 5; 0 where the cost is unknown."""
    within: bool
    """It keeps to the budget."""
    lines: tuple[str, ...]
    title: str


@dataclass(frozen=True, slots=True)
class HeatChart:
    """Cells, and what their rows and columns are called."""

    width: float
    height: float
    cells: tuple[HeatCell, ...]
    columns: tuple[Tick, ...]
    rows: tuple[Tick, ...]
    notes: tuple[str, ...]
    """Below the cells."""
    alt: str


def picture(what: WhatIf, now: int) -> HeatChart:
    """``now`` is what the model takes today, in MACs."""
    wide = (WIDTH - LEFT) / max(1, len(what.columns))
    columns = [f"{c.sides}, ρ {c.rho}" if c.sides else _("MACs") for c in what.columns]
    rows: list[tuple[str, WidthRow | DepthRow]] = [(f"α {row.width}", row) for row in what.rows]
    rows += [(_("depth {d}", d=row.depth), row) for row in what.depths]
    cells = tuple(
        HeatCell(
            round(LEFT + column * wide + GAP / 2, 1), TOP + number * TALL + GAP / 2,
            round(wide - GAP, 1), TALL - GAP, level,
            what.budget is not None and macs is not None and macs <= what.budget,
            tuple(_lines(row, column, macs, now)),
            f"{name}, {columns[column]}: {units.count(macs)} MACs",
        )
        for number, (name, row) in enumerate(rows)
        for column, (macs, level) in enumerate(zip(row.macs, heat(row, now), strict=True))
    )  # fmt: skip
    notes = [_("Share of today's {macs}", macs=units.si(now, "MAC"))]
    if what.budget is not None:
        notes.append(_("framed: within the budget of {macs}", macs=units.si(what.budget, "MAC")))
    bottom = TOP + TALL * len(rows)
    return HeatChart(
        WIDTH, bottom + 20, cells,
        tuple(Tick(round(LEFT + (n + 0.5) * wide, 1), text) for n, text in enumerate(columns)),
        tuple(Tick(TOP + (n + 0.5) * TALL, units.shorten(name, widths.WORD))
              for n, (name, _row) in enumerate(rows)),
        tuple(notes),
        _("MACs by width, resolution and depth"),
    )  # fmt: skip


def _lines(row: WidthRow | DepthRow, column: int, macs: int | None, now: int) -> Iterator[str]:
    yield units.count(macs)
    if macs is not None and now:
        yield units.percent(macs / now)
    published = getattr(row, "published", ())
    if column < len(published) and published[column] is not None:
        yield f"{_('top-1')} {units.percent(published[column])}"
