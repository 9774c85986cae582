"""Matches of a pattern in a small model, as names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analyzer.digraph import Digraph, new_digraph
from analyzer.facts import Facts, Tensor
from analyzer.graph.adjacency import Vertex, add_vertex
from analyzer.graph.call import Call
from analyzer.graph.values import Index
from analyzer.patterns.index import index_of
from analyzer.ruleset.pattern import (
    Lookup,
    Matcher,
    Occurrence,
    check_pattern,
    model_allowance,
    operator_type,
    parse_pattern,
)
from tests.golden.text import facts
from tests.ruleset import build


def lookup_in(uses: Iterable[tuple[str, str, Sequence[str], str]]) -> Lookup:
    """A graph of (scope, operator, operands, output) that no file states."""
    nodes = []
    graph: Digraph[str] = new_digraph()
    for scope, op_type, operands, output in uses:
        inputs = tuple(map(Tensor, operands))
        call = Call(op_type, "", 17, {}, inputs, (Tensor(output),), (None,) * len(inputs))
        add_vertex(graph, output, Vertex(call, scope))
        nodes.append(build.node(output, op_type=op_type, scope=scope))
    return Lookup(Index(replace(build.facts(*nodes), graph=graph)))


def all_matches(model: Facts, text: str, through: str = "") -> list[Occurrence]:
    pattern = parse_pattern(text, frozenset(map(operator_type, through.split())))
    check_pattern(pattern)
    lookup = Lookup(index_of(model))
    return list(Matcher(pattern, lookup, model_allowance(len(lookup))).find())


def found(graph: str, text: str, through: str = "", opset: int = 17) -> list[str]:
    """``y:c,x`` for each match: its place and what its tensors are, sorted."""
    return sorted(
        f"{match.place}: {' '.join(f'{n}={t}' for n, t in sorted(match.tensors.items()))}"
        for match in all_matches(facts(graph, opset), text, through)
    )


def places(graph: str, text: str, through: str = "", opset: int = 17) -> list[str]:
    """Where the pattern matches, each place once."""
    return sorted({m.place for m in all_matches(facts(graph, opset), text, through)})
