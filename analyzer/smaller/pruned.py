"""Channels that trained weights leave without work, taken out of the layers that hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.facts import BITS
from analyzer.graph.adjacency import fed_by, read_by, vertex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from analyzer.digraph import Digraph, Edge
    from analyzer.facts import Facts


@dataclass(frozen=True, slots=True)
class Pruned:
    """What goes with dead output channels and unread input channels, in their own layers alone."""

    layers: int
    """That have such channels."""
    outputs: int
    """Dead output channels."""
    inputs: int
    """Input channels that no weight reads."""
    macs: int
    """Multiply-accumulates saved, all executions."""
    bytes: int
    """Bytes of weights saved."""


def pruned(facts: Facts) -> Pruned | None:
    """What dead channels cost; ``None`` where nobody looked, or there are none.

    A layer of N outputs and M inputs of which d are dead and u unread keeps
    ``(N − d) · (M − u) / (N · M)`` of its work. Layers in groups are left out, and channels that
    are the model's own inputs or outputs, which whoever calls it gives and takes.
    """
    if facts.evidence is None:
        return None
    layers = outputs = inputs = macs = held = 0
    for key, layer in facts.evidence.layers.items():
        use, node = layer.filters, facts[key]
        if use is None or not (use.dead_count or use.unread_count) or not node.counted:
            continue
        if node.conv is not None and node.conv.groups > 1:
            continue
        dead = 0 if _reaches(facts, key, _read_as_output, read_by) else use.dead_count
        unread = 0 if _reaches(facts, key, _is_given, fed_by) else use.unread_count
        left = (use.filters - dead) * (use.inputs - unread)
        whole = use.filters * use.inputs
        if left in (0, whole) or layer.values.constant:
            continue  # nothing but zeros: a placeholder, and no layer that could be narrower
        layers, outputs, inputs = layers + 1, outputs + dead, inputs + unread
        gone = whole - left
        macs += (node.macs or 0) * node.counted * gone // whole
        held += layer.values.elements * gone // whole * BITS.get(layer.values.dtype, 32) // 8
    return Pruned(layers, outputs, inputs, macs, held) if layers else None


def _reaches(
    facts: Facts,
    layer: str,
    is_end: Callable[[Facts, str], bool],
    beside: Callable[[Digraph[str], str], Iterator[tuple[str, Edge]]],
) -> bool:
    """Whether channels of ``layer`` come from, or get to, where the model ends, with no other layer
    between that could be narrower."""
    seen, todo = {layer}, [layer]
    while todo:
        current = todo.pop()
        if is_end(facts, current):
            return True
        for other, _edge in beside(facts.graph, current):
            if other not in seen and not _mixes(facts, other):
                seen.add(other)
                todo.append(other)
    return False


def _is_given(facts: Facts, node: str) -> bool:
    """Whether it reads an input of the model."""
    return any(tensor.name in facts[node].inputs for tensor in facts.inputs)


def _read_as_output(facts: Facts, node: str) -> bool:
    """Whether a result is an output of the model."""
    return bool(vertex(facts.graph, node).exports)


def _mixes(facts: Facts, node: str) -> bool:
    """Whether it is a layer that makes channels of its own from all that it reads."""
    found = None if facts.evidence is None else facts.evidence.layers.get(node)
    conv = facts[node].conv
    return found is not None and found.filters is not None and (conv is None or conv.groups == 1)
