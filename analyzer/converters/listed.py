"""Which types of operators to name where a quantiser has to keep others out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.converters.converter import Converter
    from analyzer.facts import Facts, Node

_COMPUTING = frozenset({
    Nature.ACTIVATION, Nature.ELEMENTWISE, Nature.NORMALISATION, Nature.SOFTMAX,
})  # fmt: skip


def listed(facts: Facts, tool: Converter, kept_out: Collection[str]) -> tuple[str, ...]:
    """The layers of the main graph, and what stands between them and nowhere else: what stays in
    float32 there has each layer converted back and forth; what stands before and behind all
    layers often has ranges that integers do not hold."""
    before, between, behind = _parts(facts, tool)
    beyond = {node.op_type for node in (*before, *behind)}
    inner = {node.op_type for node in between}
    return tuple(sorted(inner & {*tool.layers} | (inner & {*tool.between}) - beyond - {*kept_out}))


def unfused(facts: Facts, tool: Converter, gone: Collection[str] = ()) -> tuple[str, ...]:
    """Types of what computes between layers and is fused with none of them as integers, without
    the operators ``gone``."""
    found = dict.fromkeys(
        node.op_type
        for node in _parts(facts, tool)[1]
        if node.id not in gone
        and node.op_type not in (*tool.layers, *tool.between)
        and any(tensor.dtype == "float32" for tensor in node.outputs)
        and (record := find(node.domain, node.op_type)) is not None
        and record.nature in _COMPUTING
    )
    return tuple(found)


def _parts(
    facts: Facts, tool: Converter
) -> tuple[Sequence[Node], Sequence[Node], Sequence[Node]]:  # fmt: skip
    """Operators of the main graph before its first layer, from there to the last one, and after."""
    main = [node for node in facts.nodes if not node.scope]
    layers = [place for place, node in enumerate(main) if node.op_type in tool.layers]
    if not layers:
        return main, (), ()
    start, end = layers[0], layers[-1] + 1
    return main[:start], main[start:end], main[end:]
