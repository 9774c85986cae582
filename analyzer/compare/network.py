"""One of the two models as matching sees it: operators with settings, sources and readers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.compare.settings import STEERING, key_of, settings_of, steered_slots
from analyzer.costs.origins import origins_of
from analyzer.graph.adjacency import edges, vertex
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.compare.settings import Setting, Stated
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root
    from analyzer.facts import Facts, Node
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

CARRIERS = frozenset({"Identity", "Dropout"})
"""Operators that hand on what they get."""
PLUMBING = CARRIERS | {"Constant", "ConstantOfShape", "Shape", "Size"}
SMALL = frozenset({
    Nature.MOVEMENT, Nature.STATIC, Nature.SELECTION, Nature.ELEMENTWISE, Nature.CONVERSION,
    Nature.REDUCTION,
})  # fmt: skip
SIZES = frozenset({"int64", "int32", "bool"})
BODIES = ("body", "then_branch", "else_branch")


class Source(NamedTuple):
    """Where an operand comes from."""

    slot: int
    """Input slot; -1 for what a body reads from outside."""
    part: int
    """Index of the operator that makes it."""
    port: int
    """Output slot there."""


class Operand(NamedTuple):
    """Stored tensors at an input, that are more than a setting."""

    slot: int
    kind: str
    """What they are to the operator."""
    roots: tuple[Root, ...]
    learned: bool
    """One of them is a parameter or a running statistic."""


@dataclass(slots=True, eq=False)
class Part:
    """An operator of one model."""

    index: int
    node: Node
    call: Call
    record: Operator | None
    settings: Mapping[str, Stated]
    set: tuple[tuple[str, Setting], ...]
    """The settings as a key."""
    label: str
    """Which body it is in: ``then_branch`` … of whatever operator; empty for graph and function."""
    operands: tuple[Operand, ...]
    steered: frozenset[int]
    """Slots whose constants are settings."""
    given: tuple[tuple[int, Hashable], ...]
    """Slots fed by an input of the graph, and which one."""
    exports: tuple[Hashable, ...] = ()
    """Outputs of its graph that it makes."""
    sources: list[Source] = field(default_factory=list)
    """Operators that feed it, seen through those that only hand on."""
    readers: list[tuple[int, int, int]] = field(default_factory=list)
    """What it feeds: (index of the reader, slot there, own output slot)."""
    _outline: Hashable | None = None

    @property
    def is_weighted(self) -> bool:
        """A layer with weights: a convolution, or a product or recurrence with stored ones."""
        if self.node.conv is not None:
            return True
        weighted = self.record is not None and self.record.is_weighted
        return weighted and bool(self.operands) and not self.node.composite

    @property
    def types(self) -> Hashable:
        """Element types and shapes of the outputs."""
        return tuple((tensor.dtype, tensor.shape) for tensor in self.node.outputs)

    @property
    def is_plumbing(self) -> bool:
        """Arithmetic on sizes and masks, or what only makes or carries constants: exporters write
        it as they like."""
        if self.node.op_type in PLUMBING and not self.node.domain:
            return True
        made = {tensor.dtype for tensor in self.node.outputs}
        record = self.record
        return record is not None and record.nature in SMALL and made <= SIZES and bool(made)

    @property
    def commutes(self) -> bool:
        """The order of its inputs does not matter."""
        return self.record is not None and self.record.commutes

    @property
    def takes(self) -> Hashable:
        """Element types and shapes of the inputs that are no settings."""
        return tuple((tensor.dtype, tensor.shape) for slot, tensor in enumerate(self.call.inputs)
                     if tensor is not None and slot not in self.steered)  # fmt: skip

    @property
    def outline(self) -> Hashable:
        """What it is, whatever it is called and set to."""
        if self._outline is None:
            conv = self.node.conv and replace(self.node.conv, params=0)
            self._outline = (self.node.domain, self.node.op_type, self.types, conv, self.label)
        return self._outline

    @property
    def arity(self) -> int:
        """Inputs that are given and steer nothing."""
        return sum(tensor is not None and not self._steers(slot)
                   for slot, tensor in enumerate(self.call.inputs))  # fmt: skip

    def _steers(self, slot: int) -> bool:
        operand = self.record.operand(slot) if self.record is not None else None
        return operand is not None and operand.kind in STEERING

    @property
    def flows(self) -> list[Source]:
        """Sources of what flows through the network, without what steers its operators."""
        return [source for source in self.sources if not self._steers(source.slot)]


class Network:
    """All operators of a model, in the order of ``Facts.nodes``."""

    def __init__(self, facts: Facts) -> None:
        self.facts: Facts = facts
        self.origins: Origins | None = origins_of(facts.graph)
        inputs = {tensor.name: i for i, tensor in enumerate(facts.inputs)}
        ends: dict[str, list[int]] = {}
        for i, tensor in enumerate(facts.outputs):
            ends.setdefault(tensor.name, []).append(i)
        self.parts: list[Part] = [
            self._part(index, node, inputs, ends) for index, node in enumerate(facts.nodes)
        ]
        self._order = {part.node.id: part for part in self.parts}
        self._connect()

    def part(self, node: str) -> Part:
        """The operator with this id."""
        return self._order[node]

    def _part(
        self, index: int, node: Node, inputs: Mapping[str, int], ends: Mapping[str, list[int]]
    ) -> Part:
        known = vertex(self.facts.graph, node.id)
        call, record = known.call, record_of(known.call)
        steered = steered_slots(call, known.constants)
        settings = {} if _is_constant(node) else settings_of(call, steered)
        label = node.scope.rpartition(".")[2] if node.scope else ""
        given = () if node.scope else tuple(
            (slot, inputs[tensor.name]) for slot, tensor in enumerate(call.inputs)
            if tensor is not None and tensor.name in inputs and slot not in known.constants
        )  # fmt: skip
        made = () if node.scope else node.outputs
        exports = tuple(i for tensor in made for i in ends.get(tensor.name, ()))
        return Part(
            index, node, call, record, settings, key_of(settings),
            label if label in BODIES else "",
            self._operands(node, call, record, steered), steered, given, exports,
        )  # fmt: skip

    def _operands(
        self, node: Node, call: Call, record: Operator | None, steered: frozenset[int]
    ) -> tuple[Operand, ...]:
        if self.origins is None:
            return ()
        found = []
        for slot, roots in self.origins.feeds(node.id).items():
            if slot in steered or (slot == 0 and record is not None and record.keeps_role):
                continue  # what reads the result uses it
            operand = record.operand(slot) if record is not None else None
            kind = _kind(record, operand.kind if operand else None)
            learned = any(self.origins.is_learned(root) for root in roots)
            found.append(Operand(slot, kind, roots, learned))
        return tuple(found)

    def _connect(self) -> None:
        order = {node: part.index for node, part in self._order.items()}
        feeding: dict[int, Source] = {}
        raw: list[list[Source]] = [[] for _ in self.parts]
        for tail, head, edge in edges(self.facts.graph):
            slot = -1 if edge.slot is None else edge.slot
            source = Source(slot, order[tail], edge.source_slot)
            raw[order[head]].append(source)
            if slot == 0:
                feeding[order[head]] = source
        for part in self.parts:
            constant = {operand.slot for operand in part.operands}
            for source in sorted(raw[part.index]):
                origin = self._behind(source, feeding)
                maker = self.parts[origin.part]
                if source.slot in constant or _is_constant(maker.node):
                    continue
                if self.is_carrier(origin.part) and maker.given:
                    part.given = (*part.given, (source.slot, maker.given[0][1]))
                    continue
                part.sources.append(origin)
                maker.readers.append((part.index, source.slot, origin.port))

    def _behind(self, source: Source, feeding: Mapping[int, Source]) -> Source:
        """Its maker, or what that hands on."""
        found, left = source, len(self.parts)
        while self.is_carrier(found.part) and found.port == 0 and left:
            before = feeding.get(found.part)
            if before is None:
                return found
            found, left = before, left - 1
        return Source(source.slot, found.part, found.port)

    def is_carrier(self, index: int) -> bool:
        """Whether an operator only hands on what it gets."""
        node = self.parts[index].node
        return node.op_type in CARRIERS and not node.domain


def _is_constant(node: Node) -> bool:
    return node.op_type == "Constant" and not node.domain


def _kind(record: Operator | None, kind: Kind | None) -> str:
    if kind is None:
        return "operand"
    product = record is not None and record.nature is Nature.PRODUCT
    return Kind.WEIGHT.value if product and kind is Kind.DATA else kind.value
