"""Bounds that a new model has to keep to, judged exactly and only where they decide."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.language import _, mark, ngettext, term

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from analyzer.facts import Range
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Result

Verdict = Literal["passed", "failed", "inconclusive"]
TOTALS: Mapping[str, str] = {
    "macs": mark("MACs"),
    "flops": mark("FLOPs"),
    "params": mark("parameters"),
    "weight-bytes": mark("bytes of weights"),
    "peak": mark("peak activation bytes"),
    "operators": mark("operators"),
    "layers": mark("weighted layers"),
    "file-bytes": mark("bytes of the file"),
}
"""What ``--fail-on-increase`` can bound, and what people call it."""
LEVELS = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True, slots=True)
class IncreaseBound:
    """How much one total may grow."""

    name: str
    """A key of ``TOTALS``."""
    share: Fraction
    """Of the old total."""
    amount: int
    """In its own unit; one of the two is 0."""
    written: str
    """As the user has it."""


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """One bound and what came of it."""

    name: str
    """A total, or ``findings``."""
    outcome: Verdict
    text: str
    """One line: what grew or came, by how much, and what was allowed."""


def judge_bounds(
    old: Result, new: Result, bounds: Sequence[IncreaseBound]
) -> Iterator[GateOutcome]:
    """Hold every bound against both models."""
    for bound in bounds:
        yield _judge(bound, known_range(old, bound.name), known_range(new, bound.name))


def judge_findings(old: Result, new: Result, came: Sequence[Finding], level: str) -> GateOutcome:
    """Findings that came with a severity of ``level`` or above."""
    grave = LEVELS[: LEVELS.index(Severity(level)) + 1]
    some = [finding for finding in came if finding.severity in grave]
    if some:
        first = some[0]
        text = ngettext(
            "{n} new finding at {level} or above: {rule} at {place}",
            "{n} new findings at {level} or above: {rule} at {place}",
            len(some), level=term(level), rule=first.rule, place=first.node or _("the model"),
        )  # fmt: skip
        if some[1:]:
            text = _("{text} and {n} more", text=text, n=units.count(len(some) - 1))
        return GateOutcome("findings", "failed", text)
    for partly, result in ((OLD_PARTLY, old), (NEW_PARTLY, new)):
        if result.facts.inconclusive:
            return GateOutcome("findings", "inconclusive", _(partly, level=term(level)))
    return GateOutcome(
        "findings", "passed", _("no new finding at {level} or above", level=term(level))
    )


OLD_PARTLY = mark("no new finding at {level} or above, but the old model was judged in part only")
NEW_PARTLY = mark("no new finding at {level} or above, but the new model was judged in part only")
OLD_UNKNOWN = mark("{total} of the old model are unknown")
NEW_UNKNOWN = mark("{total} of the new model are unknown")


def _judge(bound: IncreaseBound, old: Range | None, new: Range | None) -> GateOutcome:
    """``old`` and ``new`` as ranges: a bound is broken, or kept, where all of both say so.

    >>> _judge(IncreaseBound("macs", Fraction(5, 100), 0, "5%"), (100, 100), (105, 105)).outcome
    'passed'
    >>> _judge(IncreaseBound("macs", Fraction(5, 100), 0, "5%"), (100, 100), (106, None)).outcome
    'failed'
    >>> _judge(IncreaseBound("macs", Fraction(5, 100), 0, "5%"), (100, 100), (100, None)).outcome
    'inconclusive'
    """
    title = _(TOTALS[bound.name])
    if old is None or new is None:
        text = _(OLD_UNKNOWN if old is None else NEW_UNKNOWN, total=title)
        return GateOutcome(bound.name, "inconclusive", text)
    grown = _grown(title, old, new)
    allowed = _allowed(bound)
    if new[0] > _most(bound, old[1]):
        return GateOutcome(bound.name, "failed", f"{grown}; {allowed}")
    if new[1] is not None and new[1] <= _most(bound, old[0]):
        return GateOutcome(bound.name, "passed", f"{grown}; {allowed}")
    return GateOutcome(
        bound.name,
        "inconclusive",
        _(
            "{change}; that is not known well enough to judge it ({allowed})",
            change=grown,
            allowed=allowed,
        ),
    )


def _allowed(bound: IncreaseBound) -> str:
    least = bound.share or bound.amount
    return _("{amount} more is allowed", amount=bound.written) if least else _("no more is allowed")


def _most(bound: IncreaseBound, old: int | None) -> Fraction:
    """The most that is allowed where the old total is ``old``; beyond all where it is unbounded."""
    if old is None:
        return Fraction(10**400)
    return old + old * bound.share + bound.amount


def _grown(title: str, old: Range, new: Range) -> str:
    before, after = units.span(*old), units.span(*new)
    if None in (old[1], new[1]) or old[0] != old[1] or new[0] != new[1]:
        return f"{title} {before} → {after}"
    change = new[0] - old[0]
    if change == 0:
        return _("{total} {figure}, as before", total=title, figure=before)
    sign = "+" if change > 0 else "−"
    share = f", {sign}{units.percent(abs(change) / old[0])}" if old[0] else ""
    return f"{title} {before} → {after} ({sign}{abs(change):,}{share})"


def known_range(result: Result, name: str) -> Range | None:
    """Lower and upper end of a total; ``None`` where nothing is known."""
    facts = result.facts
    totals = facts.totals
    exact = {
        "params": None if facts.parameters.certainty != "exact" else totals.params,
        "weight-bytes": None if facts.parameters.certainty != "exact" else totals.weight_bytes,
        "operators": totals.nodes,
        "layers": totals.weighted_layers,
        "file-bytes": facts.model.bytes,
    }
    if name in exact:
        value = exact[name]
        return None if value is None else (value, value)
    if name == "macs":
        return _open(totals.macs_range, totals.macs, complete=totals.complete)
    if name == "flops":
        return _open(totals.flops_range, totals.flops, complete=totals.flops_complete)
    peak = facts.memory.peak_bytes
    if peak is None:
        return None
    exact_peak = facts.memory.certainty in ("exact", "assumed")
    return (peak, peak) if exact_peak else facts.memory.peak_range


def _open(known: Range, total: int, *, complete: bool) -> Range:
    """The range of a total; open above where something is unknown."""
    return known if complete else (min(known[0], total), None)
