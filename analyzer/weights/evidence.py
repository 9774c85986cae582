"""Collect evidence for every layer and every stored tensor of a model, block by block."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto

from analyzer.evidence import LayerEvidence, TensorEvidence, ValueStats, WeightEvidence
from analyzer.graph.adjacency import call_of, read_by
from analyzer.model.notes import as_text, declared_bytes
from analyzer.model.rows import Rows
from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.weights.effort import Budget, sparseness, worth_splitting
from analyzer.weights.ends import given, taken
from analyzer.weights.integers import integer_weights
from analyzer.weights.layers import Look, form_of, layer_evidence, look, work
from analyzer.weights.made import MadeWeights, made_of_nothing
from analyzer.weights.scan import scan
from analyzer.weights.source import WeightSource
from analyzer.weights.stored import Stored, StoredTensors
from analyzer.weights.unseen import origins
from analyzer.weights.uses import describe, node_ids
from analyzer.weights.values import name_of, value_stats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analyzer.digraph import Digraph
    from analyzer.facts import Conv, Facts, Node
    from analyzer.graph.call import Call
    from analyzer.model import Model, Payloads
    from analyzer.weights.layers import Form

WEIGHTS = frozenset({Kind.WEIGHT.value, Kind.TABLE.value})
"""Kinds of tensors that hold what a model has learned, biases and gains left out."""
PLACEHOLDER = 0.99
"""Share of weights in constant tensors from which a model holds placeholders."""


def collect(
    model: Model,
    facts: Facts,
    *,
    most: int,
    seconds: float,
    progress: Callable[[int], object] = lambda index: None,
) -> WeightEvidence:
    """Evidence for the layers of ``facts`` and all floating-point tensors that ``model`` stores.

    Nothing is held longer than one look takes, and weights that several layers share are looked
    at once. What is beyond ``most`` bytes or ``seconds`` is listed in ``beyond``.
    """
    budget = Budget(most, seconds)
    stored = tuple(StoredTensors(model.proto))
    source = WeightSource(model, facts, stored)
    layers, unread, unsplit, known = _layers(facts, source, budget, progress)
    ids = node_ids(facts.nodes)
    tensors = []
    for index, tensor in enumerate(stored):
        progress(len(facts.nodes) + index)
        values = known.get(tensor.name) if tensor.main else None
        if values is None:
            values = _values(tensor, model.payloads, budget)
        if values is not None:
            tensors.append(describe(tensor, values, ids))
    integers = integer_weights(facts.nodes, facts.graph, source, budget.allows)
    missed = len(stored) - len(tensors)
    return WeightEvidence(
        layers,
        tuple(tensors),
        tuple(unread),
        origins(facts.graph, unread),
        missed,
        tuple(budget.beyond),
        tuple(integers),
        tuple(unsplit),
        **_placeholders(tensors, made_of_nothing(facts)),
    )


def _placeholders(tensors: Iterable[TensorEvidence], made: MadeWeights) -> dict[str, Any]:
    """How many tensors of weights there are, how many of one value or drawn when the model runs,
    and whether that is nearly all."""
    weights = [t.values for t in tensors if t.kind in WEIGHTS and t.values.elements > 1]
    constant = [*(values.elements for values in weights if values.constant), *made.filled]
    idle = sum(constant) + sum(made.drawn)
    whole = sum(v.elements for v in weights) + sum(made.filled) + sum(made.drawn)
    count = len(weights) + len(made.filled) + len(made.drawn)
    return {
        "weight_tensors": count,
        "constant_tensors": len(constant),
        "drawn_tensors": len(made.drawn),
        "placeholder": count > 1 and idle >= PLACEHOLDER * whole,
    }


def _layers(
    facts: Facts, source: WeightSource, budget: Budget, progress: Callable[[int], object]
) -> tuple[dict[str, LayerEvidence], list[str], list[str], dict[str, ValueStats]]:
    """Evidence by node, nodes whose weights were not read, those that were not taken apart, and
    values by name of the tensor."""
    exported = frozenset(t.name for t in facts.outputs)
    forms = {node.id: form for node in facts.nodes if (form := _form(facts, node, source))}
    keys = {node: (source.identity(node), form) for node, form in forms.items()}
    readers = Counter(keys.values())
    every = sparseness(forms.values())
    chosen, left = worth_splitting(facts, forms)
    looks: dict[tuple[tuple[str, ...], Form], Look] = {}
    known: dict[str, ValueStats] = {}
    layers: dict[str, LayerEvidence] = {}
    unread = [n.id for n in facts.nodes if n.conv is not None and n.id not in forms]
    for index, node in enumerate(facts.nodes):
        form = forms.get(node.id)
        if form is None:
            continue
        progress(index)
        key = keys[node.id]
        seen = looks.get(key)
        if seen is None:
            seen = _look(node, form, source, budget, every, split=node.id in chosen)
        if seen is None:
            unread.append(node.id)
            continue
        if readers[key] > 1:
            looks[key] = seen
        if len(key[0]) == 1:
            known[key[0][0]] = seen.values
        conv, macs = _executed(node)
        found = layer_evidence(
            node.id, seen, conv,
            shape=form.shape, macs=macs, macs_of_model=facts.totals.macs,
        )  # fmt: skip
        layers[node.id] = _with_downstream(found, facts.graph, exported)
    unsplit = [name for name, layer in layers.items() if name in left and layer.low_rank is None]
    return _with_ends(layers, facts), unread, unsplit, known


def _with_ends(layers: dict[str, LayerEvidence], facts: Facts) -> dict[str, LayerEvidence]:
    """Add whose channels that could go callers give or take."""
    idle = {
        name: use
        for name, layer in layers.items()
        if (use := layer.filters) is not None and (use.dead_count or use.unread_count)
    }
    if not idle:
        return layers
    begin, end = given(facts), taken(facts)
    for name, use in idle.items():
        ends = replace(use, taken=name in end, given=name in begin)
        layers[name] = replace(layers[name], filters=ends)
    return layers


def _executed(node: Node) -> tuple[Conv | None, int | None]:
    """Convolution and MACs over all executions that the totals contain: none of a branch that is
    not taken, so that nothing is said to be saved there."""
    macs = None if node.macs is None else node.macs * node.counted
    return node.conv and replace(node.conv, macs=macs), macs


def _form(facts: Facts, node: Node, source: WeightSource) -> Form | None:
    """How ``node`` reads weights; a product of activations reads none."""
    form = form_of(node, call_of(facts.graph, node.id))
    if form is None or (node.conv is None and not source.is_stored(node.id)):
        return None
    return form


def _look(
    node: Node, form: Form, source: WeightSource, budget: Budget, every: int, *, split: bool
) -> Look | None:
    cost = work(form, 4 * prod(form.shape))
    if not source.is_stored(node.id) or not budget.allows(cost, node.id):
        return None
    with source.opened(node.id) as rows:
        return None if rows is None else look(rows, form, every, split=split)


def _values(tensor: Stored, payloads: Payloads, budget: Budget) -> ValueStats | None:
    """Statistics of a tensor as stored; ``None`` where it cannot be read."""
    if isinstance(tensor.values, TensorProto):
        size = declared_bytes(tensor.values.data_type, tensor.values.dims)
        if size is None or not budget.allows(size, as_text(tensor.name)):
            return None
        with payloads.opened(tensor.values) as rows:
            return None if rows is None else _of(rows)
    return _of(Rows.of(np.array(tensor.values, np.float32)))


def _of(rows: Rows) -> ValueStats:
    return value_stats(scan(rows, 0).tally, name_of(rows.dtype), (None, None))


def _with_downstream(
    evidence: LayerEvidence, graph: Digraph[str], exported: frozenset[str]
) -> LayerEvidence:
    """Add what the dead filters free in the layers that read them."""
    filters = evidence.filters
    if filters is None or not filters.dead_count:
        return evidence
    per_channel = freed_per_channel(graph, evidence.node, exported)
    freed = None if per_channel is None else per_channel * filters.dead_count
    return replace(evidence, filters=replace(filters, freed_downstream=freed))


def freed_per_channel(
    graph: Digraph[str], node: str, exported: frozenset[str] = frozenset()
) -> int | None:
    """Weights that one output channel of ``node`` feeds in the layers that read it.

    Follows channel-wise operators to the convolutions behind them; anything else on the
    way (an addition, a tensor in ``exported``, a dead end) gives ``None``.
    """
    total = 0
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
                todo.append(follower)  # what it reads first is the only way to it
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
