"""Names of the templates' variables: a comparison laid out for one medium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.language import _, mark, ngettext, retold
from analyzer.report.compare.figures import figure_text
from analyzer.report.compare.words import conclude, minus, relative, say
from analyzer.report.content import PDF
from analyzer.report.drawing.coarse import legible
from analyzer.report.drawing.picture import Coloring, Picture, picture
from analyzer.report.drawing.rows import PORTRAIT
from analyzer.report.view.kinds import COLORS
from analyzer.sanitise import label
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

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
TOLD = ("changed", "resized")
"""Fates of tensors that are listed one by one; of the others their number says it."""
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

    title: str
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
        "doubts": list(_doubts(page)),
        "paired": _paired(page),
        "still": ngettext("{n} layer is the same.", "{n} layers are the same.", page.layers.same),
        "turned": {
            turn: sum(f.count for f in page.findings if f.turn == turn)
            for turn in ("new", "gone", "kept")
        },
        "fates": [ngettext(*FATES[f.fate], f.count) for f in page.weights.fates],
        "tensors": [row for row in page.weights.rows if row.fate in TOLD],
        "listed": sum(f.count for f in page.weights.fates if f.fate in TOLD),
        "left_out": "; ".join(f"{each.section} ({each.reason})" for each in page.left_out),
        "states": {state: _(words) for state, words in STATES.items()},
        "cards": [figures[name] for name in CARDS],
        "changed": [row for row in rows if row.state != "same" and row.layer],
        "operators": [row for row in rows if row.state != "same" and not row.layer],
        "same": [row for row in rows if row.state == "same"],
        "differs": differs,
        "relative": relative,
        "drawings": list(_drawings(page, medium)),
        "colors": COLORS,
        "anchors": {},
        "names": {},
        "said": {},
    }


def _title(page: ComparePage) -> str:
    old, new = page.old.name, page.new.name
    return f"{old} → {new}" if old != new else _("{name}, old and new", name=old)


def _paired(page: ComparePage) -> str:
    """How many operators are in both."""
    both = ngettext("{n} operator is in both models", "{n} operators are in both models",
                    page.paired)  # fmt: skip
    if not page.renamed:
        return f"{both}."
    return _("{both}, {renamed} under another name.", both=both, renamed=f"{page.renamed:,}")


def _doubts(page: ComparePage) -> Iterator[str]:
    """What figures rest on."""
    old, new = (((side.certainty, side.reason) if side.certainty != "exact" else None)
                for side in (page.old, page.new))  # fmt: skip
    if old and old == new:
        yield _(HOLD if old[0] == "assumed" else BOTH, reason=old[1])
        return
    for said, assumed, other in ((old, OLD_HOLD, OLD), (new, NEW_HOLD, NEW)):
        if said:
            yield _(assumed if said[0] == "assumed" else other, reason=said[1])


HOLD = mark("Figures of both models hold {reason}.")
BOTH = mark("Figures of both models are not exact: {reason}.")
OLD_HOLD = mark("Figures of the old model hold {reason}.")
OLD = mark("Figures of the old model are not exact: {reason}.")
NEW_HOLD = mark("Figures of the new model hold {reason}.")
NEW = mark("Figures of the new model are not exact: {reason}.")
STATES = {
    "added": mark("added"),
    "removed": mark("gone"),
    "changed": mark("changed"),
    "weights": mark("other weights"),
    "same": mark("the same"),
    "passed": mark("passed"),
    "failed": mark("failed"),
    "inconclusive": mark("inconclusive"),
    "resized": mark("another shape"),
    "quantised": mark("quantised"),
    "converted": mark("rounded"),
    "folded": mark("folded"),
}
"""What became of something, by the key that the JSON has."""
FATES = {
    "changed": (mark("{n} has other values."), mark("{n} have other values.")),
    "resized": (mark("{n} has another shape."), mark("{n} have another shape.")),
    "quantised": (
        mark("{n} holds integers in one of the models."),
        mark("{n} hold integers in one of the models."),
    ),
    "converted": (
        mark("{n} differs as far as another floating-point type rounds."),
        mark("{n} differ as far as another floating-point type rounds."),
    ),
    "folded": (
        mark("{n} differs as far as a normalisation demands that was folded in."),
        mark("{n} differ as far as a normalisation demands that was folded in."),
    ),
}
"""Of pairs of tensors, singular and plural."""


NEW_NETWORK = mark("The new network: {name}")
OLD_NETWORK = mark("The old network: {name}")


HIGH = 105.0
"""Millimetres of a network drawn on paper, as its style sheet has it."""


def _drawings(page: ComparePage, medium: Medium) -> Iterator[Drawn]:
    color: Coloring = "kind" if page.outcome == "another" else "change"
    for words, side in ((NEW_NETWORK, page.new), (OLD_NETWORK, page.old)):
        if side.drawing is not None and side.drawing.boxes:
            if medium is PDF:
                made, joined = legible(side.drawing, HIGH, PORTRAIT, color)
            else:
                made, joined = picture(side.drawing, color), side.drawing.joined
            yield Drawn(_(words, name=side.name), made, joined)


def differs(aspect: ComparedAspect) -> str:
    """One difference in words.

    >>> from analyzer.report.compare.view.layers import ComparedAspect
    >>> differs(ComparedAspect("axis", "1", "-1")), differs(ComparedAspect("sources", "", ""))
    ('axis 1 → −1', 'reads what another operator makes')
    """
    if aspect.name in MOVED:
        return _(MOVED[aspect.name])
    if aspect.name in PLAIN:
        return f"{retold(aspect.old)} → {retold(aspect.new)}"
    return f"{aspect.name} {minus(aspect.old)} → {minus(aspect.new)}"


MOVED = {
    "sources": mark("reads what another operator makes"),
    "outputs": mark("makes other outputs of the model"),
}
