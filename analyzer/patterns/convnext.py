"""ConvNeXt block (arXiv 2201.03545, figure 4).

Depthwise convolution, LayerNorm, a linear layer that widens four times, GELU, a linear layer
back, layer scale, plus the input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail
from analyzer.patterns.roles import is_norm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def convnext(flow: Flow) -> Iterator[Match]:
    for depthwise in flow.of("depthwise"):
        widen = flow.only_reader(depthwise)
        back = flow.only_reader(widen) if widen and flow.is_mixing(widen) else None
        if widen is None or back is None or not flow.is_mixing(back):
            continue
        residual = flow.residual(back)
        if residual is None or residual.other != flow.source(depthwise) or residual.gate:
            continue
        channels = flow.conv(depthwise).out_channels
        inner = flow.channels(widen)[1]
        normed = any(map(is_norm, flow.operators[depthwise]))
        if not normed or inner is None or inner <= channels or not flow.is_activated(widen):
            continue
        detail = conv_detail(flow, depthwise, depthwise, back) | {"expansion": inner // channels}
        yield Match("convnext", (depthwise, widen, back, residual.join), detail)
