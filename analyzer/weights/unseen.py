"""Why the trained values of layers were not looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.evidence import INTEGERS
from analyzer.graph.adjacency import call_of, producer, vertex
from analyzer.operators import record_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.digraph import Digraph


def origins(graph: Digraph[str], unread: Iterable[str]) -> tuple[str, ...]:
    """What the weights of layers are: ``("integers",)`` where all store them so, or the types of
    the operators that make them when the model runs; nothing where that is not so of all."""
    found = {_origin(graph, node) for node in unread}
    mixed = "" in found or (INTEGERS in found and len(found) > 1)
    return () if mixed else tuple(sorted(found))


def _origin(graph: Digraph[str], node: str) -> str:
    """``integers``, the operator that makes the weights of a layer, or nothing."""
    call = call_of(graph, node)
    record = record_of(call)
    slot = None if record is None else record.weight
    if slot is None:
        return ""
    maker = producer(graph, node, slot)
    if maker is not None:
        return call_of(graph, maker).op_type
    tensor = call.input(slot)
    dtype = None if tensor is None else tensor.dtype
    return INTEGERS if slot in vertex(graph, node).constants and "int" in (dtype or "") else ""
