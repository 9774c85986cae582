"""One operator in the system of dimensions, as a relation sees it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature
from analyzer.scaling.arithmetic import share, unchanged

if TYPE_CHECKING:
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator
    from analyzer.scaling.dims import Dims

Axes = tuple[int, ...] | None
"""Dimension ids of a tensor; ``None`` when its rank is unknown or it is omitted."""


@dataclass(slots=True)
class Term:
    """An operator with the dimension ids of its tensors."""

    dims: Dims
    call: Call
    inputs: tuple[Axes, ...]
    outputs: tuple[Axes, ...]
    constants: frozenset[int]
    """Input slots fed by constants."""
    edits: list[tuple[str, int | tuple[int, ...]]] = field(default_factory=list)
    """Attributes that follow dimensions: (name, dimension id or ids)."""

    @property
    def record(self) -> Operator | None:
        """What is known of the operator."""
        return record_of(self.call)

    def is_opaque(self) -> bool:
        """Nobody said what it does: no record, or one that only states shapes and numbers."""
        record = self.record
        if record is None:
            return True
        return record.nature is Nature.RUNTIME and record.declaration is not None

    def keeps_shape(self) -> bool:
        """Every output has the known shape of the first input."""
        before = self.call.input(0)
        if before is None or before.elements is None:
            return False
        return all(t is None or t.shape == before.shape for t in self.call.outputs)

    def weight(self) -> int:
        """Slot of the weight: the record's, of what acts as a product the second input."""
        slot = self.record.weight if self.record is not None else None
        return 1 if slot is None else slot

    def bias(self) -> Axes:
        """Dimensions of the bias, if there is one."""
        slot = self.record.slot(Kind.BIAS) if self.record is not None else None
        return None if slot is None else self.x(slot)

    def x(self, slot: int = 0) -> Axes:
        return self.inputs[slot] if slot < len(self.inputs) else None

    def y(self, slot: int = 0) -> Axes:
        return self.outputs[slot] if slot < len(self.outputs) else None

    def size(self, dim: int) -> int | None:
        return self.dims.sizes[dim]

    def constant_values(self, slot: int) -> tuple[int, ...] | None:
        """Integers of a constant input, where they are small enough to be known."""
        return self.call.integers(slot) if slot in self.constants else None

    def tie(self, a: Axes, b: Axes) -> None:
        """Equal shapes, axis by axis."""
        for left, right in zip(a or (), b or (), strict=False):
            self.dims.union(left, right)

    def scale(self, target: int, source: int, *, weak: bool = False) -> None:
        """``target`` keeps its ratio to ``source``."""
        part, whole = self.size(target), self.size(source)
        if part is not None and whole:
            compute, need = share(part, whole)
            self.dims.derive(target, (source,), compute, weak=weak, need=need)

    def opaque(self) -> None:
        """Nobody knows this operator: its inputs keep their width, its outputs never move."""
        sources = tuple(d for axes in self.inputs for d in axes or ())
        known = tuple(s for s in sources if self.size(s) is not None)
        today = [self.size(s) for s in known]
        for dim in sources:
            self.dims.fix(dim)
        for dim in (d for axes in self.outputs for d in axes or ()):
            self.dims.fix(dim)
            size = self.size(dim)
            if size is not None and known:
                self.dims.derive(dim, known, unchanged(today, size, self.call.op_type))
