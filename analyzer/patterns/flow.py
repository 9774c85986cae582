"""The graph reduced to what patterns talk about: layers, joins and what flows between them.

Activations come as one operator or as ten (hard-swish, SiLU, GELU), BatchNormalization may
be folded, decomposed or quantised. Instead of listing the forms, one pass finds for every
tensor its *source*: the operator output it is an element-wise function of. An operator whose
data inputs all have the same source is *transparent* and belongs to that source's region; an
operator that mixes places, channels or sources is an *anchor*. ``x · sigmoid(x)`` collapses
by itself, a residual addition does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.query import Port, links
from analyzer.patterns.conv import SUM_SLOT, form_of
from analyzer.patterns.gates import find_gates
from analyzer.patterns.roles import (
    ACTIVATIONS,
    ELEMENTWISE,
    FIRST_INPUT,
    PRODUCTS,
    STATIC,
    reduced_axes,
    role_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import networkx as nx

    from analyzer.facts import Conv, Node
    from analyzer.graph.call import Call
    from analyzer.graph.query import Links
    from analyzer.patterns.gates import Gate

Sources = dict[int, Port]
"""Source of each data input slot; slots fed by constants are absent."""

MAX_RESHAPES = 4
"""Reshapes in a row that a walk looks through; keeps every pattern linear."""


class Residual(NamedTuple):
    """An addition that closes a residual branch."""

    join: str
    other: Port
    """Source of the shortcut side."""
    gate: Gate | None
    """Gate between the branch and the addition."""


@dataclass
class Flow:
    """Anchors and their connections; built by ``trace``, read by every pattern."""

    calls: Mapping[str, Call]
    nodes: Mapping[str, Node]
    order: Mapping[str, int]
    """Topological position of every node."""
    inputs: dict[str, Sources] = field(default_factory=dict)
    """Sources of an anchor's data inputs by slot."""
    users: dict[Port, list[str]] = field(default_factory=dict)
    """Anchors that read a source, each once."""
    regions: dict[str, list[str]] = field(default_factory=dict)
    """Transparent operators after an anchor."""
    operators: dict[str, set[str]] = field(default_factory=dict)
    """Operator types in an anchor's region."""
    roles: dict[str, str] = field(default_factory=dict)
    """Role of every anchor, see ``roles.role_of``."""
    gates: Mapping[str, Gate] = field(default_factory=dict)
    """Squeeze-and-excite gates by the multiplication that applies them."""

    @cached_property
    def by_role(self) -> dict[str, list[str]]:
        """Anchors of each role in topological order."""
        found: dict[str, list[str]] = {}
        for anchor, role in self.roles.items():
            found.setdefault(role, []).append(anchor)
        return found

    def of(self, *roles: str) -> list[str]:
        return [anchor for role in roles for anchor in self.by_role.get(role, ())]

    def role(self, anchor: str | None) -> str:
        return self.roles.get(anchor, "") if anchor else ""

    def is_mixing(self, anchor: str | None) -> bool:
        """A pointwise convolution or a matrix product with weights: mixes channels only."""
        return self.role(anchor) in ("pointwise", "linear")

    def conv(self, anchor: str) -> Conv:
        """The facts of an anchor with a convolution's role."""
        found = self.nodes[anchor].conv
        assert found is not None
        return found

    def sources(self, anchor: str) -> list[Port]:
        """Sources of the data inputs in slot order, repetitions kept."""
        return list(self.inputs.get(anchor, {}).values())

    def arity(self, anchor: str) -> int:
        """Number of data inputs. Checked before they are listed: a join that thousands of
        layers read into must not be listed thousands of times."""
        return len(self.inputs.get(anchor, ()))

    def source(self, anchor: str, slot: int = 0) -> Port | None:
        """Source of one data input."""
        return self.inputs.get(anchor, {}).get(slot)

    def readers(self, anchor: str) -> list[str]:
        """Anchors that read output 0 of ``anchor``, directly or through its region."""
        return self.users.get(Port(anchor, 0), [])

    def only_reader(self, anchor: str) -> str | None:
        """The one anchor that reads ``anchor``; ``None`` if there are none or several."""
        found = self.readers(anchor)
        return found[0] if len(found) == 1 else None

    def is_activated(self, anchor: str) -> bool:
        """True if a nonlinearity follows, as an operator or fused into the anchor."""
        fused = self.calls[anchor].attr("activation")
        return bool(fused) or not ACTIVATIONS.isdisjoint(self.operators.get(anchor, ()))

    def channels(self, anchor: str) -> tuple[int | None, int | None]:
        """(in, out) channels of a convolution or linear layer; ``None`` where unknown."""
        conv = self.nodes[anchor].conv
        if conv is not None:
            return conv.in_channels, conv.out_channels
        call = self.calls[anchor]
        if "K" in call.attributes and "N" in call.attributes:  # packed 4-bit weights
            return call.attributes["K"], call.attributes["N"]
        weight = call.input(PRODUCTS[call.op_type]) if call.op_type in PRODUCTS else None
        if weight is not None and weight.shape is not None and len(weight.shape) == 2:
            rows, columns = weight.shape
            return (columns, rows) if call.attr("transB") else (rows, columns)
        ends = (call.input(0), call.output(0))
        into, out = (t.shape[-1] if t is not None and t.shape else None for t in ends)
        return into, out

    def after(self, anchor: str) -> tuple[str | None, Gate | None]:
        """The one anchor that follows, seen through a squeeze-and-excite gate, and that gate."""
        found = self.readers(anchor)
        if len(found) == 1:
            return found[0], None
        if len(found) == 2:
            for join in found:
                gate = self.gates.get(join)
                if gate is not None and gate.source.node == anchor and gate.pool in found:
                    return self.only_reader(join), gate
        return None, None

    def onward(self, anchor: str) -> tuple[str | None, tuple[str, ...]]:
        """The one anchor that follows, seen through reshapes, and those reshapes."""
        passed: list[str] = []
        here = self.only_reader(anchor)
        while here is not None and self.roles[here] == "reshape" and len(passed) < MAX_RESHAPES:
            passed.append(here)
            here = self.only_reader(here)
        return here, tuple(passed)

    def behind(self, port: Port | None) -> tuple[str, tuple[str, ...]]:
        """The anchor that makes ``port``, seen through reshapes, and those reshapes."""
        passed: list[str] = []
        while port and self.role(port.node) == "reshape" and len(passed) < MAX_RESHAPES:
            passed.append(port.node)
            port = self.source(port.node)
        return (port.node if port else ""), tuple(passed)

    def residual(self, anchor: str) -> Residual | None:
        """The addition that alone reads ``anchor``, maybe behind a gate, and its other source.

        A fused convolution adds by itself: then the join is ``anchor``.
        """
        if self.nodes[anchor].conv and (port := self.source(anchor, SUM_SLOT)):
            return Residual(anchor, port, None)
        join, gate = self.after(anchor)
        if join is None or self.roles[join] != "add" or self.arity(join) != 2:
            return None
        tail = gate.join if gate else anchor
        others = [port for port in self.sources(join) if port.node != tail]
        return Residual(join, others[0], gate) if len(others) == 1 else None


def trace(graph: nx.MultiDiGraph, nodes: Mapping[str, Node]) -> Flow:
    """Find sources, anchors and regions in one topological pass; O(V + E)."""
    index = links(graph)
    flow = Flow(index.calls, nodes, {node: i for i, node in enumerate(index.order)})
    known: dict[Port, Port | None] = {}
    outside: dict[str, Port] = {}
    for node in index.order:
        inputs = _sources(node, index, known, outside)
        transparent = _transparent(node, index, inputs)
        call = index.calls[node]
        if call.op_type in STATIC or (call.inputs and not inputs):
            continue  # outputs stay unknown to ``known``: constants
        if transparent is not None:
            known[Port(node, 0)] = transparent
            if transparent.node in flow.roles:
                flow.regions[transparent.node].append(node)
                flow.operators[transparent.node].add(call.op_type)
            continue
        slot = PRODUCTS.get(call.op_type)
        fact = nodes[node]
        weighted = slot is not None and slot not in inputs and 0 in inputs
        if fact.conv is not None:
            form = form_of(call)
            data = (0, SUM_SLOT) if form and "fused" in form.tags else (0,)
            inputs = {slot: port for slot, port in inputs.items() if slot in data}
        role = flow.roles[node] = role_of(call, fact.conv, weighted)
        flow.inputs[node], flow.regions[node], flow.operators[node] = inputs, [], set()
        for out in range(len(call.outputs)):
            # SkipLayerNormalization hands the sum on beside its normalisation.
            known[Port(node, out)] = Port(node, 0 if role == "add" else out)
        for port in dict.fromkeys(inputs.values()):
            flow.users.setdefault(port, []).append(node)
    flow.gates = find_gates(flow)
    return flow


def _sources(
    node: str, index: Links, known: Mapping[Port, Port | None], outside: dict[str, Port]
) -> Sources:
    """Sources of the slots that are not constant; tensors from outside are their own source."""
    found: Sources = {}
    producers, constants = index.producers[node], index.constants[node]
    for slot, tensor in enumerate(index.calls[node].inputs):
        if tensor is None or slot in constants:
            continue
        if (port := producers.get(slot)) is not None:
            origin = known.get(port)
        else:
            origin = outside.setdefault(tensor.name, Port("", len(outside)))
        if origin is not None:
            found[slot] = origin
    return found


def _transparent(node: str, index: Links, inputs: Sources) -> Port | None:
    """The source an operator merely transforms in place, ``None`` for an anchor."""
    call = index.calls[node]
    sources = set(inputs.values())
    if call.op_type in FIRST_INPUT:
        return inputs.get(0)
    if len(sources) != 1:
        return None
    if call.op_type in ELEMENTWISE or _keeps_shape(call) or _is_norm_mean(node, index):
        return sources.pop()
    return None


def _keeps_shape(call: Call) -> bool:
    """A reshape or slice that changes nothing, as exporters like to leave behind."""
    if call.op_type not in ("Expand", "Reshape", "Slice"):
        return False
    before, after = call.input(0), call.output(0)
    return (
        before is not None
        and after is not None
        and before.elements is not None
        and before.shape == after.shape
    )


def _is_norm_mean(node: str, index: Links) -> bool:
    """The mean or variance of a decomposed layer normalisation: one axis kept, then Sub or Add."""
    call = index.calls[node]
    if call.op_type != "ReduceMean" or not call.attr("keepdims", 1):
        return False
    users = {index.calls[use.node].op_type for use in index.uses[node]}
    return len(reduced_axes(call)) == 1 and users <= {"Add", "Cast", "Sqrt", "Sub"} and bool(users)
