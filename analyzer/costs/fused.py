"""Storage of activations where quantisation is part of the operators around it.

In the QDQ format (ONNX Runtime, "Quantize ONNX models") a float operator between DequantizeLinear
and QuantizeLinear stands for an integer kernel: it reads the integers, and writes integers. No
runtime that fuses them keeps the float tensors between, which liveness over the operators as
written counts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.facts import Tensor
from analyzer.graph.adjacency import Port, read_by, sources, vertex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.digraph import Digraph
    from analyzer.shapes.sites import Site


QUANTIZE, DEQUANTIZE = "QuantizeLinear", "DequantizeLinear"


def fuse(
    graph: Digraph[str], sites: Sequence[Site], last: Mapping[Port, int]
) -> tuple[dict[Port, Tensor], dict[Port, int]]:
    """What outputs hold once Q and DQ are fused, and the last site that reads each.

    Parameters
    ----------
    graph, sites : operators, callers before callees and producers first.
    last : index of the last site that reads an output, as written.

    Returns
    -------
    (stored, last) : the tensor that is really there for every output that differs: nothing for
    what DequantizeLinear makes of integers that are kept, and integers for what QuantizeLinear
    alone reads. What stands for another tensor lives as long as that one is read.
    """
    stored: dict[Port, Tensor] = {}
    ends = dict(last)
    for site in reversed(sites):
        if site.op.op_type not in (QUANTIZE, DEQUANTIZE):
            continue  # before anything is looked up: most models have neither
        made = Port(site.id, 0)
        here = vertex(graph, site.id)
        output = site.call.output(0)
        if output is None or 0 in here.exports:
            continue
        source = sources(graph, site.id).get(0)
        if site.op.op_type == DEQUANTIZE and (source or 0 in here.constants):
            stored[made] = replace(output, shape=(0,))
            if source:
                ends[source] = max(ends.get(source, 0), ends.get(made, site.index))
        elif site.op.op_type == QUANTIZE and source and _reads_alone(graph, source):
            given = site.call.input(0)
            assert given is not None
            stored[source] = Tensor(given.name, output.dtype, output.shape)
            stored[made] = replace(output, shape=(0,))
            ends[source] = max(ends.get(source, 0), ends.get(made, site.index))
    return stored, ends


def _reads_alone(graph: Digraph[str], port: Port) -> bool:
    """Whether an output has one reader, and is no output of its scope."""
    readers = [head for head, edge in read_by(graph, port.node) if edge.source_slot == port.slot]
    return len(readers) == 1 and port.slot not in vertex(graph, port.node).exports
