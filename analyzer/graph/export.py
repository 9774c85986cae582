"""The graph as GraphML, node-link JSON or DOT, each readable by networkx."""

from __future__ import annotations

import json
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

import networkx as nx

from analyzer.graph.adjacency import call_of, edges
from analyzer.sanitise import clean, dot
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.digraph import Digraph
    from analyzer.facts import Node

_TOKEN = 4_000
"""Characters of a token in DOT: Graphviz reads no file that has one of 16,384 bytes."""


def plain(graph: Digraph[str], nodes: Mapping[str, Node]) -> nx.MultiDiGraph[str]:
    """Copy of ``graph`` whose attributes are text and numbers only.

    Unknown counts are left out rather than written as 0. What XML
    cannot hold or nobody sees is written as an escape, so that hostile names survive every format.
    """
    result: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    keys = _clean_keys(graph)
    for key in graph:
        node = nodes[key]
        attributes: dict[str, Any] = {
            "op_type": node.op_type,
            "domain": node.domain,
            "name": node.name,
            "scope": node.scope,
            "tags": ",".join(node.tags),
            "macs": node.macs,
            "flops": node.flops,
            "params": node.params,
            "executions": node.executions,
        }
        result.add_node(keys[key], **{k: _value(v) for k, v in attributes.items() if v is not None})
    for source, target, edge in edges(graph):
        if edge.slot is None:
            continue  # what a body reads has edges into the body
        tensor = call_of(graph, target).input(edge.slot)
        shape = tensor.shape if tensor else None
        attributes = {
            "tensor": edge.tensor,
            "dtype": tensor.dtype if tensor else None,
            "shape": None if shape is None else shape_text(shape),
            "src_slot": edge.source_slot,
            "dst_slot": edge.slot,
        }
        result.add_edge(
            keys[source],
            keys[target],
            **{k: _value(v) for k, v in attributes.items() if v is not None},
        )
    return result


def _clean_keys(graph: Digraph[str]) -> dict[str, str]:
    """Exported id by node; numbered where one is spelt like the escape of another."""
    keys: dict[str, str] = {}
    taken: set[str] = {key for key in graph if clean(key) == key}
    for key in graph:
        shown, count = clean(key), 1
        while shown != key and shown in taken:
            count += 1
            shown = f"{clean(key)}#{count}"
        taken.add(shown)
        keys[key] = shown
    return keys


def shape_text(shape: tuple[int | None, ...]) -> str:
    """``1x3x?x224``: unknown sizes as question marks, a scalar as an empty text."""
    return "x".join("?" if d is None else str(d) for d in shape)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    # GraphML integers are 64-bit "long" for most readers; a bigger count stays exact as text.
    return value if not isinstance(value, int) or abs(value) < 2**63 else str(value)


def _graphml(graph: nx.MultiDiGraph[str]) -> bytes:
    """GraphML whose edges have ids of their own: Gephi drops one whose id another has."""
    numbered: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    numbered.add_nodes_from(graph.nodes(data=True))
    for number, (source, target, data) in enumerate(graph.edges(data=True)):
        numbered.add_edge(source, target, f"e{number}", **data)
    buffer = BytesIO()
    nx.write_graphml_xml(numbered, buffer)  # the other writes in another order where lxml is
    return buffer.getvalue()


def _node_link(graph: nx.MultiDiGraph[str]) -> bytes:
    data = nx.node_link_data(graph, edges="edges")
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _dot(graph: nx.MultiDiGraph[str]) -> bytes:
    """Graphviz DOT, every token quoted, so that names with any character are safe."""
    lines = ["digraph model {"]
    ids = {key: dot(_short_id(key)) for key in graph}
    for key, data in graph.nodes(data=True):
        # Graphviz shows the label; "name" is the node's own, which readers such as pydot reserve.
        shown = {("label" if k == "name" else k): v for k, v in data.items()}
        shown["label"] = shown.get("label") or data["op_type"]
        lines.append(f"  {ids[key]} [{_attributes(shown)}];")
    for source, target, data in graph.edges(data=True):
        lines.append(f"  {ids[source]} -> {ids[target]} [{_attributes(data)}];")
    return ("\n".join([*lines, "}"]) + "\n").encode("utf-8", "replace")


def _attributes(data: Mapping[str, Any]) -> str:
    return ", ".join(f"{k}={dot(shorten(str(v), _TOKEN))}" for k, v in sorted(data.items()))


def _short_id(key: str) -> str:
    """``key``; if it is too long, a hash stands for its middle."""
    if len(key) <= _TOKEN:
        return key
    digest = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{key[:200]}…{digest}…{key[-200:]}"


EXPORTS: Mapping[str, Callable[[nx.MultiDiGraph[str]], bytes]] = {
    "graphml": _graphml,
    "json": _node_link,
    "dot": _dot,
}
"""Writer by format name; also the file suffixes that select it."""


def export(graph: Digraph[str], format: str, nodes: Mapping[str, Node]) -> bytes:
    """Serialise ``graph`` with the counts of ``nodes`` in ``format`` (a key of ``EXPORTS``)."""
    return EXPORTS[format](plain(graph, nodes))
