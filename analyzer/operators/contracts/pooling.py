"""Contracts of pooling, and of the convolution whose window is deformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    least_rank,
    rank,
    same_rank,
    same_shape,
    same_size,
    vector,
)
from analyzer.operators.contracts.reading import differ, shape_of, size_at, whole, wholes
from analyzer.operators.contracts.settings import at_least, flag, one_of, per_axis
from analyzer.operators.contracts.violation import Violation
from analyzer.operators.contracts.windows import Window, attributes, channels, room, sides
from analyzer.units import shape as spell
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _frame(call: Call) -> Iterator[Violation]:
    """A pool's padding stays below its window: no window lies in the padding alone."""
    kernel, pads = wholes(call, "kernel_shape"), wholes(call, "pads")
    if not kernel or not pads or len(pads) != 2 * len(kernel) or call.op_type == "MaxUnpool":
        return
    if any(pad >= kernel[i % len(kernel)] for i, pad in enumerate(pads)):
        yield Violation(
            "pool-pads",
            f"pads {list(pads[:MAX_LISTED])} reach the size of the window "
            f"{list(kernel[:MAX_LISTED])}",
            "keep each pad below the window's side",
        )


def _offsets(call: Call) -> Iterator[Violation]:
    """DeformConv: two offsets and one mask for each place of the kernel and each group."""
    groups, weight = whole(call, "offset_group", 1), shape_of(call, 1)
    data = shape_of(call, 0)
    if groups is None or weight is None or len(weight) != 4 or groups < 1:
        return
    kernel = weight[2:]
    strides, dilations = wholes(call, "strides") or (1, 1), wholes(call, "dilations") or (1, 1)
    pads = wholes(call, "pads") or (0,) * 4
    if (
        None in kernel
        or data is None
        or len(data) != 4
        or (len(strides), len(dilations), len(pads)) != (2, 2, 4)
    ):
        return
    places = (kernel[0] or 0) * (kernel[1] or 0)
    outs: list[Dim] = []
    for i, size in enumerate(data[2:]):
        window = dilations[i] * ((kernel[i] or 1) - 1) + 1
        free = None if size is None else size + pads[i] + pads[2 + i] - window
        outs.append(None if free is None or strides[i] < 1 else free // strides[i] + 1)
    for slot, name, each in ((2, "offset", 2), (4, "mask", 1)):
        shape, wanted = shape_of(call, slot), (data[0], groups * each * places, *outs)
        if shape is not None and (len(shape) != 4 or any(map(differ, shape, wanted))):
            yield Violation(
                "offset-shape",
                f"{name} is {spell(shape)}, and {so_many(groups, 'offset group')} with a kernel of "
                f"{so_many(places, 'place')} needs {spell(wanted)}",
                f"give {name} that shape, or correct offset_group",
            )
            return


_POOL = Window(w=None)
_POOLING: tuple[Contract, ...] = (
    least_rank(0, "X", 3), per_axis("kernel_shape", _POOL.axes, 1), _frame, *attributes(_POOL),
    room(_POOL), flag("ceil_mode"), one_of("storage_order", (0, 1)),
    flag("count_include_pad"),
)  # fmt: skip
_LAST = Window(w=None, channels_last=True)

POOLING: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "AveragePool"): _POOLING,
    ("", "MaxPool"): _POOLING,
    ("", "LpPool"): (*_POOLING, at_least("p", 1, grave=False)),
    ("", "GlobalAveragePool"): (least_rank(0, "X", 3),),
    ("", "GlobalMaxPool"): (least_rank(0, "X", 3),),
    ("", "GlobalLpPool"): (least_rank(0, "X", 3),),
    ("", "MaxUnpool"): (
        per_axis("kernel_shape", _POOL.axes, 1), per_axis("strides", _POOL.axes, 1),
        per_axis("pads", _POOL.axes, 0, times=2), same_shape(0, "X", 1, "I"),
    ),
    ("", "DeformConv"): (
        rank(0, "X", 4), same_rank(0, "X", 1, "W"), sides(Window()), channels(Window()),
        vector(3, "B", lambda c: size_at(c, 1, 0), "output channels", code="bias-length"),
        *attributes(Window()), rank(2, "offset", 4), _offsets,
    ),
    ("com.microsoft", "MaxpoolWithMask"): (
        least_rank(0, "X", 3), per_axis("kernel_shape", _POOL.axes, 1), _frame,
        *attributes(_POOL), room(_POOL), same_rank(0, "X", 1, "M"),
        *(same_size(0, "X", axis, 1, "M", axis) for axis in (2, 3, 4)),
    ),
    ("com.microsoft", "NhwcMaxPool"): (
        per_axis("kernel_shape", _LAST.axes, 1), _frame, *attributes(_LAST), room(_LAST),
    ),
    ("com.microsoft", "QLinearAveragePool"): (
        per_axis("kernel_shape", _POOL.axes, 1), _frame, *attributes(_POOL),
        room(_POOL),
    ),
}  # fmt: skip
