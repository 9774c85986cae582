"""Every merge of a model: one pass over its layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.patterns.index import index_of
from analyzer.patterns.merging.constants import constant_behind
from analyzer.patterns.merging.layers import linear_pair, parallel_products
from analyzer.patterns.merging.lookup import lookup
from analyzer.patterns.merging.merge import layer_of
from analyzer.patterns.merging.order import discarded, early_pointwise, late_pointwise

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.facts import Facts
    from analyzer.patterns.merging.merge import Merge


def merges_of(facts: Facts) -> tuple[Merge, ...]:
    """What could be merged in a model, found when first asked for."""
    return facts.once(_merges)


def _merges(facts: Facts) -> tuple[Merge, ...]:
    place = {node.id: index for index, node in enumerate(facts.nodes)}
    found = sorted(_find(facts), key=lambda merge: place[merge.node])
    return tuple(merge.executed(facts[merge.node].counted) for merge in found)


def _find(facts: Facts) -> Iterator[Merge]:
    index = index_of(facts)
    layers = [
        layer
        for node in facts.nodes
        if (layer := layer_of(index.operator(node.id))) is not None
        # A product of constants is computed once and for all: it is no layer
        and not (layer.output is not None and layer.output.is_constant)
    ]
    for layer in layers:
        yield from constant_behind(layer)
        for seen in (linear_pair, late_pointwise, early_pointwise, discarded, lookup):
            merge = seen(layer)
            if merge is not None:
                yield merge
    yield from parallel_products(layers)
