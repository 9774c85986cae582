"""One operator as matching sees it."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.compare.settings import STEERING
from analyzer.dataclass import dataclass
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from analyzer.compare.settings import Setting, Stated
    from analyzer.costs.parameters import Root
    from analyzer.facts import Node
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

SMALL = frozenset({
    Nature.MOVEMENT, Nature.STATIC, Nature.SELECTION, Nature.ELEMENTWISE, Nature.CONVERSION,
    Nature.REDUCTION,
})  # fmt: skip
SIZES = frozenset({"int64", "int32", "bool"})


class PartSource(NamedTuple):
    """Where an operand comes from."""

    slot: int
    """Input slot; -1 for what a body reads from outside."""
    part: int
    """Index of the operator that makes it."""
    port: int
    """Output slot there."""


class PartOperand(NamedTuple):
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
    operands: tuple[PartOperand, ...]
    steered: frozenset[int]
    """Slots whose constants are settings."""
    given: tuple[tuple[int, Hashable], ...]
    """Slots fed by an input of the graph, and which one."""
    exports: tuple[tuple[int, Hashable], ...] = ()
    """Output slots that are outputs of its graph, and which ones."""
    sources: list[PartSource] = field(default_factory=list)
    """Operators that feed it, seen through those that only hand on."""
    readers: list[tuple[int, int, int]] = field(default_factory=list)
    """What it feeds: (index of the reader, slot there, own output slot)."""
    _outline: Hashable | None = None
    _flows: list[PartSource] | None = None
    """Filled when all sources are known."""

    @property
    def is_carrier(self) -> bool:
        """Whether it only hands on what it gets."""
        return self.record is not None and self.record.hands_on

    @property
    def is_constant(self) -> bool:
        """Whether it only makes a constant."""
        return self.node.op_type == "Constant" and not self.node.domain

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
        outputs = self.node.outputs[:1] if self.is_carrier else self.node.outputs
        return tuple((tensor.dtype, tensor.shape) for tensor in outputs)

    @property
    def is_plumbing(self) -> bool:
        """Arithmetic on sizes and masks, or what only makes or carries constants: exporters write
        it as they like."""
        record = self.record
        if record is None:
            return False
        if self.is_carrier or record.nature is Nature.STATIC:
            return True
        made = {tensor.dtype for tensor in self.node.outputs}
        return record.nature in SMALL and made <= SIZES and bool(made)

    @property
    def is_view(self) -> bool:
        """Through which one tensor flows, turned, cut or in another shape."""
        nature = self.record.nature if self.record is not None else None
        return nature is Nature.MOVEMENT and len(self.flows) + len(self.given) <= 1

    @property
    def joins(self) -> int:
        """Tensors of the network that flow into it: adding a bias is no residual addition."""
        sources = {(source.part, source.port) for source in self.flows}
        return len(sources) + len({which for slot, which in self.given if not self.steers(slot)})

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
        return sum(tensor is not None and not self.steers(slot)
                   for slot, tensor in enumerate(self.call.inputs))  # fmt: skip

    def steers(self, slot: int) -> bool:
        """Whether an input says how to do it, and is not what it is done with."""
        operand = self.record.operand(slot) if self.record is not None else None
        return operand is not None and operand.kind in STEERING

    @property
    def flows(self) -> list[PartSource]:
        """Sources of what flows through the network, without what steers its operators."""
        if self._flows is None:
            self._flows = [source for source in self.sources if not self.steers(source.slot)]
        return self._flows
