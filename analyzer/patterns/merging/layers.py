"""Layers in a row without anything between them, and layers side by side."""

from __future__ import annotations

from collections import defaultdict
from math import prod
from typing import TYPE_CHECKING

from analyzer.operators.record import Nature
from analyzer.patterns.merging.merge import PAIR, PARALLEL, Merge, layer_of, sole_reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.graph.values import NodeView, Value
    from analyzer.patterns.merging.merge import LinearLayer


def linear_pair(first: LinearLayer) -> Merge | None:
    """A layer whose result goes into another one, a constant sum between them or not.

    From K inputs over r to N outputs the two cost ``r·(K + N)`` weights, one of them ``K·N``: only
    where that is less is it a merge. Behind a convolution a pointwise one can be merged, or
    another product behind a product; a bias between them is a constant of the second.
    """
    value = first.output
    second = layer_of(sole_reader(value))
    if second is None or value is None:
        second = layer_of(_behind_sum(value))
    if second is None or not _follows(first, second):
        return None
    inner, outer = first.sides, second.sides
    if inner is None or outer is None or inner[1] != outer[0]:
        return None
    positions = second.macs // max(1, outer[0] * outer[1])
    now, merged = first.macs + second.macs, positions * inner[0] * outer[1]
    params_now, params = inner[0] * inner[1] + outer[0] * outer[1], inner[0] * outer[1]
    if merged >= now or params >= params_now:
        return None
    moved = value.bytes if value is not None else None
    return Merge(PAIR, second.view.id, first.view.name or first.view.id, first.view.op_type, 1,
                 now, merged, params_now, params,
                 None if moved is None else 2 * moved)  # fmt: skip


def _behind_sum(value: Value | None) -> NodeView | None:
    reader = sole_reader(value)
    if reader is None or reader.op_type != "Add" or reader.domain:
        return None
    other = next((v for v in reader.inputs if v is not None and v is not value), None)
    if other is None or not other.is_constant or (other.rank or 0) > 1:
        return None
    return sole_reader(next(iter(reader.outputs), None))


def _follows(first: LinearLayer, second: LinearLayer) -> bool:
    if first.is_conv:
        return second.is_pointwise and (first.bias is None or first.bias.is_constant)
    return first.record.nature is second.record.nature is Nature.PRODUCT


def parallel_products(layers: Iterable[LinearLayer]) -> Iterator[Merge]:
    """Products that read one input: one with all of their columns."""
    by_input: dict[object, list[LinearLayer]] = defaultdict(list)
    for layer in layers:
        read = next(iter(layer.view.inputs), None)
        product = layer.record.nature is Nature.PRODUCT and not layer.view.attr.get("transA")
        if read is not None and product and layer.sides is not None:
            by_input[id(read), layer.view.op_type, layer.sides[0]].append(layer)
    for same in by_input.values():
        if len(same) > 1:
            yield _side_by_side(same)


def _side_by_side(same: list[LinearLayer]) -> Merge:
    macs = sum(layer.macs for layer in same)
    params = sum(prod(layer.sides or ()) for layer in same)
    read = same[0].view.inputs[0]
    moved = None if read is None or read.bytes is None else (len(same) - 1) * read.bytes
    first, second = same[0].view, same[1].view
    return Merge(PARALLEL, first.id, second.name or second.id, second.op_type, len(same) - 1,
                 macs, macs, params, params, moved)  # fmt: skip
