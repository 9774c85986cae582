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
    from collections.abc import Mapping

    from analyzer.digraph import Digraph

_MAX_STEPS = 8
_LEVELS = {2: "float16", 3: "bfloat16", 4: "int8"}


def effective_precision(graph: Digraph[str], key: str, stated: str) -> str:
    """Precision of the MACs of node ``key``; ``stated`` where nothing is dequantised."""
    sources = _sources(graph, key)
    if len(sources) == 2:
        return _wider(sources)
    weight = sources.get(1, "")
    return weight.removeprefix("u") if weight and BITS.get(weight, 8) < 8 else stated


def arithmetic(graph: Digraph[str], key: str, stored: str) -> str:
    """Type in which a runtime multiplies the MACs of node ``key``, whose precision is ``stored``.

    It is another where weights alone are narrow. Those are unpacked, and
    multiplied in the type of the data, or in that which ``accuracy_level`` of MatMulNBits and its
    like allows (ContribOperators.md): 2 is float16, 3 bfloat16, 4 int8; 0 and 1 do not narrow.
    """
    if BITS.get(stored, 0) > BITS["int8"]:
        return stored
    call = call_of(graph, key)
    record = record_of(call)
    if record is None or record.cost.precision is None:
        return stored
    if record.cost.unpacks:
        data = call.input(0)
        level = call.attr("accuracy_level", 0)
        return _LEVELS.get(level, (data.dtype or "") if data else "") or stored
    return stored if len(_sources(graph, key)) == 2 else record.cost.precision(call)


def _sources(graph: Digraph[str], key: str) -> dict[int, str]:
    """Types that data (0) and weight (1) were dequantised from, where they were."""
    makers = {slot: producer(graph, key, slot) for slot in (0, 1)}
    found = {slot: dequantized_from(graph, made) for slot, made in makers.items() if made}
    return {slot: dtype for slot, dtype in found.items() if dtype}


def _wider(sources: Mapping[int, str]) -> str:
    return max(sources.values(), key=lambda name: BITS.get(name, 0)).removeprefix("u")


def dequantized_from(graph: Digraph[str], key: str) -> str:
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
