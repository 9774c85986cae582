"""What makes the outputs of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.compare.network import Wired
    from analyzer.compare.part import Part


def makers_of(network: Wired, paired: Mapping[int, int]) -> dict[Hashable, Part]:
    """What makes each output, seen through what is in one model only and one tensor flows
    through."""
    found: dict[Hashable, Part] = {}
    for part in network.parts:
        for _, end in part.exports if not part.node.scope else ():
            maker = part
            while maker.index not in paired and len(maker.flows) == 1:
                (flow,) = maker.flows
                maker = network.parts[flow.part]
            found[end] = maker
    return found
