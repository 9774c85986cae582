"""What a report is about: one judged model, one that could not be read, or a batch of both."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.findings.group import group, ungroup
from analyzer.records import HIDDEN, INLINE, Output, shown, shown_as
from analyzer.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.findings.finding import Finding
    from analyzer.findings.suppress import Suppression
    from analyzer.ruleset.rule import Rule

T = TypeVar("T")

Outcome = Literal["clean", "findings", "inconclusive"]
"""Inconclusive means that something was skipped, limited or broken."""
CLEAN: Final = "clean"
FINDINGS: Final = "findings"
INCONCLUSIVE: Final = "inconclusive"


@dataclass(frozen=True, slots=True)
class Converted:
    """The whole model before and after converting the convolutions that findings flag."""

    macs_now: int
    macs_after: int
    params_now: int
    params_after: int
    flagged: tuple[str, ...]
    """Node ids, largest saving first."""


@dataclass(frozen=True, slots=True, repr=False)
class Silenced(Brief):
    """A finding that is not reported, and why."""

    state: Literal["suppressed", "accepted"]
    """By the configuration, or by the baseline."""
    reason: str
    """As the configuration states it; empty for the baseline."""
    expires: str | None
    """Last day on which the configuration says so, ``YYYY-MM-DD``; ``None`` for ever."""
    finding: Finding = field(metadata=INLINE)


@dataclass(frozen=True, slots=True, repr=False)
class Result(Output):
    """Facts about one model and what the rules say about them."""

    facts: Facts = field(metadata=INLINE)
    findings: tuple[Finding, ...] = field(default=(), metadata=HIDDEN)
    """In the order they are to be shown, grouped or one for each place."""
    rules: tuple[Rule, ...] = field(default=(), metadata=HIDDEN)
    """Rules that were applied: their rationale and references go into the report."""
    command: str = ""
    """Command line that reproduces the result; empty when called as a library."""
    rules_version: str = __version__
    """Version of the rule set."""
    silenced: tuple[tuple[Finding, Suppression], ...] = field(default=(), metadata=HIDDEN)
    """What the configuration silences, one for each place, with the entry that does."""
    known: tuple[Finding, ...] = field(default=(), metadata=HIDDEN)
    """What the baseline holds already, one for each place."""
    configuration: str = ""
    """Path of the configuration that held; empty for none."""
    skipped_rules: tuple[str, ...] = ()
    """Ids of rules that were selected and not applied, as trained weights were not read."""

    devices: tuple[Profile, ...] = field(default=(), metadata=HIDDEN)
    """Devices that a report sets the model beside."""
    budget: int | None = field(default=None, metadata=HIDDEN)
    """Most MACs of one inference that the configuration allows; ``None`` for no budget."""
    targets_asked: bool = field(default=True, metadata=HIDDEN)
    """False where nobody named a target, and those looked at are a report's usual ones."""
    set_rules: tuple[str, ...] = field(default=(), metadata=HIDDEN)
    """Ids or names of rules for which somebody set an option or a budget."""
    _kept: dict[str, tuple[Any, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False, metadata=HIDDEN
    )
    """What ``kept`` was found to be."""

    def kept(self, name: str, find: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        """What ``find`` finds, once: every section of a page asks."""
        if name not in self._kept:
            self._kept[name] = find()
        return self._kept[name]

    @property
    def judging(self) -> tuple[Rule, ...]:
        """Those of ``rules`` that had something to judge by: not a budget that nobody set, nor
        what a target allows that nobody named."""
        targets = self.targets_asked and bool(self.facts.targets)
        return tuple(
            rule
            for rule in self.rules
            if (targets or not rule.needs_target)
            and (not rule.needs_setting or {rule.id, rule.name} & {*self.set_rules})
        )

    @property
    @shown
    def suppressed(self) -> int:
        """Findings that the configuration silences; an audit wants to know that there are some."""
        return len(self.silenced)

    @property
    @shown
    def accepted(self) -> int:
        """Findings that the baseline holds already."""
        return len(self.known)

    @property
    @shown_as("findings")
    def groups(self) -> tuple[Finding, ...]:
        """What people see: one finding for each cause, with its places."""
        return self.kept("groups", lambda: group(self.places))

    @property
    def places(self) -> tuple[Finding, ...]:
        """One finding for each place."""
        return self.kept("places", lambda: ungroup(self.findings))

    @property
    @shown_as("silenced")
    def quiet(self) -> tuple[Silenced, ...]:
        """What is found and not reported, one for each cause: by the entry that silences it in the
        order in which they first do, then what the baseline holds.
        """
        by_entry: dict[Suppression, list[Finding]] = {}
        for finding, entry in self.silenced:
            by_entry.setdefault(entry, []).append(finding)
        suppressed = (
            Silenced("suppressed", entry.reason, str(entry.expires) if entry.expires else None, one)
            for entry, findings in by_entry.items()
            for one in group(findings)
        )
        return (*suppressed, *(Silenced("accepted", "", None, one) for one in group(self.known)))

    @property
    @shown
    def conversion(self) -> Converted:
        """The whole model after converting what findings flag, each convolution once.

        ``Facts.separable`` is the same for every candidate that the arithmetic allows.
        """
        nodes = {node.id: node for node in self.facts.nodes}
        savings = {f.node: f.saving for f in self.places if f.saving and f.node in nodes}
        flagged = sorted(savings, key=lambda node: (-savings[node].macs, node))
        totals = self.facts.totals
        return Converted(
            macs_now=totals.macs,
            macs_after=totals.macs - sum(saving.macs for saving in savings.values()),
            params_now=totals.params,
            params_after=totals.params - sum(nodes[node].saved_params for node in savings),
            flagged=tuple(flagged),
        )

    @property
    @shown
    def outcome(self) -> Outcome:
        """``inconclusive`` when anything was skipped, else ``findings`` or ``clean``."""
        if self.facts.inconclusive:
            return INCONCLUSIVE
        return FINDINGS if self.findings else CLEAN


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be judged at all."""

    path: str
    message: str
    """One line, remedy included."""
    scarce: bool = field(default=False, metadata=HIDDEN)
    """Whether it was for lack of processes or memory, which there may be later."""

    @property
    def reason(self) -> str:
        """The message without the path it may start with."""
        return self.message.removeprefix(f"{self.path}: ")

    @property
    def outcome(self) -> Outcome:
        return INCONCLUSIVE


@dataclass(frozen=True, slots=True)
class Since:
    """What ``--diff`` left out."""

    revision: str
    """As it was asked for: a branch, a tag, a commit."""
    unchanged: tuple[str, ...]
    """Paths of models that are what they were at the revision: they were not judged."""


@dataclass(frozen=True, slots=True, repr=False)
class Batch(Output):
    """Everything one ``check`` looked at, in the order given."""

    items: tuple[Result | Failure, ...] = field(metadata=HIDDEN)
    since: Since | None = None
    """Set where only models that changed since a revision were to be judged."""
    excluded: tuple[str, ...] = ()
    """Folders and models that were left out on purpose: they were not judged."""

    @property
    @shown
    def outcome(self) -> Outcome:
        """The worst outcome of any file that was to be judged; of none, it is inconclusive, unless
        that is because none has changed or all were excluded."""
        unchanged = self.since is not None and self.since.unchanged
        idle: Outcome = CLEAN if unchanged or self.excluded else INCONCLUSIVE
        outcomes = {item.outcome for item in self.items} or {idle}
        return next(o for o in (INCONCLUSIVE, FINDINGS, CLEAN) if o in outcomes)

    @property
    def results(self) -> tuple[Result, ...]:
        return tuple(item for item in self.items if isinstance(item, Result))

    @property
    @shown
    def failures(self) -> tuple[Failure, ...]:
        """Files that could not be judged at all."""
        return tuple(item for item in self.items if isinstance(item, Failure))


def written_anew(result: Result, make: Callable[[], bytes]) -> bytes:
    """What ``make`` writes of ``result``, of which nobody remembers anything."""
    return make()


@dataclass(frozen=True, slots=True)
class Options:
    """How to write a report; what it says depends on the result alone."""

    color: bool = False
    """Terminal colours in text formats."""
    count: str = "macs"
    """Headline unit, ``macs`` or ``flops``; both are always shown."""
    created: datetime | None = None
    """Date to state in the report (what ``SOURCE_DATE_EPOCH`` says, or now); none by default,
    so that the same input gives the same bytes."""
    text_rows: int = 1_000
    """Most findings of one rule that text and annotations list."""
    html_rows: int = 5_000
    """Most operators listed on a page."""
    pdf_rows: int = 160
    """Most rows of operators in a PDF, as of ``Limits``."""
    summary: bool = True
    """Close the text of ``check`` with a summary line."""
    root: str = ""
    """Folder that relative paths start from, absolute: paths in it become relative where a format
    is read by another program. Empty: paths stay as they were given."""
    exit_code: int | None = None
    """With which the process is going to end, where that is known."""
    remember: Callable[[Result, Callable[[], bytes]], bytes] = written_anew
    """Asked for what JSON has of each model, with what writes it."""
