"""What attention costs beyond its layers: the products whose size is the sequence squared."""

from __future__ import annotations

from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.graph.adjacency import vertex
from analyzer.operators import record_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Dim, Facts
    from analyzer.graph.call import Call


@dataclass(frozen=True)
class AttentionCost:
    """Products of activations with activations in attention blocks; found when asked for.

    With n positions of width d, a block's four layers cost ``4·n·d²`` and its two products
    ``2·n²·d`` MACs (https://arxiv.org/abs/1706.03762, table 1): they meet at n = 2·d.
    """

    _facts: Facts = field(repr=False)

    @cached_property
    def _products(self) -> tuple[str, ...]:
        graph = self._facts.graph
        return tuple(n for n in self._of(Nature.PRODUCT) if not vertex(graph, n).constants)

    def _of(self, nature: Nature) -> Iterator[str]:
        """Operators of attention blocks, by what they are."""
        for block in self._facts.blocks:
            for node in block.nodes if block.kind == "attention" else ():
                record = record_of(vertex(self._facts.graph, node).call)
                if record is not None and record.nature is nature:
                    yield node

    @property
    def macs(self) -> int | None:
        """MACs of those products that are known, all executions; unknown where there are none, or
        where attention is one fused operator that does not tell."""
        if not self._products:
            return None
        facts = self._facts
        return sum((facts[key].macs or 0) * facts[key].counted for key in self._products)

    @property
    def share(self) -> float | None:
        """Their share of the MACs of the model."""
        every = self._facts.totals.macs
        return None if self.macs is None or not every else self.macs / every

    @property
    def blocks(self) -> int:
        """Attention blocks."""
        return sum(block.kind == "attention" for block in self._facts.blocks)

    @property
    def length(self) -> int | None:
        """Longest sequence that a softmax of attention runs over."""
        calls = (vertex(self._facts.graph, key).call for key in self._of(Nature.SOFTMAX))
        lengths = [_row(call) for call in calls]
        return max((n for n in lengths if n is not None), default=None)


def attention_cost_of(facts: Facts) -> AttentionCost:
    """What attention costs in a model, found when first asked for."""
    return facts.once(AttentionCost)


def _row(call: Call) -> Dim:
    """Length of what a softmax makes sum to 1; before version 13 that ends with the last axis."""
    tensor = call.input(0)
    shape = tensor.shape if tensor is not None else None
    axis = int(call.attr("axis", -1)) if call.version >= 13 else -1
    return shape[axis % len(shape)] if shape else None
