"""Where the model runs, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _, retold, term
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths

if TYPE_CHECKING:
    from analyzer.deployment import TargetFit
    from analyzer.report.result import Result

REASON = 160
"""Characters of a reason in a cell."""


@record
class TargetRow:
    """One target."""

    id: str
    name: str
    version: str
    verdict: str
    words: str
    """The verdict with the number of parts."""
    share: float
    """Certainly supported operators in all."""
    supported: str
    macs: float | None
    blocks: str
    helps: str
    """The best change, and what comes of it."""


def is_told(result: Result) -> bool:
    """Whether a report says where the model runs: somebody asked, or it does not run everywhere."""
    fits = result.facts.targets
    return bool(fits) and (result.targets_asked or any(fit.verdict != "whole" for fit in fits))


def rows(result: Result) -> tuple[TargetRow, ...]:
    """A row for each target; none where a report says nothing of them."""
    return tuple(map(_row, result.facts.targets)) if is_told(result) else ()


def _row(fit: TargetFit) -> TargetRow:
    first = fit.blockers[0] if fit.blockers else None
    blocks = ""
    if first is not None:
        name = "" if first.reason.startswith(first.op_type) else f"{label(first.op_type)}: "
        times = f" ({units.count(first.count)}×)" if first.count > 1 else ""
        blocks = f"{name}{units.shorten(clean(retold(first.reason)), REASON)}{times}"
    best = fit.edits[0] if fit.edits else None
    parts = units.many(fit.partitions, "part")
    return TargetRow(
        fit.target,
        label(fit.name),
        label(fit.version, widths.TERM),
        fit.verdict,
        f"{term(fit.verdict)}, {parts}" if fit.verdict == "split" else term(fit.verdict),
        fit.supported / fit.nodes if fit.nodes else 0.0,
        _("{n} of {of}", n=units.count(fit.supported), of=units.count(fit.nodes)),
        fit.macs_share,
        blocks,
        "" if best is None else units.shorten(clean(retold(best.text)), REASON),
    )
