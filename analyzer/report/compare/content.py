"""Names of the templates' variables: a comparison laid out for one medium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.report.compare.figures import figure_text
from analyzer.report.compare.words import conclude, minus, relative, say
from analyzer.report.content import PDF
from analyzer.report.drawing.picture import Picture, picture
from analyzer.report.view.kinds import COLORS
from analyzer.sanitise import label
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.report.compare.page import ComparePage
    from analyzer.report.compare.sheet import ComparedSheet
    from analyzer.report.compare.view.figures import FigureName
    from analyzer.report.compare.view.layers import ComparedAspect
    from analyzer.report.content import Medium
    from analyzer.report.result import Options

LONGEST = 240
"""Characters of a headline."""
HEADLINES = 12
"""Headlines on the first page; the others stand with the operators."""
CARDS: tuple[FigureName, ...] = ("macs", "flops", "params", "peak")
PLAIN = frozenset({"operator", "type", "inputs", "outputs", "sources", "runs", "MACs", "FLOPs"})
"""Aspects whose values say what they are about."""


@dataclass(frozen=True, slots=True)
class Most:
    """How much of long lists a medium shows."""

    layers: int
    same: int
    """Rows of layers that are the same."""
    findings: int
    tensors: int
    places: int


SCREEN = Most(layers=300, same=100, findings=200, tensors=50, places=60)
PAPER = Most(layers=24, same=0, findings=12, tensors=10, places=0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One of the networks."""

    which: str
    """``old`` or ``new``."""
    name: str
    picture: Picture
    joined: bool


def build(sheet: ComparedSheet, options: Options, medium: Medium) -> dict[str, object]:
    """Names of the templates' variables and their values."""
    page = sheet.page
    said = [label(say(headline), LONGEST) for headline in page.headlines]
    verdict = label(conclude(page.conclusion, page.headlines), LONGEST)
    others = [text for text in dict.fromkeys(said) if text != verdict]
    figures = {figure.name: figure_text(figure) for figure in page.figures}
    rows = page.layers.rows
    most = PAPER if medium is PDF else SCREEN
    return {
        "medium": medium,
        "most": most,
        "options": options,
        "version": __version__,
        "written_by": label(sheet.tool.version),
        "page": page,
        "title": _title(page),
        "verdict": verdict[:1].upper() + verdict[1:],
        "headlines": others[:HEADLINES],
        "more_headlines": others[HEADLINES:],
        "figures": figures,
        "cards": [figures[name] for name in CARDS],
        "changed": [row for row in rows if row.state != "same" and row.layer],
        "operators": [row for row in rows if row.state != "same" and not row.layer],
        "same": [row for row in rows if row.state == "same"],
        "differs": differs,
        "relative": relative,
        "drawings": list(_drawings(page)),
        "colors": COLORS,
        "anchors": {},
        "names": {},
        "said": {},
    }


def _title(page: ComparePage) -> str:
    old, new = page.old.name, page.new.name
    return f"{old} → {new}" if old != new else f"{old}, old and new"


def _drawings(page: ComparePage) -> Iterable[Drawn]:
    color = "kind" if page.outcome == "another" else "change"
    for which, side in (("new", page.new), ("old", page.old)):
        if side.drawing is not None and side.drawing.boxes:
            made = picture(side.drawing, "kind" if color == "kind" else "change")
            yield Drawn(which, side.name, made, side.drawing.joined)


def differs(aspect: ComparedAspect) -> str:
    """One difference in words.

    >>> from analyzer.report.compare.view.layers import ComparedAspect
    >>> differs(ComparedAspect("axis", "1", "-1")), differs(ComparedAspect("sources", "", ""))
    ('axis 1 → −1', 'reads what another operator makes')
    """
    if aspect.name in MOVED:
        return MOVED[aspect.name]
    if aspect.name in PLAIN:
        return f"{aspect.old} → {aspect.new}"
    return f"{aspect.name} {minus(aspect.old)} → {minus(aspect.new)}"


MOVED = {
    "sources": "reads what another operator makes",
    "outputs": "makes other outputs of the model",
}
