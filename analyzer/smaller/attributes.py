"""What operators of ai.onnx.ml have learned: numbers in attributes, which no tensor holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.graph.adjacency import vertices
from analyzer.operators import record_of
from analyzer.smaller.forest import forest

if TYPE_CHECKING:
    from analyzer.facts import Facts

FLOAT = 4
"""Bytes of a number in an attribute."""


class Learned(NamedTuple):
    """Trained numbers in attributes."""

    operators: int
    """That have any."""
    coefficients: int
    """Numbers of linear models and support vectors."""
    tree_nodes: int
    """Inner nodes and leaves of all trees."""
    bytes: int
    """Of both, as the file stores them."""


def learned(facts: Facts) -> Learned:
    """What the operators of a model have in attributes, each once."""
    counts = [
        sum(len(place.call.attr(name, ())) for name in record.learned)
        for _, place in vertices(facts.graph)
        if (record := record_of(place.call)) is not None and record.learned
    ]
    trees = facts.once(forest)
    operators = sum(count > 0 for count in counts)
    if trees is None:
        return Learned(operators, sum(counts), 0, FLOAT * sum(counts))
    return Learned(operators + trees.operators, sum(counts), trees.nodes,
                   FLOAT * sum(counts) + trees.bytes)  # fmt: skip
