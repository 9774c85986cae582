"""What convolutions count: standard, transposed, deformable, causal, over characters."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction, Unknown
from analyzer.operators.formula import Work, dims, given, known_dim, times

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call


def convolve(
    weight: int = 1,
    bias: int | None = 2,
    *,
    channel_axis: int | None = 1,
    activation: bool = False,
    add: int | None = None,
) -> Callable[[Call], Work]:
    """Formula of a convolution whose weight ``(N, M/g, K…)`` and bias are the given inputs.

    MACs = |Y| · M/g · ΠK, with |Y| the output elements, whole batch and padding positions included.
    FLOPs add one addition per output element for the bias, one for a fused sum (input ``add``) and
    one for a fused activation.

    Raises ``Unknown`` when the output or kernel shape is missing or the channels disagree.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("Conv", "", 17, {}, (f32(1, 3, 224, 224), f32(32, 3, 3, 3)),
    ...             (f32(1, 32, 112, 112),))
    >>> convolve()(call).macs  # MobileNetV1's first layer: 3·3·3·32·112·112
    10838016
    """

    def count(call: Call) -> Work:
        out = call.out_shape()
        per_group, kernel = kernel_of(call, weight, channel_axis)
        if len(out) != len(kernel) + 2:
            raise Contradiction(f"inconsistent ranks: output {len(out)}, kernel {len(kernel)}")
        size = prod(out)
        extra = given(call, bias) + given(call, add) + (activation and _activated(call))
        text = f"{dims(out)} · {per_group} · {dims(kernel)}"
        return Work(size * per_group * prod(kernel), size * extra, text, rest=times(extra, size))

    return count


def _activated(call: Call) -> bool:
    return bool(call.attr("activation"))


def kernel_of(call: Call, index: int, channel_axis: int | None) -> tuple[int, tuple[int, ...]]:
    """Input channels per group and kernel sides, checked against the input's channels."""
    group = call.attr("group", 1)
    channels = None if channel_axis is None else known_dim(call.input(0), channel_axis)
    if group < 1:
        raise Contradiction(f"inconsistent channels: group is {group}")
    tensor = call.input(index)
    if tensor is None or tensor.shape is None or None in tensor.shape:
        kernel = call.attr("kernel_shape")
        if not kernel or channels is None or channels % group:
            raise Unknown("shape of the weight is unknown")
        return channels // group, tuple(kernel)
    shape = call.shape(index)
    if len(shape) < 3:
        raise Unknown(f"weight of rank {len(shape)} is not a convolution kernel")
    if channels is not None and channels != shape[1] * group:
        raise Contradiction(
            f"inconsistent channels: {channels} in, weight expects {shape[1]} · {group}"
        )
    if shape[0] % group:
        raise Contradiction(f"inconsistent channels: {shape[0]} outputs in {group} groups")
    return shape[1], shape[2:]


def transposed(bias: int = 2, weight: int = 1, *, channel_axis: int = 1) -> Callable[[Call], Work]:
    """Formula of ConvTranspose, weight ``(M, N/g, K…)``: MACs = |X| · N/g · ΠK.

    Every input element is multiplied by every kernel tap of its group; positions that ``pads``
    crop away are counted, as padding is in a convolution.

    >>> from analyzer.facts import Tensor
    >>> from analyzer.graph.call import Call
    >>> def f32(*shape): return Tensor("t", "float32", shape)
    >>> call = Call("ConvTranspose", "", 17, {"strides": (2, 2)},
    ...             (f32(1, 16, 7, 7), f32(16, 8, 2, 2)), (f32(1, 8, 14, 14),))
    >>> transposed()(call).macs  # 16·7·7 · 8 · 2·2
    25088
    """

    def count(call: Call) -> Work:
        source, shape = call.shape(0), call.shape(weight)
        if len(shape) < 3:
            raise Unknown(f"weight of rank {len(shape)} is not a convolution kernel")
        if source[channel_axis] != shape[0]:
            channels = source[channel_axis]
            raise Contradiction(f"inconsistent channels: {channels} in, weight expects {shape[0]}")
        other = call.out_size() if given(call, bias) else 0
        text = f"{dims(source)} · {shape[1]} · {dims(shape[2:])}"
        return Work(prod(source) * prod(shape[1:]), other, text)

    return count


def deformable(call: Call) -> Work:
    """DeformConv: the convolution's MACs; FLOPs add 8 per bilinearly sampled value.

    Each of the ΠK taps of each input channel is interpolated at every output position from 4
    neighbours (2^d in d dimensions, a multiplication and an addition each) and, with a mask,
    multiplied once more (Zhu et al. 2018, arXiv 1811.11168, eq. 1).
    """
    base = convolve(1, 3)(call)
    out, channels = call.out_shape(), call.shape(0)[1]
    kernel = kernel_of(call, 1, 1)[1]
    sampled = out[0] * channels * prod(out[2:]) * prod(kernel)
    per_value = 2 ** (len(out) - 1) + given(call, 4)
    return Work(base.macs, (base.other or 0) + sampled * per_value, base.text)


def causal(call: Call) -> Work:
    """CausalConvWithState: depthwise, so MACs = |Y| · ΠK; activation SiLU adds 5 per element."""
    out, kernel = call.out_shape(), call.shape(1)[2:]
    silu = 5 if call.attr("activation", "none") in ("silu", "swish") else 0
    extra = silu + given(call, 2)
    return Work(prod(out) * prod(kernel), prod(out) * extra, f"{dims(out)} · {dims(kernel)}")


def varlen_causal(call: Call) -> Work:
    """VarlenCausalConvWithState: depthwise over packed tokens, MACs = |Y| · k."""
    size, taps = call.out_size(), call.shape(1)[-1]
    silu = 5 if call.attr("activation", "none") in ("silu", "swish") else 0
    return Work(size * taps, size * (silu + given(call, 3)), f"{size} · {taps}")


def words(call: Call) -> Work:
    """WordConvEmbedding: a convolution over the characters of each word."""
    count, length = prod(call.shape(0)[:-1]), call.shape(0)[-1]
    weight = call.shape(1)
    window = call.attr("conv_window_size") or weight[-2]
    places = max(length - window + 1, 0)
    other = count * places * weight[0] * 3  # bias, tanh, maximum
    return Work(count * places * prod(weight), other, f"{count} · {places} · {dims(weight)}")


def either_layout(call: Call) -> Work:
    """QLinearConv of com.microsoft: ``channels_last`` says where the input channels are."""
    return convolve(3, 8, channel_axis=-1 if call.attr("channels_last", 0) else 1)(call)
