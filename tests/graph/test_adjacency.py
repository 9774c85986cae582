"""The program graph, the operator graph made from it, and how both are asked."""

from __future__ import annotations

import networkx as nx
import pytest

from analyzer.digraph import Edge, as_networkx
from analyzer.graph.adjacency import (
    Port,
    call_of,
    edges,
    fed_by,
    producer,
    read_by,
    sources,
    vertex,
    vertices,
)
from analyzer.graph.program import build_program
from tests.golden.text import facts, parse

DIAMOND = ("g (float[2] x) => (float[2] g) { a = Relu (x)  b, c = Split <num_outputs = 2> (a)  "
           "d = Add (c, b)  e = Relu (d)  f = Neg (e)  g = Add (e, f) }")  # fmt: skip
CAPTURE = (
    "g (bool c, float[2] x) => (float[2] y) { late = Relu (x)  y = If (c) <"
    "then_branch = t () => (float[2] p) { p = Neg (late) }, "
    "else_branch = e () => (float[2] q) { q = Abs (x) }> }"
)


def test_producer_of_each_slot() -> None:
    graph = facts(DIAMOND).graph
    assert producer(graph, "d", 0) == producer(graph, "d", 1) == "b"
    assert producer(graph, "a") is None


def test_sources_tell_outputs_of_one_producer_apart() -> None:
    assert sources(facts(DIAMOND).graph, "d") == {0: Port("b", 1), 1: Port("b", 0)}


def test_readers_and_what_feeds() -> None:
    graph = facts(DIAMOND).graph
    assert list(read_by(graph, "e")) == [("f", Edge("e", 0, 0)), ("g", Edge("e", 0, 0))]
    assert list(fed_by(graph, "g")) == [("e", Edge("e", 0, 0)), ("f", Edge("f", 0, 1))]
    assert len(list(edges(graph))) == 7


def test_the_order_of_vertices_is_that_of_the_facts() -> None:
    found = facts(DIAMOND)
    assert [node for node, _ in vertices(found.graph)] == [node.id for node in found.nodes]


def test_a_vertex_holds_the_typed_call_and_its_constant_slots() -> None:
    graph = facts("g (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }").graph
    assert call_of(graph, "y").shape(1) == (2,)
    assert (vertex(graph, "y").scope, vertex(graph, "y").constants) == ("", frozenset({1}))


def test_what_a_body_reads_feeds_the_body_and_the_operator_that_runs_it() -> None:
    graph = facts(CAPTURE).graph
    assert list(read_by(graph, "late")) == [
        ("y", Edge("late", 0, None)),
        ("y.then_branch/p", Edge("late", 0, 0, outer=True)),
    ]
    assert sources(graph, "y.then_branch/p") == {}
    assert producer(graph, "y.then_branch/p") == "late"


def test_an_inner_name_hides_the_outer_one() -> None:
    graph = facts(
        "g (float[2] x) => (float[2] y) { v = Relu (x)  n = Constant <value = int64 {3}> () "
        "t = Constant <value = bool {1}> () "
        "y = Loop (n, t, x) <body = b (int64 i, bool c, float[2] v) => (bool d, float[2] w) "
        "{ d = Identity (c)  w = Neg (v) }> }"
    ).graph
    assert list(read_by(graph, "v")) == []


def test_the_program_graph_has_every_operator_once_and_the_operator_graph_per_instance() -> None:
    functions = (
        '<domain: "local", opset_import: ["" : 17]> F (u) => (v) { t = Relu (u)  v = Neg (t) }'
    )
    text = ("g (float[2] x, float[3] z) => (float[2] y, float[3] w) "
            "{ y = local.F (x)  w = local.F (z) }")  # fmt: skip
    program = build_program(parse(text, functions=functions), {"": 17, "local": 1})
    assert len(program.graph) == 4
    graph = facts(text, functions=functions).graph
    assert set(graph) == {"y", "w", "local.F/t", "local.F/v", "local.F#2/t", "local.F#2/v"}
    assert sorted((tail, head) for tail, head, _ in edges(graph)) == [
        ("local.F#2/t", "local.F#2/v"),
        ("local.F/t", "local.F/v"),
    ]


@pytest.mark.parametrize("text", [DIAMOND, CAPTURE])
def test_the_program_graph_is_acyclic_and_its_order_topological(text: str) -> None:
    program = build_program(parse(text), {"": 18})
    assert nx.is_directed_acyclic_graph(as_networkx(program.graph))
    place = {op: i for scope in program.scopes for i, op in enumerate(scope.ops)}
    for tail, head, edge in program.graph.edges(keys=True):
        assert edge.outer or place[tail] < place[head]
