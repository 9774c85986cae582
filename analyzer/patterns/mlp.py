"""Feed-forward part of a transformer: widen, activate, narrow back (arXiv 1706.03762, 3.3).

Also the gated form ``W₃(act(W₁x) ⊙ W₂x)`` (arXiv 2002.05202).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.patterns.flow import Flow


def mlp(flow: Flow) -> Iterator[Match]:
    for widen in flow.of("linear", "pointwise"):
        back, passed = flow.onward(widen)
        if back is None:
            continue
        if flow.is_mixing(back):
            if any(flow.is_activated(anchor) for anchor in (widen, *passed)):
                yield from _found(flow, (widen, *passed, back), gated=False)
        elif flow.role(back) == "mul" and not passed:
            yield from _gated(flow, widen, back)


def _gated(flow: Flow, first: str, join: str) -> Iterator[Match]:
    makers = [port.node for port in flow.sources(join)]
    back = flow.only_reader(join)
    if len(makers) != 2 or makers[0] != first or back is None or not flow.is_mixing(back):
        return
    mixing = all(flow.is_mixing(maker) for maker in makers)
    if not mixing or flow.source(makers[0]) != flow.source(makers[1]):
        return
    if any(flow.is_activated(maker) for maker in makers):
        yield from _found(flow, (*makers, join, back), gated=True)


def _found(flow: Flow, anchors: tuple[str, ...], *, gated: bool) -> Iterator[Match]:
    """More channels inside, as many out as in."""
    into, inner = flow.channels(anchors[0])
    out = flow.channels(anchors[-1])[1]
    if into and inner and out == into < inner:
        yield Match("mlp", anchors, {"channels": into, "hidden": inner, "gated": gated})
