"""Blocks that end in a concatenation: fire module, dense layer, Inception module."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Conv
    from analyzer.graph.adjacency import Port
    from analyzer.patterns.flow import Flow

MAX_BRANCH = 4
"""Layers in one Inception branch (arXiv 1512.00567 has at most four before the join)."""
BRANCH_ROLES = frozenset({"pointwise", "spatial", "depthwise", "pool"})


def fire(flow: Flow) -> Iterator[Match]:
    """SqueezeNet (arXiv 1602.07360): a 1×1 squeeze, then 1×1 and 3×3 side by side."""
    for join in flow.of("concat"):
        if flow.arity(join) != 2:
            continue
        sides = [port.node for port in flow.sources(join)]
        roles = sorted(flow.role(side) for side in sides)
        if roles != ["pointwise", "spatial"] or any(flow.only_reader(s) != join for s in sides):
            continue
        bases = {flow.source(side) for side in sides}
        base = bases.pop()
        if bases or base is None or flow.role(base.node) != "pointwise":
            continue
        readers = flow.readers(base.node)
        if len(readers) == 2 and set(readers) == set(sides):
            spatial = next(side for side in sides if flow.role(side) == "spatial")
            detail = conv_detail(flow, base.node, spatial, spatial)
            detail["out_channels"] = sum(flow.conv(side).out_channels for side in sides)
            yield Match("fire", (base.node, *sides, join), detail)


def dense_layer(flow: Flow) -> Iterator[Match]:
    """DenseNet (arXiv 1608.06993): a 1×1 bottleneck and a 3×3, appended to their own input."""
    appends = cache(partial(_appends, flow))
    for spatial in flow.of("spatial"):
        base = flow.source(spatial)
        readers = flow.readers(spatial)
        if base is None or not readers or flow.role(readers[0]) != "concat":
            continue
        reduce = base.node
        if flow.role(reduce) != "pointwise" or flow.only_reader(reduce) != spatial:
            continue
        source = flow.source(reduce)
        grows = flow.conv(spatial).out_channels < flow.conv(reduce).out_channels
        if source is not None and grows and appends(readers[0], source):
            detail = conv_detail(flow, reduce, spatial, spatial)
            detail["growth"] = flow.conv(spatial).out_channels
            yield Match("dense-layer", (reduce, spatial), detail)


def _appends(flow: Flow, join: str, source: Port) -> bool:
    """The concatenation holds the layer's input, whole or as the pieces it was joined from."""
    held = set(flow.sources(join))
    pieces = flow.sources(source.node) if flow.role(source.node) == "concat" else ()
    return source in held or (bool(pieces) and held.issuperset(pieces))


def inception(flow: Flow) -> Iterator[Match]:
    """GoogLeNet (arXiv 1409.4842, figure 2): three or more branches from one tensor, joined.

    Not with dilated branches, which are another idea (ASPP, arXiv 1706.05587).
    """
    for join in flow.of("concat"):
        ends = [port.node for port in flow.sources(join)]
        if len(ends) < 3 or len(set(ends)) != len(ends):
            continue
        branches = [_branch(flow, end) for end in ends]
        base = _common([[port for _, port in branch] for branch in branches])
        if base is None:
            continue
        paths = [_until(branch, base) for branch in branches]
        members = tuple(dict.fromkeys(anchor for path in paths for anchor in path))
        roles = [flow.role(anchor) for anchor in members]
        dilated = any(c is not None and c.is_dilated for c in _convs(flow, members))
        if {"pointwise", "spatial"} <= set(roles) and not dilated:
            yield Match("inception", (*members, join), {"branches": len(ends)})


def _convs(flow: Flow, anchors: tuple[str, ...]) -> list[Conv | None]:
    return [flow.nodes[anchor].conv for anchor in anchors]


def _branch(flow: Flow, end: str) -> list[tuple[str, Port]]:
    """(layer, its source) from the join upwards."""
    found: list[tuple[str, Port]] = []
    while flow.role(end) in BRANCH_ROLES and len(found) < MAX_BRANCH:
        source = flow.source(end)
        if source is None:
            break
        found.append((end, source))
        end = source.node
    return found


def _common(branches: list[list[Port]]) -> Port | None:
    """The nearest tensor every branch starts from."""
    shared = set(branches[0]).intersection(*branches)
    return next((p for p in branches[0] if p in shared), None)


def _until(branch: list[tuple[str, Port]], base: Port) -> list[str]:
    """Layers of a branch down from the common tensor."""
    ports = [port for _, port in branch]
    return [anchor for anchor, _ in branch[: ports.index(base) + 1]]
