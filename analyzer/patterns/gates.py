"""Squeeze-and-excite gates (Hu et al. 2018, arXiv 1709.01507), found before any block.

A gate sits inside other blocks (MBConv, SE-ResNet), so patterns must be able to look through
it: ``x · σ(W₂ · act(W₁ · mean(x)))`` with one value per channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.patterns.flow import Gate

if TYPE_CHECKING:
    from analyzer.patterns.flow import Flow


def find_gates(flow: Flow) -> dict[str, Gate]:
    """Every gate by its multiplication."""
    found = (_gate(flow, join) for join in flow.of("mul"))
    return {gate.join: gate for gate in found if gate is not None}


def _gate(flow: Flow, join: str) -> Gate | None:
    ports = flow.sources(join)
    if len(ports) != 2:
        return None
    for source, scale in (ports, reversed(ports)):
        excite, outer = flow.behind(scale)
        if not flow.is_mixing(excite) or not _ends_in_gate(flow, (excite, *outer)):
            continue
        squeeze, between = flow.behind(flow.source(excite))
        if not flow.is_mixing(squeeze):
            continue
        pool, inner = flow.behind(flow.source(squeeze))
        if flow.role(pool) != "global-pool" or flow.source(pool) != source:
            continue
        if flow.channels(squeeze)[0] == flow.channels(excite)[1]:
            anchors = (pool, *inner, squeeze, *between, excite, *outer, join)
            return Gate(source, pool, squeeze, excite, join, anchors)
    return None


def _ends_in_gate(flow: Flow, anchors: tuple[str, ...]) -> bool:
    """The scale is squashed to [0, 1] somewhere between the last layer and the product."""
    fused = flow.call(anchors[0]).attr("activation")
    record = find("", fused) if isinstance(fused, str) else None
    squashed = record is not None and record.gate
    return squashed or any(o.gate for a in anchors for o in flow.operators[a])
