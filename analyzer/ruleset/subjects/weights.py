"""The groups about trained weights, as far as those were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.ruleset.fields import LAYER
from analyzer.ruleset.sandbox import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.evidence import LayerEvidence
    from analyzer.facts import Facts

_UNREAD: Mapping[str, Any] = dict.fromkeys(LAYER, UNKNOWN)


def audit_group(facts: Facts) -> dict[str, Any]:
    """The group about all weights together."""
    return {"audit": UNKNOWN if facts.evidence is None else facts.evidence}


def layer_groups(layer: LayerEvidence | None) -> Mapping[str, Any]:
    """The groups about a layer's weights; most layers have none."""
    if layer is None:
        return _UNREAD
    known = {"weights": layer.values, "filters": layer.filters, "kernel": layer.kernel,
             "separability": layer.separability}  # fmt: skip
    return {name: UNKNOWN if record is None else record for name, record in known.items()}
