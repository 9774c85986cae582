"""Attention layers: their heads, what they keep for later tokens, and what fewer heads would save.

With h heads of width d a layer's projections make ``h·d`` queries and, of as many heads or fewer
(grouped queries, arXiv 2305.13245), keys and values. A decoder that keeps those of earlier tokens
computes them once: for each token ``keys + values`` elements a layer, ``2·h·d`` without groups.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.graph.adjacency import vertex
from analyzer.operators import record_of
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from analyzer.facts import Block, Facts, Node

DECODERS = ("GPT-like", "Llama-like")
"""Families that make one token after another."""
RANK = 4
"""Of values by sample, head, position and width."""


@dataclass(frozen=True, slots=True)
class AttentionLayer:
    """One layer of attention that was written out in products."""

    heads: int
    """Of the queries."""
    width: int
    """Of a head."""
    made: int
    """Columns of the projections: queries, keys and values of one token."""
    macs: int
    """Of projections, scores, sums and the layer behind the heads, all executions."""
    weights: int
    """Elements of projections, their weights' share that goes with the heads, and the layer behind,
    biases left out."""
    bits: int
    """Of an element of keys and values."""

    @property
    def kept(self) -> int:
        """Elements of keys and values of one token."""
        return self.made - self.heads * self.width

    @property
    def is_grouped(self) -> bool:
        """Several heads share keys and values."""
        return self.kept != 2 * self.heads * self.width


def attention_layers(facts: Facts) -> tuple[AttentionLayer, ...]:
    """Attention layers in the order of the file; empty where not all of them are understood."""
    blocks = [block for block in facts.blocks if block.kind == "attention"]
    found = [_layer(facts, block) for block in blocks]
    return () if None in found else tuple(each for each in found if each is not None)


def is_decoder(facts: Facts) -> bool:
    """Whether it predicts a token after those before: a published decoder."""
    return facts.architecture is not None and facts.architecture.family in DECODERS


def _layer(facts: Facts, block: Block) -> AttentionLayer | None:
    products = [
        node for key in block.nodes if (node := facts[key]).macs and _is_product(facts, node)
    ]
    learned = [_weights(facts, node) for node in products]
    bare = [place for place, size in enumerate(learned) if size is None]
    if len(bare) != 2 or block.detail.get("fused"):
        return None
    projections, behind = products[: bare[0]], products[bare[1] + 1 :]
    values = products[bare[1]].outputs[0]
    widths = [node.outputs[0].shape for node in projections]
    if values.shape is None or len(values.shape) != RANK or not projections or len(behind) > 1:
        return None
    heads, width = values.shape[1], values.shape[3]
    made = [shape[-1] if shape else None for shape in widths]
    if None in (heads, width, *made):
        return None
    return AttentionLayer(
        heads or 0,
        width or 0,
        sum(side or 0 for side in made),
        sum((node.macs or 0) * node.counted for node in products),
        sum(size for size in learned if size is not None),
        BITS.get(values.dtype or "", 32),
    )


def _is_product(facts: Facts, node: Node) -> bool:
    record = record_of(vertex(facts.graph, node.id).call)
    return record is not None and record.nature is Nature.PRODUCT


def _weights(facts: Facts, node: Node) -> int | None:
    """Elements of the constant that a product multiplies by; ``None`` for a product of data."""
    place = vertex(facts.graph, node.id)
    record = record_of(place.call)
    if record is not None and record.is_weighted and record.weight is not None:
        operand = record.inputs[record.weight]
        if operand.packed is not None:
            return operand.packed(place.call, record.weight) or 0
    for slot in (1, 0):
        tensor = place.call.input(slot)
        if slot in place.constants and tensor is not None:
            return tensor.elements or 0
    return None


def fewer_heads(layers: tuple[AttentionLayer, ...], parts: int = 4) -> tuple[int, int]:
    """(MACs, weights) fewer with a ``parts``-th of the heads of every layer taken out.

    Everything in such a layer is in proportion to its heads. A head less in BERT-base at 128 tokens
    saves a twelfth of ``4·128·768² + 2·128²·768``:

    >>> base = AttentionLayer(12, 64, 3 * 768, 4 * 128 * 768**2 + 2 * 128**2 * 768, 4 * 768**2, 32)
    >>> fewer_heads((base,), 12)
    (27262976, 196608)
    """
    macs = sum(each.macs // each.heads * (each.heads // parts) for each in layers)
    weights = sum(each.weights // each.heads * (each.heads // parts) for each in layers)
    return macs, weights
