"""What operators of ai.onnx.ml have learned: numbers in attributes, which no tensor holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.adjacency import vertices
from analyzer.learned import Learned
from analyzer.operators import record_of
from analyzer.smaller.forest import forest_in

if TYPE_CHECKING:
    from analyzer.digraph import Digraph
    from analyzer.facts import Facts

FLOAT = 4
"""Bytes of a number in an attribute."""


def learned(graph: Digraph[str]) -> Learned:
    """What the operators of a model have in attributes, each once."""
    counts = _counts(graph).values()
    operators, size = sum(count > 0 for count in counts), FLOAT * sum(counts)
    trees = forest_in(graph)
    if trees is None:
        return Learned(operators, sum(counts), bytes=size)
    return Learned(
        operators + trees.operators, sum(counts), len(trees.trees), trees.nodes,
        trees.comparisons, trees.mean_comparisons, size + trees.bytes,
    )  # fmt: skip


def coefficients(facts: Facts) -> dict[str, int]:
    """Numbers of linear models and support vectors by the id of the operator that has them."""
    return facts.once(_of_facts)


def _of_facts(facts: Facts) -> dict[str, int]:
    return {node: count for node, count in _counts(facts.graph).items() if count}


def _counts(graph: Digraph[str]) -> dict[str, int]:
    return {
        node: sum(len(place.call.attr(name, ())) for name in record.learned)
        for node, place in vertices(graph)
        if (record := record_of(place.call)) is not None and record.learned
    }
