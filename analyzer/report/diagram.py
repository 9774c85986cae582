"""Pictures of a report by themselves: treemap, memory, heat map and growth."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from analyzer.dataclass import dataclass
from analyzer.errors import OutputError
from analyzer.language import _
from analyzer.report.drawing.picture import Key
from analyzer.report.rendering import environment
from analyzer.report.view import charts, growth, heat, layers, skyline, tiles, whatif
from analyzer.report.view.kinds import COLORS, PALETTE
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from analyzer.report.result import Result
    from analyzer.report.view.charts import Chart
    from analyzer.report.view.growth import Curve
    from analyzer.report.view.heat import HeatChart
    from analyzer.report.view.skyline import SkylineChart

Subject = Literal["treemap", "memory", "heat", "growth"]
SPACE = 16.0
"""Between charts of one picture."""


@dataclass(frozen=True, slots=True)
class Diagram:
    """Charts that are to be a file."""

    subject: Subject
    title: str
    charts: tuple[Chart | SkylineChart | HeatChart | Curve, ...]
    keys: tuple[Key, ...]
    alt: str

    def svg(self, *, themed: bool = True, printed: bool = False) -> str:
        """One SVG, as ``Sketch.svg``."""
        title = label(self.title, widths.PATH)
        places, down = [], 0.0
        for chart in self.charts:
            places.append(down)
            down += chart.height + SPACE
        width = max(chart.width for chart in self.charts)
        template = environment().get_template("diagram.svg.j2")
        return template.render(
            subject=self.subject, title=title, alt=self.alt, keys=self.keys, themed=themed,
            placed=[*zip(places, self.charts, strict=True)], down=down,
            width=width + 24, height=round(down + (68 if self.keys else 44), 1),
            palette=PALETTE, kinds=COLORS, colors=COLORS, heat=(),
        ).strip() + "\n"  # fmt: skip


def diagram(result: Result, subject: Subject, title: str) -> Diagram:
    """The picture of ``result`` that a report has.

    Raises
    ------
    OutputError
        The model has nothing to draw there; the message says why.
    """
    return {"treemap": _treemap, "memory": _memory, "heat": _heat, "growth": _growth}[subject](
        result, title
    )


def _treemap(result: Result, title: str) -> Diagram:
    found, shapes = tiles.tiles(result.facts), layers.layer_shapes(result.facts.nodes)
    if not found and len(shapes) < 2:
        raise OutputError(_("no treemap: no two modules, blocks or layer shapes of known MACs"))
    chart = tiles.picture(found) if found else charts.treemap(shapes)
    names = "; ".join([tile.name for tile in found[:3]] or [mark.title for mark in chart.marks[:3]])
    return Diagram("treemap", title, (chart,),
                   tuple(Key(kind, COLORS[color][0], f"k-{color}") for kind, color in chart.key),
                   _("Treemap of MACs. Largest: {names}", names=names))  # fmt: skip


def _memory(result: Result, title: str) -> Diagram:
    shown = skyline.skyline(result.facts)
    chart = skyline.picture(shown) if shown is not None else None
    if chart is None:
        raise OutputError(_("no picture of memory: the peak is unknown or the same throughout"))
    return Diagram("memory", title, (chart,), (), chart.alt)


def _heat(result: Result, title: str) -> Diagram:
    found = replace(whatif.view(result.facts), budget=result.budget)
    if found.reason:
        raise OutputError(found.reason)
    chart = heat.picture(found, result.facts.totals.macs)
    return Diagram("heat", title, (chart,), (), chart.alt)


def _growth(result: Result, title: str) -> Diagram:
    curves = [growth.curve(row) for row in growth.growth(result.facts)]
    charts = tuple(curve for curve in curves if curve is not None)
    if not charts:
        raise OutputError(_("no growth: the file leaves no size open that MACs follow exactly"))
    words = {"pointwise": _("grows in proportion"), "standard": _("grows with the square")}
    keys = tuple(Key(text, COLORS[color][0], f"k-{color}") for color, text in words.items())
    square = any(chart.square for chart in charts)
    return Diagram("growth", title, charts, keys if square else (),
                   ". ".join(chart.alt for chart in charts))  # fmt: skip
