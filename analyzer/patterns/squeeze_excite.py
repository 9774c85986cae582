"""Squeeze-and-excite that no larger block has taken in (arXiv 1709.01507)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow
    from analyzer.patterns.match import Detail


def squeeze_excite(flow: Flow) -> Iterator[Match]:
    for gate in flow.gates.values():
        channels, reduced = flow.channels(gate.squeeze)
        detail: dict[str, Detail] = {}
        if channels is not None and reduced is not None:
            detail = {"channels": channels, "reduced_channels": reduced}
        yield Match("squeeze-excite", gate.anchors, detail)
