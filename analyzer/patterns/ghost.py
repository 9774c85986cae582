"""Ghost module (GhostNet, arXiv 1911.11907, figure 1b).

A primary convolution makes some of the feature maps, a cheap depthwise convolution of those
makes the rest, and both are concatenated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def ghost_module(flow: Flow) -> Iterator[Match]:
    for cheap in flow.of("depthwise"):
        join = flow.only_reader(cheap)
        base = flow.source(cheap)
        if join is None or base is None or flow.role(join) != "concat":
            continue
        primary = base.node
        if flow.role(primary) not in ("pointwise", "spatial") or flow.arity(join) != 2:
            continue
        if sorted(flow.readers(primary)) != sorted((cheap, join)):
            continue
        cut = flow.only_reader(join)
        tail = (cut,) if cut and flow.call(cut).op_type == "Slice" else ()
        detail = conv_detail(flow, primary, cheap, cheap)
        detail["out_channels"] = flow.conv(primary).out_channels + flow.conv(cheap).out_channels
        yield Match("ghost-module", (primary, cheap, join, *tail), detail)
