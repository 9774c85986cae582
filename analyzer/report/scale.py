"""What-if tables of ``scale`` as text, JSON and CSV."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.records import HIDDEN, Output, shown
from analyzer.report.columns import columns
from analyzer.report.json import encode
from analyzer.report.style import Style
from analyzer.sanitise import csv_rows, encode_lines, label, widths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Assumption, Facts, ModelInfo, Range
    from analyzer.report.result import Options
    from analyzer.scaling import Frontier, Growth, Scaled, Stage


@dataclass(frozen=True, slots=True)
class Now:
    """The model as it is."""

    macs: int
    flops: int
    params: int
    complete: bool
    """True when the MACs of every node are known, and how often it runs at most."""
    sides: tuple[int, ...]
    """Spatial sides of the graph inputs."""
    macs_range: Range
    """Fewest and most MACs of one inference."""
    flops_range: Range
    """Fewest and most FLOPs of one inference."""


@dataclass(frozen=True, slots=True, repr=False)
class Study(Output):
    """One model at other sizes, and what was asked about it."""

    facts: Facts = field(metadata=HIDDEN)
    sides: tuple[int, ...] = field(metadata=HIDDEN)
    """Spatial sides of the graph inputs today."""
    stages: tuple[Stage, ...]
    """Runs of blocks that the depth axis repeats; empty: the model has no depth axis."""
    divisor: int | None
    """Channels were rounded to its multiples; ``None``: down to whole channels."""
    table: tuple[Scaled, ...] = ()
    """The sizes asked for, in that order."""
    growth: tuple[Growth, ...] = ()
    frontier: Frontier | None = None
    """What a budget affords; ``None`` when none was given."""
    command: str = ""

    @property
    @shown
    def model(self) -> ModelInfo:
        return self.facts.model

    @property
    @shown
    def architecture(self) -> str | None:
        """One line for people; ``None`` if the network is not recognised."""
        return self.facts.architecture.detail if self.facts.architecture else None

    @property
    @shown
    def assumptions(self) -> tuple[Assumption, ...]:
        return self.facts.assumptions

    @property
    @shown
    def now(self) -> Now:
        totals = self.facts.totals
        return Now(
            totals.macs, totals.flops, totals.params, totals.complete, self.sides,
            totals.macs_range, totals.flops_range,
        )  # fmt: skip


def text(study: Study, options: Options) -> bytes:
    """Tables for a terminal, every count with all its digits."""
    style = Style(options.color)
    lines = [*_title(study, style), *_assumed(study.facts)]
    if study.table:
        lines += ["", *_points(study, study.table, style)]
    if study.frontier is not None:
        lines += ["", *_frontier(study, study.frontier, style)]
    if study.growth:
        lines += ["", *_growth(study, style)]
    return encode_lines(lines)


def _title(study: Study, style: Style) -> Iterator[str]:
    facts, totals = study.facts, study.facts.totals
    yield style.bold(label(facts.model.path))
    yield facts.architecture.detail if facts.architecture else "No architecture recognised"
    yield (
        f"now: {units.span(*totals.macs_range)} MAC, {units.span(*totals.flops_range)} FLOP, "
        f"{units.count(totals.params)} parameters, input {_sides(study.sides)}"
    )


def _assumed(facts: Facts) -> Iterator[str]:
    for a in facts.assumptions:
        yield f"assumed: {replace(a, input=label(a.input), dim=label(a.dim))}"


def _points(study: Study, points: tuple[Scaled, ...], style: Style) -> Iterator[str]:
    """One line per size; the depth columns only where there is depth to scale."""
    deep = any(p.depth != 1 for p in points)
    head = ("width", "resolution", *(("depth", "blocks") if deep else ()), "input", "MACs",
            "of now", "FLOPs", "parameters", "rule of thumb", "off by")  # fmt: skip
    now = study.facts.totals.macs
    rows = [
        (
            f"{p.width:g}",
            f"{p.resolution:.3g}",
            *((f"{p.depth:.3g}", "+".join(map(str, p.repeats))) if deep else ()),
            _sides(p.sides),
            units.count(p.macs) if p.macs_range is None else units.span(*p.macs_range),
            units.percent(p.macs / now) if p.macs is not None and now else units.unknown(),
            units.count(p.flops) if p.flops_range is None else units.span(*p.flops_range),
            units.count(p.params),
            units.si(p.expected_macs, "MAC"),
            units.unknown() if p.deviation is None else f"{p.deviation * 100:+.1f} %",
        )
        for p in points
    ]
    yield from columns(head, rows, style)
    for assumed in dict.fromkeys(p.assumed for p in points if p.assumed):
        yield style.warning(f"assumed: {label(assumed, widths.NOTE)}")
    reasons = dict.fromkeys(p.reason for p in points if p.reason)
    yield from (style.warning(f"not known: {label(reason, widths.NOTE)}") for reason in reasons)


def _frontier(study: Study, found: Frontier, style: Style) -> Iterator[str]:
    budget = f"{units.count(found.budget)} MAC"
    if not found.points:
        yield f"No combination tried fits {budget}."
        return
    yield style.bold(
        f"Within {budget}: {found.affordable} combinations fit; of these no axis can be raised:"
    )
    yield from _points(study, found.points, style)
    yield (
        "Best balanced first: nearest to the direction depth 1.2^φ, width 1.1^φ, "
        "resolution 1.15^φ that EfficientNet found."
    )


def _growth(study: Study, style: Style) -> Iterator[str]:
    yield style.bold("How MACs grow: MACs ∝ multiplier^exponent")
    head = ("axis", "exponent", "rule of thumb")
    rows = [
        (g.axis, units.unknown() if g.exponent is None else f"{g.exponent:.2f}", str(g.expected))
        for g in study.growth
    ]
    yield from columns(head, rows, style, left=(0,))
    axes = {g.axis for g in study.growth}
    if "resolution" not in axes:
        yield (
            "resolution: constants that nobody trains (prior boxes, grids, means) have the size of "
            "the input"
            if study.sides
            else "resolution: no input axis is known to be spatial"
        )
    if "depth" not in axes:
        yield "depth: no runs of like blocks that do most of the work were found"


def _sides(sides: tuple[int, ...]) -> str:
    return units.shape(sides) if sides else "without spatial axes"


def json(study: Study, options: Options) -> bytes:
    """The same as one object; ``table`` holds a point for each size asked for."""
    return encode(study.to_dict())


CSV_COLUMNS = ("width", "resolution", "depth", "input", "macs", "flops", "params",
               "expected_macs", "reason", "assumed")  # fmt: skip


def csv(study: Study, options: Options) -> bytes:
    """One line per size: those asked for, or the frontier of a budget."""
    points = study.table or (study.frontier.points if study.frontier else ())
    rows = (
        (
            p.width, p.resolution, p.depth, units.shape(p.sides) if p.sides else "",
            p.macs, p.flops, p.params, p.expected_macs, p.reason, p.assumed,
        )
        for p in points
    )  # fmt: skip
    return csv_rows((CSV_COLUMNS, *rows))
