"""Channels that trained weights leave without work, taken out of the layers that hold them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.facts import BITS

if TYPE_CHECKING:
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
    ``(N − d) · (M − u) / (N · M)`` of its work. Layers in groups are left out.
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
        left = (use.filters - use.dead_count) * (use.inputs - use.unread_count)
        whole = use.filters * use.inputs
        if not left or not whole or layer.values.constant:
            continue  # nothing but zeros: a placeholder, and no layer that could be narrower
        layers, outputs, inputs = layers + 1, outputs + use.dead_count, inputs + use.unread_count
        gone = whole - left
        macs += (node.macs or 0) * node.counted * gone // whole
        held += layer.values.elements * gone // whole * BITS.get(layer.values.dtype, 32) // 8
    return Pruned(layers, outputs, inputs, macs, held) if layers else None
