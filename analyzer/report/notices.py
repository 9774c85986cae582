"""What a check tells of each model, before a format puts it into its own syntax.

Texts are fit to show (``analyzer.sanitise``); a format adds what its syntax wants escaped. Paths
are as given, as some formats turn them into references.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.dataclass import dataclass
from analyzer.findings.finding import Severity
from analyzer.findings.fingerprint import fingerprint
from analyzer.language import _, mark, retold
from analyzer.report.result import Failure
from analyzer.report.view.findings import first_sentence, is_told, messages, others
from analyzer.sanitise import clean, label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.facts import Node
    from analyzer.findings.finding import Finding
    from analyzer.report.result import Batch, Result, Silenced

CANNOT_JUDGE = "cannot-judge"
"""In the place of a rule, where a file could not be judged at all."""
INCONCLUSIVE = "inconclusive"
"""In the place of a rule, where a model was judged in part only."""
IN_BASELINE = mark("accepted in the baseline")


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a finding, as formats name it."""

    name: str
    """Of the operator or tensor; empty for the whole model."""
    node: str
    """As ``Finding.node``."""
    extent: tuple[int, int] | None = None
    """As ``Node.extent``."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One finding, or one reason why there is no verdict."""

    path: str
    """Of the model, as given."""
    rule: str
    """Id of the rule, ``CANNOT_JUDGE`` or ``INCONCLUSIVE``."""
    name: str
    """Of the rule, or the code of the problem; empty for a failure."""
    severity: Severity
    message: str
    """One line."""
    place: str = ""
    """Name of the operator or tensor that it is mainly about; empty for the whole model."""
    also: str = ""
    """Its further places, in words: ``also at b, c and 10 more``."""
    origin: str = ""
    """``path.py:12`` in the source of the model."""
    remedy: str = ""
    """What to do, one line."""
    ask: str = ""
    """What to ask whoever supplied the model."""
    finding: Finding | None = None
    """What it is made of; ``None`` where there is no verdict."""
    spots: tuple[Spot, ...] = ()
    """All of its places, the weightiest first; none where there is no verdict."""
    quiet: Silenced | None = None
    """Why it is not reported; ``None`` where it is."""

    @property
    def state(self) -> str:
        """``new``, ``suppressed`` or ``accepted``."""
        return self.quiet.state if self.quiet else "new"

    @property
    def silence(self) -> str:
        """Why it is not reported, in words; empty where it is."""
        if self.quiet is None:
            return ""
        if not self.quiet.reason:
            return _(IN_BASELINE)
        reason = clean(self.quiet.reason)
        if self.quiet.expires:
            return _("{reason} (until {date})", reason=reason, date=self.quiet.expires)
        return reason

    @property
    def title(self) -> str:
        """``SEP001 separable-candidate``."""
        return f"{self.rule} {self.name}" if self.name else self.rule

    @property
    def identity(self) -> str:
        """What stays the same while the finding does: of a rule that speaks once for a whole
        model not its weightiest place, which another one may become.
        """
        finding = self.finding
        if finding is None:
            return fingerprint(self.rule, self.place, (self.name,))
        if self.quiet or not self.is_about_the_model:
            return finding.fingerprint
        return fingerprint(finding.rule, "", (finding.target,))

    @property
    def is_about_the_model(self) -> bool:
        """Whether it speaks for all places at which its rule sees something."""
        return self.finding is not None and self.finding.cause == self.finding.rule

    @property
    def more(self) -> str:
        """`` (and at 2 places more)``, as the end of a line; empty where there are none."""
        count = self.finding.count if self.finding else 1
        if count < 2:
            return ""
        return f" {_('(and at {places} more)', places=units.places(count - 1))}"

    @property
    def sentence(self) -> str:
        """Place and message, and at how many places more: one line."""
        return f"{self.where}{self.message}{self.more}"

    @property
    def where(self) -> str:
        """The place as the beginning of a line: ``conv1: ``."""
        return f"{self.place}: " if self.place else ""

    @property
    def advice(self) -> tuple[tuple[str, str], ...]:
        """What to know and to do beside the message, as (word, text)."""
        every = (("from", self.origin), ("fix", self.remedy), ("ask", self.ask))
        return tuple((word, text) for word, text in every if text)


def of_batch(batch: Batch) -> Iterator[Notice]:
    """Everything that is reported, model by model: what could not be judged, then findings."""
    for item in batch.items:
        if isinstance(item, Failure):
            yield of_failure(item)
        else:
            yield from without_verdict(item)
            yield from reported(item)


def of_failure(failure: Failure) -> Notice:
    """A file that could not be judged."""
    return Notice(failure.path, CANNOT_JUDGE, "", Severity.ERROR, clean(retold(failure.reason)))


def without_verdict(result: Result, *, again: bool = False) -> Iterator[Notice]:
    """Why a model was judged in part only; with ``again`` also what an error of a rule says."""
    told = {} if again else messages(f for f in result.places if f.severity is Severity.ERROR)
    for problem in result.facts.problems:
        if problem.inconclusive and not is_told(problem, told):
            yield Notice(
                result.facts.model.path, INCONCLUSIVE, label(problem.code), Severity.ERROR,
                clean(retold(problem.message)), label(problem.where),
            )  # fmt: skip


def reported(result: Result) -> Iterator[Notice]:
    """What the rules find and nothing silences, the gravest first."""
    return _of_findings(result, result.groups)


def silenced(result: Result) -> Iterator[Notice]:
    """What the configuration silences, by the entry that does, and what the baseline holds."""
    quiet = result.quiet
    for one, notice in zip(quiet, _of_findings(result, (q.finding for q in quiet)), strict=True):
        yield replace(notice, quiet=one)


def _of_findings(result: Result, findings: Iterable[Finding]) -> Iterator[Notice]:
    nodes = {node.id: node for node in result.facts.nodes}
    names = {node.id: node.name for node in result.facts.nodes if node.name}
    for finding in findings:
        node = nodes.get(finding.node)
        yield Notice(
            result.facts.model.path,
            label(finding.rule),
            label(finding.name),
            finding.severity,
            clean(finding.message),
            label(names.get(finding.node, finding.node)),
            others(finding, names) if finding.count > 1 else "",
            clean(node.location) if node else "",
            clean(finding.remedy) or first_sentence(finding.fix),
            clean(finding.ask),
            finding,
            tuple(_spot(place.node, nodes) for place in finding.places),
        )


def _spot(id_: str, nodes: Mapping[str, Node]) -> Spot:
    node = nodes.get(id_)
    if node is None:
        return Spot(label(id_), clean(id_))
    return Spot(label(node.name or id_), clean(id_), node.extent)
