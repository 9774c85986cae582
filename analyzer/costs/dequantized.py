"""Arithmetic precision of products whose operands come out of DequantizeLinear.

In the QDQ format (ONNX Runtime, "Quantize ONNX models") a float operator between
DequantizeLinear and QuantizeLinear stands for an integer kernel: when both the
data and the weight are dequantised, its MACs are integer MACs of the wider of the
two types. Weights alone below 8 bits are reported by their type, as MatMulNBits is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import BITS
from analyzer.graph.adjacency import call_of, producer
from analyzer.operators import record_of

if TYPE_CHECKING:
    from analyzer.digraph import Digraph

_MAX_STEPS = 8


def effective_precision(graph: Digraph[str], key: str, stated: str) -> str:
    """Precision of the MACs of node ``key``; ``stated`` where nothing is dequantised."""
    sources: dict[int, str] = {}
    for slot in (0, 1):
        maker = producer(graph, key, slot)
        dtype = _dequantized_from(graph, maker) if maker is not None else ""
        if dtype:
            sources[slot] = dtype
    if len(sources) == 2:
        wider = max(sources.values(), key=lambda name: BITS.get(name, 0))
        return wider.removeprefix("u")
    weight = sources.get(1, "")
    return weight.removeprefix("u") if weight and BITS.get(weight, 8) < 8 else stated


def _dequantized_from(graph: Digraph[str], key: str) -> str:
    """Integer or float8 type that the value of ``key`` was dequantised from, else ``""``."""
    for _ in range(_MAX_STEPS):
        call = call_of(graph, key)
        if call.op_type == "DequantizeLinear":
            tensor = call.input(0)
            return (tensor.dtype or "") if tensor else ""
        record = record_of(call)
        if record is None or not record.keeps_values:
            return ""  # runtimes move Q/DQ across what keeps values only
        before = producer(graph, key)
        if before is None:
            return ""
        key = before
    return ""
