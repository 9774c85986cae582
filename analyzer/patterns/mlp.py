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
    joins: dict[str, None] = {}
    for widen in flow.of("linear", "pointwise"):
        back, passed = flow.onward(widen)
        if back is None:
            continue
        if flow.is_mixing(back):
            if any(flow.is_activated(anchor) for anchor in (widen, *passed)):
                yield from _found(flow, (widen, *passed, back), gated=False)
        elif flow.role(back) == "mul" and not passed:
            joins[back] = None
    for join in joins:
        yield from _multiplied(flow, join)


def _multiplied(flow: Flow, join: str) -> Iterator[Match]:
    """A product of two layers of one input; or of one with itself, as of a squared ReLU, which is
    no gate."""
    makers = [port.node for port in flow.sources(join)]
    back = flow.only_reader(join)
    if back is None or not all(map(flow.is_mixing, (*makers, back))):
        return
    if len({flow.source(maker) for maker in makers}) == 1 and any(map(flow.is_activated, makers)):
        yield from _found(flow, (*makers, join, back), gated=len(set(makers)) == 2)


def _found(flow: Flow, anchors: tuple[str, ...], *, gated: bool) -> Iterator[Match]:
    """More channels inside, as many out as in."""
    into, inner = flow.channels(anchors[0])
    out = flow.channels(anchors[-1])[1]
    if into and inner and out == into < inner:
        yield Match("mlp", anchors, {"channels": into, "hidden": inner, "gated": gated})
