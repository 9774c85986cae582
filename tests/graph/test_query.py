"""Walking the graph: producers, consumers, and what lies behind wrappers."""

from __future__ import annotations

import networkx as nx

from analyzer.facts import Tensor
from analyzer.graph.build import Vertex, build
from analyzer.graph.call import Call
from analyzer.graph.query import Port, Use, consumers, links, producer, see_through


def graph_of(*lines: str, scopes: dict[str, str] | None = None) -> nx.MultiDiGraph:
    """``y = Op a b``: one vertex per line, named after its first output (``y,z = …``)."""
    vertices = []
    for line in lines:
        outputs, _, right = line.partition(" = ")
        op, *inputs = right.split()
        names = outputs.split(",")
        call = Call(op, "", 17, {}, tuple(map(Tensor, inputs)), tuple(map(Tensor, names)))
        scope = (scopes or {}).get(names[0], "")
        vertices.append(Vertex(names[0], scope, "", call, 1, frozenset()))
    return build(vertices, {"body": ""})


DIAMOND = ("a = Conv x", "b,c = Split a", "d = Add c b", "e = Relu d", "f = Conv e", "g = Add e f")


def test_producer_of_each_slot() -> None:
    graph = graph_of(*DIAMOND)
    assert producer(graph, "d", 0) == producer(graph, "d", 1) == "b"
    assert producer(graph, "a") is None


def test_consumers_of_one_output_or_of_all() -> None:
    graph = graph_of(*DIAMOND, "h = Relu b")
    assert consumers(graph, "b") == ("d", "h")
    assert consumers(graph, "b", 1) == ("d",)
    assert consumers(graph, "e") == ("f", "g")


def test_see_through_wrappers_ends_at_the_operator_or_at_an_input() -> None:
    graph = graph_of("a = Conv x", "b = BatchNormalization a", "c = Relu b", "d = Cast y")
    assert see_through(graph, "c") == "a"
    assert see_through(graph, "a") == "a"
    assert see_through(graph, "d") is None


def test_see_through_a_cycle_ends() -> None:
    graph = graph_of("a = Relu b", "b = Relu a")
    assert see_through(graph, "a") is None


def test_links_index_slots_and_put_producers_first() -> None:
    index = links(graph_of(*reversed(DIAMOND)))
    assert index.order == ("a", "b", "d", "e", "f", "g")
    assert index.producers["d"] == {0: Port("b", 1), 1: Port("b", 0)}
    assert index.uses["b"] == (Use("d", 0, 1), Use("d", 1, 0))


def test_a_captured_tensor_is_no_link() -> None:
    graph = graph_of("a = Conv x", "b = Relu a", scopes={"b": "body"})
    assert graph.has_edge("a", "b")
    assert links(graph).producers["b"] == {}


def test_nodes_on_a_cycle_come_last() -> None:
    assert links(graph_of("a = Relu b", "b = Relu a", "c = Conv x")).order == ("c", "a", "b")
