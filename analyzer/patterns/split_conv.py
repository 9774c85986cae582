"""A grouped convolution written out: split, one convolution per part, concatenation.

With one channel a part it is a depthwise convolution at a many times higher price in
operators: ``split-depthwise``; otherwise ``split-grouped``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.adjacency import Port
    from analyzer.patterns.flow import Flow


def split_conv(flow: Flow) -> Iterator[Match]:
    for join in flow.of("concat"):
        parts = [port.node for port in flow.sources(join)]
        if len(parts) < 2 or len(set(parts)) != len(parts):
            continue
        if any(flow.role(part) not in ("spatial", "pointwise") for part in parts):
            continue
        ports = [flow.source(part) for part in parts]
        cuts = _cuts(flow, [port for port in ports if port])
        if not cuts or any(flow.conv(part).groups != 1 for part in parts):
            continue
        if any(flow.only_reader(part) != join for part in parts):
            continue
        depthwise = all(flow.conv(part).in_channels == 1 for part in parts)
        kind = "split-depthwise" if depthwise else "split-grouped"
        yield Match(kind, (*cuts, *parts, join), {"groups": len(parts)})


def _cuts(flow: Flow, ports: list[Port]) -> tuple[str, ...]:
    """The Split, or the Slices of one tensor, that feed every part a piece of its own."""
    makers = tuple(dict.fromkeys(port.node for port in ports))
    if len(set(ports)) != len(ports) or any(flow.role(maker) != "cut" for maker in makers):
        return ()
    if len(makers) == 1:
        return makers if flow.call(makers[0]).op_type == "Split" else ()
    same = len({flow.source(maker) for maker in makers}) == 1
    return makers if same and len(makers) == len(ports) else ()
