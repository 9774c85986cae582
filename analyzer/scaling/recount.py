"""Count the layers of a resized model, and what blocks more or fewer change."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.costs import cost
from analyzer.dataclass import dataclass
from analyzer.operators import record_of
from analyzer.operators.record import Kind
from analyzer.scaling.depth import sibling

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from analyzer.facts import Facts, Node, Range, Tensor
    from analyzer.graph.call import Call
    from analyzer.scaling.depth import Stage
    from analyzer.scaling.system import System


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator of the main graph at the new size."""

    node: str
    """``Node.id``."""
    macs: int | None
    """MACs of one execution; ``None`` if unknown."""
    flops: int | None
    """FLOPs of one execution; ``None`` if unknown."""
    params: int
    """Parameters this operator is the first to use."""
    outputs: tuple[Tensor | None, ...]
    """Result tensors at the new size."""
    slack: tuple[int, int] = (0, 0)
    """By how many MACs and FLOPs one execution may cost less: which bodies run is not known."""


@dataclass(frozen=True, slots=True)
class Sums:
    """MACs, FLOPs and parameters; ``None`` (unknown) swallows what is added to it."""

    macs: int | None = 0
    flops: int | None = 0
    params: int = 0

    def __add__(self, other: Sums | Layer) -> Sums:
        return Sums(
            _plus(self.macs, other.macs), _plus(self.flops, other.flops), self.params + other.params
        )

    def times(self, factor: int) -> Sums:
        """``factor`` times as much; negative to take away."""
        return Sums(
            None if self.macs is None else self.macs * factor,
            None if self.flops is None else self.flops * factor,
            self.params * factor,
        )


def total(layers: Iterable[Layer]) -> Sums:
    macs: int | None = 0
    flops: int | None = 0
    params = 0
    for layer in layers:
        macs, flops = _plus(macs, layer.macs), _plus(flops, layer.flops)
        params += layer.params
    return Sums(macs, flops, params)


class Sized:
    """The main graph at one width and resolution."""

    def __init__(
        self,
        facts: Facts,
        nodes: Mapping[str, Node],
        system: System,
        stages: Sequence[Stage],
        calls: Mapping[str, Call],
        today: dict[str, Layer],
    ) -> None:
        """``today`` keeps what is as it is in the file, for all sizes."""
        self._facts, self._nodes, self._system = facts, nodes, system
        self._stages, self._today = stages, today
        self.calls: Mapping[str, Call] = calls
        self._siblings: dict[int, tuple[Layer, ...]] = {}
        self.layers: dict[str, Layer] = {
            node: self._layer(node, call) for node, call in calls.items()
        }
        self.total: Sums = total(self.layers.values())

    @cached_property
    def remade(self) -> tuple[str, ...]:
        """Constants of another shape than in the file, each once: what is sized by the input, such
        as prior boxes, tables of positions and the first product behind maps laid flat."""
        terms = self._system.terms
        return tuple(dict.fromkeys(
            tensor.name
            for node, call in self.calls.items()
            if (term := terms[node]).constants and call is not term.call
            for slot in sorted(term.constants)
            if (tensor := call.input(slot)) is not None and tensor is not term.call.input(slot)
        ))  # fmt: skip

    def change(self, index: int, count: int) -> Sums:
        """What it changes that stage ``index`` has ``count`` blocks.

        Fewer: its last blocks go. More: siblings of the last. Raises ``Unknown`` where the
        last block has no sibling.
        """
        stage = self._stages[index]
        gone = [self.layers[node] for block in stage.blocks[count:] for node in block.nodes]
        if count <= stage.repeats:
            return total(gone).times(-1)
        return total(self.more(index)).times(count - stage.repeats)

    def more(self, index: int) -> tuple[Layer, ...]:
        """One more block of stage ``index``; raises ``Unknown`` as ``change`` does."""
        if index not in self._siblings:
            calls = sibling(self._facts, self._stages[index], self.calls)
            self._siblings[index] = tuple(self._layer(node, call) for node, call in calls.items())
        return self._siblings[index]

    def _layer(self, name: str, call: Call) -> Layer:
        term = self._system.terms[name]
        if call is term.call:
            if name not in self._today:
                self._today[name] = _as_it_is(name, self._nodes[name], call)
            return self._today[name]
        node = self._nodes[name]
        params = resized_params(node.params, term.call, call, term.constants)
        if node.composite:  # what a body costs at another size is not known here
            return Layer(name, None, None, params, call.outputs)
        price = cost(call)
        return Layer(name, price.macs, price.flops, params, call.outputs)


def _as_it_is(name: str, node: Node, call: Call) -> Layer:
    macs, free = _upper(node.macs, node.macs_range)
    flops, saved = _upper(node.flops, node.flops_range)
    return Layer(name, macs, flops, node.params, call.outputs, (free, saved))


def _upper(value: int | None, ends: Range) -> tuple[int | None, int]:
    """The upper end and how far the lower one lies below; nothing that has no upper end."""
    low, high = ends
    return (None, 0) if value is None or high is None else (high, high - low)


def resized_params(params: int, before: Call, after: Call, constants: frozenset[int]) -> int:
    """Parameters at the new size: constant operands that are not buffers.

    Where the operator is charged with only some of them (others are shared, or are
    constants that nobody trains) its charge grows in their proportion.
    """
    if not params or all(after.input(slot) is before.input(slot) for slot in constants):
        return params
    record = record_of(before)
    buffers = record.slots(Kind.STATISTIC) if record is not None else ()
    slots = sorted(constants.difference(buffers))
    charged = _charged(params, before, slots)
    if charged is not None:
        return sum(_elements(after, s) for s in charged)
    old, new = (sum(_elements(c, s) for s in slots) for c in (before, after))
    return params * new // old if old else params


def _charged(params: int, call: Call, slots: Sequence[int]) -> Sequence[int] | None:
    """The operands that make up the charge: all of them, or a single one."""
    if sum(_elements(call, s) for s in slots) == params:
        return slots
    return next(([s] for s in slots if _elements(call, s) == params), None)


def _elements(call: Call, slot: int) -> int:
    tensor = call.input(slot)
    return (tensor.elements or 0) if tensor is not None else 0


def _plus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b
