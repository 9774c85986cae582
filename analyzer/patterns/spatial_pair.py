"""Spatially separable convolution: 1×k followed by k×1 or the reverse (arXiv 1512.00567)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match, conv_detail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def spatial_pair(flow: Flow) -> Iterator[Match]:
    for first in flow.of("spatial"):
        second = flow.only_reader(first)
        if second is None or flow.role(second) != "spatial":
            continue
        kernel = flow.conv(first).kernel_shape
        if len(kernel) != 2 or min(kernel) != 1 or flow.conv(second).kernel_shape != kernel[::-1]:
            continue
        if max(kernel) > 1 and flow.conv(first).groups == flow.conv(second).groups == 1:
            detail = conv_detail(flow, first, first, second) | {"side": max(kernel)}
            yield Match("spatial-pair", (first, second), detail)
