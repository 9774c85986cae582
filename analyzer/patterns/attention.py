"""Attention (arXiv 1706.03762, section 3.2): products around a softmax, or one fused operator.

The core is product → scale and mask → softmax → product. The layers that make query, key and
value and the layer after the heads are taken in where the way there is shape plumbing only.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.patterns.match import Match

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.adjacency import Port
    from analyzer.graph.call import Call
    from analyzer.patterns.flow import Flow
    from analyzer.patterns.match import Detail

MAX_MASKS = 4
"""Joins between scores and softmax: scale, position bias, mask, reshape."""
MAX_PLUMBING = 32
"""Operators between a projection and its product: head split, rotary positions, cache."""
PLUMBING = frozenset({"concat", "cut", "mul", "reshape"})


def attention(flow: Flow) -> Iterator[Match]:
    for softmax in flow.of("softmax"):
        scores, masks = _scores(flow, flow.source(softmax))
        values, shapes = flow.onward(softmax)
        if scores is None or values is None or flow.role(values) != "product":
            continue
        if not shapes and not _weighs(flow, softmax, values):
            continue
        ports = [*flow.sources(scores), *flow.sources(values)[1:]]
        core = (scores, *masks, softmax, *shapes, values)
        yield _match(flow, core, values, ports, fused=False)
    for fused in flow.of("attention"):
        inside = _inside(flow.call(fused))
        ports = [] if inside else flow.sources(fused)[:3]
        yield _match(flow, (fused,), fused, ports, fused=True, inside=inside)


def _inside(call: Call) -> int:
    """Weights of an operator that makes query, key and value itself: one where they are one."""
    record = record_of(call)
    if record is None or not record.is_weighted:
        return 0
    kinds = (record.operand(slot) for slot, given in enumerate(call.inputs) if given is not None)
    return sum(operand is not None and operand.kind is Kind.WEIGHT for operand in kinds)


def _scores(flow: Flow, port: Port | None) -> tuple[str | None, list[str]]:
    """The product under the softmax and the joins between them."""
    joins: list[str] = []
    while port is not None and len(joins) <= MAX_MASKS:
        if flow.role(port.node) == "product":
            return port.node, joins
        if flow.arity(port.node) > MAX_MASKS:
            break
        joins.append(port.node)
        sources = flow.sources(port.node)
        products = [p for p in sources if flow.role(p.node) == "product"]
        port = next(iter(products or sources), None)
    return None, []


def _weighs(flow: Flow, softmax: str, product: str) -> bool:
    """Whether the product sums over the axis that the softmax made sum to 1.

    ``P · V`` sums over the last axis of P, ``Vᵀ · Pᵀ`` over the last but one of Pᵀ. Over any other
    axis the sums are no averages of the values, and a fused operator computes something else.
    """
    call, reader = flow.call(softmax), flow.call(product)
    result, axis = call.output(0), call.attr("axis")
    if reader.op_type != "MatMul" or result is None or result.shape is None or axis is None:
        return True
    if call.version < 13:  # one row from the axis on: asked elsewhere
        return True
    source = flow.source(product)
    is_left = source is not None and source.node == softmax
    rank = len(result.shape)
    return int(axis) % rank == (rank - 1 if is_left else rank - 2)


def _match(
    flow: Flow,
    core: tuple[str, ...],
    last: str,
    ports: list[Port],
    *,
    fused: bool,
    inside: int = 0,
) -> Match:
    projections, plumbing = _projections(flow, ports)
    out, shapes = flow.onward(last)
    behind = out is not None and flow.is_mixing(out)
    if out is not None and behind:
        plumbing += [*shapes, out]
    made = inside + len(projections)
    detail: dict[str, Detail] = {"projections": made, "output_projection": behind}
    detail["fused"] = fused
    detail["spatial_reduction"] = any(_reduces(flow, p) for p in projections)
    return Match("attention", core, detail, extra=(*projections, *plumbing))


def _projections(flow: Flow, ports: list[Port]) -> tuple[dict[str, None], list[str]]:
    """Layers with weights up from query, key and value, and the plumbing passed on the way."""
    found: dict[str, None] = {}
    passed: list[str] = []
    queue, seen = deque(ports), set(ports)
    while queue and len(passed) < MAX_PLUMBING:
        port = queue.popleft()
        if flow.is_mixing(port.node):
            found[port.node] = None
        elif flow.role(port.node) in PLUMBING or _rotates(flow, port.node):
            if flow.arity(port.node) > MAX_PLUMBING:
                return {}, []
            passed.append(port.node)
            new = [p for p in flow.sources(port.node) if p not in seen]
            seen.update(new)
            queue.extend(new)
    return (found, passed) if found and not queue else ({}, [])


def _rotates(flow: Flow, join: str) -> bool:
    """Rotary positions (arXiv 2104.09864): ``q · cos + rotate(q) · sin``."""
    return (
        flow.role(join) == "add"
        and flow.arity(join) == 2
        and all(flow.role(port.node) in PLUMBING for port in flow.sources(join))
    )


def _reduces(flow: Flow, projection: str) -> bool:
    """A strided convolution shrinks what key and value are made of (PVT, arXiv 2102.12122)."""
    maker, _ = flow.behind(flow.source(projection))
    return (
        flow.role(maker) == "spatial" and flow.conv(maker).strides == flow.conv(maker).kernel_shape
    )
