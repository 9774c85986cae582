"""Two judged models and what is between them: the record that every format shows."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.records import HIDDEN, Output, named, shown, shown_as
from analyzer.report.compare.words import HeadlineText, statements, verdict

if TYPE_CHECKING:
    from analyzer.compare import Comparison, Retyped, WeightComparison
    from analyzer.facts import Assumption, ModelInfo, Totals
    from analyzer.findings.finding import Finding
    from analyzer.report.compare.gate import GateOutcome
    from analyzer.report.result import Outcome, Result


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models."""

    model: ModelInfo
    assumptions: tuple[Assumption, ...]
    outcome: Outcome
    totals: Totals


@dataclass(frozen=True, slots=True)
class Turnover:
    """What became of the findings."""

    came: tuple[Finding, ...]
    """Findings of the new model that the old one does not have."""
    went: tuple[Finding, ...]
    """Findings of the old model that the new one does not have."""


@dataclass(frozen=True, slots=True, repr=False)
class Pair(Output):
    """Two judged models and what is between them."""

    old: Result = field(metadata=HIDDEN)
    new: Result = field(metadata=HIDDEN)
    comparison: Comparison = field(metadata=named("operators"))
    findings: Turnover
    command: str = ""
    gates: tuple[GateOutcome, ...] = ()
    """Bounds that were to be kept, and what came of each."""

    @property
    @shown_as("old")
    def before(self) -> Side:
        return _side(self.old)

    @property
    @shown_as("new")
    def after(self) -> Side:
        return _side(self.new)

    @property
    @shown
    def interface(self) -> tuple[Retyped, ...]:
        """Graph inputs and outputs that came, went, or have another type."""
        return self.comparison.interface

    @property
    @shown
    def headlines(self) -> tuple[HeadlineText, ...]:
        """What a person would say first, the most important first."""
        return statements(self.comparison)

    @property
    @shown
    def verdict(self) -> str:
        """One line: the first of that, or that nothing differs, or what was not compared."""
        return verdict(self.comparison)

    @property
    @shown
    def weights(self) -> WeightComparison:
        """What became of the stored tensors of operators that are in both models."""
        return self.comparison.weights


def _side(result: Result) -> Side:
    facts = result.facts
    return Side(facts.model, facts.assumptions, result.outcome, facts.totals)
