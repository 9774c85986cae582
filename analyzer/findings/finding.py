"""A finding: one rule's opinion about one place in a model."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.display import Brief
from analyzer.records import HIDDEN, shown

if TYPE_CHECKING:
    from analyzer.facts import Saving


class Severity(StrEnum):
    """How grave a finding is; ``--fail-on`` compares."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places that a finding is about."""

    node: str
    """As ``Finding.node``."""
    message: str
    fingerprint: str
    value: float | None
    saving: Saving | None
    remedy: str = ""
    """As ``Finding.remedy``."""
    ask: str = ""
    """As ``Finding.ask``."""
    action: str = field(default="", metadata=HIDDEN)
    """As ``Finding.action``."""
    loaded: str = field(default="", metadata=HIDDEN)
    """As ``Finding.loaded``."""


@dataclass(frozen=True, slots=True, repr=False)
class Finding(Brief):
    """What a rule says about a node, a block, a tensor or the whole model.

    Rules judge places, and suppressions, baselines and fingerprints are about places; what
    people see are groups of them (``analyzer.findings.group``): one cause, one finding.
    """

    rule: str
    """Stable id, e.g. ``SEP001``."""
    name: str
    """Name of the bad pattern, e.g. ``separable-candidate``."""
    category: str
    severity: Severity
    node: str
    """Id of the node (first node for a block, tensor name for a tensor); empty for the model."""
    message: str
    """One line, numbers included; of several places that of the weightiest."""
    fix: str
    """What to do, from the rule file."""
    fingerprint: str
    """Stable identity across runs, names and exporters, for baselines: four hashes over the rule,
    joined by ``-``, of the name of the place, its kind, and what is near and far around it."""
    saving: Saving | None = None
    """What acting on it would save, where that is a number; summed over the places."""
    cause: str = field(default="", metadata=HIDDEN)
    """Findings of one rule with one cause are one to people."""
    value: float | None = None
    """How much of it there is, in ``unit``; over several places ``total`` of them."""
    unit: str = ""
    """Unit of ``value``; empty for a plain number."""
    total: str = field(default="sum", metadata=HIDDEN)
    """How values of places add up: ``sum`` or ``max``."""
    saves: str = ""
    """What acting on it saves ``value`` of: ``macs``, ``params``, ``traffic`` (bytes that one
    inference moves) or ``stored`` (bytes of the file); empty where nobody says that it does."""
    remedy: str = ""
    """What to do here, where that depends on the place; ``fix`` says it in general."""
    ask: str = ""
    """What to ask whoever supplied the model."""
    action: str = field(default="", metadata=HIDDEN)
    """What to do, in a few words that begin with a verb; ``fix`` says it in full."""
    tidied: bool = field(default=False, metadata=HIDDEN)
    """A tool undoes it. Which operators it is about is then an exporter's doing, and of the model
    it only says how many there are."""
    loaded: str = field(default="", metadata=HIDDEN)
    """What ONNX Runtime does of it itself when it loads the model: ``fused``, ``kept`` or
    ``folded``; empty for nothing."""
    target: str = ""
    """The runtime or device that it is about; empty for all."""
    places: tuple[Place, ...] = ()
    """Every place, the weightiest first; empty before findings are grouped."""

    @property
    @shown
    def count(self) -> int:
        """Number of places."""
        return max(1, len(self.places))
