"""Contracts of convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    least_rank,
    same_rank,
    size_of,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    integers,
    rank_of,
    shape_of,
    size_at,
    whole,
    wholes,
    word,
)
from analyzer.operators.contracts.settings import (
    one_of,
    per_axis,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell
from analyzer.units import so_many

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Shape
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

PADDING = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")


@dataclass(frozen=True, slots=True)
class Window:
    """Where a convolution keeps its operands."""

    x: int = 0
    w: int | None = 1
    """``None`` for pooling, which has no weight."""
    b: int | None = 2
    channels_last: bool = False
    transposed: bool = False

    def spatial(self, shape: Shape) -> Shape:
        """Sizes of the spatial axes of an input of ``shape``."""
        if shape is None or len(shape) < 3:
            return None
        return shape[1:-1] if self.channels_last else shape[2:]

    def axes(self, call: Call) -> int | None:
        """Number of spatial axes, by the input or else by the weight."""
        slots = [self.x] if self.w is None else [self.x, self.w]
        ranks = [r for slot in slots if (r := rank_of(call, slot)) is not None and r > 2]
        return ranks[0] - 2 if ranks else None

    def kernel(self, call: Call) -> Shape:
        """Sides of the window: stated, or those of the weight (output, input, sides)."""
        stated = wholes(call, "kernel_shape")
        if stated or self.w is None:
            return stated
        weight = shape_of(call, self.w)
        if weight is None or len(weight) < 3:
            return None
        return weight[2:]

    def channels(self, call: Call) -> int | None:
        """Input channels."""
        return size_at(call, self.x, -1 if self.channels_last else 1)


def channels(place: Window) -> Contract:
    """Input channels are those of the weight times groups, and groups divide the outputs."""

    def check(call: Call) -> Iterator[Violation]:
        weight, groups = shape_of(call, place.w or 1), whole(call, "group", 1)
        have = place.channels(call)
        if groups is None:
            return
        if groups < 1:
            yield Violation("attribute-value", f"group is {groups}", "set group to 1 or more")
            return
        if weight is None or len(weight) < 3:
            return
        first, second = weight[0], weight[1]
        want = first if place.transposed else None if second is None else second * groups
        if differ(have, want):
            by = "" if place.transposed else f" × {so_many(groups, 'group')} = {want}"
            yield Violation(
                "channels",
                f"the input ({spell(shape_of(call, place.x))}) has {have} channels, the weight "
                f"({spell(weight)}) takes {first if place.transposed else second}{by}",
                "correct group, the weight or what makes the input's channels",
            )
        elif first is not None and first % groups:
            yield Violation(
                "divisibility",
                f"{first} channels of the weight ({spell(weight)}) do not divide into "
                f"{groups} groups",
                f"set group to a divisor of {first}",
            )

    return check


def sides(place: Window) -> Contract:
    """``kernel_shape`` says what the weight is."""

    def check(call: Call) -> Iterator[Violation]:
        stated, weight = wholes(call, "kernel_shape"), shape_of(call, place.w or 1)
        if not stated or weight is None or len(weight) < 3:
            return
        sides = weight[2:]
        if len(stated) != len(sides) or any(map(differ, stated, sides)):
            yield Violation(
                "kernel-shape",
                f"kernel_shape is {list(stated[:MAX_LISTED])}, the weight ({spell(weight)}) has "
                f"{list(sides[:MAX_LISTED])}",
                "leave kernel_shape out, or state the weight's",
            )

    return check


def room(place: Window) -> Contract:
    """The window fits into the padded input once at least."""

    def check(call: Call) -> Iterator[Violation]:
        sizes, kernel = place.spatial(shape_of(call, place.x)), place.kernel(call)
        if sizes is None or kernel is None or len(kernel) != len(sizes):
            return
        padding, count = word(call, "auto_pad", "NOTSET"), len(sizes)
        pads = wholes(call, "pads") or (0,) * (2 * count)
        dilations = wholes(call, "dilations") or (1,) * count
        strides = wholes(call, "strides") or (1,) * count
        if padding not in ("NOTSET", "VALID") or min(strides) < 1:
            return
        if (len(pads), len(dilations), len(strides)) != (2 * count, count, count):
            return
        for i, (size, side) in enumerate(zip(sizes, kernel, strict=True)):
            extra = pads[i] + pads[count + i] if padding == "NOTSET" else 0
            if size is None or side is None:
                continue
            left = size + extra - (side - 1) * dilations[i] - 1
            if left >= 0:
                continue
            # A pool of nothing is empty until its size falls below 0.
            yield Violation(
                "window-size",
                f"a window of {(side - 1) * dilations[i] + 1} does not fit into axis {i + 2}, "
                f"{size} long and padded by {extra}",
                "pad more, or use a smaller window",
                grave=place.w is not None or -left >= 2 * strides[i],
            )
            return

    return check


def _output_padding(call: Call) -> Iterator[Violation]:
    extra, strides = wholes(call, "output_padding"), wholes(call, "strides")
    dilations = wholes(call, "dilations")
    if not extra:
        return
    for i, more in enumerate(extra):
        stride = strides[i] if strides and i < len(strides) else 1
        dilation = dilations[i] if dilations and i < len(dilations) else 1
        if more >= max(stride, dilation):
            yield Violation(
                "output-padding",
                f"output_padding {list(extra[:MAX_LISTED])} has {more} where the stride is "
                f"{stride} and the dilation {dilation}",
                "keep it below the larger of the two",
            )
            return


_PARAMETERS = {
    "Relu": None, "Tanh": None, "Sigmoid": None, "HardSwish": None, "": None, "LeakyRelu": 1,
    "Clip": 2, "HardSigmoid": 2,
}  # fmt: skip
"""Numbers that a fused activation needs; ``None`` where they are not read."""


def _activation(call: Call) -> Iterator[Violation]:
    name = word(call, "activation", "")
    given = call.attr("activation_params", ())
    if name not in _PARAMETERS:
        known = ", ".join(filter(None, _PARAMETERS))
        yield Violation(
            "attribute-value",
            f"activation is {str(name)[:60]!r}, it knows {known}",
            "fuse another activation, or keep it an operator of its own",
        )
        return
    wanted = _PARAMETERS[name]
    if wanted is not None and isinstance(given, tuple) and len(given) != wanted:
        yield Violation(
            "attribute-length",
            f"activation_params has {len(given)} entries, {name} takes {wanted}",
            f"state {wanted}",
        )


def _output_shape(call: Call) -> Iterator[Violation]:
    """A stated size is one that strides lead to: beyond the last window there is nothing."""
    data, kernel = _UP.spatial(shape_of(call, 0)), _UP.kernel(call)
    stated = wholes(call, "output_shape")
    if not stated or data is None or kernel is None or len(kernel) != len(data):
        return
    count = len(data)
    stated = stated[-count:]
    strides = wholes(call, "strides") or (1,) * count
    dilations = wholes(call, "dilations") or (1,) * count
    if not len(strides) == len(dilations) == len(stated) == count:
        return
    for i, (size, side) in enumerate(zip(data, kernel, strict=True)):
        if size is None or side is None:
            continue
        reach = strides[i] * size + (side - 1) * dilations[i] + 1
        if stated[i] >= reach:
            yield Violation(
                "output-shape",
                f"output_shape {list(stated)} is {stated[i]} on spatial axis {i}, {size} places "
                f"with a stride of {strides[i]} reach {reach - 1}",
                f"state {reach - 1} or less",
            )
            return


def _padded_twice(call: Call) -> Iterator[Violation]:
    """Explicit pads beside automatic ones, which ONNX forbids, zeros included.

    Source: ``auto_pad`` and ``pads`` of Conv ("cannot be used simultaneously"); pooling has the
    same words, and ONNX Runtime takes it.
    """
    padding, pads = word(call, "auto_pad", "NOTSET"), wholes(call, "pads")
    if pads and padding in PADDING and padding != "NOTSET":
        yield Violation(
            "padded-twice",
            f"auto_pad is '{padding}' and pads {list(pads[:MAX_LISTED])} are stated, too",
            "remove pads, or set auto_pad to 'NOTSET'",
        )


_PADDING = one_of("auto_pad", PADDING)


def attributes(place: Window) -> tuple[Contract, ...]:
    return (
        per_axis("strides", place.axes, 1),
        per_axis("dilations", place.axes, 1),
        per_axis("pads", place.axes, 0, times=2),
        _PADDING,
        *(() if place.w is None else (_padded_twice,)),
    )


def convolution(place: Window) -> tuple[Contract, ...]:
    """Contracts of a convolution whose operands are at ``place``."""
    w, b = place.w or 1, place.b
    bias: tuple[Contract, ...] = ()
    if b is not None:
        bias = (vector(b, "B", lambda c: size_at(c, w, 0), "output channels", code="bias-length"),)
    return (
        least_rank(place.x, "X", 3), same_rank(place.x, "X", w, "W"), sides(place),
        channels(place), *bias, *attributes(place), room(place),
    )  # fmt: skip


def _transposed_bias(call: Call) -> int | None:
    outputs, groups = size_at(call, 1, 1), whole(call, "group", 1)
    return None if outputs is None or groups is None else outputs * groups


_UP = Window(transposed=True)
_LAST_AXIS = Window(channels_last=True)
_NHWC = (
    least_rank(0, "X", 3), same_rank(0, "X", 1, "W"),
    vector(2, "B", size_of(1, 0), "output channels", code="bias-length"),
    *attributes(_LAST_AXIS),
)  # fmt: skip
"""The weight's layout differs by provider, so that only its first axis is sure."""
_FIRST = convolution(Window(w=3, b=8))
_LAST = convolution(Window(w=3, b=8, channels_last=True))


def _both_sides(call: Call) -> int | None:
    axes = _UP.axes(call)
    return None if axes is None else 2 * axes


def _positive_pads(call: Call) -> Iterator[Violation]:
    pads = integers(call, 2)
    if pads and min(pads) < 0:
        yield Violation("attribute-value", f"Pads has the entry {min(pads)}", "pad by 0 or more")


def _by_layout(call: Call) -> Iterator[Violation]:
    """QLinearConv of ``com.microsoft`` has its channels where an attribute says."""
    for contract in _LAST if whole(call, "channels_last", 0) == 1 else _FIRST:
        yield from contract(call)


WINDOWS: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "Conv"): convolution(Window()),
    ("", "ConvInteger"): convolution(Window(b=None)),
    ("", "QLinearConv"): convolution(Window(w=3, b=8)),
    ("com.microsoft", "QLinearConv"): (_by_layout,),
    ("com.microsoft", "ConvTransposeWithDynamicPads"): (
        least_rank(0, "X", 3), same_rank(0, "X", 1, "W"), sides(_UP), channels(_UP),
        vector(3, "B", _transposed_bias, "output channels", code="bias-length"),
        *attributes(_UP), vector(2, "Pads", _both_sides, "begins and ends"), _positive_pads,
    ),
    ("com.microsoft", "FusedConv"): (*convolution(Window()), _activation),
    ("com.microsoft", "NhwcConv"): _NHWC,
    ("com.microsoft", "NhwcFusedConv"): (*_NHWC, _activation),
    ("", "ConvTranspose"): (
        least_rank(0, "X", 3), same_rank(0, "X", 1, "W"), sides(_UP), channels(_UP),
        vector(2, "B", _transposed_bias, "output channels", code="bias-length"),
        *attributes(_UP), per_axis("output_padding", _UP.axes, 0),
        per_axis("output_shape", _UP.axes, 1), _output_padding,
        _output_shape,
    ),
}  # fmt: skip
