"""Walking the operator graph: who produces, who consumes, what lies behind a wrapper.

The graph is the ``networkx.MultiDiGraph`` of ``analyzer.graph.build``: nodes carry ``call``,
``scope`` and ``constant_inputs``; edges carry ``src_slot`` and ``dst_slot``.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from analyzer.graph.call import Call

SEE_THROUGH = frozenset(
    {"BatchNormalization", "Cast", "CastLike", "Clip", "DequantizeLinear", "Dropout", "Elu",
     "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Mish", "PRelu",
     "QuantizeLinear", "Relu", "Selu", "Sigmoid", "Swish", "Tanh", "Transpose"}
)  # fmt: skip
"""Operators with one data input (slot 0) that leave the channel a value belongs to alone."""


class Port(NamedTuple):
    """Output ``slot`` of ``node``."""

    node: str
    slot: int


class Use(NamedTuple):
    """Input ``slot`` of ``node``, fed by output ``source_slot`` of the asked node."""

    node: str
    slot: int
    source_slot: int


@dataclass(frozen=True, slots=True)
class Links:
    """The edges of a graph by slot, for passes that visit every node; O(V + E) to build."""

    calls: Mapping[str, Call]
    constants: Mapping[str, frozenset[int]]
    """Input slots fed by constants, by node."""
    producers: Mapping[str, Mapping[int, Port]]
    """What feeds each connected input slot, by node."""
    uses: Mapping[str, tuple[Use, ...]]
    """Who reads a node's outputs, sorted by place in the graph's own order."""
    order: tuple[str, ...]
    """Every node, producers first; nodes on a cycle come last in the graph's own order."""


def links(graph: nx.MultiDiGraph) -> Links:
    """Index a graph. An edge between two scopes (a captured tensor) is no link."""
    scopes = dict(graph.nodes(data="scope", default=""))
    producers: dict[str, dict[int, Port]] = {node: {} for node in scopes}
    uses: dict[str, list[Use]] = {node: [] for node in scopes}
    for source, target, data in graph.edges(data=True):
        if scopes[source] == scopes[target]:
            producers[target][data["dst_slot"]] = Port(source, data["src_slot"])
    for target in scopes:
        for slot, port in sorted(producers[target].items()):
            uses[port.node].append(Use(target, slot, port.slot))
    return Links(
        calls=dict(graph.nodes(data="call")),
        constants=dict(graph.nodes(data="constant_inputs", default=frozenset())),
        producers=producers,
        uses={node: tuple(found) for node, found in uses.items()},
        order=_order(producers, uses),
    )


def producer(graph: nx.MultiDiGraph, node: str, slot: int = 0) -> str | None:
    """The node that computes input ``slot``; ``None`` for graph inputs and initializers."""
    for source, _, data in graph.in_edges(node, data=True):
        if data["dst_slot"] == slot:
            return str(source)
    return None


def consumers(graph: nx.MultiDiGraph, node: str, slot: int | None = None) -> tuple[str, ...]:
    """Nodes that read output ``slot`` (any output if ``None``), each once, in graph order."""
    edges = graph.out_edges(node, data=True)
    return tuple(dict.fromkeys(t for _, t, data in edges if slot in (None, data["src_slot"])))


def see_through(
    graph: nx.MultiDiGraph, node: str, operators: frozenset[str] = SEE_THROUGH
) -> str | None:
    """``node`` itself or the first one up its data inputs that is not in ``operators``.

    ``None`` when the walk ends at a graph input or in a cycle.
    """
    seen: set[str] = set()
    here: str | None = node
    while here is not None and graph.nodes[here]["call"].op_type in operators:
        if here in seen:
            return None
        seen.add(here)
        here = producer(graph, here)
    return here


def _order(
    producers: Mapping[str, Mapping[int, Port]], uses: Mapping[str, list[Use]]
) -> tuple[str, ...]:
    waiting = {node: len(found) for node, found in producers.items()}
    ready = deque(node for node, count in waiting.items() if not count)
    order: list[str] = []
    while ready:
        order.append(ready.popleft())
        for use in uses[order[-1]]:
            waiting[use.node] -= 1
            if not waiting[use.node]:
                ready.append(use.node)
    return (*order, *(node for node, count in waiting.items() if count))
