"""Fused MBConv (EfficientNetV2, arXiv 2104.00298): a standard convolution expands, 1×1 projects.

Strict, since "3×3 then 1×1" alone is everywhere: the expansion factor is a whole number of at
least 2, the projection is linear, and the block either adds its input or has stride 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail, gate_anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def fused_mbconv(flow: Flow) -> Iterator[Match]:
    for expand in flow.of("spatial"):
        conv = flow.conv(expand)
        if conv.kind != "standard" or conv.out_channels % conv.in_channels:
            continue
        expansion = conv.out_channels // conv.in_channels
        project, gate = flow.after(expand)
        if expansion < 2 or project is None or flow.role(project) != "pointwise":
            continue
        narrow = flow.conv(project).out_channels < conv.out_channels
        residual = flow.residual(project)
        adds = residual is not None and residual.other == flow.source(expand)
        linear = not flow.is_activated(project) and max(conv.strides) == 2
        if not narrow or not flow.is_activated(expand) or not (adds or linear):
            continue
        detail = conv_detail(flow, expand, expand, project) | {
            "expansion": expansion,
            "squeeze_excite": gate is not None,
            "residual": adds,
        }
        join = (residual.join,) if residual and adds else ()
        anchors = dict.fromkeys((expand, *gate_anchors(gate), project, *join))
        yield Match("fused-mbconv", tuple(anchors), detail)
