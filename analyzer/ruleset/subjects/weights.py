"""The groups about trained weights, as far as those were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.ruleset.fields import LAYER
from analyzer.ruleset.sandbox import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.evidence import IntegerWeights, LayerEvidence
    from analyzer.facts import Facts

_UNREAD: Mapping[str, Any] = dict.fromkeys(LAYER, UNKNOWN)


def audit_group(facts: Facts) -> dict[str, Any]:
    """The group about all weights together."""
    return {"audit": UNKNOWN if facts.evidence is None else facts.evidence}


def worst_integers(facts: Facts) -> Mapping[str, IntegerWeights]:
    """Quantised weights by layer; of several those that lose most by having one scale."""
    found: dict[str, IntegerWeights] = {}
    for weights in facts.evidence.integers if facts.evidence else ():
        other = found.get(weights.node)
        if other is None or (weights.gain or 0) > (other.gain or 0):
            found[weights.node] = weights
    return found


def layer_groups(layer: LayerEvidence | None, integers: IntegerWeights | None) -> Mapping[str, Any]:
    """The groups about a layer's weights; most layers have none."""
    if layer is None:
        return _UNREAD if integers is None else {**_UNREAD, "integers": integers}
    known = {"weights": layer.values, "filters": layer.filters, "kernel": layer.kernel,
             "separability": layer.separability, "low_rank": layer.low_rank,
             "core": layer.core, "integers": integers}  # fmt: skip
    return {name: UNKNOWN if record is None else record for name, record in known.items()}
