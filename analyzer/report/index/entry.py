"""One model as a row: verdict, findings and totals, small enough to keep thousands of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.devices import bound, room
from analyzer.facts import Certainty
from analyzer.findings.finding import Severity
from analyzer.language import _, mark, retold
from analyzer.report import words
from analyzer.report.cards import in_attributes_alone, leads_fused, left_in_float
from analyzer.report.claims.advice import verdict, verdict_with_options
from analyzer.report.claims.cost import parameters, peak
from analyzer.report.claims.identity import family, recurrent_cells
from analyzer.report.claims.kinds import quantised
from analyzer.report.headline import partly
from analyzer.report.notices import without_verdict
from analyzer.report.result import INCONCLUSIVE, Outcome
from analyzer.report.view.actions import TRUST
from analyzer.report.view.audits import checked
from analyzer.report.view.deployment import is_partly, is_untested, refusals
from analyzer.report.view.devices import named, on
from analyzer.report.view.findings import about_use
from analyzer.report.view.least import least_time
from analyzer.report.view.reach import reach
from analyzer.report.view.unseen import hidden_bytes
from analyzer.sanitise import clean, label, widths
from analyzer.sanitise.visible import LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.result import Result

REASONS = 3
"""Reasons for which there is no verdict that are listed of one model."""
KINDS: Mapping[str, str] = {
    "graph": mark("no multiply-accumulates"), "trees": mark("decision trees"),
    "convolutional": mark("convolutional"),
    "convolutional, recurrent": mark("convolutional and recurrent"),
    "recurrent": mark("recurrent"), "transformer": mark("transformer"),
    "products": mark("matrix products"), "mixed": mark("several kinds of layers, or loops"),
}  # fmt: skip
"""Networks that no published architecture is recognised in, by what computes most."""


class IndexFigure(NamedTuple):
    """A total of one model, or of many."""

    value: int | None
    """``None``: unknown."""
    least: bool = False
    """Something is missing: it is at least that much."""


class Elapsed(NamedTuple):
    """The least that one inference takes on a device."""

    device: str
    name: str
    seconds: float | None
    least: bool
    """Operators of unknown cost come on top."""
    missing: tuple[str, ...]
    """Element types that the device does not compute in."""
    fits: bool | None = None
    """False: by no means, and then there is no time."""
    less_exact: str = ""
    """The device with the types that it multiplies in others; empty where there are none."""
    runs: str = ""
    """``split``, ``no``: a part runs there, or nothing, and then there is no time."""


class TargetReach(NamedTuple):
    """How many targets take all of a model, by their tables."""

    whole: int | None
    """``None`` where the file itself does not run, whatever they have."""
    of: int
    """Those that were judged."""
    least: bool = False
    """Of others the file does not decide it."""


UNKNOWN = IndexFigure(None)


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """What an index says of one model."""

    path: str
    """Whole, and clean."""
    outcome: Outcome
    reasons: tuple[str, ...] = ()
    """Why there is no verdict, or one on a part only."""
    judged: bool = True
    """False: it could not be read, and nothing below is known."""
    verdict: str = ""
    """The first sentence of its report."""
    wrong: bool = False
    """It begins with errors."""
    harmful: bool = False
    """Warnings speak against using it."""
    doubtful: bool = False
    """Warnings are to be looked at before it is used."""
    untrained: bool = False
    """Its weights are placeholders."""
    partly: bool = False
    """It says of figures that they are of a part."""
    group: str = ""
    """The published architecture, or the kind of network, that it is one of."""
    recognised: bool = False
    """Whether the group is a published architecture."""
    backbone: str = ""
    """The published architecture that a part of it is."""
    detail: str = ""
    """The architecture with its size."""
    counts: Mapping[str, int] | None = None
    """Findings by severity; ``None``: unknown."""
    silenced: int = 0
    """Findings that the configuration or the baseline holds back."""
    rules: tuple[str, ...] = ()
    """Rules with findings, the gravest first."""
    trust: IndexFigure = UNKNOWN
    """Findings about trust; ``None`` where no rule looked for any."""
    macs: IndexFigure = UNKNOWN
    params: IndexFigure = UNKNOWN
    inside: str = ""
    """What is learned in attributes, with its noun, where no tensor holds anything learned."""
    weight_bytes: IndexFigure = UNKNOWN
    """Of weights, and of what is learned in attributes."""
    unseen_bytes: IndexFigure = IndexFigure(0)
    """Of external data that are missing or could not be read."""
    unstored_bytes: int = 0
    """Of weights, those that no file states: the model makes them when it runs."""
    peak_bytes: IndexFigure = UNKNOWN
    """Peak activation memory, as its report leads with: of quantised models in integer kernels."""
    peak_as_written: IndexFigure = UNKNOWN
    """The same as the file is written."""
    reach: TargetReach | None = None
    """``None`` where no targets were judged."""
    times: tuple[Elapsed, ...] = ()
    """On the devices that somebody named."""
    files: Mapping[str, str] | None = None
    """Addresses of its reports as seen from the index, by format."""

    @property
    def shown(self) -> str:
        """Its path as pages have it."""
        return units.shorten(self.path, LIMIT)

    @property
    def standing(self) -> Outcome:
        """The outcome, or that it was judged in part only, as its report says."""
        return INCONCLUSIVE if self.partly else self.outcome


def failed(path: str, reason: str) -> IndexEntry:
    """The row of a file that could not be judged."""
    return IndexEntry(label(path, widths.FILE), INCONCLUSIVE, (clean(retold(reason)),), False)


def entry_of(
    result: Result,
    path: str,
    files: Mapping[str, str] | None = None,
    devices: Sequence[Profile] = (),
    *,
    whole: bool = True,
) -> IndexEntry:
    """The row of one model.

    It needs of the model's operators only those that findings are about; that there are no others,
    and no blocks, is what ``whole`` denies. Then the kind of an unknown network cannot be told, nor
    what smaller forms it has, and the sentence is that of ``check``.
    """
    facts = result.facts
    known = facts.architecture
    found_first = verdict_with_options(result) if whole else verdict(result)
    said = words.say([found_first])
    reasons = [notice.sentence for notice in without_verdict(result, again=True)]
    part = partly(found_first.values)
    if part and not reasons:
        reasons = [part]
    fused = facts.memory.fused_bytes if leads_fused(peak(result).values) else None
    stored = facts.parameters
    left = len(reasons) - REASONS
    more = (_("and {n} more", n=units.count(left)),) if left > 0 else ()
    order = list(Severity)
    found = Counter(finding.severity.value for finding in result.groups)
    against = about_use(result)
    gravest = sorted(
        result.groups, key=lambda f: (order.index(f.severity), f.rule not in against, f.rule)
    )
    return IndexEntry(
        path=label(path, widths.FILE),
        outcome=result.outcome,
        reasons=(*reasons[:REASONS], *more),
        verdict=said["verdict"],
        wrong=found_first.values["kind"] == "errors",
        harmful=bool(found_first.values["harms"]),
        doubtful=bool(found_first.values["doubts"]),
        untrained=facts.evidence is not None and facts.evidence.placeholder,
        partly=bool(part),
        group=label(retold(known.family), widths.TERM)
        if known and not known.backbone
        else KINDS[_kind(facts)]
        if whole
        else "",
        recognised=known is not None and not known.backbone,
        backbone=label(known.family, widths.TERM) if known and known.backbone else "",
        detail=label(", ".join(map(retold, known.detail.split(", ")))) if known else "",
        counts={severity.value: found[severity.value] for severity in order},
        silenced=result.suppressed + result.accepted,
        rules=tuple(dict.fromkeys(label(finding.rule) for finding in gravest)),
        trust=_trust(result),
        macs=_macs(facts),
        params=_stored(facts, stored.weights),
        inside=in_attributes_alone(parameters(result).values),
        weight_bytes=_stored(facts, stored.weight_bytes + facts.learned.bytes),
        unseen_bytes=_unseen(facts),
        unstored_bytes=max(0, stored.weight_bytes - stored.stored_bytes),
        peak_bytes=_peak(facts, fused, least=whole and _is_least(result)),
        peak_as_written=_peak(facts),
        reach=_reach(result) if facts.targets else None,
        times=tuple(_time(facts, device) for device in devices),
        files=files,
    )


def _kind(facts: Facts) -> str:
    found = family(facts)
    if found == "convolutional" and recurrent_cells(facts):
        return "convolutional, recurrent"  # as its report says
    return "trees" if found == "graph" and facts.learned.trees else found


def _trust(result: Result) -> IndexFigure:
    """As the claim about trust has it: at least, where a rule could not judge what is not here."""
    row = next((row for row in checked(result) if row.category == TRUST), None)
    if row is None:
        return UNKNOWN
    found = sum(group.category == TRUST for group in result.groups)
    return IndexFigure(found, row.blind > 0 or hidden_bytes(result.facts) != 0)


def _reach(result: Result) -> TargetReach:
    fits = result.facts.targets
    if any(refusals(result)):
        return TargetReach(None, len(fits))
    untested = sum(map(is_untested, fits))
    undecided = any(fit.verdict == "maybe" and not is_partly(fit) for fit in fits)
    whole = sum(fit.verdict == "whole" for fit in fits)
    return TargetReach(whole - untested, len(fits), undecided or untested > 0)


def _macs(facts: Facts) -> IndexFigure:
    totals = facts.totals
    if totals.certainty is Certainty.UNKNOWN:
        return UNKNOWN  # with the sizes assumed it cannot run
    if totals.complete:
        return IndexFigure(totals.macs)
    return IndexFigure(totals.macs or None, True)  # 0 of operators that nobody knows is no number


def _stored(facts: Facts, value: int) -> IndexFigure:
    certainty = facts.parameters.certainty
    if certainty is Certainty.UNKNOWN:
        return IndexFigure(None, True)
    return IndexFigure(value, certainty is Certainty.LOWER_BOUND)


def _unseen(facts: Facts) -> IndexFigure:
    unseen = hidden_bytes(facts)
    return IndexFigure(unseen or 0, unseen is None)


def _is_least(result: Result) -> bool:
    """Whether ONNX Runtime has not all the integer kernels that a peak in them counts."""
    said = quantised(result)
    return said is not None and bool(left_in_float(said.values))


def _peak(facts: Facts, instead: int | None = None, *, least: bool = False) -> IndexFigure:
    """As the file is written, or ``instead`` of that in integer kernels, ``least`` where a runtime
    has not all of them."""
    memory = facts.memory
    if facts.totals.certainty is Certainty.UNKNOWN:
        return UNKNOWN
    if instead is not None:
        return IndexFigure(instead, least)
    return IndexFigure(
        memory.peak_bytes, memory.certainty in (Certainty.LOWER_BOUND, Certainty.UNKNOWN)
    )


def _time(facts: Facts, device: Profile) -> Elapsed:
    found, fits = bound(facts, device), room(facts, device).fits
    reached = reach(facts.targets, device)
    seconds = least_time(facts, device).seconds if reached.timed else None  # parts do not compare
    return Elapsed(device.id, named(device), seconds, found.partial,
                   found.missing, fits, on(facts, device) if found.less_exact else "",
                   "" if found.seconds is None else reached.runs)  # fmt: skip
