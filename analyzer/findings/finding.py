"""A finding: one rule's opinion about one place in a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.facts import Saving


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about a node, a block, a tensor or the whole model."""

    rule: str
    """Stable id, e.g. ``SEP001``."""
    name: str
    """Name of the bad pattern, e.g. ``separable-candidate``."""
    category: str
    severity: Severity
    node: str
    """Id of the node (first node for a block, tensor name for a tensor); empty for the model."""
    message: str
    """One line, numbers included."""
    fix: str
    """What to do, from the rule file."""
    fingerprint: str
    """Stable identity across runs, for baselines: rule, place and structure hashed."""
    saving: Saving | None = None
    """What acting on it would save, where that is a number."""
