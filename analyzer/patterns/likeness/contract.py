"""The graph contracted to what every exporter keeps: layers, joins and what flows between them.

A *layer* has weights, or is opaque: nobody can say what it keeps. A *join* is any other operator
with several sources. Everything else is a function of one tensor and belongs to the layer, join or
input that makes it: activations whether decomposed or not, normalisations, pooling, reshapes,
biases. What is computed from constants and shapes alone has no source at all.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature
from analyzer.patterns.likeness.kinds import is_layer

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.names import Names, NameTable
    from analyzer.operators.record import Operator

IGNORED = frozenset({Kind.SHAPE, Kind.BOUND, Kind.SCALE, Kind.ZERO_POINT, Kind.STATISTIC})
"""Inputs that steer an operator: what computes them is the exporter's business."""


class Entry(NamedTuple):
    """An input of a graph, as a source."""

    scope: str
    name: str


Source = str | Entry
"""Id of a layer or a join, or an input."""


@dataclass(slots=True)
class Contraction:
    """The contracted graph of one model."""

    sources: dict[str, Source | None] = field(default_factory=dict)
    """What each operator is a function of: itself for layers and joins; ``None``: constants."""
    inputs: dict[str, tuple[Source, ...]] = field(default_factory=dict)
    """Of each layer and join its distinct sources, producers first."""
    layers: dict[str, frozenset[int]] = field(default_factory=dict)
    """Those that are layers, with the input slots that have a source."""


def contract(facts: Facts, names: NameTable) -> Contraction:
    """Contract the operator graph of ``facts`` in one topological pass, O(V + E)."""
    found = Contraction()
    for node, vertex in names.vertices.items():
        record = record_of(vertex.call)
        by_slot = _sources(vertex, record, names, found)
        distinct = tuple(dict.fromkeys(by_slot.values()))
        if not distinct or (record is not None and record.nature is Nature.STATIC):
            found.sources[node] = None
        elif is_layer(vertex.call, facts[node].conv, record, by_slot):
            found.layers[node] = frozenset(by_slot)
            found.sources[node], found.inputs[node] = node, distinct
        elif len(distinct) == 1:
            found.sources[node] = distinct[0]
        else:
            found.sources[node], found.inputs[node] = node, distinct
    return found


def _sources(
    vertex: Vertex, record: Operator | None, names: NameTable, found: Contraction
) -> dict[int, Source]:
    """Sources of the input slots that have one; those that bodies read get slots below zero."""
    own = names.scopes[vertex.scope]
    by_slot: dict[int, Source] = {}
    for slot, tensor in enumerate(vertex.call.inputs):
        if tensor is None:
            continue
        operand = record.operand(slot) if record is not None else None
        if operand is None or operand.kind not in IGNORED:
            source = _source(own, tensor.name, names, found)
            if source is not None:
                by_slot[slot] = source
    for slot, name in enumerate(sorted(vertex.implicit), 1):
        source = _source(own, name, names, found)
        if source is not None:
            by_slot[-slot] = source
    return by_slot


def _source(own: Names, name: str, names: NameTable, found: Contraction) -> Source | None:
    """What a tensor is a function of; ``None`` for constants."""
    made = own.makers.get(name)
    if made is None:
        if name in own.stored:
            return None
        if name in own.inputs:
            return Entry(own.path, name)
        home = names.home_of(own.path, name)
        if home is own:
            return None  # nobody makes it
        made = home.makers.get(name)
        if made is None:
            return Entry(home.path, name) if name not in home.stored else None
    # a cycle, or a function that is listed before its caller: nothing is known yet
    return found.sources.get(made[0])
