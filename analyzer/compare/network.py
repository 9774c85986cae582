"""One of the two models as matching sees it: operators with settings, sources and readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.compare.part import Part, PartOperand, PartSource
from analyzer.compare.settings import key_of, settings_of, steered_slots
from analyzer.costs.origins import origins_of
from analyzer.graph.adjacency import edges, vertex
from analyzer.graph.names import homes_of
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from analyzer.compare.ends import Ends
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root
    from analyzer.facts import Facts, Node
    from analyzer.graph.adjacency import Vertex
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

BODIES = ("body", "then_branch", "else_branch")


class Wired:
    """All operators of a model, in the order of ``Facts.nodes``.

    Parameters
    ----------
    facts
        The model.
    ends
        What stands for its inputs and outputs.
    """

    def __init__(self, facts: Facts, ends: Ends) -> None:
        self.facts: Facts = facts
        self.origins: Origins | None = origins_of(facts.graph)
        self.ends: Ends = ends
        self._homes = homes_of(facts.graph)
        self.parts: list[Part] = [self._part(i, node) for i, node in enumerate(facts.nodes)]
        self._order = {part.node.id: part for part in self.parts}
        self._connect()

    def part(self, node: str) -> Part:
        """The operator with this id."""
        return self._order[node]

    def stored_by(self, part: Part) -> tuple[Root, ...]:
        """Stored tensors that an operator makes, or hands on; nothing for one that computes."""
        if self.origins is None:
            return ()
        if part.is_constant:
            return self.origins.made_by(part.node.id)
        return self.origins.feeds(part.node.id).get(0, ()) if part.is_carrier else ()

    def _part(self, index: int, node: Node) -> Part:
        known = vertex(self.facts.graph, node.id)
        call, record = known.call, record_of(known.call)
        steered = steered_slots(call, known.constants)
        is_constant = node.op_type == "Constant" and not node.domain
        settings = {} if is_constant else settings_of(call, steered)
        label = node.scope.rpartition(".")[2] if node.scope else ""
        return Part(
            index, node, call, record, settings, key_of(settings),
            label if label in BODIES else "",
            self._operands(node, call, record, steered), steered,
            tuple(self._given(node, known)), tuple(self._exports(node, call)),
        )  # fmt: skip

    def _given(self, node: Node, known: Vertex) -> Iterator[tuple[int, Hashable]]:
        """Slots that an input of the graph feeds, or of the body."""
        inputs = self.ends.inputs if not node.scope else self._inside(node.scope, "inputs")
        for slot, tensor in enumerate(known.call.inputs):
            if tensor is not None and tensor.name in inputs and slot not in known.constants:
                yield slot, inputs[tensor.name]

    def _exports(self, node: Node, call: Call) -> Iterator[tuple[int, Hashable]]:
        outputs = self.ends.outputs if not node.scope else self._inside(node.scope, "outputs")
        for slot, tensor in enumerate(call.outputs):
            if tensor is not None and tensor.name in outputs:
                yield slot, outputs[tensor.name]

    def _inside(self, scope: str, which: str) -> Mapping[str, Hashable]:
        """Inputs or outputs of a body or function, by their place."""
        home = self._homes.get(scope)
        names = () if home is None else home.inputs if which == "inputs" else home.outputs
        return {name: place for place, name in enumerate(names)}

    def _operands(
        self, node: Node, call: Call, record: Operator | None, steered: frozenset[int]
    ) -> tuple[PartOperand, ...]:
        if self.origins is None:
            return ()
        found = []
        for slot, roots in self.origins.feeds(node.id).items():
            if slot in steered or (slot == 0 and record is not None and record.keeps_role):
                continue  # what reads the result uses it
            operand = record.operand(slot) if record is not None else None
            kind = _kind(record, operand.kind if operand else None)
            learned = any(self.origins.is_learned(root) for root in roots)
            found.append(PartOperand(slot, kind, roots, learned))
        return tuple(found)

    def _connect(self) -> None:
        behind: dict[int, PartSource | None] = {}
        raw: list[list[PartSource]] = [[] for _ in self.parts]
        for tail, head, edge in edges(self.facts.graph):
            slot = -1 if edge.slot is None else edge.slot
            source = PartSource(slot, self._order[tail].index, edge.source_slot)
            raw[self._order[head].index].append(source)
        for part in self.parts:  # makers come before those that read them
            sources = sorted(raw[part.index])
            if part.is_carrier:
                first = next((source for source in sources if source.slot == 0), None)
                behind[part.index] = first and self._behind(first, behind)
                self._hand_on_exports(part, behind[part.index])
            constant = {operand.slot for operand in part.operands}
            for source in sources:
                origin = self._behind(source, behind)
                maker = self.parts[origin.part]
                if source.slot in constant or maker.is_constant:
                    continue
                if maker.is_carrier and maker.given:
                    part.given = (*part.given, (source.slot, maker.given[0][1]))
                    continue
                part.sources.append(origin)
                maker.readers.append((part.index, source.slot, origin.port))

    def _behind(self, source: PartSource, behind: Mapping[int, PartSource | None]) -> PartSource:
        """Its maker, or what that hands on."""
        before = behind.get(source.part) if source.port == 0 else None
        return source if before is None else PartSource(source.slot, before.part, before.port)

    def _hand_on_exports(self, part: Part, origin: PartSource | None) -> None:
        """What a carrier makes an output is an output of what it carries."""
        if origin is not None and part.exports:
            maker = self.parts[origin.part]
            maker.exports = (*maker.exports, *((origin.port, end) for _, end in part.exports))
            part.exports = ()


def _kind(record: Operator | None, kind: Kind | None) -> str:
    if kind is None:
        return "operand"
    product = record is not None and record.nature is Nature.PRODUCT
    return Kind.WEIGHT.value if product and kind is Kind.DATA else kind.value
