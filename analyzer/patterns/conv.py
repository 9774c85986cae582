"""What a convolution is, told by its shapes and groups alone, never by a name.

Terms of Howard et al. 2017 (arXiv 1704.04861): ``M`` input channels, ``N`` output
channels, ``D_K`` kernel side, ``D_G`` output feature-map side, ``B`` batch.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.facts import Conv, Saving
from analyzer.graph.call import Unknown
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature

if TYPE_CHECKING:
    from analyzer.costs.timeline import Moment
    from analyzer.facts import ConvKind, Cost, Dim, Tensor
    from analyzer.graph.call import Call
    from analyzer.operators.record import Operator

SUM_SLOT = 3
"""Input of FusedConv and the nchwc Conv that is added to the result before the activation."""


def form_of(call: Call) -> Operator | None:
    """The record of a convolution with kernel and groups; ``None`` for other operators."""
    record = record_of(call)
    return record if record is not None and record.is_convolution else None


def kind_of(groups: int, in_channels: int, kernel: tuple[int, ...]) -> ConvKind:
    """``depthwise``, ``grouped``, ``pointwise`` or ``standard``.

    Depthwise means every input channel has filters of its own (groups = M > 1, whatever the
    channel multiplier N/M); a single-channel convolution is a standard one.

    >>> kind_of(32, 32, (3, 3)), kind_of(4, 32, (1, 1)), kind_of(1, 32, (1, 1)), kind_of(1, 1, (3,))
    ('depthwise', 'grouped', 'pointwise', 'standard')
    """
    if groups > 1:
        return "depthwise" if groups == in_channels else "grouped"
    return "pointwise" if all(side == 1 for side in kernel) else "standard"


def describe_conv(call: Call, cost: Cost) -> Conv | None:
    """Facts about a convolution; ``None`` for other operators and unknown or broken weights."""
    form = form_of(call)
    if form is None:
        return None
    slot = form.weight
    weight = None if slot is None else _dims(call.input(slot))
    groups = int(call.attr("group", 1))
    if weight is None or len(weight) < 3 or groups < 1:
        return None
    first, second, kernel = weight[0], weight[1] * groups, weight[2:]
    m, n = (first, second) if form.is_transposed else (second, first)
    kind = kind_of(groups, m, kernel)
    rank = len(kernel)
    biases = form.slots(Kind.BIAS)
    bias = call.input(biases[0]) if biases else None
    last = form.channels_last or bool(call.attr("channels_last", 0))
    return Conv(
        kind=kind,
        transposed=form.is_transposed,
        kernel="×".join(map(str, kernel)),
        kernel_shape=kernel,
        kernel_volume=prod(kernel),
        in_channels=m,
        out_channels=n,
        groups=groups,
        channel_multiplier=n // m if kind == "depthwise" else None,
        strides=_sides(call, "strides", rank),
        dilations=_sides(call, "dilations", rank),
        in_spatial=_spatial(call.input(0), rank, last),
        out_spatial=_spatial(call.output(0), rank, last),
        macs=cost.macs,
        params=prod(weight) + (n if bias is not None else 0),
    )


def saving(
    conv: Conv, call: Call, executions: int | None, moment: Moment | None = None
) -> Saving | None:
    """What a depthwise convolution followed by a pointwise one would cost instead.

    ``B·D_G·ΠK·M + B·D_G·M·N`` MACs: the depthwise part keeps kernel, stride and dilation, so
    its output already has the size D_G of the convolution's output. ``None`` when that is not
    cheaper, unknown, or no replacement (grouped, transposed, deformable, pointwise).

    For D_K = 3 and N = 256 the ratio is 1/256 + 1/9 = 0.1150, 8.69 times less (MobileNet
    paper, section 3.1).
    """
    if conv.kind != "standard" or conv.transposed or conv.kernel_volume <= 1:
        return None
    if not executions or not conv.macs or _is_deformable(call):
        return None
    m, n, k = conv.in_channels, conv.out_channels, conv.kernel_volume
    try:
        positions, rest = divmod(call.out_size(), n)
    except Unknown:
        return None
    now, after = conv.macs * executions, positions * executions * m * (k + n)
    if rest or after >= now:  # rest: the output contradicts the weights, which is a finding
        return None
    return Saving(
        macs_now=now,
        macs_after=after,
        params_now=n * m * k,
        params_after=m * (k + n),
        ratio=after / now,
        theory_ratio=1 / n + 1 / k,
        live_bytes=_live(moment, m, n) if moment is not None and moment.made else None,
    )


def _live(moment: Moment, m: int, n: int) -> int:
    """Most bytes alive while the depthwise and then the pointwise convolution run.

    The map between them has the size of the output with M channels instead of N. The first has
    it in the place of the output, the second beside that, without an input that has been read.

    Of 100 bytes alive while 32 → 64 channels are made, 40 of them made and 20 freed behind,
    80 are alive in the first, 100 in the second.

    >>> from analyzer.costs.timeline import Moment
    >>> _live(Moment("c", 100, 100, made=40, freed=20), 32, 64)
    100
    """
    between = moment.made * m // n
    return moment.bytes + between - min(moment.made, moment.freed)


def _is_deformable(call: Call) -> bool:
    record = record_of(call)
    return record is not None and "deformable" in record.tags


def tags(call: Call, conv: Conv | None) -> tuple[str, ...]:
    """Pattern tags, always in this order: kind, variants of the kind, execution forms."""
    record = record_of(call)
    if record is None:
        return ()
    table = (
        (conv.kind if conv else "", conv is not None),
        ("transposed", record.is_convolution and record.is_transposed),
        ("multiplier", conv is not None and (conv.channel_multiplier or 0) > 1),
        ("dilated", conv is not None and conv.is_dilated),
        ("strided", conv is not None and any(s > 1 for s in conv.strides)),
        ("deformable", "deformable" in record.tags),
        ("attention", record.role == "attention"),
        ("recurrent", record.nature is Nature.RECURRENT),
        ("fused", "fused" in record.tags),
        ("quantized", "quantized" in record.tags),
    )
    return tuple(tag for tag, holds in table if holds)


def _dims(tensor: Tensor | None) -> tuple[int, ...] | None:
    """Known positive dimensions, else ``None``."""
    shape = tensor.shape if tensor else None
    if shape is None:
        return None
    dims = tuple(d for d in shape if d is not None and d > 0)
    return dims if len(dims) == len(shape) else None


def _sides(call: Call, name: str, rank: int) -> tuple[int, ...]:
    """An attribute with one value per spatial axis; absent or of another length means ones."""
    given = tuple(call.attr(name) or ())
    return given if len(given) == rank else (1,) * rank


def _spatial(tensor: Tensor | None, rank: int, channels_last: bool) -> tuple[Dim, ...]:
    shape = tensor.shape if tensor else None
    if shape is None or len(shape) != rank + 2:
        return (None,) * rank
    return shape[1:-1] if channels_last else shape[2:]
