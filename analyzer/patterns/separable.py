"""Depthwise separable convolution (MobileNet, arXiv 1704.04861, section 3.1).

A depthwise convolution whose only reader, seen through normalisation, activation and
quantisation, mixes channels pointwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail, gate_anchors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def separable(flow: Flow) -> Iterator[Match]:
    for depthwise in flow.of("depthwise"):
        mixing, gate = flow.after(depthwise)
        if mixing is None or not flow.is_mixing(mixing):
            continue
        detail = conv_detail(flow, depthwise, depthwise, mixing)
        detail["squeeze_excite"] = gate is not None
        yield Match("separable", (depthwise, *gate_anchors(gate), mixing), detail)
