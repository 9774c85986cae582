"""The graph as files that other programs read back, whatever its names are."""

from __future__ import annotations

import json
import re
from io import BytesIO
from itertools import pairwise
from xml.etree import ElementTree

import networkx as nx
import pydot
import pytest

from analyzer.facts import Facts
from analyzer.graph.export import _short_id, export
from tests.golden.text import facts, facts_of, parse

HOSTILE = [
    'quote"; evil [label="x"]',
    "back\\slash",
    "line\nbreak",
    "<script>&amp;</script>",
    "]]>",
    "\x00\x1b[31m",
    "\x01",
    "\ufffe",
    "naïve – ü",
    "{record|a}",
    "a -> b",
    "//comment",
]


@pytest.fixture(scope="module")
def hostile() -> Facts:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    model.graph.ClearField("node")
    previous = "x"
    for name in HOSTILE:
        model.graph.node.add(op_type="Relu", name=name, input=[previous], output=[name])
        previous = name
    return facts_of(model)


def exported(found: Facts, format: str) -> bytes:
    return export(found.graph, format, {node.id: node for node in found.nodes})


def test_graphml_is_read_back_by_networkx(hostile: Facts) -> None:
    graph = nx.read_graphml(BytesIO(exported(hostile, "graphml")), force_multigraph=True)
    assert (len(graph), graph.number_of_edges()) == (len(HOSTILE), len(HOSTILE) - 1)
    assert nx.is_directed_acyclic_graph(graph)
    assert graph.nodes["back\\slash"]["op_type"] == "Relu"
    assert graph.nodes["naïve – ü"]["flops"] == 2


def test_node_link_json_is_read_back_by_networkx(hostile: Facts) -> None:
    graph = nx.node_link_graph(json.loads(exported(hostile, "json")), edges="edges")
    assert (len(graph), graph.number_of_edges()) == (len(HOSTILE), len(HOSTILE) - 1)
    assert graph.is_multigraph()
    assert graph.has_edge('quote"; evil [label="x"]', "back\\slash")


def test_dot_is_read_back_by_pydot(hostile: Facts) -> None:
    graphs = pydot.graph_from_dot_data(exported(hostile, "dot").decode())
    assert graphs is not None
    (graph,) = graphs
    assert len(graph.get_nodes()) == len(HOSTILE)
    assert len(graph.get_edges()) == len(HOSTILE) - 1
    assert {node.get("op_type") for node in graph.get_nodes()} == {'"Relu"'}


def test_every_edge_of_graphml_has_an_id_of_its_own() -> None:
    """Gephi drops an edge whose id another has, and the schema of GraphML forbids it."""
    found = facts(
        "g (float[2,2] x) => (float[2,2] y) { a = Relu (x)  b = MatMul (a, a)  y = Add (a, b) }"
    )
    root = ElementTree.fromstring(exported(found, "graphml"))
    ids = [edge.get("id") for edge in root.iter("{http://graphml.graphdrawing.org/xmlns}edge")]
    assert ids == ["e0", "e1", "e2", "e3"]


def test_no_token_of_dot_is_longer_than_graphviz_reads() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    model.graph.ClearField("node")
    names = ["x", *(f"{start}{letter * 20_000}" for start in "ab" for letter in ("😀", "\\"))]
    for previous, name in pairwise(names):
        model.graph.node.add(op_type="Relu", name=name, input=[previous], output=[name])
    text = exported(facts_of(model), "dot").decode()
    tokens = re.findall(r'"(?:[^"\\]|\\.)*"', text)
    assert max(len(token.encode()) for token in tokens) < 16_384
    graphs = pydot.graph_from_dot_data(text)
    assert graphs is not None
    (graph,) = graphs
    assert len({node.get_name() for node in graph.get_nodes()}) == len(names) - 1
    assert len(graph.get_edges()) == len(names) - 2


def test_two_operands_from_one_producer_stay_two_edges() -> None:
    found = facts("g (float[2,2] x) => (float[2,2] y) { a = Relu (x)  y = MatMul (a, a) }")
    graph = nx.node_link_graph(json.loads(exported(found, "json")), edges="edges")
    assert [d["dst_slot"] for _, _, d in graph.edges("a", data=True)] == [0, 1]
    assert {d["shape"] for _, _, d in graph.edges(data=True)} == {"2x2"}
    dot = exported(found, "dot").decode()
    assert dot.count(" -> ") == 2


def test_unknown_counts_are_absent_and_huge_ones_exact() -> None:
    bodies = ['<domain: "local", opset_import: ["" : 17]> F0 (x) => (y) { y = MatMul (x, x) }']
    bodies += [
        '<domain: "local", opset_import: ["" : 17, "local" : 1]> '
        f"F{i} (x) => (y) {{ t = local.F{i - 1} (x)  y = local.F{i - 1} (t) }}"
        for i in range(1, 71)
    ]
    found = facts(
        "g (float[1,1] x) => (float[] z) { y = local.F70 (x)  z = com.example.Magic (y) }",
        functions="".join(bodies),
    )
    for format in ("graphml", "json"):
        data = exported(found, format)
        graph = (
            nx.read_graphml(BytesIO(data))
            if format == "graphml"
            else nx.node_link_graph(json.loads(data), edges="edges")
        )
        assert int(graph.nodes["local.F0/y"]["executions"]) == 2**70
        assert "macs" not in graph.nodes["z"]


def test_a_name_that_is_spelt_like_the_escape_of_another_is_told_apart() -> None:
    names = ["a\x01", "a\\x01", "a\\x01#2", "b", "b\x02"]
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    model.graph.ClearField("node")
    for previous, name in pairwise(["x", *names]):
        model.graph.node.add(op_type="Relu", name=name, input=[previous], output=[name])
    read = json.loads(exported(facts_of(model), "json"))
    shown = ["a\\x01#3", "a\\x01", "a\\x01#2", "b", "b\\x02"]
    assert [node["id"] for node in read["nodes"]] == shown


def test_an_id_of_4000_characters_is_itself_and_a_longer_one_has_a_digest() -> None:
    assert _short_id("x" * 4000) == "x" * 4000
    longer = _short_id("x" * 4001)
    assert (len(longer), longer[200], longer[217]) == (418, "…", "…")
