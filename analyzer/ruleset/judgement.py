"""What acting on a finding asks for, unless its rule file says otherwise: by category."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

LEVELS = ("low", "medium", "high")
RISKS = ("none", "low", "medium", "high")
TRAININGS = ("none", "fine-tune", "train")
STAKES = ("cost", "use", "sharing")
TOOLS = ("none", "onnxslim", "onnxruntime")
LOADS = ("none", "constants", "normalisation", "sum", "factor", "product-bias", "pad", "gelu",
         "layer-norm", "hard-swish")  # fmt: skip
SAFE = "safe"


class Judgement(NamedTuple):
    """How much work, how much risk, how sure, what training it takes, and what is at stake."""

    effort: str
    """As ``Rule.effort``."""
    risk: str
    """As ``Rule.risk``."""
    confidence: str
    """As ``Rule.confidence``."""
    training: str = TRAININGS[0]
    """As ``Rule.training``."""
    stake: str = STAKES[0]
    """As ``Rule.stake``."""


USUAL: Mapping[str, Judgement] = {
    "block": Judgement("high", "high", "low"),
    "budget": Judgement("high", "high", "high"),
    "conformance": Judgement("medium", "low", "high", stake="use"),
    "convolution": Judgement("high", "high", "medium", "train"),
    "efficiency": Judgement("medium", "medium", "medium"),
    "external": Judgement("low", "none", "high", stake="use"),
    "graph": Judgement("low", "none", "high"),
    "interoperability": Judgement("low", "low", "medium", stake="use"),
    "numerics": Judgement("medium", "low", "medium", stake="use"),
    "precision": Judgement("low", "low", "high"),
    "quantisation": Judgement("medium", "medium", "medium"),
    "separable": Judgement("high", "high", "medium", "train"),
    "structure": Judgement("low", "low", "high"),
    "targets": Judgement("medium", "low", "high", stake="use"),
    "trust": Judgement("medium", "low", "medium", stake="use"),
    "weights": Judgement("medium", "medium", "high"),
}
"""By category of the rules that ship."""
OTHER = Judgement("medium", "medium", "medium")


def usual_judgement(category: str, fix_safety: str) -> Judgement:
    """What holds of a category; what leaves results as they are has no risk.

    >>> usual_judgement("structure", "safe")
    Judgement(effort='low', risk='none', confidence='high', training='none', stake='cost')
    """
    usual = USUAL.get(category, OTHER)
    return usual._replace(risk=RISKS[0]) if fix_safety == SAFE else usual
