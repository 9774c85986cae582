"""Graph → ``Flow``: which operators are anchors, and what each of them reads.

Activations come as one operator or as ten (hard-swish, SiLU, GELU), BatchNormalization may
be folded, decomposed or quantised. Instead of listing the forms, one pass finds for every
tensor its *source*: the operator output it is an element-wise function of. An operator whose
data inputs all have the same source is *transparent* and belongs to that source's region; an
operator that mixes places, channels or sources is an *anchor*. ``x · sigmoid(x)`` collapses
by itself, a residual addition does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from analyzer.graph.adjacency import Port, call_of, read_by, sources, vertices
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature, Scaling
from analyzer.patterns.conv import form_of
from analyzer.patterns.flow import Flow
from analyzer.patterns.gates import find_gates
from analyzer.patterns.roles import reduced_axes, role_of, second_operand

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.facts import Node
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator
    from analyzer.patterns.flow import Sources


_REGIONS: WeakKeyDictionary[Digraph[str], Mapping[str, Sequence[str]]] = WeakKeyDictionary()
"""Of each graph that was traced, as long as somebody holds it: blocks are found in what it says,
and it is drawn by it."""
KEEPING = (Scaling.RESHAPE, Scaling.TILE, Scaling.CUT)
"""May leave every element where it is."""


def trace(graph: Digraph[str], nodes: Mapping[str, Node]) -> Flow:
    """Find sources, anchors and regions in one topological pass; O(V + E)."""
    flow = Flow(graph, nodes, {node: i for i, node in enumerate(graph)})
    known: dict[Port, Port | None] = {}
    outside: dict[str, Port] = {}
    for node, record in vertices(graph):
        call = record.call
        inputs = _sources(sources(graph, node), record, known, outside)
        operator = record_of(call)
        transparent = _transparent(graph, node, call, inputs)
        static = operator is not None and operator.nature is Nature.STATIC
        if static or (call.inputs and not inputs):
            continue  # outputs stay unknown to ``known``: constants
        if transparent is not None:
            known[Port(node, 0)] = transparent
            if transparent.node in flow.roles:
                flow.regions[transparent.node].append(node)
                if operator is not None:
                    flow.operators[transparent.node].add(operator)
            continue
        slot = second_operand(call)
        fact = nodes[node]
        weighted = slot is not None and slot not in inputs and 0 in inputs
        if fact.conv is not None:
            form = form_of(call)
            added = form.slots(Kind.DATA) if form is not None else ()
            inputs = {slot: port for slot, port in inputs.items() if slot in added}
        role = flow.roles[node] = role_of(call, fact.conv, weighted)
        flow.inputs[node], flow.regions[node], flow.operators[node] = inputs, [], set()
        for out in range(len(call.outputs)):
            # SkipLayerNormalization hands the sum on beside its normalisation.
            known[Port(node, out)] = Port(node, 0 if role == "add" else out)
        for port in dict.fromkeys(inputs.values()):
            flow.users.setdefault(port, []).append(node)
    flow.gates = find_gates(flow)
    _REGIONS[graph] = flow.regions
    return flow


def regions_of(graph: Digraph[str], nodes: Mapping[str, Node]) -> Mapping[str, Sequence[str]]:
    """Transparent operators by anchor, as somebody has traced them before."""
    found = _REGIONS.get(graph)
    return trace(graph, nodes).regions if found is None else found


def _sources(
    feeding: Mapping[int, Port],
    record: Vertex,
    known: Mapping[Port, Port | None],
    outside: dict[str, Port],
) -> Sources:
    """Sources of the slots that are not constant; tensors from outside are their own source."""
    found: Sources = {}
    for slot, tensor in enumerate(record.call.inputs):
        if tensor is None or slot in record.constants:
            continue
        if (port := feeding.get(slot)) is not None:
            origin = known.get(port)
        else:
            origin = outside.setdefault(tensor.name, Port("", len(outside)))
        if origin is not None:
            found[slot] = origin
    return found


def _transparent(graph: Digraph[str], node: str, call: Call, inputs: Sources) -> Port | None:
    """The source an operator merely transforms in place, ``None`` for an anchor."""
    origins = set(inputs.values())
    record = record_of(call)
    if record is not None and record.leads:
        return inputs.get(0)
    if len(origins) != 1:
        return None
    elementwise = record is not None and record.is_elementwise
    if elementwise or _keeps_shape(call, record) or _is_norm_mean(graph, node, call):
        return origins.pop()
    return None


def _keeps_shape(call: Call, record: Operator | None) -> bool:
    """A reshape or slice that changes nothing, as exporters like to leave behind, or an operator
    that nobody described and that hands on what has the shape of its input."""
    described = None if record is None or record.nature is Nature.RUNTIME else record
    if described is not None and described.scaling not in KEEPING:
        return False
    before, after = call.input(0), call.output(0)
    return (
        before is not None
        and after is not None
        and before.elements is not None
        and before.shape == after.shape
    )


def _is_norm_mean(graph: Digraph[str], node: str, call: Call) -> bool:
    """The mean or variance of a decomposed layer normalisation: one axis kept, then Sub or Add."""
    if call.op_type != "ReduceMean" or not call.attr("keepdims", 1):
        return False
    users = {
        call_of(graph, reader).op_type
        for reader, edge in read_by(graph, node)
        if edge.slot is not None and not edge.outer
    }
    return len(reduced_axes(call)) == 1 and bool(users) and users <= {"Add", "Cast", "Sqrt", "Sub"}
