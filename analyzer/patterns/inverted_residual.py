"""Inverted residual with linear bottleneck (MobileNetV2, arXiv 1801.04381; MBConv).

Pointwise expansion, depthwise, optional squeeze-and-excite, linear pointwise projection; an
addition where input and output have the same shape. The paper's first bottleneck has the
expansion factor t = 1 and therefore no expansion layer: a depthwise convolution and a linear
projection are taken for one if they add their own input, or if the projection does not widen
and the next bottleneck starts from it. Anything else is separable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail, gate_anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.adjacency import Port
    from analyzer.patterns.flow import Flow


def inverted_residual(flow: Flow) -> Iterator[Match]:
    for depthwise in flow.of("depthwise"):
        base = flow.source(depthwise)
        project, gate = flow.after(depthwise)
        if base is None or flow.role(project) != "pointwise" or project is None:
            continue
        expand = base.node if _expands(flow, base.node) else None
        if expand:
            base = flow.source(expand)
        join = _join(flow, project, base)
        if not join and not _is_linear_bottleneck(flow, project, bool(expand)):
            continue
        first = expand or depthwise
        detail = conv_detail(flow, first, depthwise, project) | {
            "expansion": flow.conv(depthwise).in_channels // flow.conv(first).in_channels,
            "squeeze_excite": gate is not None,
            "residual": bool(join),
        }
        anchors = (first, depthwise, *gate_anchors(gate), project, *join)
        yield Match("inverted-residual", tuple(dict.fromkeys(anchors)), detail)


def _expands(flow: Flow, anchor: str) -> bool:
    if flow.role(anchor) != "pointwise":
        return False
    conv = flow.conv(anchor)
    return conv.out_channels > conv.in_channels


def _is_linear_bottleneck(flow: Flow, project: str, expanded: bool) -> bool:
    """A projection without activation that narrows, or keeps the width where t = 1."""
    conv = flow.conv(project)
    if flow.is_activated(project) or conv.out_channels > conv.in_channels:
        return False
    if expanded:
        return conv.out_channels < conv.in_channels
    roles = [flow.role(r) for r in flow.readers(project) if _expands(flow, r) or _repeats(flow, r)]
    return "pointwise" in roles or {"depthwise", "add"} <= set(roles)


def _repeats(flow: Flow, reader: str) -> bool:
    """The next bottleneck has t = 1 too: a depthwise convolution beside its own addition."""
    return flow.role(reader) in ("depthwise", "add")


def _join(flow: Flow, project: str, base: Port | None) -> tuple[str, ...]:
    """The addition of the block's own input, as a tuple of none or one."""
    residual = flow.residual(project)
    return (residual.join,) if residual and residual.other == base and not residual.gate else ()
