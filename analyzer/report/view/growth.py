"""How MACs grow with a size that the file leaves open."""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.language import _, retold
from analyzer.report.view.charts import WIDTH, Tick
from analyzer.restore import record
from analyzer.sanitise import label, widths
from analyzer.scaling.joint import POINTS, TIMES

if TYPE_CHECKING:
    from analyzer.facts import Facts, Second
    from analyzer.surplus import OpenSize

LEFT, TOP, TALL, BELOW = 64.0, 8.0, 96.0, 34.0
MEGAPIXEL = 1_000_000
INTEGERS = ("int32", "int64")
COLOURS = frozenset({1, 3, 4})
"""Channels of an image."""

Unit = Literal["token", "second", "megapixel", "step"]


@record
class GrowthPoint:
    """Total MACs at one size."""

    size: int
    macs: int
    square: int
    """The part of them that grows with the square of the size."""


@record
class GrowthRow:
    """One open size."""

    dim: str
    unit: Unit
    """What a rate is per: a token of a text, a second of audio, a megapixel of an image, else a
    step of the size."""
    size: int
    """Today's."""
    step: int
    """Of the sizes at which the figures are exact."""
    macs: int
    """At today's size."""
    rate: float
    """MACs for each unit at today's size, without those that no size changes."""
    per: int
    """Steps of the size in a unit; of an image's side, pixels."""
    fixed: int
    """MACs that no size changes."""
    square: float
    """Share of the MACs at today's size that grows with its square; 0 of both sides of an image,
    for which that is the number of pixels."""
    even: int | None
    """The size from which that share is the larger; ``None`` where there is none."""
    varies: bool
    """Whether the rate is another at other sizes."""
    points: tuple[GrowthPoint, ...]
    coefficients: tuple[int, ...] = ()
    """Total MACs at a size that is a multiple of the step: of size⁰, size¹ …, together divided by
    ``divisor``. Exact."""
    divisor: int = 1
    of: Literal["samples", "frames", ""] = ""
    """What steps of audio are; empty for others."""
    stated: bool = True
    """Whether the file says how many steps make a unit; of audio that may be assumed."""
    side: int = 0
    """Of an image of which one side is open, the other in pixels; 0 where both are this size."""
    longest: int | None = None
    """The largest size that the graph admits, where a stored tensor ends it."""
    beside: tuple[str, ...] = ()
    """Other open sizes with which it does, as they are counted: ``past = 0``."""


def growth(facts: Facts) -> tuple[GrowthRow, ...]:
    """Open sizes with exact growth, where the whole of today's MACs is known and fits it."""
    # A size of 0, such as a past that is empty, has no rate.
    return tuple(_row(facts, size) for size in growing(facts) if size.now)


def growing(facts: Facts) -> list[OpenSize]:
    """Open sizes with exact growth, those that are 0 last.

    Between sizes at which the figures are exact no polynomial says what today's costs.
    """
    if not facts.totals.complete or not facts.totals.macs:
        return []
    sizes = [size for size in facts.open_sizes
             if size.now % size.step or size.at(size.now) == facts.totals.macs]  # fmt: skip
    return sorted(sizes, key=lambda size: not size.now)


def _row(facts: Facts, size: OpenSize) -> GrowthRow:
    missing = [Fraction(0)] * (3 - len(size.coefficients))
    fixed, linear, square = (*size.coefficients, *missing)
    unit, per, side = _unit(facts, size)
    second = _second(facts, size) if unit == "second" else None
    if min(fixed, linear, square) < 0 or fixed.denominator != 1 or size.now % size.step:
        # What takes from one another, as at borders, is no part; nor is what rounding adds today.
        fixed = square = Fraction(0)
        whole = True
    else:
        whole = unit == "megapixel" and not side
    now, macs = size.now, facts.totals.macs
    amount = now * (side or now) / MEGAPIXEL if unit == "megapixel" else now / per
    if unit == "megapixel" and not side:
        square = Fraction(0)
    most = TIMES * now // size.step
    sizes = sorted({max(1, most * n // POINTS) * size.step for n in range(1, POINTS + 1)} | {now})
    longest = size.longest or sizes[-1]
    divisor = lcm(*(c.denominator for c in size.coefficients))
    return GrowthRow(
        label(retold(size.dim), widths.TERM), unit, now, size.step, macs,
        float((macs - fixed) / amount), per,
        int(fixed), float(square * now * now / macs),
        _even(linear, square, size.longest), whole or square > 0,
        tuple(GrowthPoint(n, macs if n == now else int(size.at(n)), int(square * n * n))
              for n in sizes if n <= longest),
        tuple(int(c * divisor) for c in size.coefficients), divisor,
        second.of if second else "", second is None or bool(second.source), side,
        size.longest,
        tuple(f"{label(retold(other.dim), widths.TERM)} = {units.count(other.now)}"
              for other in facts.open_sizes if size.longest and other.dim != size.dim),
    )  # fmt: skip


def _even(linear: Fraction, square: Fraction, longest: int | None) -> int | None:
    """The size from which what grows with the square is more than the rest, if it is admitted."""
    if not square or not linear:
        return None
    size = int(linear / square) + 1
    return size if longest is None or size <= longest else None


def _unit(facts: Facts, size: OpenSize) -> tuple[Unit, int, int]:
    """What makes a unit, how many of the size's steps it has (of an image, pixels), and the other
    side of an image of which one is open."""
    names = {name for name, _ in size.axes}
    first = next((tensor for tensor in facts.inputs if tensor.name == size.axes[0][0]), None)
    if first is not None and first.shape is not None:
        # Masks of scores have two like axes too, but no colours, or the sequence sets both.
        if size.image and len(names) == 1 and {first.shape[1], first.shape[3]} & COLOURS:
            return "megapixel", MEGAPIXEL, 0
        rank, last = len(first.shape), size.axes[0][1] == len(first.shape) - 1
        if first.dtype in INTEGERS and rank == 2 and last:
            return "token", 1, 0
        second = _second(facts, size)
        if second is not None:
            return "second", second.steps, 0
        side = _other_side(first.shape, size)
        if side:
            return "megapixel", MEGAPIXEL, side
    return "step", 1, 0


def _other_side(shape: tuple[int | None, ...], size: OpenSize) -> int:
    """The side of an image in colour that stays where ``size`` is the other alone; 0 for none."""
    if len(shape) != 4 or len(size.axes) != 1:
        return 0
    ((_input, axis),) = size.axes
    for channels, sides in ((1, (2, 3)), (3, (1, 2))):
        if shape[channels] in (3, 4) and axis in sides:
            return shape[sum(sides) - axis] or 0
    return 0


def _second(facts: Facts, size: OpenSize) -> Second | None:
    """What makes a second of the sound along it."""
    found = {(a.input, a.axis): a.second for a in facts.assumptions}
    return found.get((size.axes[0][0], size.axes[0][1]))


@dataclass(frozen=True, slots=True)
class Curve:
    """Two areas, one on the other, and today's size."""

    width: float
    height: float
    bottom: float
    whole: str
    """Outline of all MACs, as SVG writes points."""
    square: str
    """Outline of the part that grows with the square; empty where there is none."""
    now: Tick
    now_y: float
    anchor: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    axis: str
    alt: str


def curve(row: GrowthRow) -> Curve | None:
    """Geometry of the picture of one size; ``None`` where there is nothing to draw."""
    if not row.points or row.points[-1].size <= 0:
        return None
    bottom, right = TOP + TALL, WIDTH - 12
    most, last = row.points[-1].macs or 1, row.points[-1].size

    def across(size: int) -> float:
        return round(LEFT + size / last * (right - LEFT), 1)

    def up(macs: int) -> float:
        return round(bottom - macs / most * TALL, 1)

    def area(parts: list[tuple[int, int]]) -> str:
        places = [f"{across(size)},{up(macs)}" for size, macs in parts]
        return " ".join([*places, f"{across(last)},{bottom}", f"{LEFT},{bottom}"])

    whole = [(0, row.fixed), *((p.size, p.macs) for p in row.points)]
    square = [(0, 0), *((p.size, p.square) for p in row.points)]
    sizes = [row.size * n for n in range(TIMES + 1) if row.size * n <= last]
    both = row.unit == "megapixel" and not row.side
    side = _("side of the image") if both else row.dim
    return Curve(
        WIDTH, bottom + BELOW, bottom, area(whole),
        area(square) if any(p.square for p in row.points) else "",
        Tick(across(row.size), _("now: {macs} at {size}",
                                 macs=units.si(row.macs, "MAC"), size=units.count(row.size))),
        up(row.macs), "start",
        tuple(Tick(across(n), units.count(n)) for n in sizes),
        tuple(Tick(round(bottom - s * TALL, 1), units.si(round(most * s)) if s else "0")
              for s in (0.0, 0.5, 1.0)),
        side,
        _("Curve of multiply-accumulates over {side}, from {macs} at {size} to {most} at {last}",
          side=side, macs=units.si(row.macs, "MAC"), size=units.count(row.size),
          most=units.si(most, "MAC"), last=units.count(last)),
    )  # fmt: skip
