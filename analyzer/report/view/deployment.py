"""Where the model runs, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.facts import DATA_DESCRIBED, DATA_MISSING
from analyzer.language import _, retold, series, term
from analyzer.report.view.target_names import plain_names
from analyzer.restore import record
from analyzer.sanitise import clean, label, widths
from analyzer.targets.catalog import SHIPPED
from analyzer.targets.table import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analyzer.deployment import TargetFit
    from analyzer.report.result import Result

HUGE = "TRU051"
"""The rule about tensors that no usual memory holds."""
CPU, HOST = "ort_cpu", "onnxruntime"
"""ONNX Runtime's own kernels, and whose tables hand them what they do not have."""
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
    undecided: int
    """Operators besides that may be supported: ``macs`` is a least share where there are any. None
    where the target runs nothing of the model anyway."""
    macs: float | None
    blocks: str
    helps: str
    """The best change, and what comes of it."""


def is_told(result: Result) -> bool:
    """Whether a report says where the model runs: somebody asked, or not every target certainly
    takes all of it."""
    fits = result.facts.targets
    return bool(fits) and (
        result.targets_asked or any(fit.verdict != "whole" or is_untested(fit) for fit in fits)
    )


def rows(result: Result) -> tuple[TargetRow, ...]:
    """A row for each target; none where a report says nothing of them."""
    if not is_told(result):
        return ()
    runs, fits = not any(refusals(result)), result.facts.targets
    return tuple(_row(fit, runs, fits) for fit in fits)


def refusals(result: Result) -> tuple[bool, bool, bool]:
    """What keeps a model from running wherever its operators are known: errors of the file, weights
    that are not there, and a tensor that no usual memory holds."""
    facts = result.facts
    external = {problem.code for problem in facts.problems if problem.code.startswith("external-")}
    return (
        facts.conformance.grave > 0 or not external <= DATA_DESCRIBED,
        not DATA_MISSING.isdisjoint(external),
        any(finding.rule == HUGE for finding in result.findings),
    )


def _row(fit: TargetFit, runs: bool, fits: Sequence[TargetFit] = ()) -> TargetRow:
    first = fit.blockers[0] if fit.blockers else None
    blocks = ""
    if first is not None:
        blocks = blocking(first.op_type, first.reason, first.count)
    best = fit.edits[0] if fit.edits else None
    return TargetRow(
        fit.target,
        label(fit.name),
        label(fit.version, widths.TERM),
        fit.verdict,
        _verdict(fit, fits, runs),
        fit.supported / fit.nodes if fit.nodes else 0.0,
        _("{n} of {of}", n=units.count(fit.supported), of=units.count(fit.nodes)),
        fit.maybe if fit.verdict in ("split", "maybe") else 0,
        fit.macs_share,
        blocks,
        "" if best is None else units.shorten(clean(retold(best.text)), REASON),
    )


def blocking(op_type: str, reason: str, count: int) -> str:
    """What blocks: the operator, unless the reason begins with it, why, and how many there are."""
    name = "" if reason.startswith(op_type) else f"{label(op_type)}: "
    times = f" {_('({n}×)', n=units.count(count))}" if count > 1 else ""
    return f"{name}{_phrases(reason)}{times}"


def _phrases(reason: str) -> str:
    """A reason; where it is long, without conditions in its middle, and none of them in part."""
    text = clean(retold(reason))
    parts = text.split("; ")
    for kept in range(len(parts) - 1, 1, -1):
        if len(text) <= REASON:
            break
        tail = kept // 2
        text = "; ".join((*parts[: kept - tail], "…", *parts[-tail:]))
    return text if len(text) <= REASON else units.shorten("; ".join(parts), REASON)


def _verdict(fit: TargetFit, fits: Sequence[TargetFit], runs: bool) -> str:
    """The verdict in words; where the model itself does not run, what is known of it."""
    word = term(fit.verdict)
    if fit.verdict == "whole" and not runs:
        return _("all known")
    if is_stuck(fit, fits):
        return _("some known")
    if is_partly(fit):
        return _("a part at most")
    if is_idle(fit):
        return _("none of the MACs")
    if fit.verdict == "split" and fit.partitions < 2:
        return _("some, in one part")
    if fit.verdict == "split":
        return f"{word}, {units.many(fit.partitions, 'part')}"
    if is_untested(fit):
        return _("all known, untested")
    return word


def is_untested(fit: TargetFit) -> bool:
    """Whether it has all operators, and nobody has tried it with a model of so old an opset."""
    return fit.verdict == "whole" and fit.tested_from is not None


def is_undivided(fit: TargetFit) -> bool:
    """Whether it has some of the operators, and runs none, as it hands nothing on."""
    return fit.verdict == "no" and not fit.delegates and fit.supported > 0


def is_idle(fit: TargetFit) -> bool:
    """Whether a target runs something of the model, and nothing of what it multiplies."""
    return fit.verdict == "split" and fit.macs_share == 0.0


def is_partly(fit: TargetFit) -> bool:
    """Whether it certainly runs not all of the model, and whether anything of what the model
    multiplies is not decided."""
    if fit.verdict == "maybe":
        return any(blocker.certain for blocker in fit.blockers)
    return is_idle(fit) and not fit.certain


def is_stuck(fit: TargetFit, fits: Iterable[TargetFit]) -> bool:
    """Whether it hands operators to ONNX Runtime's own kernels that have none for them: then
    nothing runs the model there, whatever it takes itself."""
    own = next((each for each in fits if each.target == CPU), None)
    if own is None or fit.verdict != "split" or not _lacking(own) & _lacking(fit):
        return False
    return fit.target in SHIPPED and shipped(fit.target).text("host") == HOST


def _lacking(fit: TargetFit) -> set[str]:
    """Operators that it does not have at all."""
    return {each.op_type for each in fit.blockers if each.certain and each.code == "operator"}


def versions(fits: Sequence[TargetFit]) -> str:
    """Targets with the versions that their tables are about."""
    pairs = zip(plain_names(fits), fits, strict=True)
    return series([f"{name} ({label(fit.version, widths.TERM)})" for name, fit in pairs])
