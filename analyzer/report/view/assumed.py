"""What a total rests on besides the sizes of inputs: branches, iterations, declared shapes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.language import _, retold
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from analyzer.facts import Facts, Node


def choices(facts: Facts) -> tuple[str, ...]:
    """One line for each reason, the operators first: ``/If: at y the condition depends on data``.

    Operators that are only assumed because of ``facts.assumptions`` share one reason and are
    left out, for the sizes are listed anyway; so are those whose cost is not in the totals.
    """
    found: Counter[tuple[object, ...]] = Counter()
    first: dict[tuple[object, ...], tuple[str, str]] = {}
    for node in facts.nodes:
        reason = node.cost.reason
        if _is_choice(node) and not (facts.assumptions and reason.startswith("with ")):
            key = _cause(node)
            found[key] += 1
            first.setdefault(key, (node.name or node.id, reason))
    return tuple(
        _("{name} and {n} more: {reason}", name=label(name, widths.TERM), n=found[key] - 1,
          reason=label(retold(reason), widths.REASON))
        if found[key] > 1
        else f"{label(name, widths.TERM)}: {label(retold(reason), widths.REASON)}"
        for key, (name, reason) in first.items()
    )  # fmt: skip


def _cause(node: Node) -> tuple[object, ...]:
    """What it has in common with others: bodies that data decide name themselves and a range."""
    low, high = node.macs_range
    if low == high:
        return (node.cost.reason,)
    return (node.op_type if node.composite else "", bool(high))


def _is_choice(node: Node) -> bool:
    """What is assumed of it, or left open, is its own and in the totals."""
    low, high = node.macs_range
    if node.composite and low != high:
        return node.executions_range[1] != 0 and node.id in node.cost.reason
    return node.cost.certainty is Certainty.ASSUMED and node.counted > 0 and node.cost.reason != ""
