"""Convolutions that are half of a k×k one already: 1×k beside k×1 (arXiv 1512.00567, section 3.2).

One may read the other, through activation and normalisation, or both read the same map, as in the
last blocks of Inception v3.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.patterns.trace import trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Conv, Node
    from analyzer.patterns.flow import Flow

TAG = "factorised"


def tag_factorised(graph: Digraph[str], nodes: Sequence[Node]) -> tuple[Node, ...]:
    """``nodes`` with the tag ``factorised`` on every 1×k convolution that has a k×1 beside it."""
    thin = {node.id for node in nodes if node.conv is not None and _is_thin(node.conv)}
    if len(thin) < 2:
        return tuple(nodes)
    flow = trace(graph, {node.id: node for node in nodes})
    halves = {key for key in thin if any(_fits(flow, key, other) for other in _beside(flow, key))}
    return tuple(
        replace(node, tags=(*node.tags, TAG)) if node.id in halves else node for node in nodes
    )


def _is_thin(conv: Conv) -> bool:
    kernel = conv.kernel_shape
    return len(kernel) == 2 and min(kernel) == 1 < max(kernel) and conv.groups == 1


def _beside(flow: Flow, anchor: str) -> list[str]:
    """What makes its input, reads its output, or reads the same input."""
    source = flow.source(anchor)
    siblings = flow.users.get(source, []) if source else []
    return [*([source.node] if source else []), *siblings, *flow.readers(anchor)]


def _fits(flow: Flow, anchor: str, other: str) -> bool:
    if other == anchor or flow.role(other) != "spatial":
        return False
    return flow.conv(other).kernel_shape == flow.conv(anchor).kernel_shape[::-1]
