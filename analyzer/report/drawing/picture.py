"""``Drawing`` → marks with places, sizes and colours: what the template draws."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from math import log10, sqrt
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import _, mark, term
from analyzer.report.drawing.labels import SMALL, Labels, width_of
from analyzer.report.drawing.layout import place
from analyzer.report.drawing.rows import PORTRAIT, Point, Size
from analyzer.report.drawing.seats import Seat, seated
from analyzer.report.drawing.signs import FEW, ROUNDS, far, signs
from analyzer.report.view.kinds import COLORS, HEAT, PALETTE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.report.drawing.record import Box, Drawing, DrawnEdge

Coloring = Literal["kind", "macs", "memory", "findings", "change"]
WIDTH = 720.0
"""Units across an A4 page, as of every chart."""
TITLE = 10.5
"""Size of its letters; other words are ``SMALL``."""
COSTLY, DECADES = 30.0, 4
"""By how much a box is taller that costs most, and orders of magnitude below it from which on one
is taller at all."""
LINES = 3
"""Lines that a box with a cost has room for, so that how many it has does not make it taller."""
SHEET = 2.5
"""By how much each sheet behind a box stands out."""
CHANGED: Mapping[str, str] = {
    "changed": "warning", "weights": "link", "added": "clean", "removed": "error",
}  # fmt: skip
"""Colour of what became of a box."""
MARKS: Mapping[str, str] = {"changed": "~", "weights": "≈", "added": "+", "removed": "−"}
"""What stands before its title, so that colour is not all that tells."""
BECAME: Mapping[str, str] = {
    "changed": mark("changed"),
    "weights": mark("other weights"),
    "added": mark("added"),
    "removed": mark("gone"),
    "same": mark("the same"),
}
INSETS: Mapping[str, float] = {"input": 8.0, "output": 8.0, "join": 5.0, "part": 2.0}
"""By role of a box, how much of a side is too round at each of its ends for an edge."""


@dataclass(frozen=True, slots=True)
class DrawnTile:
    """A box in its place."""

    x: float
    y: float
    width: float
    height: float
    role: str
    fill: str
    """Colour on white, for media that know no style sheet."""
    css: str
    """Class of the fill."""
    ink: str
    ink_css: str
    lines: tuple[str, ...]
    sheets: int
    """Edges of further sheets that show behind a box that stands for several: 0 to 2."""
    title: str
    """All of it in words."""
    node: str
    edge: str
    """Colour of its border on white."""
    edge_css: str
    dashed: bool
    """It is no longer there."""


@dataclass(frozen=True, slots=True)
class DrawnWay:
    """An edge in its place."""

    path: str
    """As SVG writes it."""
    tip: str
    """Corners of the head of the arrow."""
    title: str
    label: str
    """Shape of the tensor, where there is room."""
    at: Point


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the colour key."""

    words: str
    fill: str
    css: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything in its place."""

    width: float
    height: float
    tiles: tuple[DrawnTile, ...]
    ways: tuple[DrawnWay, ...]
    keys: tuple[Key, ...]
    title: str
    """In one sentence, for those who do not see it."""
    partial: bool
    """Edges are left out."""
    signed: bool = False
    """Letters stand for edges."""


def picture(
    drawing: Drawing,
    color: Coloring = "kind",
    width: float = WIDTH,
    portrait: float = PORTRAIT,
) -> Picture:
    """Lay out and colour; the same drawing gives the same picture."""
    total = sum(box.macs for box in drawing.boxes)
    most = max((box.macs or box.alone for box in drawing.boxes), default=0)
    whole = total if drawing.shares else 0
    shown = drawing
    left: list[DrawnEdge] = []
    for rounds in range(ROUNDS, -1, -1):
        said = signs(left)
        lines = [_lines(box, whole, said.get(at, "")) for at, box in enumerate(drawing.boxes)]
        sizes = [_size(box, words, most) for box, words in zip(drawing.boxes, lines, strict=True)]
        placed = place(shown, sizes, width, portrait)
        more = far(shown.edges, placed.turns, left) if rounds and placed.turns else []
        if not more or len(drawing.boxes) > FEW:
            break
        left += more
        shown = replace(shown, edges=tuple(edge for edge in shown.edges if edge not in more))
    boxed = zip(drawing.boxes, placed.corners, sizes, strict=True)
    seats = [_seat(box, corner, size) for box, corner, size in boxed]
    placed = seated(placed, seats, shown.edges)
    paints = _paints(drawing.boxes, color)
    tiles = tuple(
        DrawnTile(
            corner.x, round(corner.y + _behind(box), 1), round(wide - _behind(box), 1),
            round(high - _behind(box), 1), box.role, *_fill(paint), *_ink(paint), words,
            _sheets(box), _sentence(box, whole, counted=total > 0, sign=said.get(at, "")),
            box.node, *_edge(paint), box.change == "removed",
        )
        for at, (box, words, (wide, high), corner, paint) in enumerate(zip(
            drawing.boxes, lines, sizes, placed.corners, paints, strict=True
        ))
    )  # fmt: skip
    labels = Labels(shown, placed, sizes)
    ways = tuple(
        DrawnWay(_path(points), _tip(points), _passing(shown, number), *labels.of(number, points))
        for number, points in enumerate(placed.ways)
        if points
    )
    return Picture(
        max(placed.width, 160.0), placed.height, tiles, ways, _keys(paints, color),
        summary(drawing), len(ways) < len(shown.edges), bool(left),
    )  # fmt: skip


def summary(drawing: Drawing) -> str:
    """What the picture shows."""
    parts = [box for box in drawing.boxes if box.role in ("part", "join")]
    largest = sorted(parts, key=lambda box: -box.macs)[:3]
    named = "; ".join(_sentence(box, 0) for box in largest if box.macs)
    held = units.many(drawing.operators, "operator")
    if named:
        return _("The network drawn: {operators} in {n} boxes. Largest: {names}",
                 operators=held, n=len(parts), names=named)  # fmt: skip
    return _("The network drawn: {operators} in {n} boxes", operators=held, n=len(parts))


def named(box: Box) -> str:
    """Title with how many are beside each other before it, and how many in a row behind."""
    beside = f"{units.count(box.abreast)} × " if box.abreast > 1 else ""
    return beside + box.title + (f" ×{box.count}" if box.count > 1 else "")


def _lines(box: Box, whole: int, sign: str = "") -> tuple[str, ...]:
    """``sign``: letters of edges that are left out."""
    became = MARKS.get(box.change, "")
    title = " ".join(filter(None, (became, box.title if box.role == "join" else named(box), sign)))
    if box.role == "join":
        return (title,)
    cost = ""
    if box.macs:
        cost = _counted(box)
        cost = f"{cost}, {units.percent(box.macs / whole)}" if whole else cost
    elif box.a_pass:
        cost = _a_pass(box)
    elif not box.complete:
        cost = _("MACs unknown")
    return tuple(line for line in (title, box.detail, cost) if line)


def _a_pass(box: Box) -> str:
    return _("{macs} a pass, not counted", macs=units.si(box.a_pass, "MAC"))


def _counted(box: Box) -> str:
    """Its MACs, and that they are the least where those of an operator in it are unknown."""
    macs = units.si(box.macs, "MAC")
    return macs if box.complete else _("at least {macs}", macs=macs)


def _sentence(box: Box, whole: int, *, counted: bool = False, sign: str = "") -> str:
    """``whole``: MACs that shares are of, 0 for none; ``counted``: say how many operators;
    ``sign``: letters of edges that are left out."""
    words = [f"{term(box.role)} {box.title}" if box.role in ("input", "output") else named(box)]
    if box.change in BECAME:
        words.append(_(BECAME[box.change]))
    if box.detail:
        words.append(box.detail)
    if box.macs:
        share = f" ({units.percent(box.macs / whole)})" if whole else ""
        words.append(_counted(box) + share)
    elif box.a_pass:
        words.append(_a_pass(box))
    elif not box.complete:
        words.append(_("MACs unknown"))
    if counted and box.nodes:
        words.append(units.many(box.nodes, "operator"))
    if sign:
        words.append(sign)
    return ", ".join(words)


def _size(box: Box, lines: Sequence[str], most: int) -> tuple[float, float]:
    if box.role == "join":
        return round(max(20.0, width_of(lines[0], TITLE) + 10), 1), 20.0
    sizes = (TITLE, *(SMALL for _ in lines[1:]))
    wide = max(width_of(line, size) for line, size in zip(lines, sizes, strict=True)) + 14
    macs = box.macs or box.alone
    high = 12.0 + 12.5 * (max(LINES, len(lines)) if macs else len(lines))
    if macs:
        high += COSTLY * max(0.0, 1 - log10(most / macs) / DECADES)
    return round(max(48.0, wide) + _behind(box), 1), round(high + _behind(box), 1)


def _sheets(box: Box) -> int:
    return min(2, box.count * box.abreast - 1)


def _behind(box: Box) -> float:
    """How far the sheets behind a box stand out."""
    return SHEET * _sheets(box)


def _seat(box: Box, at: Point, size: Size) -> Seat:
    """Edges leave the hindmost sheet and enter the foremost."""
    top, bottom, inset, behind = at.y, at.y + size[1], INSETS[box.role], _behind(box)
    out, into = (top + inset, bottom - behind - inset), (top + behind + inset, bottom - inset)
    return Seat(at.x, top, at.x + size[0], bottom, out, into)


Paint = tuple[str, str]
"""What a fill means: table of colours and key in it."""


def _paints(boxes: Sequence[Box], color: Coloring) -> list[Paint]:
    if color == "kind":
        return [
            ("kind", box.color) if box.role in ("part", "join") else ("end", "") for box in boxes
        ]
    if color == "findings":
        return [("finding", box.severity or "none") if box.role == "part" else ("end", "")
                for box in boxes]  # fmt: skip
    if color == "change":
        return [("change", box.change) if box.role in ("part", "join") else ("end", "")
                for box in boxes]  # fmt: skip
    values = [box.macs if color == "macs" else box.written for box in boxes]
    most = max((value for value in values if value), default=0)
    return [
        ("end", "") if box.role not in ("part", "join") or value is None
        else ("heat", str(_step(value, most)))
        for box, value in zip(boxes, values, strict=True)
    ]  # fmt: skip


def _step(value: int, most: int) -> int:
    """One of the steps of ``HEAT``, by the root of the share: 0, 4, 16, 36, 64 %."""
    return min(len(HEAT) - 1, int(len(HEAT) * sqrt(value / most))) if most else 0


def _fill(paint: Paint) -> tuple[str, str]:
    table, key = paint
    if table == "kind":
        key = key if key in COLORS else "other"
        return COLORS[key][0], f"k-{key}"
    if table == "heat":
        return HEAT[int(key)][0], f"h-{key}"
    if table == "finding" and key != "none":
        name = {"error": "error", "warning": "warning", "info": "link"}[key]
        return PALETTE[name][0], f"f-{name}"
    if table == "change" and key in CHANGED:
        return PALETTE[CHANGED[key]][0], f"f-{CHANGED[key]}"
    return PALETTE["panel"][0], "f-panel"


def _edge(paint: Paint) -> tuple[str, str]:
    """Light around a full colour, else a line that shows."""
    name = "strong" if _fill(paint)[1] == "f-panel" else "page"
    return PALETTE[name][0], f"s-{name}"


def _ink(paint: Paint) -> tuple[str, str]:
    table, key = paint
    if _fill(paint)[1] == "f-panel" or (table == "heat" and int(key) < 2):
        return PALETTE["ink"][0], "f-ink"
    return PALETTE["on"][0], "f-on"


def _keys(paints: Sequence[Paint], color: Coloring) -> tuple[Key, ...]:
    used = set(paints)
    if color == "kind":
        return tuple(Key(term(k), *_fill(("kind", k))) for k in COLORS if ("kind", k) in used)
    if color == "findings":
        words = {"error": term("error"), "warning": term("warning"), "info": term("information"),
                 "none": term("nothing")}  # fmt: skip
        return tuple(Key(words[k], *_fill(("finding", k))) for k in words if ("finding", k) in used)
    if color == "change":
        found = [change for change in BECAME if ("change", change) in used]
        return tuple(
            Key(f"{MARKS.get(c, '')} {_(BECAME[c])}".lstrip(), *_fill(("change", c))) for c in found
        )
    count = len(HEAT)
    share = mark("from {n} % of the largest tensor")
    if color == "macs":
        share = mark("from {n} % of the costliest box")
    return tuple(
        Key(_(share, n=round(100 * (s / count) ** 2)), *_fill(("heat", str(s))))
        for s in range(count)
    )


def _path(points: Sequence[Point]) -> str:
    first = points[0]
    return f"M{first.x:g} {first.y:g}" + "".join(_step_to(a, b) for a, b in pairwise(points))


def _step_to(a: Point, b: Point) -> str:
    if a.y == b.y:
        return f"H{b.x:g}"
    return f"V{b.y:g}" if a.x == b.x else f"L{b.x:g} {b.y:g}"


def _tip(points: Sequence[Point]) -> str:
    """A triangle at the end of the last stretch."""
    before, end = points[-2], points[-1]
    dx, dy = end.x - before.x, end.y - before.y
    length = sqrt(dx * dx + dy * dy) or 1.0
    ux, uy = 6 * dx / length, 6 * dy / length
    corners = (end, Point(end.x - ux - uy / 2, end.y - uy + ux / 2),
               Point(end.x - ux + uy / 2, end.y - uy - ux / 2))  # fmt: skip
    return " ".join(f"{round(x, 1):g},{round(y, 1):g}" for x, y in corners)


def _passing(drawing: Drawing, number: int) -> str:
    edge = drawing.edges[number]
    target = drawing.boxes[edge.target]
    ends = f"{drawing.boxes[edge.source].title} → {target.title}"
    more = f", {units.many(edge.tensors, 'tensor')}" if edge.tensors > 1 else ""
    told = target.role == "output" and edge.shape is None and target.detail
    return f"{ends}: {told or units.shape(edge.shape)}{more}"
