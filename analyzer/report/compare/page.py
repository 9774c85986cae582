"""Everything that a page says about two models: computed once, the same for every medium."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from analyzer.language import Language, _, retold, spoken
from analyzer.report.compare.view import ends, figures, findings, layers, weights
from analyzer.report.compare.view.becoming import becoming
from analyzer.report.compare.view.ends import ComparedEnd
from analyzer.report.compare.view.figures import ComparedFigure
from analyzer.report.compare.view.findings import TurnedFinding
from analyzer.report.compare.view.layers import ComparedLayers
from analyzer.report.compare.view.weights import ComparedWeights
from analyzer.report.compare.words import Conclusion, conclusion
from analyzer.report.drawing import Drawing, draw
from analyzer.report.page import LeftOut, Origin, origin_of
from analyzer.report.privacy import name_of
from analyzer.report.view import method
from analyzer.report.view.method import AssumedRow, ProblemRow
from analyzer.restore import record
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from analyzer.compare import Comparison
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Result

SMALL = 60
"""Boxes up to which the old network is drawn besides the new one."""


@record
class SaidHeadline:
    """One headline before it is put into words."""

    kind: str
    values: Mapping[str, str | int | float | None]


@record
class ComparedGate:
    """A bound that was to be kept."""

    name: str
    outcome: Literal["passed", "failed", "inconclusive"]
    text: str


@record
class ComparedSide:
    """One of the two models."""

    name: str
    origin: Origin
    outcome: str
    assumptions: tuple[AssumedRow, ...]
    problems: tuple[ProblemRow, ...]
    """What kept it from being judged whole."""
    certainty: str
    """Of its figures: ``exact``, ``assumed``, ``lower bound`` or ``unknown``."""
    reason: str
    """Why that is not exact; empty if it is."""
    drawing: Drawing | None
    """Null where it would say nothing, or nothing that the other one does not."""


@record
class ComparePage:
    """A report about two models before it is put on paper or on a screen."""

    lang: Language
    """Language of its words, as HTML names it."""
    outcome: Literal["same", "changed", "another", "inconclusive"]
    """``another``: the networks have little to do with one another."""
    conclusion: Conclusion
    headlines: tuple[SaidHeadline, ...]
    """The most important first."""
    renamed: int
    """Operators that are in both under another name."""
    paired: int
    """Operators that are in both."""
    figures: tuple[ComparedFigure, ...]
    gates: tuple[ComparedGate, ...]
    findings: tuple[TurnedFinding, ...]
    layers: ComparedLayers
    weights: ComparedWeights
    ends: tuple[ComparedEnd, ...]
    old: ComparedSide
    new: ComparedSide
    left_out: tuple[LeftOut, ...]
    """Sections that have nothing to show here."""


def make_compare_page(pair: Pair) -> ComparePage:
    """Two judged models and what is between them, as a reader is to see them."""
    found = pair.comparison
    outcome = _outcome(pair)
    rows = (
        layers.ComparedLayers((), 0, 0) if outcome in ("another", "same") else layers.layers(pair)
    )
    compared = weights.weights(pair)
    turned = findings.findings(pair)
    interface = ends.ends(found)
    old, new = _drawings(pair, outcome)
    return ComparePage(
        lang=spoken(),
        outcome=outcome,
        conclusion=conclusion(found),
        headlines=tuple(SaidHeadline(h.kind, h.values) for h in found.headlines),
        renamed=found.renamed,
        paired=found.pairs,
        figures=figures.figures(pair),
        gates=tuple(
            ComparedGate(g.name, g.outcome, label(g.text, widths.TEXT)) for g in pair.gates
        ),
        findings=turned,
        layers=rows,
        weights=compared,
        ends=interface,
        old=_side(pair.old, old),
        new=_side(pair.new, new),
        left_out=tuple(_left_out(outcome, rows, compared, turned, interface)),
    )


def _outcome(pair: Pair) -> Literal["same", "changed", "another", "inconclusive"]:
    found = pair.comparison
    if found.identical is not False:
        return "same" if found.identical else "inconclusive"
    others = any(headline.kind == "other-network" for headline in found.headlines)
    return "another" if others and not _is_half(found) else "changed"


def _is_half(found: Comparison) -> bool:
    """Whether half of the layers are in both: then what changed can be shown."""
    said = next(h.values for h in found.headlines if h.kind == "other-network")
    shared, layers = said["shared"], said["layers"]
    return isinstance(shared, int) and isinstance(layers, int) and 2 * shared >= layers


def _drawings(pair: Pair, outcome: str) -> tuple[Drawing | None, Drawing | None]:
    """The new network with what changed on it, the old one where something of it went."""
    if outcome in ("same", "inconclusive"):
        return None, None
    if outcome == "another":
        return draw(pair.old), draw(pair.new)
    fates = becoming(pair.comparison)
    new = draw(pair.new, changes=fates.new)
    old = draw(pair.old, changes=fates.old)
    marked = any(box.change in MARKED for side in (old, new) for box in side.boxes)
    if not marked:
        return None, None
    went = any(box.change == "removed" for box in old.boxes)
    return (old if went and len(old.boxes) <= SMALL + 2 * ENDS else None), new


MARKED = ("changed", "weights", "added", "removed")
ENDS = 6
"""Boxes for inputs, and for outputs, that a drawing has at most."""


def _side(result: Result, drawing: Drawing | None) -> ComparedSide:
    facts = result.facts
    totals = facts.totals
    return ComparedSide(
        name=label(name_of(facts.model.path), widths.NAME),
        origin=origin_of(result),
        outcome=result.outcome,
        assumptions=method.assumptions(facts),
        problems=tuple(row for row in method.problems(facts) if row.inconclusive),
        certainty=str(totals.certainty),
        reason=label(retold(totals.reason), widths.SENTENCE),
        drawing=drawing,
    )


def _left_out(
    outcome: str,
    rows: ComparedLayers,
    compared: ComparedWeights,
    turned: tuple[TurnedFinding, ...],
    interface: tuple[ComparedEnd, ...],
) -> Iterator[LeftOut]:
    """Sections without content, and why."""
    if not turned:
        yield LeftOut(_("findings"), _("neither model has any"))
    if not rows.rows:
        another = outcome == "another"
        yield LeftOut(_("layers"), _("the networks have too little in common") if another else
                      _("all are the same"))  # fmt: skip
    if not compared.total:
        yield LeftOut(_("weights"), _("no pair of stored tensors differs") if compared.tensors else
                      _("no pair of stored tensors belongs together"))  # fmt: skip
    if not interface:
        yield LeftOut(_("inputs and outputs"), _("they are the same"))
