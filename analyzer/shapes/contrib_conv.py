"""Output types of fused, channels-last, blocked and quantised convolutions and poolings.

Spatial sizes follow the ONNX Conv and pooling specification:
``floor((d + pads − dilation·(k − 1) − 1) / stride) + 1``; SAME_UPPER and
SAME_LOWER give ``ceil(d / stride)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.facts import Dim
    from analyzer.graph.call import Call

MS, NCHWC, NHWC = "com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc"


@dataclass(frozen=True, slots=True)
class _Layout:
    weight: int = 1
    channels_last: bool = False


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
            padding = 0 if mode == "VALID" else pads[i] + pads[i + rank]
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


def _conv(layout: _Layout) -> Callable[[Call], list[Type]]:
    def rule(call: Call) -> list[Type]:
        last = layout.channels_last or bool(call.attr("channels_last", 0))
        shape, weight = call.dims(0), call.dims(layout.weight)
        batch, _, sizes = _split(shape, last)
        if len(weight) != len(shape):
            raise Unknown("ranks of input and weight differ")
        spatial = _spatial(call, sizes, call.attr("kernel_shape") or weight[2:])
        data = call.input(0)
        return [Type(data.dtype if data else None, _join(batch, weight[0], spatial, last))]

    return rule


def _pool(channels_last: bool) -> Callable[[Call], list[Type]]:
    def rule(call: Call) -> list[Type]:
        last = channels_last or bool(call.attr("channels_last", 0))
        batch, channels, sizes = _split(call.dims(0), last)
        kernel = call.attr("kernel_shape")
        spatial = _spatial(call, sizes, kernel) if kernel else [1] * len(sizes)
        data = call.input(0)
        return [Type(data.dtype if data else None, _join(batch, channels, spatial, last))]

    return rule


def _reorder(call: Call) -> list[Type]:
    """Blocked layout keeps the logical order; ReorderOutput drops the padding channels."""
    shape = list(call.dims(0))
    data = call.input(0)
    if call.op_type == "ReorderInput" and call.attr("channels_last", 0):
        shape = [shape[0], shape[-1], *shape[1:-1]]
    if call.op_type == "ReorderOutput":
        shape[1] = call.attr("channels", shape[1])
        if call.attr("channels_last", 0):
            shape = [shape[0], *shape[2:], shape[1]]
    return [Type(data.dtype if data else None, tuple(shape))]


def _upsample(call: Call) -> list[Type]:
    shape, scales = call.dims(0), call.attr("scales")
    data = call.input(0)
    if not scales or len(scales) != len(shape):
        raise Unknown("attribute scales does not fit the input")
    sizes = tuple(None if s is None else int(s * k) for s, k in zip(shape, scales, strict=True))
    return [Type(data.dtype if data else None, sizes)]


RULES: Mapping[tuple[str, str], Callable[[Call], list[Type]]] = {
    (MS, "FusedConv"): _conv(_Layout()),
    (MS, "QLinearConv"): _conv(_Layout(weight=3)),
    (MS, "NhwcConv"): _conv(_Layout(channels_last=True)),
    (MS, "NhwcFusedConv"): _conv(_Layout(channels_last=True)),
    (NCHWC, "Conv"): _conv(_Layout()),
    (NHWC, "Conv"): _conv(_Layout(channels_last=True)),
    (NHWC, "QLinearConv"): _conv(_Layout(weight=3, channels_last=True)),
    (MS, "QLinearAveragePool"): _pool(channels_last=False),
    (MS, "QLinearGlobalAveragePool"): _pool(channels_last=False),
    (MS, "NhwcMaxPool"): _pool(channels_last=True),
    **{
        (domain, op): _pool(channels_last=domain == NHWC)
        for domain in (NCHWC, NHWC)
        for op in ("MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool")
    },
    (NCHWC, "ReorderInput"): _reorder,
    (NCHWC, "ReorderOutput"): _reorder,
    (NCHWC, "Upsample"): _upsample,
}
"""Rule by (domain, operator)."""
