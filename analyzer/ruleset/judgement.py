"""What acting on a finding asks for, unless its rule file says otherwise: by category."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("low", "medium", "high")
RISKS = ("none", "low", "medium", "high")
TRAININGS = ("none", "fine-tune", "train")
SAFE = "safe"


class Judgement(NamedTuple):
    """How much work, how much risk, how sure, and what training it takes."""

    effort: str
    """As ``Rule.effort``."""
    risk: str
    """As ``Rule.risk``."""
    confidence: str
    """As ``Rule.confidence``."""
    training: str = TRAININGS[0]
    """As ``Rule.training``."""


USUAL: Mapping[str, Judgement] = {
    "block": Judgement("high", "high", "low"),
    "budget": Judgement("high", "high", "high"),
    "conformance": Judgement("medium", "low", "high"),
    "convolution": Judgement("high", "high", "medium", "train"),
    "efficiency": Judgement("medium", "medium", "medium"),
    "external": Judgement("low", "none", "high"),
    "graph": Judgement("low", "none", "high"),
    "interoperability": Judgement("low", "low", "medium"),
    "numerics": Judgement("medium", "low", "medium"),
    "precision": Judgement("low", "low", "high"),
    "quantisation": Judgement("medium", "medium", "medium"),
    "separable": Judgement("high", "high", "medium", "train"),
    "structure": Judgement("low", "low", "high"),
    "targets": Judgement("medium", "low", "high"),
    "trust": Judgement("medium", "low", "medium"),
    "weights": Judgement("medium", "medium", "high"),
}
"""By category of the rules that ship."""
OTHER = Judgement("medium", "medium", "medium")


def usual_judgement(category: str, fix_safety: str) -> Judgement:
    """What holds of a category; what leaves results as they are has no risk.

    >>> usual_judgement("structure", "safe")
    Judgement(effort='low', risk='none', confidence='high', training='none')
    """
    usual = USUAL.get(category, OTHER)
    return usual._replace(risk=RISKS[0]) if fix_safety == SAFE else usual
