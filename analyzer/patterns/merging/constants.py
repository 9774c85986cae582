"""Sums and products with constants right behind a layer: its bias and its weights could hold them.

``(W·x + b) + c = W·x + (b + c)`` and ``s·(W·x + b) = (s·W)·x + s·b``, where c and s have one
number, or one for each output channel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.record import Kind
from analyzer.patterns.merging.merge import BIAS, SCALE, Merge, per_channel, sole_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.graph.values import NodeView, Value
    from analyzer.patterns.merging.merge import LinearLayer

MOST = 4
"""Constants in a row that are looked at."""


def constant_behind(layer: LinearLayer) -> Iterator[Merge]:
    """Sums and products with constants that only the layer's result goes into."""
    value = layer.output
    for _ in range(MOST):
        reader = sole_reader(value)
        kind = None if reader is None or value is None else _kind(reader, value, layer)
        if reader is None or kind is None:
            return
        yield Merge(
            kind=kind,
            node=reader.id,
            partner=layer.view.name or layer.view.id,
            partner_type=layer.view.op_type,
            operators=1,
            macs_now=layer.macs,
            macs=layer.macs,
            params_now=layer.weights.elements,
            params=layer.weights.elements,
            moved_bytes=None if value is None or value.bytes is None else 2 * value.bytes,
        )
        value = next(iter(reader.outputs), None)


def _kind(reader: NodeView, value: Value, layer: LinearLayer) -> str | None:
    """What ``reader`` does to the result of ``layer``; ``None`` for what that cannot hold."""
    inputs = reader.inputs
    if reader.domain or len(inputs) != 2:
        return None
    first, second = inputs
    other = second if first is value else first
    if other is None or other is value or not other.is_constant or not per_channel(other, layer):
        return None
    if not _keeps_shape(reader, value):
        return None
    holds_bias = layer.record.slot(Kind.BIAS) is not None
    known_bias = layer.bias is None or layer.bias.is_constant
    match reader.op_type:
        case "Add" if holds_bias and known_bias and _bias_fits(layer):
            return BIAS
        case "Sub" if holds_bias and known_bias and _bias_fits(layer) and first is value:
            return BIAS
        case "Mul" if known_bias:
            return SCALE
        case "Div" if known_bias and first is value:
            return SCALE
    return None


def _bias_fits(layer: LinearLayer) -> bool:
    """Whether the bias is a number for each output, as that of a product need not be."""
    bias = layer.bias
    scaled = layer.view.attr.get("beta", 1.0) != 1.0
    return not scaled and (bias is None or bias.elements in (1, layer.outputs))


def _keeps_shape(reader: NodeView, value: Value) -> bool:
    made = next(iter(reader.outputs), None)
    return made is not None and made.rank is not None and made.rank == value.rank
