"""Collect weight evidence for every layer of a model, one layer in memory at a time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from analyzer.evidence import FilterUse, KernelUse, LayerEvidence, ValueStats, WeightEvidence
from analyzer.graph.adjacency import call_of, read_by
from analyzer.operators import record_of
from analyzer.weights.filters import filter_use
from analyzer.weights.kernels import kernel_use
from analyzer.weights.separability import TARGET, Spectra, judge, spectra, spectral_work
from analyzer.weights.values import value_stats

if TYPE_CHECKING:
    from collections.abc import Callable

    import networkx as nx
    import numpy as np
    from numpy.typing import NDArray

    from analyzer.facts import Conv, Facts, Node
    from analyzer.graph.call import Call

WORK_PER_BYTE = 12
"""Work of a decomposition in the time that reading a byte and looking at it takes."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a weight tensor says, whatever convolution reads it."""

    values: ValueStats
    filters: FilterUse
    kernel: KernelUse | None
    spectra: Spectra | None


def collect(
    facts: Facts,
    weights: Callable[[str], NDArray[np.generic] | None],
    target: float = TARGET,
    *,
    identity: Callable[[str], object] = lambda node: node,
    most: int | None = None,
) -> WeightEvidence:
    """Evidence for every convolution of ``facts``.

    ``weights`` maps a node id to its weight tensor as ONNX stores it (input 1), which may
    be a view of a mapped file, or to ``None`` where the file has none. Nothing it returns is
    kept, and weights of one ``identity`` that several convolutions share are looked at once.
    ``most`` bytes are looked at, where the decomposition of large kernels counts as more.
    """
    exported = frozenset(t.name for t in facts.outputs)
    keys = {n.id: (identity(n.id), *_form(n.conv)) for n in facts.nodes if n.conv}
    readers = Counter(keys.values())
    beyond: list[str] = []
    looks: dict[tuple[object, ...], Look] = {}
    layers: dict[str, LayerEvidence] = {}
    unread: list[str] = []
    for node in facts.nodes:
        if node.conv is None:
            continue
        key = keys[node.id]
        seen = looks.get(key)
        if seen is None and most is not None:
            cost = _cost(facts, node, node.conv)
            if cost > most:
                beyond.append(node.id)
                unread.append(node.id)
                continue
            most -= cost
        if seen is None:
            array = weights(node.id)
            stored = None if array is None else _out_first(array, node.conv)
            seen = None if stored is None else look(stored, node.conv)
        if seen is None:
            unread.append(node.id)
            continue
        if readers[key] > 1:
            looks[key] = seen
        layers[node.id] = _with_downstream(
            layer_evidence(node.id, seen, node.conv, target), facts.graph, exported
        )
    return WeightEvidence(layers, tuple(unread), tuple(beyond))


def _cost(facts: Facts, node: Node, conv: Conv) -> int:
    """What looking at the weights of ``node`` costs, in bytes read."""
    tensor = call_of(facts.graph, node.id).input(1)
    return (tensor.bytes or 0 if tensor else 0) + spectral_work(conv) // WORK_PER_BYTE


def _form(conv: Conv) -> tuple[object, ...]:
    """All that ``look`` depends on besides the weights."""
    return (conv.in_channels, conv.out_channels, conv.groups, conv.transposed, conv.kernel_shape,
            _has_bias(conv))  # fmt: skip


def _has_bias(conv: Conv) -> bool:
    """Whether there are more parameters than weights."""
    weights = conv.out_channels * (conv.in_channels // conv.groups) * conv.kernel_volume
    return conv.params > weights


def look(weights: NDArray[np.generic], conv: Conv) -> Look:
    """All that takes reading ``weights``, of shape ``(N, M/groups, *K)``."""
    values = value_stats(weights)
    spatial = conv.kernel_volume > 1 and values.elements > 0
    return Look(
        values=values,
        filters=filter_use(weights, conv.groups, bias=_has_bias(conv)),
        kernel=kernel_use(weights) if spatial else None,
        spectra=spectra(weights, conv.groups) if spatial and values.finite else None,
    )


def layer_evidence(node: str, seen: Look, conv: Conv, target: float = TARGET) -> LayerEvidence:
    """Evidence for one convolution whose weights were ``seen``."""
    return LayerEvidence(
        node=node,
        values=seen.values,
        filters=seen.filters,
        kernel=seen.kernel,
        separability=None if seen.spectra is None else judge(seen.spectra, conv, target),
    )


def _with_downstream(
    evidence: LayerEvidence, graph: nx.MultiDiGraph[str], exported: frozenset[str]
) -> LayerEvidence:
    """Add what the dead filters free in the layers that read them."""
    filters = evidence.filters
    if not filters.dead:
        return evidence
    per_channel = freed_per_channel(graph, evidence.node, exported)
    freed = None if per_channel is None else per_channel * len(filters.dead)
    return replace(evidence, filters=replace(filters, freed_downstream=freed))


def freed_per_channel(
    graph: nx.MultiDiGraph[str], node: str, exported: frozenset[str] = frozenset()
) -> int | None:
    """Weights that one output channel of ``node`` feeds in the layers that read it.

    Follows channel-wise operators to the convolutions behind them; anything else on the
    way (an addition, a tensor in ``exported``, a dead end) gives ``None``.
    """
    total = 0
    seen = {node}
    todo = [node]
    while todo:
        current = todo.pop()
        readers = list(read_by(graph, current))
        made = call_of(graph, current)
        if not readers or any(t is not None and t.name in exported for t in made.outputs):
            return None
        for follower, edge in readers:
            call = call_of(graph, follower)
            if edge.slot != 0:
                return None
            record = record_of(call)
            if record is not None and record.is_channelwise:
                if follower not in seen:
                    seen.add(follower)
                    todo.append(follower)
                continue
            weights = _per_input_channel(call)
            if weights is None:
                return None
            total += weights
    return total


def _per_input_channel(call: Call) -> int | None:
    record = record_of(call)
    slot = record.weight if record is not None and record.is_convolution else None
    if record is None or slot is None or record.is_transposed:
        return None
    tensor = call.input(slot)
    shape = None if tensor is None else tensor.shape
    if call.attr("group", 1) != 1 or shape is None or None in shape:
        return None
    return prod(d for d in (shape[0], *shape[2:]) if d is not None)


def _out_first(array: NDArray[np.generic], conv: Conv) -> NDArray[np.generic] | None:
    """View as ``(N, M/groups, *K)``; ``None`` if the array is not what the graph declares."""
    m, n, g = conv.in_channels, conv.out_channels, conv.groups
    stored = (m, n // g) if conv.transposed else (n, m // g)
    if array.shape != (*stored, *conv.kernel_shape) or m % g:
        return None
    if not conv.transposed:
        return array
    if g == 1:
        return array.swapaxes(0, 1)
    split = array.reshape(g, m // g, n // g, *conv.kernel_shape).swapaxes(1, 2)
    return split.reshape(n, m // g, *conv.kernel_shape)
