"""Geometry of the charts: numbers in, rectangles, circles and ticks out.

Coordinates are user units of an SVG; templates draw them. A mark names its colour by kind, so
that the PDF can use a fixed fill and the browser its theme.
"""

from __future__ import annotations

import re
from functools import partial
from math import ceil, floor, log10
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import _, term
from analyzer.report.view.keys import one_a_color, rest_of_any_kind
from analyzer.report.view.kinds import color_of
from analyzer.report.view.shades import shades

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.report.view.layers import Bar, LayerGroup
    from analyzer.report.view.summary import KindRow

WIDTH = 720.0
"""User units of every chart: a page's text width at 96 per inch."""
TILES, DOTS, CORNERS = 60, 160, 60
"""Most marks of a treemap, a scatter plot and a curve."""
THIN = 3.0
"""User units of a side from which a tile of a treemap is seen between the gaps."""
TURN = re.compile(r"\S+ → .*")
"""What of a layer's name tells it apart from its neighbours."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A coloured rectangle, or a circle of which ``x``, ``y`` are the centre."""

    x: float
    y: float
    width: float
    height: float
    color: str
    title: str
    """What a pointer over it, or a screen reader, is told."""
    lines: tuple[str, ...] = ()
    """Text inside, as far as it fits."""
    kind: str = ""
    """What the key calls it; nothing of one that others lie in."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled position on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Ink:
    """All marks of one colour."""

    color: str
    path: str
    """As SVG writes it: one ``M`` a mark."""
    titles: tuple[str, ...]
    """Of each mark in that order."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Marks and axes."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    x_ticks: tuple[Tick, ...] = ()
    y_ticks: tuple[Tick, ...] = ()
    ridge: Tick | None = None
    """Vertical line of the scatter plot."""
    line: str = ""
    """Points of a line through the chart, as SVG writes them."""

    def areas(self, gap: float = 0.0) -> tuple[Ink, ...]:
        """Rectangles, ``gap`` apart; those that others lie in first."""
        return _inks(self.marks, partial(_area, gap))

    @property
    def key(self) -> list[tuple[str, str]]:
        """Entries of the colour key, words and colour: all that is drawn and nothing else."""
        return one_a_color((mark.kind, mark.color) for mark in self.marks if mark.color != GROUP)

    @property
    def columns(self) -> tuple[Ink, ...]:
        """Rectangles of one width as lines from the bottom up."""
        return _inks(self.marks, _column)

    @property
    def dots(self) -> tuple[Ink, ...]:
        """Circles: lines of no length with round ends."""
        return _inks(self.marks, _dot)


GROUP = "group"
"""Colour of a rectangle that others lie in."""


def _inks(marks: Sequence[Mark], drawn: Callable[[Mark], str]) -> tuple[Ink, ...]:
    colors = dict.fromkeys(sorted((mark.color for mark in marks), key=lambda color: color != GROUP))
    by_color = {color: [mark for mark in marks if mark.color == color] for color in colors}
    return tuple(
        Ink(
            color,
            "".join(map(drawn, same)),
            tuple(mark.title for mark in same),
        )
        for color, same in by_color.items()
    )


def _area(gap: float, mark: Mark) -> str:
    wide, tall = (_r(max(0.4, side - gap)) for side in (mark.width, mark.height))
    left = f"{_r(mark.x + gap / 2):g}"
    return f"M{left} {_r(mark.y + gap / 2):g}h{wide:g}v{tall:g}H{left}z"


def _column(mark: Mark) -> str:
    middle = _r(mark.x + mark.width / 2)
    return f"M{middle:g} {_r(mark.y + mark.height):g}V{mark.y:g}"


def _dot(mark: Mark) -> str:
    return f"M{mark.x:g} {mark.y:g}h0"


def stacked(shares: Sequence[KindRow], of: str) -> Chart:
    """One horizontal bar; ``of`` is ``macs`` or ``params``."""
    height, x, marks = 28.0, 0.0, []
    for share in shares:
        part = (share.macs_share or 0.0) if of == "macs" else share.params_share
        width = part * WIDTH
        if width >= 0.2:
            text = f"{share.kind} {units.percent(part)}"
            lines = next((t for t in (text, units.percent(part)) if _fits(t, width)), "")
            marks.append(
                Mark(_r(x), 0, _r(width), height, share.color, text, (lines,) if lines else ())
            )
        x += width
    return Chart(WIDTH, height, tuple(marks))


def treemap(layers: Sequence[LayerGroup], height: float = 260.0, *, shares: bool = True) -> Chart:
    """Squarified treemap (Bruls, Huizing, van Wijk 2000): area is MACs of a layer shape.

    ``shares``: those of the sum are shares of the model.
    """
    import squarify

    shown, total = list(layers[:TILES]), sum(layer.macs for layer in layers)
    rest = sum(layer.macs for layer in layers[TILES:])
    counts = [layer.macs for layer in shown] + ([rest] if rest else [])
    # Tiles thinner than a hair draw nothing and cost layout time; squarify dislikes zeros.
    sizes = [max(macs, total / 1e6) for macs in counts]
    if not sizes:
        return Chart(WIDTH, 0, ())
    boxes = squarify.squarify(squarify.normalize_sizes(sizes, WIDTH, height), 0, 0, WIDTH, height)
    marks = []
    for index, box in enumerate(boxes):
        if index < len(shown):
            layer = shown[index]
            name, color, kind = _at(layer), layer.color, layer.kind
            if layer.count != 1:
                name = f"{layer.count} × {name}"
            lines: tuple[str, ...] = (layer.title, _times(layer))
        else:
            name, color = _("{n} smaller shapes", n=len(layers) - TILES), "other"
            lines, kind = (_("all others"),), rest_of_any_kind()
        if min(box["dx"], box["dy"]) < THIN:
            continue
        title = f"{name}: {units.si(counts[index], 'MAC')}"
        if shares:
            part = units.percent(counts[index] / total)
            lines, title = (*lines, part), f"{title}, {part}"
        marks.append(
            Mark(
                _r(box["x"]), _r(box["y"]), _r(box["dx"]), _r(box["dy"]), color, title,
                _inside(lines, box["dx"], box["dy"]), kind,
            )
        )  # fmt: skip
    return Chart(WIDTH, height, tuple(marks))


def profile(bars: Sequence[Bar], height: float = 140.0) -> Chart:
    """MACs along the network; kinds of one colour are in its shades where there is no other."""
    if not bars:
        return Chart(WIDTH, height, ())
    left, top, bottom = 64.0, 8.0, height - 20
    width, peak = (WIDTH - left) / len(bars), max(bar.macs for bar in bars)
    shade = shades((bar.kind, color_of(bar.kind), bar.macs) for bar in bars)
    marks = []
    for index, bar in enumerate(bars):
        tall = max(0.5, bar.macs / peak * (bottom - top))
        one = bar.first == bar.last
        which = (
            _("layer {n}", n=bar.first)
            if one
            else _("layers {first} to {last}", first=bar.first, last=bar.last)
        )
        marks.append(
            Mark(
                _r(left + index * width), _r(bottom - tall), _r(max(0.6, width * 0.86)), _r(tall),
                shade.get(bar.kind) or color_of(bar.kind),
                f"{which}, {term(bar.kind)}: {units.si(bar.macs, 'MAC')}",
                kind=term(bar.kind),
            )
        )  # fmt: skip
    ticks = tuple(
        Tick(_r(bottom - share * (bottom - top)), units.si(round(peak * share)) if share else "0")
        for share in (0.0, 0.5, 1.0)
    )
    ends = (Tick(left, _("first layer")), Tick(WIDTH, _("last layer")))
    return Chart(WIDTH, height, tuple(marks), ends, ticks)


def scatter(
    layers: Sequence[LayerGroup],
    ridge: float,
    name: str,
    height: float = 240.0,
    values: Mapping[int, str] = {},
) -> Chart:
    """MACs of a layer shape over its arithmetic intensity, both logarithmic; ``values`` are those
    of its formula, by position of the layer."""
    places = [n for n, layer in enumerate(layers) if layer.intensity][:DOTS]
    dots = [layers[n] for n in places]
    if not dots:
        return Chart(WIDTH, height, ())
    # The name of the ridge line stands above the dots.
    left, right, top, bottom = 64.0, WIDTH - 12, 18.0, height - 40
    xs = [layer.intensity or 1.0 for layer in dots]
    x_low, x_high = _decades([*xs, ridge])
    y_low, y_high = _decades([layer.macs for layer in dots])

    def across(value: float) -> float:
        return _r(left + (log10(value) - x_low) / (x_high - x_low) * (right - left))

    def up(value: float) -> float:
        return _r(bottom - (log10(value) - y_low) / (y_high - y_low) * (bottom - top))

    marks = tuple(
        Mark(
            across(x), up(layer.macs), 4, 4, layer.color,
            f"{_at(layer)}: {units.si(layer.macs, 'MAC')}, "
            f"{units.number(x, 'FLOP/B')}"
            + (f" = {values[n]}" if n in values else ""),
            kind=layer.kind,
        )
        for n, x, layer in zip(places, xs, dots, strict=True)
    )  # fmt: skip
    stride = max(1, ceil((y_high - y_low) / 6))
    return Chart(
        WIDTH, height, marks,
        tuple(Tick(across(10.0**e), units.number(10.0**e)) for e in range(x_low, x_high + 1)),
        tuple(Tick(up(10**e), units.si(10**e)) for e in range(y_low, y_high + 1, stride)),
        Tick(across(ridge), name),
    )  # fmt: skip


def curve(left: Sequence[int], height: float = 170.0) -> Chart:
    """What is left of the model's MACs after the best 0, 1, 2 … conversions, from 0 up."""
    if len(left) < 3 or not left[0]:
        return Chart(WIDTH, height, ())
    start, end, top, bottom = 64.0, WIDTH - 12, 10.0, height - 36
    last = len(left) - 1
    spots = [
        (_r(start + k / last * (end - start)), _r(bottom - macs / left[0] * (bottom - top)))
        for k, macs in enumerate(left)
    ]
    step = ceil(last / CORNERS)
    shown = sorted({*range(0, last, step), last})
    marks = tuple(
        Mark(
            spots[k][0], spots[k][1], 3.5, 3.5, "standard" if k == 0 else "depthwise",
            _("{n} converted: {macs}, {share}", n=k, macs=units.si(left[k], "MAC"),
              share=units.percent(left[k] / left[0])),
        )
        for k in (shown if last <= CORNERS else ())
    )  # fmt: skip
    places = sorted({0, last // 4, last // 2, last * 3 // 4, last})
    return Chart(
        WIDTH, height, marks,
        tuple(Tick(spots[k][0], str(k)) for k in places),
        tuple(Tick(_r(bottom - s * (bottom - top)), units.si(round(left[0] * s)) if s else "0")
              for s in (0.0, 0.5, 1.0)),
        line=" ".join(f"{spots[k][0]},{spots[k][1]}" for k in shown),
    )  # fmt: skip


def _at(layer: LayerGroup) -> str:
    return _("{layer} at {place}", layer=layer.title, place=layer.place)


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten that enclose ``values``, at least one apart."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _times(layer: LayerGroup) -> str:
    return f"{layer.place}, {layer.count}×" if layer.count != 1 else layer.place


def _inside(lines: Sequence[str], width: float, height: float) -> tuple[str, ...]:
    """Lines that fit: all, what it is and its share, or one of the two; what it is on two lines, or
    its channels alone, where that is too wide."""
    name, last = lines[0], lines[-1]
    ways = [tuple(lines), (name, last), (name,), (last,)]
    turn = TURN.search(name)
    if turn:
        head = name[: turn.start()].rstrip()
        ways[2:2] = [(head, turn[0], last), (turn[0], last)]
        ways[-1:] = [(turn[0],), (last,)]
    for shown in ways:
        room = 14 * len(shown) + (6 if len(shown) > 1 else 4)
        if height >= room and all(_fits(line, width) for line in shown):
            return shown
    return ()


def _fits(text: str, width: float) -> bool:
    """Whether 11-unit sans-serif text is narrower than ``width`` with a margin."""
    return units.letters(text) * 6.4 + 10 <= width


def _r(value: float) -> float:
    """A tenth is finer than any printer and keeps the page small."""
    return round(value, 1)
