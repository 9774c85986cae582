"""Live bytes over the schedule: the record of a page, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.facts import Certainty
from analyzer.language import _
from analyzer.report.view.charts import WIDTH, Mark, Tick
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Facts

LEAST_STEPS = 3
"""Fewer say nothing that the peak does not."""
TELLING_BYTES, TELLING_SHARE = 4096, 0.5
"""A peak that no device minds, and the share of operators while which nothing of known size is
alive, from which a report does without the picture."""
LEFT, TOP, TALL, ROW = 64.0, 18.0, 112.0, 14.0
VISIBLE = 0.5
"""Height of the least step that is drawn, in pixels."""
"""Geometry of the picture, in user units."""
LETTER, BOLD, MARGIN = 6.0, 6.8, 10.0
"""Widths of a character beside a bar and at the peak, and of both margins."""


@record
class SkylineStep:
    """Consecutive operators, and the most that is alive while one of them runs."""

    operators: int
    bytes: int
    in_place: int
    """Where element-wise operators write over operands that nobody reads again."""


@record
class Lifetime:
    """A tensor alive at the peak, from its first step to its last."""

    name: str
    bytes: int
    first: int
    last: int


@record
class Skyline:
    """Memory over the file's order of operators."""

    steps: tuple[SkylineStep, ...]
    peak: int
    """Index of the step that has it."""
    node: str
    """Name of the operator that runs there."""
    held: tuple[Lifetime, ...]
    """The largest tensors alive then."""
    least: bool = False
    """Whether more may be alive: the sizes of some tensors are not known."""


def skyline(facts: Facts) -> Skyline | None:
    """The timeline of the main graph; ``None`` where nothing is known or nothing changes."""
    memory = facts.memory
    if len(memory.timeline) < LEAST_STEPS or not memory.peak_bytes:
        return None
    peak = max(range(len(memory.timeline)), key=lambda n: memory.timeline[n].bytes)
    at = memory.timeline[peak].node
    name = next((node.name for node in facts.nodes if node.id == at), "") or at
    return Skyline(
        tuple(SkylineStep(s.operators, s.bytes, s.in_place_bytes) for s in memory.timeline),
        peak, label(name, widths.NAME),
        tuple(Lifetime(label(t.name, widths.NAME), t.bytes, t.first, t.last) for t in memory.held),
        memory.certainty is Certainty.LOWER_BOUND,
    )  # fmt: skip


def is_telling(shown: Skyline) -> bool:
    """Whether a report has the picture: bytes that matter, and most of them known."""
    known = sum(step.operators for step in shown.steps if step.bytes)
    enough = known >= TELLING_SHARE * sum(step.operators for step in shown.steps)
    return enough and max((s.bytes for s in shown.steps), default=0) >= TELLING_BYTES


@dataclass(frozen=True, slots=True)
class SkylineChart:
    """Two areas, the peak, and a bar for each tensor."""

    width: float
    height: float
    bottom: float
    """Of the areas."""
    written: str
    """Outline of live bytes as written, as SVG writes a path."""
    in_place: str
    """The same in place; empty where it is no different."""
    peak: Tick
    anchor: str
    """Side of the peak on which its words are."""
    bars: tuple[Mark, ...]
    words: tuple[tuple[float, str, bool], ...]
    """Where the words of each bar begin or end, how they are anchored, and whether on the bar."""
    y_ticks: tuple[Tick, ...]
    operators: int
    alt: str


def picture(shown: Skyline, tall: float = TALL) -> SkylineChart | None:
    """Geometry of the picture; ``None`` where the record holds none."""
    steps = shown.steps
    total = sum(step.operators for step in steps)
    places = [shown.peak, *(n for t in shown.held for n in (t.first, t.last))]
    if not total or min(places) < 0 or max(places) >= len(steps):
        return None
    edges = [LEFT]
    for step in steps:
        edges.append(edges[-1] + step.operators / total * (WIDTH - LEFT))
    most, bottom = max(1, *(step.bytes for step in steps)), _r(TOP + tall)
    written = [step.bytes for step in steps]
    reused = [step.in_place for step in steps]
    bars, words = [], []
    for row, tensor in enumerate(shown.held):
        start, end = edges[tensor.first], edges[tensor.last + 1]
        text, where = _named(tensor, start, end)
        bars.append(
            Mark(_r(start), _r(bottom + 10 + row * ROW), _r(max(2.0, end - start)), ROW - 3,
                 "standard", f"{tensor.name}: {units.size(tensor.bytes)}", (text,))
        )  # fmt: skip
        words.append(where)
    at = (edges[shown.peak] + edges[shown.peak + 1]) / 2
    names = ", ".join(f"{t.name} ({units.size(t.bytes)})" for t in shown.held[:3])
    peak, less = units.size(max(written)), units.size(max(reused))
    if shown.least:
        peak = _("at least {value}", value=peak)
    anchor = "start" if at < WIDTH / 2 else "end"
    taken = units.letters(_("peak {size} at {name}", size=peak, name=""))
    room = WIDTH - at if anchor == "start" else at - LEFT  # beside the numbers of the axis
    letters = max(4, int((room - MARGIN) / BOLD) - taken)
    return SkylineChart(
        WIDTH, _r(bottom + 10 + ROW * len(bars)), bottom,
        _outline(edges, written, most, tall),
        "" if reused == written else _outline(edges, reused, most, tall),
        Tick(_r(at), _("peak {size} at {name}", size=peak,
                       name=units.shorten(shown.node, letters))), anchor,
        tuple(bars), tuple(words),
        tuple(Tick(_r(bottom - s * tall), units.size(round(most * s)) if s else "0")
              for s in (0.0, 0.5, 1.0)),
        total,
        (_("Live bytes over {n} operators in the file's order, without tensors of unknown size. "
           "Peak {peak} at {name}. Largest tensors there: {names}",
           n=units.count(total), peak=peak, name=shown.node, names=names)
         if shown.least else
         _("Live bytes over {n} operators in the file's order. Peak {peak} at {name}, in place at "
           "most {least}. Largest tensors there: {names}",
           n=units.count(total), peak=peak, name=shown.node, least=less, names=names)),
    )  # fmt: skip


def _named(tensor: Lifetime, start: float, end: float) -> tuple[str, tuple[float, str, bool]]:
    """Name and size of a tensor, and where they stand: right of its bar, left of it, or on it. A
    name for which none has room is shortened to the largest."""
    size = f", {units.size(tensor.bytes)}"
    text = label(tensor.name, widths.TERM) + size
    places = (
        (WIDTH - end, (_r(end + 5), "start", False)),
        (start - LEFT, (_r(start - 5), "end", False)),
        (end - start, (_r(start + 5), "start", True)),
    )
    for room, place in places:
        if units.letters(text) * LETTER + MARGIN <= room:
            return text, place
    room, place = max(places)
    letters = int((room - MARGIN) / LETTER) - units.letters(size)
    return units.shorten(tensor.name, letters) + size, place


def _outline(edges: Sequence[float], sizes: Sequence[int], most: int, tall: float) -> str:
    """A staircase in whole pixels from the left to the right end of the axis; steps that nobody
    could see, less than half a pixel, are none, except to the peak."""
    bottom = round(TOP + tall)
    path, corner, level = [f"M{round(edges[0])} {bottom}"], (round(edges[0]), bottom), float(bottom)
    for n, size in enumerate(sizes):
        y = bottom - size / most * tall
        if abs(y - level) >= VISIBLE or (size == most and y != level):
            before, corner, level = corner, (round(edges[n]), round(y)), y
            path.append(f"h{corner[0] - before[0]}v{corner[1] - before[1]}")
    return "".join([*path, f"H{round(edges[-1])}V{bottom}z"])


def _r(value: float) -> float:
    return round(value, 1)
