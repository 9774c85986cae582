"""Residual blocks of ResNet (arXiv 1512.03385, figure 5) and their grouped and gated heirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.record import Nature
from analyzer.patterns.match import Match, conv_detail, gate_anchors
from analyzer.patterns.roles import is_norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.adjacency import Port
    from analyzer.operators.record import Operator
    from analyzer.patterns.flow import Flow


def bottleneck(flow: Flow) -> Iterator[Match]:
    """1×1, k×k (standard or grouped), 1×1, plus the shortcut."""
    for spatial in flow.of("spatial"):
        base = flow.source(spatial)
        if base is None or flow.role(base.node) != "pointwise":
            continue
        if flow.only_reader(base.node) != spatial:
            continue
        expand, gate = flow.after(spatial)
        if expand is not None and flow.role(expand) == "pointwise":
            anchors = (base.node, spatial, *gate_anchors(gate), expand)
            yield from _closed(flow, "bottleneck", base.node, spatial, anchors)


def basic_residual(flow: Flow) -> Iterator[Match]:
    """k×k, k×k, plus the shortcut; Darknet's first one is 1×1 (arXiv 1804.02767, figure 1)."""
    for second in flow.of("spatial"):
        base = flow.source(second)
        role = flow.role(base.node) if base else ""
        if base is None or role not in ("pointwise", "spatial"):
            continue
        spatial = base.node if role == "spatial" else second
        if flow.only_reader(base.node) == second and _wide(flow, spatial, second):
            yield from _closed(flow, "basic-residual", base.node, spatial, (base.node, second))


def _is_any_norm(record: Operator) -> bool:
    return is_norm(record) or record.nature is Nature.NORMALISATION


def _wide(flow: Flow, *anchors: str) -> bool:
    return all(flow.conv(anchor).kernel_volume > 1 for anchor in anchors)


def _closed(
    flow: Flow, kind: str, first: str, spatial: str, anchors: tuple[str, ...]
) -> Iterator[Match]:
    """The match, if the branch ends in an addition of its own input or a projection of it."""
    last = anchors[-1]
    residual = flow.residual(last)
    base = flow.source(first)
    if residual is None or base is None:
        return
    shortcut = _shortcut(flow, residual.other, base)
    if shortcut is None:
        return
    detail = conv_detail(flow, first, spatial, last)
    detail["stride"] = max(max(flow.conv(a).strides) for a in (first, spatial))
    detail["groups"] = flow.conv(spatial).groups
    detail["inner_channels"] = flow.conv(spatial).out_channels
    detail["pre_activation"] = any(map(_is_any_norm, flow.operators[residual.join]))
    detail["projection"] = any(flow.role(a) == "pointwise" for a in shortcut)
    detail["squeeze_excite"] = bool(residual.gate) or len(anchors) > 3
    members = (*anchors, *gate_anchors(residual.gate), *shortcut, residual.join)
    yield Match(kind, tuple(dict.fromkeys(members)), detail)


def _shortcut(flow: Flow, other: Port, base: Port) -> tuple[str, ...] | None:
    """Layers of the shortcut: none, a pooling, a pointwise projection, or both; else ``None``."""
    passed: list[str] = []
    port: Port | None = other
    for role in ("pointwise", "pool"):
        if port and port != base and flow.role(port.node) == role:
            passed.append(port.node)
            port = flow.source(port.node)
    return tuple(passed) if port == base else None
