"""Contracts of quantisation: scales and zero points per tensor, per axis and per block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.operators.contracts.parts import (
    broadcasts,
    rank,
    single,
)
from analyzer.operators.contracts.reading import (
    contents,
    differ,
    elements_of,
    rank_of,
    shape_of,
    size_at,
    whole,
)
from analyzer.operators.contracts.settings import (
    out_of_range,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _scale(call: Call) -> Iterator[Violation]:
    """One scale, one for each entry of ``axis``, or one for each block along it."""
    data, scale = shape_of(call, 0), shape_of(call, 1)
    axis, block = whole(call, "axis", 1), whole(call, "block_size", 0)
    if block is not None and block < 0:
        yield Violation("attribute-value", f"block_size is {block}", "set it to 0 or more")
        return
    if data is None or scale is None or axis is None or block is None:
        return
    single_ = elements_of(call, 1) == 1 and len(scale) <= 1
    if single_ and not block:
        return
    if not -len(data) <= axis < len(data):
        yield out_of_range("axis", axis, len(data), f"the input ({spell(data)})")
    elif block:
        yield from _blocked(data, scale, axis % len(data), block)
    elif len(scale) != 1:
        yield Violation(
            "scale-shape",
            f"the scale has {len(scale)} axes ({spell(scale)}) and block_size is 0",
            "give one scale, one for each entry of axis, or set block_size",
        )
    elif differ(scale[0], data[axis]):
        yield Violation(
            "scale-shape",
            f"{scale[0]} scales for axis {axis} of {spell(data)}, which has {data[axis]} entries",
            f"give one scale or {data[axis]}, or correct axis",
        )


def _blocked(
    data: tuple[Dim, ...], scale: tuple[Dim, ...], axis: int, block: int
) -> Iterator[Violation]:
    wanted = tuple(
        size if i != axis or size is None else -(-size // block) for i, size in enumerate(data)
    )
    if len(scale) != len(wanted) or any(map(differ, scale, wanted)):
        yield Violation(
            "scale-shape",
            f"scales are {spell(scale)}; {spell(data)} in blocks of {block} along axis {axis} "
            f"takes {spell(wanted)}",
            "give one scale for each block, or correct block_size or axis",
        )


def positive(slot: int, name: str) -> Contract:
    """The scales in input ``slot`` are above 0; a runtime divides by them all the same."""

    def check(call: Call) -> Iterator[Violation]:
        values = contents(call, slot)
        if values is None or not values.size:
            return
        numbers = np.asarray(values, np.float64).ravel()
        if not np.all(numbers > 0):
            wrong = numbers[~(numbers > 0)]
            yield Violation(
                "scale-value",
                f"{name} is {wrong[0]:.3g}"
                + ("" if wrong[0] else ", which loses all that it scales")
                + (f", and {len(wrong) - 1} more are not above 0" if len(wrong) > 1 else ""),
                "quantise once more: a scale is above 0",
                grave=False,
            )

    return check


def _zero_type(slot: int, zero: int) -> Contract:
    """The zero point has the type of what it shifts."""

    def check(call: Call) -> Iterator[Violation]:
        data, point = call.input(slot), call.input(zero)
        if data is None or point is None or data.dtype is None or point.dtype is None:
            return
        if data.dtype != point.dtype:
            yield Violation(
                "operand-type",
                f"the zero point is {point.dtype}, and what it belongs to is {data.dtype}",
                "give both the same type",
            )

    return check


def per_column(scale: int, zero: int, data: int, axis: int, what: str) -> tuple[Contract, ...]:
    """Scale and zero point are one number, or one for each entry of ``axis`` of input ``data``."""

    def fits(slot: int, name: str) -> Contract:
        def check(call: Call) -> Iterator[Violation]:
            count, wanted = elements_of(call, slot), size_at(call, data, axis)
            shape = shape_of(call, slot)
            if count is None or shape is None or len(shape) > 1 or count == 1:
                return
            if differ(count, wanted):
                yield Violation(
                    "scale-shape",
                    f"{name} has {count} elements for {wanted} {what}",
                    f"give {name} one element or {wanted}",
                )

        return check

    return fits(scale, "the weight's scale"), fits(zero, "the weight's zero point")


def singles(*slots: tuple[int, str]) -> tuple[Contract, ...]:
    """Every input of ``slots`` is one number."""
    return tuple(single(slot, name) for slot, name in slots)


def _points(call: Call) -> Iterator[Violation]:
    """As many zero points as scales, in the same shape; a scalar and one element are the same."""
    scale, points = shape_of(call, 1), shape_of(call, 2)
    if scale is None or points is None or elements_of(call, 1) == elements_of(call, 2) == 1:
        return
    if len(scale) != len(points) or any(map(differ, scale, points)):
        yield Violation(
            "zero-point-shape",
            f"the zero point is {spell(points)} and the scale {spell(scale)}",
            "give one zero point for each scale",
        )


_LINEAR = (_scale, _points, positive(1, "the scale"))


def _edges(slot: int, data: int, axis: int, what: str) -> tuple[Contract, ...]:
    """A zero point of one axis is one number, or one for each entry of ``axis`` of the matrix."""

    def check(call: Call) -> Iterator[Violation]:
        wanted = size_at(call, data, axis)
        points = elements_of(call, slot) if rank_of(call, slot) == 1 else None
        if points != 1 and differ(points, wanted):
            yield Violation(
                "zero-point-shape",
                f"{points} zero points for {wanted} {what}",
                f"give one or {wanted}",
            )

    return (check,)


def scalars(*slots: tuple[int, str]) -> tuple[Contract, ...]:
    """Every input of ``slots`` is a scalar, for which one axis of one element does not do."""
    return tuple(rank(slot, name, 0) for slot, name in slots)


_BINARY = (
    broadcasts(0, 3, since=1),
    *scalars((1, "A_scale"), (2, "A_zero_point"), (4, "B_scale"), (5, "B_zero_point"),
             (6, "C_scale"), (7, "C_zero_point")),
    positive(1, "A_scale"), positive(4, "B_scale"), positive(6, "C_scale"),
)  # fmt: skip
_UNARY = (
    *singles((1, "X_scale"), (2, "X_zero_point"), (3, "Y_scale"), (4, "Y_zero_point")),
    positive(1, "X_scale"), positive(3, "Y_scale"),
)  # fmt: skip

QUANTISATION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "QuantizeLinear"): _LINEAR,
    ("", "DequantizeLinear"): (*_LINEAR, _zero_type(0, 2)),
    ("com.microsoft", "QuantizeLinear"): _LINEAR,
    ("com.microsoft", "DequantizeLinear"): _LINEAR,
    ("", "QLinearConv"): (
        *singles((1, "x_scale"), (2, "x_zero_point"), (6, "y_scale"), (7, "y_zero_point")),
        *per_column(4, 5, 3, 0, "output channels"), _zero_type(0, 2), _zero_type(3, 5),
        positive(1, "x_scale"), positive(4, "w_scale"), positive(6, "y_scale"),
    ),
    ("", "QLinearMatMul"): (
        *singles((6, "y_scale"), (7, "y_zero_point")), *_edges(2, 0, -2, "rows of A"),
        *per_column(4, 5, 3, -1, "columns of B"),
        _zero_type(0, 2), _zero_type(3, 5),
        positive(1, "a_scale"), positive(4, "b_scale"), positive(6, "y_scale"),
    ),
    ("", "ConvInteger"): (single(2, "x_zero_point"), _zero_type(0, 2), _zero_type(1, 3)),
    ("", "MatMulInteger"): (
        _zero_type(0, 2), _zero_type(1, 3), *_edges(2, 0, -2, "rows of A"),
        *_edges(3, 1, -1, "columns of B"),
    ),
    ("com.microsoft", "QLinearAdd"): _BINARY,
    ("com.microsoft", "QLinearMul"): _BINARY,
    ("com.microsoft", "QLinearLeakyRelu"): _UNARY,
    ("com.microsoft", "QLinearSigmoid"): _UNARY,
    ("com.microsoft", "QLinearAveragePool"): (
        *scalars((1, "X_scale"), (2, "X_zero_point"), (3, "Y_scale"), (4, "Y_zero_point")),
        positive(1, "X_scale"), positive(3, "Y_scale"),
    ),
    ("com.microsoft", "QLinearGlobalAveragePool"): _UNARY,
    ("com.microsoft", "QLinearSoftmax"): _UNARY,
    ("com.microsoft", "QLinearReduceMean"): _UNARY,
    ("com.microsoft", "QLinearWhere"): (
        broadcasts(0, 1, 4, since=1), positive(2, "x_scale"), positive(5, "y_scale"),
        positive(7, "z_scale"),
    ),
    ("com.microsoft", "QLinearConv"): (
        *singles((1, "x_scale"), (2, "x_zero_point"), (6, "y_scale"), (7, "y_zero_point")),
        *per_column(4, 5, 3, 0, "output channels"), positive(4, "w_scale"),
    ),
    ("com.microsoft", "QGemm"): (
        *singles((1, "a_scale"), (2, "a_zero_point")), positive(1, "a_scale"),
        positive(4, "b_scale"),
    ),
    ("com.microsoft", "MatMulIntegerToFloat"): (positive(2, "a_scale"), positive(3, "b_scale")),
    ("com.microsoft", "DynamicQuantizeMatMul"): (positive(2, "b_scale"),),
}  # fmt: skip
"""``MatMulInteger`` takes zero points per row of A and per column of B, scalars and matrices."""
