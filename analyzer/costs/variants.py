"""What an operator costs whose operands have one of several shapes, as an If decides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.costs.registry import cost
from analyzer.facts import Certainty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Cost
    from analyzer.graph.call import Call


def cost_of_variants(fork: str, calls: Sequence[Call]) -> Cost:
    """The cost that all ``calls`` have; where they differ the largest, with the range.

    Parameters
    ----------
    fork : identity of the If that decides.
    calls : the operator once for each branch, at least one.
    """
    costs = [cost(call) for call in calls]
    unknown = next((c for c in costs if c.macs is None or c.flops is None), None)
    if unknown is not None:
        return unknown
    macs, flops = [c.macs or 0 for c in costs], [c.flops or 0 for c in costs]
    largest = costs[macs.index(max(macs))]
    if len(set(macs)) == len(set(flops)) == 1:
        return largest
    return replace(
        largest,
        flops=max(flops),
        certainty=Certainty.ASSUMED,
        reason=f"at {fork} the condition depends on data",
        macs_range=(min(macs), max(macs)),
        flops_range=(min(flops), max(flops)),
    )
