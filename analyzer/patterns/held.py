"""What weights that callers may replace keep a runtime from folding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.values import OVERRIDABLE_SINCE
from analyzer.operators import find
from analyzer.operators.record import Nature
from analyzer.patterns.wires import wires_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Facts, Node


def held_bytes(facts: Facts) -> Mapping[str, int]:
    """Bytes that BatchNormalization behind a layer of the main graph writes and reads again, by
    the name of its scale; only of those whose size is known, and none in files whose initializers
    nobody may replace."""
    held: dict[str, int] = {}
    if facts.model.ir_version < OVERRIDABLE_SINCE:
        return held
    for node in normalised(facts):
        moved = node.outputs[0].bytes
        if moved is not None:
            held[node.inputs[1]] = held.get(node.inputs[1], 0) + 2 * moved
    return held


def normalised(facts: Facts) -> Iterator[Node]:
    """BatchNormalization behind a layer of the main graph."""
    makers = wires_of(facts).makers
    for node in facts.nodes:
        if node.op_type != "BatchNormalization" or node.domain or node.scope:
            continue
        layer = makers.get((node.scope, node.inputs[0]))
        record = find(layer.domain, layer.op_type) if layer is not None else None
        if record is not None and record.nature in _FOLDING:
            yield node


_FOLDING = frozenset({Nature.CONVOLUTION, Nature.PRODUCT})
