"""Convolutions that are half of a k×k one already: 1×k beside k×1 (arXiv 1512.00567, section 3.2).

One may read the other, through activation and normalisation, or both read the same map, as in the
last blocks of Inception v3. In three dimensions k×1×1 is the half in time of a (2+1)-D block (arXiv
1711.11248), whatever stands beside it.
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
    """``nodes`` with the tag ``factorised`` on every 1×k convolution that has a k×1 beside it,
    and on every k×1×1."""
    convs = [(node.id, node.conv) for node in nodes if node.conv is not None]
    halves = {key for key, conv in convs if _is_thin(conv, rank=3)}
    thin = {key for key, conv in convs if _is_thin(conv, rank=2)}
    if len(thin) > 1:
        flow = trace(graph, {node.id: node for node in nodes})
        halves |= {k for k in thin if any(_fits(flow, k, other) for other in _beside(flow, k))}
    if not halves:
        return tuple(nodes)
    return tuple(
        replace(node, tags=(*node.tags, TAG)) if node.id in halves else node for node in nodes
    )


def _is_thin(conv: Conv, rank: int) -> bool:
    """Long in one of its ``rank`` axes alone."""
    kernel = conv.kernel_shape
    return len(kernel) == rank and sum(k > 1 for k in kernel) == 1 and conv.groups == 1


def _beside(flow: Flow, anchor: str) -> list[str]:
    """What makes its input, reads its output, or reads the same input."""
    source = flow.source(anchor)
    siblings = flow.users.get(source, []) if source else []
    return [*([source.node] if source else []), *siblings, *flow.readers(anchor)]


def _fits(flow: Flow, anchor: str, other: str) -> bool:
    if other == anchor or flow.role(other) != "spatial":
        return False
    return flow.conv(other).kernel_shape == flow.conv(anchor).kernel_shape[::-1]
