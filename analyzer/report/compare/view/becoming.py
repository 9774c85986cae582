"""What became of each operator, in one word."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.compare import Comparison
    from analyzer.report.drawing.record import Becoming

SETTLED = frozenset({"identities", "constants", "dropouts", "shape-arithmetic", "views"})
"""Headlines about what exporters write as they like: they say all that there is to say."""
OTHERS: Mapping[str, Becoming] = {
    "changed": "weights", "resized": "changed", "quantised": "changed",
}  # fmt: skip
"""What is said of an operator for the fate of a stored tensor, rounding and folding aside."""


class Becomings(NamedTuple):
    """By id of the operators of each model."""

    old: Mapping[str, Becoming]
    new: Mapping[str, Becoming]


def becoming(found: Comparison) -> Becomings:
    """What became of every operator of both models."""
    back = {old: new for new, old in found.partners.items()}
    old: dict[str, Becoming] = {
        node.id: "same" if node.id in back else "removed" for node in found.old.nodes
    }
    new: dict[str, Becoming] = {
        node.id: "same" if node.id in found.partners else "added" for node in found.new.nodes
    }
    for tensor in found.weights.changes:
        became = OTHERS.get(tensor.fate)
        if became is not None and tensor.new in found.partners and new[tensor.new] != "changed":
            new[tensor.new] = old[found.partners[tensor.new]] = became
    for change in found.changes:
        if change.old is not None and change.new is not None:
            old[change.old.id] = new[change.new.id] = "changed"
    return Becomings(old, new)
