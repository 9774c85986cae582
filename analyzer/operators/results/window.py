"""Output types of fused, channels-last, blocked and quantised convolutions and poolings.

Spatial sizes follow the ONNX Conv and pooling specification:
``floor((d + pads − dilation·(k − 1) − 1) / stride) + 1``; SAME_UPPER and
SAME_LOWER give ``ceil(d / stride)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.record import OutputType
from analyzer.operators.results.common import dtype_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.facts import Dim
    from analyzer.graph.call import Call

    Rule = Callable[[Call], list[OutputType]]


def _spatial(call: Call, sizes: Sequence[Dim], kernel: Sequence[Dim]) -> list[Dim]:
    """Output sizes of a sliding window over ``sizes``."""
    rank = len(sizes)
    strides = call.attr("strides") or (1,) * rank
    dilations = call.attr("dilations") or (1,) * rank
    pads = call.attr("pads") or (0,) * (2 * rank)
    mode = call.attr("auto_pad", "NOTSET")
    result: list[Dim] = []
    for i, size in enumerate(sizes):
        side, stride = kernel[i], strides[i]
        if size is None or side is None or stride < 1:
            result.append(None)
        elif mode in ("SAME_UPPER", "SAME_LOWER"):
            result.append(-(-size // stride))
        else:
            padding = 0 if mode == "VALID" else sum(pads[i::rank])
            room = size + padding - dilations[i] * (side - 1) - 1
            steps = -(-room // stride) if call.attr("ceil_mode", 0) else room // stride
            if steps < 0:
                raise Unknown("the kernel is larger than the padded input")
            result.append(steps + 1)
    return result


def _split(shape: tuple[Dim, ...], last: bool) -> tuple[Dim, Dim, tuple[Dim, ...]]:
    """(batch, channels, spatial) of a channels-first or channels-last shape."""
    if len(shape) < 3:
        raise Unknown("the input has no spatial axes")
    return (shape[0], shape[-1], shape[1:-1]) if last else (shape[0], shape[1], shape[2:])


def _join(batch: Dim, channels: Dim, spatial: Sequence[Dim], last: bool) -> tuple[Dim, ...]:
    return (batch, *spatial, channels) if last else (batch, channels, *spatial)


def convolved(weight_slot: int = 1, type_slot: int = 0, *, channels_last: bool = False) -> Rule:
    """(B, N, …) with the weight's N output channels, in the type of input ``type_slot``."""

    def rule(call: Call) -> list[OutputType]:
        last = channels_last or bool(call.attr("channels_last", 0))
        shape, weight = call.dims(0), call.dims(weight_slot)
        batch, _, sizes = _split(shape, last)
        if len(weight) != len(shape):
            raise Unknown("ranks of input and weight differ")
        spatial = _spatial(call, sizes, call.attr("kernel_shape") or weight[2:])
        return [OutputType(dtype_of(call, type_slot), _join(batch, weight[0], spatial, last))]

    return rule


def pooled(*, channels_last: bool = False) -> Rule:
    """Windows of ``kernel_shape``; the whole map where the operator has no such attribute."""

    def rule(call: Call) -> list[OutputType]:
        last = channels_last or bool(call.attr("channels_last", 0))
        batch, channels, sizes = _split(call.dims(0), last)
        kernel = call.attr("kernel_shape")
        spatial = _spatial(call, sizes, kernel) if kernel else [1] * len(sizes)
        return [OutputType(dtype_of(call, 0), _join(batch, channels, spatial, last))]

    return rule


def reordered(call: Call) -> list[OutputType]:
    """Blocked layout keeps the logical order; ReorderOutput drops the padding channels."""
    shape = list(call.dims(0))
    if call.op_type == "ReorderInput" and call.attr("channels_last", 0):
        shape = [shape[0], shape[-1], *shape[1:-1]]
    if call.op_type == "ReorderOutput":
        shape[1] = call.attr("channels", shape[1])
        if call.attr("channels_last", 0):
            shape = [shape[0], *shape[2:], shape[1]]
    return [OutputType(dtype_of(call, 0), tuple(shape))]


def upsampled(call: Call) -> list[OutputType]:
    shape, scales = call.dims(0), call.attr("scales")
    if not scales or len(scales) != len(shape):
        raise Unknown("attribute scales does not fit the input")
    sizes = tuple(None if s is None else int(s * k) for s, k in zip(shape, scales, strict=True))
    return [OutputType(dtype_of(call, 0), sizes)]


def deconvolved(
    weight_slot: int = 1, type_slot: int = 0, *, pads_slot: int = -1, channels_last: bool = False
) -> Rule:
    """ConvTranspose: stride·(F − 1) + output padding + dilation·(K − 1) + 1 − pads, N/g·g channels.

    ``pads_slot`` is the input that holds the padding where it is no attribute.
    """

    def rule(call: Call) -> list[OutputType]:
        shape, weight = call.dims(0), call.dims(weight_slot)
        batch, _, sizes = _split(shape, channels_last)
        if len(weight) != len(shape):
            raise Unknown("ranks of input and weight differ")
        channels = None if weight[1] is None else weight[1] * int(call.attr("group", 1))
        spatial = _grown(call, sizes, call.attr("kernel_shape") or weight[2:], pads_slot)
        joined = _join(batch, channels, spatial, channels_last)
        return [OutputType(dtype_of(call, type_slot), joined)]

    return rule


def _grown(
    call: Call, sizes: Sequence[Dim], kernel: Sequence[Dim], pads_slot: int
) -> Sequence[Dim]:
    rank = len(sizes)
    if call.attr("output_shape"):
        given: tuple[int, ...] = call.attr("output_shape")[-rank:]
        return given
    strides = call.attr("strides") or (1,) * rank
    dilations = call.attr("dilations") or (1,) * rank
    extra = call.attr("output_padding") or (0,) * rank
    pads = call.attr("pads") or (0,) * (2 * rank)
    if pads_slot >= 0 and call.input(pads_slot) is not None:
        pads = call.integers(pads_slot) or (None,) * (2 * rank)
    same = call.attr("auto_pad", "NOTSET") in ("SAME_UPPER", "SAME_LOWER")
    result: list[Dim] = []
    for i, size in enumerate(sizes):
        side, before, after = kernel[i], pads[i], pads[i + rank]
        if size is None or side is None or before is None or after is None:
            result.append(None)
            continue
        full = strides[i] * (size - 1) + extra[i] + dilations[i] * (side - 1) + 1
        # What goes beyond the strides is cropped; what they leave is not filled.
        result.append(min(full, size * strides[i]) if same else full - before - after)
    return result


def causal(call: Call) -> list[OutputType]:
    """CausalConvWithState: like its input; the state like the one before it, or (B, C, K − 1)."""
    x, weight = call.dims(0), call.dims(1)
    dtype, past = dtype_of(call, 0), call.input(3)
    if past is not None:
        state = OutputType(past.dtype, past.shape)
    elif weight[-1] is not None and len(x) == 3:
        state = OutputType(dtype, (x[0], x[1], int(call.attr("dilation", 1)) * (weight[-1] - 1)))
    else:
        state = OutputType(dtype)
    return [OutputType(dtype, x), state]


def resized(call: Call) -> list[OutputType]:
    """Resize: constant sizes, or constant scales of every axis (rounded down)."""
    shape = call.dims(0)
    sizes, scales = call.integers(3), call.reals(2)
    found: Sequence[Dim]
    if sizes is not None and len(sizes) == len(shape):
        found = sizes
    elif scales is not None and len(scales) == len(shape):
        found = [None if d is None else int(d * k) for d, k in zip(shape, scales, strict=True)]
    else:
        raise Unknown("the size is computed at run time")
    return [OutputType(dtype_of(call, 0), tuple(found))]


def blocks(call: Call) -> list[OutputType]:
    """DepthToSpace and SpaceToDepth, channels last: a block of channels is a square of places."""
    batch, rows, columns, channels = call.dims(0)
    side = int(call.attr("blocksize", 0))
    if side < 1 or None in (rows, columns, channels):
        raise Unknown("attribute blocksize or a size is missing")
    assert rows is not None
    assert columns is not None
    assert channels is not None
    if call.op_type == "DepthToSpace":
        found = (rows * side, columns * side, channels // side**2)
    else:
        found = (rows // side, columns // side, channels * side**2)
    return [OutputType(dtype_of(call, 0), (batch, *found))]
