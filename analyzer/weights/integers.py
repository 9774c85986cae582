"""What quantised weights say: how their scales fit, and what other scales would keep.

The step of a scale is what rounding costs: errors spread evenly over a step s have the power
s²/12. With one scale for a tensor, the step follows the largest weight of all; with one for each
output channel, that of the channel: Krishnamoorthi, "Quantizing deep convolutional networks for
efficient inference", section 3 (https://arxiv.org/abs/1806.08342).
"""

from __future__ import annotations

from math import log10, prod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analyzer.evidence import IntegerWeights
from analyzer.facts import BITS
from analyzer.graph.adjacency import call_of, producer
from analyzer.operators import record_of
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from analyzer.digraph import Digraph
    from analyzer.facts import Node, Shape
    from analyzer.graph.call import Call
    from analyzer.model.rows import Rows
    from analyzer.operators.record import Operator
    from analyzer.weights.source import WeightSource

WIDEST = 8
"""Bits of a type whose weights are looked at."""
BLOCK = 1 << 20
"""Elements looked at at a time."""
MOST_WIDE = 1 << 22
"""Elements of a row, or channels, beyond which weights are not looked at."""


class Operands(NamedTuple):
    """Where the weights of a layer and their parameters are: operator and slot."""

    holder: str
    weight: int
    scale: int | None
    zero_point: int | None
    axis: int | None
    """Of output channels; ``None`` where that is not the first or the last one."""


def integer_weights(
    nodes: Iterable[Node],
    graph: Digraph[str],
    source: WeightSource,
    allows: Callable[[int, str], bool],
) -> Iterator[IntegerWeights]:
    """Every weight of 8 bits or fewer that a layer reads as it is, or dequantised.

    ``allows`` says whether so many bytes may still be read, for a node.
    """
    for node in nodes:
        record = record_of(call_of(graph, node.id))
        if record is None or record.weight is None:
            continue
        for slot in record.slots(Kind.WEIGHT):
            place = _operands(graph, node.id, record, slot)
            if place is not None:
                found = _look(graph, node, place, source, allows)
                if found is not None:
                    yield found


def _operands(graph: Digraph[str], node: str, record: Operator, slot: int) -> Operands | None:
    call = call_of(graph, node)
    axis = _channel_axis(call, record, slot)
    if _is_narrow(call, slot):
        place = [
            other
            for other, operand in enumerate(record.inputs)
            if operand.kind in (Kind.DATA, Kind.WEIGHT) and _is_narrow(call, other)
        ].index(slot)
        scales, zeros = record.slots(Kind.SCALE), record.slots(Kind.ZERO_POINT)
        if record.inputs[slot].packed is not None:
            return None
        return Operands(node, slot, _nth(scales, place), _nth(zeros, place), axis)
    maker = producer(graph, node, slot)
    if maker is None or call_of(graph, maker).op_type != "DequantizeLinear":
        return None
    made = call_of(graph, maker)
    if not _is_narrow(made, 0) or made.attr("block_size", 0):
        return None
    return Operands(maker, 0, 1, 2 if made.input(2) else None, axis)


def _nth(slots: tuple[int, ...], place: int) -> int | None:
    return slots[place] if place < len(slots) else None


def _is_narrow(call: Call, slot: int) -> bool:
    tensor = call.input(slot)
    dtype = (tensor.dtype or "") if tensor else ""
    return dtype.lstrip("u").startswith("int") and BITS.get(dtype, 64) <= WIDEST


def _channel_axis(call: Call, record: Operator, slot: int) -> int | None:
    """0 or -1; ``None`` for another axis, and where several weights share the tensor."""
    axes = record.inputs[slot].axes
    if "K" in axes and "N" in axes:  # a product, perhaps turned
        turned = bool(call.attr("transB", 0)) != (axes.index("N") < axes.index("K"))
        return 0 if turned else -1
    if axes[:1] == ("N",):
        return 0
    return -1 if axes[-1:] and axes[-1].endswith(("N", "H")) and "K…" not in axes else None


def _look(
    graph: Digraph[str],
    node: Node,
    place: Operands,
    source: WeightSource,
    allows: Callable[[int, str], bool],
) -> IntegerWeights | None:
    call = call_of(graph, place.holder)
    tensor = call.input(place.weight)
    if (
        tensor is None
        or tensor.dtype is None
        or not tensor.elements
        or not _is_held(tensor.shape, place.axis)
    ):
        return None
    scales = _size(call, place.scale)
    zero_points = _size(call, place.zero_point)
    if not allows(tensor.elements, node.id):
        return None
    zeros = _zeros(source, place)
    if place.zero_point is not None and zeros is None:
        return None
    with source.operand(place.holder, place.weight) as stored:
        if stored is None or stored.dtype.kind not in "iuV":
            return None
        weights = PlacedWeights(
            node, tensor.name, tensor.dtype, scales or zero_points, zeros, place.axis
        )
        return _judge(stored, weights)


def _is_held(shape: Shape, axis: int | None) -> bool:
    """A matrix or more, of which a row and the peaks of all channels fit into memory."""
    if shape is None or len(shape) < 2 or None in shape:
        return False
    sizes = [size or 0 for size in shape]
    if axis == 0:
        return max(prod(sizes[1:]), sizes[0]) <= MOST_WIDE
    return sizes[-1] * (sizes[0] if len(sizes) == 3 else 1) <= MOST_WIDE


def _size(call: Call, slot: int | None) -> int | None:
    tensor = call.input(slot) if slot is not None else None
    return None if tensor is None else tensor.elements


def _zeros(source: WeightSource, place: Operands) -> NDArray[np.int32] | None:
    if place.zero_point is None:
        return None
    with source.operand(place.holder, place.zero_point) as rows:
        return None if rows is None else rows.whole().astype(np.int32).reshape(-1)


def _judge(stored: Rows, weights: PlacedWeights) -> IntegerWeights:
    low, high = weights.ends
    least, most, clipped = high, low, 0
    peaks = Peaks.of(stored, weights)
    for start, stop in _spans(stored, peaks.row):
        block = np.asarray(stored.flat(start, stop)).astype(np.int32)
        least, most = min(least, int(block.min())), max(most, int(block.max()))
        clipped += int(np.count_nonzero((block == low) | (block == high)))
        peaks.add(block, start)
    found = peaks.found
    return IntegerWeights(
        name=weights.name,
        node=weights.node.id,
        operator=weights.node.op_type,
        dtype=weights.dtype,
        elements=stored.size,
        scales=weights.scales,
        channels=None if found is None else found.size,
        min=least,
        max=most,
        lowest=low,
        highest=high,
        zero_point=weights.zero_point,
        shifted=weights.shifted,
        clipped=clipped,
        gain=_gain(found) if found is not None and weights.scales == len(found) else None,
        narrowest=None if found is None else int(found[found > 0].min(initial=high)),
    )


class PlacedWeights(NamedTuple):
    """What is known of stored weights before they are looked at."""

    node: Node
    name: str
    dtype: str
    scales: int | None
    zeros: NDArray[np.int32] | None
    axis: int | None

    @property
    def ends(self) -> tuple[int, int]:
        """Smallest and largest integer of the type.

        >>> PlacedWeights(None, "w", "int4", 1, None, 0).ends
        (-8, 7)
        """
        bits = BITS[self.dtype]
        half = 1 << (bits - 1)
        return (0, 2 * half - 1) if self.dtype.startswith("u") else (-half, half - 1)

    @property
    def zero_point(self) -> int | None:
        """The one of all channels."""
        if self.zeros is None:
            return 0
        same = self.zeros.size and (self.zeros == self.zeros[0]).all()
        return int(self.zeros[0]) if same else None

    @property
    def shifted(self) -> int:
        """Zero points out of the middle of the type."""
        if self.zeros is None:
            return 0
        low, high = self.ends
        return int(np.count_nonzero(self.zeros != (low + high + 1) // 2))


class Peaks:
    """Largest distance from the zero point in each output channel."""

    def __init__(self, parts: int, row: int, period: int, zero_point: int | None) -> None:
        self.row: int = row
        """Elements that are looked at together: of one channel, or one of each."""
        self._period = period
        """Rows of one part."""
        self._zero_point = zero_point
        self._by_row = not period
        self._found: NDArray[np.int32] = np.zeros((parts, 0 if self._by_row else row), np.int32)
        self._rows: list[NDArray[np.int32]] = []

    @classmethod
    def of(cls, stored: Rows, weights: PlacedWeights) -> Peaks:
        """Channels along the first axis; or along the last, those of directions apart."""
        zero_point = weights.zero_point if weights.axis is not None else None
        if weights.axis == 0:
            return cls(1, prod(stored.shape[1:]), 0, zero_point)
        parts = stored.shape[0] if stored.ndim == 3 else 1
        wide = stored.shape[-1]
        return cls(parts, wide, stored.size // (parts * wide), zero_point)

    def add(self, block: NDArray[np.int32], start: int) -> None:
        """Look at whole rows, of which the first begins at element ``start``."""
        if self._zero_point is None:
            return
        far = np.abs(block - self._zero_point).reshape(-1, self.row)
        if self._by_row:
            self._rows.append(far.max(axis=1))
            return
        part = (start // self.row + np.arange(len(far))) // self._period
        np.maximum.at(self._found, part, far)

    @property
    def found(self) -> NDArray[np.int32] | None:
        """By scale and channel; ``None`` where zero points differ or channels lie elsewhere."""
        if self._zero_point is None:
            return None
        return np.concatenate(self._rows)[None] if self._by_row else self._found


def _spans(stored: Rows, row: int) -> Iterator[tuple[int, int]]:
    """Where blocks of whole rows begin and end: as many as fit into ``BLOCK``, or one."""
    step = max(row, BLOCK - BLOCK % row)
    for start in range(0, stored.size, step):
        yield start, min(stored.size, start + step)


def _gain(peaks: NDArray[np.int32]) -> float | None:
    """``10·log10(Σ P² / Σ p²)`` over channels with the peaks p, of which P is the largest.

    One row for each scale there is. Channels without weights need no step.

    >>> _gain(np.array([[127, 127]])), _gain(np.array([[120, 12]]))
    (0.0, 3.0)
    """
    squares = np.square(peaks.astype(np.float64))
    now = squares.max(axis=1, keepdims=True) * (peaks > 0)
    return round(10 * log10(now.sum() / squares.sum()), 1) if squares.any() else None
