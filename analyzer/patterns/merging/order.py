"""Layers that do more than is read of them, or the same on more positions than there is need.

A 1×1 convolution looks at one position at a time, interpolation and averages at one channel: they
may change places. ``W·(Σ a_i x_i) + b = Σ a_i (W·x_i + b)`` where the a_i add up to 1.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.patterns.merging.merge import DISCARDED, EARLY, LATE, Merge, elements, sole_reader

if TYPE_CHECKING:
    from analyzer.graph.values import NodeView, Value
    from analyzer.operators.record import Operator
    from analyzer.patterns.merging.merge import LinearLayer

MOST = 4
"""Operators between a layer and who reads a part of it."""


def late_pointwise(layer: LinearLayer) -> Merge | None:
    """A 1×1 convolution of what was just interpolated to more positions."""
    read = next(iter(layer.view.inputs), None)
    resize = read.producer if read is not None and read.uses == 1 else None
    if not layer.is_pointwise or resize is None or resize.domain:
        return None
    if resize.op_type not in ("Resize", "Upsample"):
        return None
    if resize.attr.get("coordinate_transformation_mode") == "tf_crop_and_resize":
        return None  # fills in a number from outside
    return _cheaper(LATE, layer, resize, next(iter(resize.inputs), None), read)


def early_pointwise(layer: LinearLayer) -> Merge | None:
    """A 1×1 convolution of what is averaged over positions right after it."""
    pool = sole_reader(layer.output)
    record = _record(pool) if pool is not None else None
    if not layer.is_pointwise or pool is None or record is None or record.domain:
        return None
    made = next(iter(pool.outputs), None)
    if not record.averages or _pads(pool):
        return None
    if record.nature is Nature.REDUCTION and not _over_space(layer.output, made):
        return None
    return _cheaper(EARLY, layer, pool, made, layer.output)


def _pads(view: NodeView) -> bool:
    """Whether it reads positions beyond the edge."""
    asked = view.attr.get("auto_pad", "NOTSET")
    return any(view.attr.get("pads", ())) or asked not in ("NOTSET", "VALID")


def _over_space(before: Value | None, after: Value | None) -> bool:
    """Whether a mean keeps batch and channels and nothing else."""
    wide, narrow = (() if v is None else v.fixed_shape or () for v in (before, after))
    return len(wide) == len(narrow) > 2 and wide[:2] == narrow[:2]


def _cheaper(
    kind: str, layer: LinearLayer, other: NodeView, small: Value | None, large: Value | None
) -> Merge | None:
    """The layer at the positions of ``small`` in the place of those of ``large``."""
    few, many = (
        None if v is None or v.shape is None else elements(v.shape[2:]) for v in (small, large)
    )
    if few is None or not many or few >= many:
        return None
    weights = layer.weights.elements
    made = large.bytes if large is not None else None
    return Merge(kind, layer.view.id, other.name or other.id, other.op_type, 0, layer.macs,
                 layer.macs // many * few, weights, weights, made)  # fmt: skip


def discarded(layer: LinearLayer) -> Merge | None:
    """A convolution of whose result, bent or not, every reader takes each second position only."""
    conv = layer.view.conv
    if conv is None or conv.transposed:
        return None
    value, passed = layer.output, 0
    while value is not None and passed < MOST:
        by_id = {reader.id: reader for reader in value.readers}
        readers = [by_id[read.node] for read in value.reads]
        if value.is_output or not readers:
            return None
        steps = {_steps(reader) for reader in readers}
        if None not in steps and len(steps) == 1:
            (step,) = steps
            return _thinned(layer, conv.out_spatial, readers[0], step or ())
        if len(readers) != 1 or not _bends(readers[0]):
            return None
        value, passed = next(iter(readers[0].outputs), None), passed + 1
    return None


def _steps(reader: NodeView) -> tuple[int, ...] | None:
    """Positions that a 1×1 convolution goes on by; ``None`` where it reads all, or more."""
    conv = reader.conv
    if conv is None or conv.transposed or conv.kernel_volume != 1:
        return None
    if any(reader.attr.get("pads", ())) or max(conv.strides) < 2:
        return None
    strides: tuple[int, ...] = conv.strides
    return strides


def _bends(reader: NodeView) -> bool:
    """An operator on each element by itself, with constants at most."""
    record = _record(reader)
    return record is not None and record.nature is Nature.ACTIVATION


def _record(view: NodeView) -> Operator | None:
    return record_of(view.vertex.call) if view.vertex else None


def _thinned(
    layer: LinearLayer, sizes: tuple[int | None, ...], reader: NodeView, step: tuple[int, ...]
) -> Merge | None:
    """The layer at each ``step``-th of its positions, of which it has more than one."""
    spread = [(size, by) for size, by in zip(sizes, step, strict=True) if size]
    many, few = prod(size for size, _ in spread), prod(-(-size // by) for size, by in spread)
    if few >= many:
        return None
    weights = layer.weights.elements
    return Merge(DISCARDED, layer.view.id, reader.name or reader.id, reader.op_type, 0, layer.macs,
                 layer.macs // many * few, weights, weights, None)  # fmt: skip
