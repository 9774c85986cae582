"""Which operators form a known block together; every operator in at most one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Block
from analyzer.patterns.attention import attention
from analyzer.patterns.channel_shuffle import channel_shuffle
from analyzer.patterns.concatenated import dense_layer, fire, inception
from analyzer.patterns.convnext import convnext
from analyzer.patterns.fused_mbconv import fused_mbconv
from analyzer.patterns.ghost import ghost_module
from analyzer.patterns.inverted_residual import inverted_residual
from analyzer.patterns.mlp import mlp
from analyzer.patterns.residual import basic_residual, bottleneck
from analyzer.patterns.separable import separable
from analyzer.patterns.spatial_pair import spatial_pair
from analyzer.patterns.split_conv import split_conv
from analyzer.patterns.squeeze_excite import squeeze_excite
from analyzer.patterns.trace import trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Node
    from analyzer.patterns.flow import Flow
    from analyzer.patterns.match import Match, Pattern

PATTERNS: tuple[Pattern, ...] = (
    attention,
    convnext,
    ghost_module,
    inverted_residual,
    fused_mbconv,
    bottleneck,
    basic_residual,
    fire,
    inception,
    dense_layer,
    separable,
    squeeze_excite,
    split_conv,
    spatial_pair,
    mlp,
    channel_shuffle,
)
"""Precedence: a pattern takes what the ones above it left. Larger structures come first, so a
depthwise and a pointwise convolution are ``separable`` only outside of an inverted residual,
and a squeeze-and-excite stands alone only where no block contains it."""


def find_blocks(graph: Digraph[str], nodes: Mapping[str, Node]) -> tuple[Block, ...]:
    """Recognised blocks in topological order; operators no pattern proves stay unlabelled.

    ``nodes`` are the facts by ``Node.id``. Time and memory are linear in operators and edges.
    """
    flow = trace(graph, nodes)
    taken: set[str] = set()
    found: list[Block] = []
    for pattern in PATTERNS:
        for match in pattern(flow):
            if taken.isdisjoint(match.anchors):
                anchors = {*match.anchors, *(a for a in match.extra if a not in taken)}
                taken |= anchors
                found.append(_block(flow, match, anchors))
    return tuple(sorted(found, key=lambda block: flow.order[block.nodes[0]]))


def _block(flow: Flow, match: Match, anchors: Iterable[str]) -> Block:
    """An anchor brings its region along: normalisation, activation, quantisation after it."""
    members = {node for anchor in anchors for node in (anchor, *flow.regions[anchor])}
    facts = [flow.nodes[node] for node in members]
    macs = [fact.total_macs for fact in facts]
    known = [count for count in macs if count is not None]
    return Block(
        kind=match.kind,
        nodes=tuple(sorted(members, key=flow.order.__getitem__)),
        macs=sum(known) if len(known) == len(macs) else None,
        params=sum(fact.params for fact in facts),
        detail=dict(match.detail),
    )
