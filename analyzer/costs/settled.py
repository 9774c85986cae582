"""What operators compute from constants alone: the same in every run, and stored instead of being
computed by runtimes when they load the model, and by simplifiers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.graph.adjacency import Port, fed_by, vertex
from analyzer.graph.values import OVERRIDABLE_SINCE
from analyzer.operators import find
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from analyzer.digraph import Digraph
    from analyzer.facts import Tensor
    from analyzer.graph.scope import Program
    from analyzer.operators.record import Operator
    from analyzer.shapes.sites import Site

UNSETTLED = frozenset({Nature.RANDOM, Nature.CONTROL, Nature.RUNTIME, Nature.TRAINING,
                       Nature.SEQUENCE})  # fmt: skip
"""Natures of operators whose results are not stored as a tensor, or differ from run to run."""
STORED_AT_MOST = 1 << 31
"""Bytes of a generated constant from which no message of protobuf can hold it instead."""
SMALL_CAST = 512
"""Bytes of a constant in a wider type up to which it is shape arithmetic; more are weights that
are stored in few bits, whose floats nobody wants in the file."""


def is_unsettled(record: Operator) -> bool:
    """Whether results are not to be stored instead of being computed.

    Weights are kept as integers on purpose: what makes floats of them is no waste. Where they
    are floats, and made integers of in every run, that is told by itself.
    """
    quantises = record.role == "dequantize" or record.key == ("", "DynamicQuantizeLinear")
    return record.nature in UNSETTLED or quantises


def grown_bytes(site: Site) -> int | None:
    """Bytes of the results where those are more than of the operands, else 0; ``None`` where
    that is unknown."""
    made = [tensor.bytes for tensor in site.call.outputs if tensor is not None]
    read = {tensor.name: tensor.bytes for tensor in site.call.inputs if tensor is not None}
    if None in made:
        return None
    total = sum(size for size in made if size is not None)
    return total if total > sum(size or 0 for size in read.values()) else 0


def settled(program: Program, graph: Digraph[str], sites: Iterable[Site]) -> dict[Port, Tensor]:
    """Nothing in the place of every output that is computed from constants alone; what a graph
    hands out is made in each run all the same.

    Parameters
    ----------
    program, graph, sites : the model, callers before callees and producers first.
    """
    overridable = program.ir_version >= OVERRIDABLE_SINCE
    given = frozenset(program.scopes[0].inputs if overridable else ())
    known: set[str] = set()
    found: dict[Port, Tensor] = {}
    for site in sites:
        if not _is_settled(graph, site, given, known):
            continue
        known.add(site.id)
        kept = vertex(graph, site.id).exports
        for slot, tensor in enumerate(site.call.outputs):
            if tensor is not None and tensor.bytes and slot not in kept:
                found[Port(site.id, slot)] = replace(tensor, shape=(0,))
    return found


def _is_settled(
    graph: Digraph[str], site: Site, given: Collection[str], known: Collection[str]
) -> bool:
    op = site.op
    if not any(op.inputs):
        return op.standard == "Constant"
    if site.children or op.bodies or site.variants or site.cyclic:
        return False
    constants = vertex(graph, site.id).constants
    if not (constants or known):
        return False
    makers = {edge.slot: tail for tail, edge in fed_by(graph, site.id)}
    for slot, name in enumerate(op.inputs):
        maker = makers.get(slot)
        stored = maker is None and slot in constants and name not in given
        if name and not stored and maker not in known:
            return False
    record = find(op.domain, op.op_type, site.call.version)
    if record is None or is_unsettled(record):
        return False
    grown = grown_bytes(site)
    if grown is None or grown >= STORED_AT_MOST:
        return False
    return op.op_type != "Cast" or grown <= SMALL_CAST
