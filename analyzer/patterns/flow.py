"""The graph reduced to what patterns talk about: layers, joins and what flows between them."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import Port, call_of
from analyzer.patterns.conv import SUM_SLOT
from analyzer.patterns.roles import second_operand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Conv, Node
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

Sources = dict[int, Port]
"""Source of each data input slot; slots fed by constants are absent."""

MAX_RESHAPES = 4
"""Reshapes in a row that a walk looks through; keeps every pattern linear."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One squeeze-and-excite gate."""

    source: Port
    """The feature map that is scaled."""
    pool: str
    """The global pooling that reads it."""
    squeeze: str
    """First mixing layer, channels to fewer channels."""
    excite: str
    """Second mixing layer, back to every channel."""
    join: str
    """The multiplication."""
    anchors: tuple[str, ...]
    """All of them with the reshapes between."""


class Residual(NamedTuple):
    """An addition that closes a residual branch."""

    join: str
    other: Port
    """Source of the shortcut side."""
    gate: Gate | None
    """Gate between the branch and the addition."""


@dataclass
class Flow:
    """Anchors and their connections; built by ``trace.trace``, read by every pattern."""

    graph: Digraph[str]
    nodes: Mapping[str, Node]
    order: Mapping[str, int]
    """Topological position of every node."""
    inputs: dict[str, Sources] = field(default_factory=dict)
    """Sources of an anchor's data inputs by slot."""
    users: dict[Port, list[str]] = field(default_factory=dict)
    """Anchors that read a source, each once."""
    regions: dict[str, list[str]] = field(default_factory=dict)
    """Transparent operators after an anchor."""
    operators: dict[str, set[Operator]] = field(default_factory=dict)
    """Records of the operators in an anchor's region."""
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

    def call(self, node: str) -> Call:
        """The typed call of any operator."""
        return call_of(self.graph, node)

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
        fused = self.call(anchor).attr("activation")
        return bool(fused) or any(o.is_activation for o in self.operators.get(anchor, ()))

    def channels(self, anchor: str) -> tuple[int | None, int | None]:
        """(in, out) channels of a convolution or linear layer; ``None`` where unknown."""
        conv = self.nodes[anchor].conv
        if conv is not None:
            return conv.in_channels, conv.out_channels
        call = self.call(anchor)
        if "K" in call.attributes and "N" in call.attributes:  # packed 4-bit weights
            return call.attributes["K"], call.attributes["N"]
        slot = second_operand(call)
        weight = None if slot is None else call.input(slot)
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
