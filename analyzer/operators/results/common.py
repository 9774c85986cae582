"""Output types in common use: like an input, broadcast, reduced, cut in two.

For operators that onnx's own inference knows nothing about: ``com.microsoft`` and relatives
(source: ONNX Runtime, "Contrib Operators") and former experimental operators of ai.onnx. A rule
returns output types in order and raises ``Unknown`` where it lacks a shape.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from analyzer.graph.call import Contradiction, Unknown
from analyzer.operators.record import OutputType

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call

    Rule = Callable[[Call], list[OutputType]]


def type_of(call: Call, index: int) -> OutputType:
    tensor = call.input(index)
    return OutputType() if tensor is None else OutputType(tensor.dtype, tensor.shape)


def dtype_of(call: Call, index: int, default: str | None = None) -> str | None:
    tensor = call.input(index)
    return default if tensor is None else tensor.dtype


def same(call: Call) -> list[OutputType]:
    return [type_of(call, 0)]


def all_same(call: Call) -> list[OutputType]:
    """Every output like the first input (skip connections return their sum as well)."""
    return [type_of(call, 0)] * len(call.outputs)


def skip_norm(call: Call) -> list[OutputType]:
    """(y, mean, inverse deviation, sum): y and sum like the input."""
    x = type_of(call, 0)
    broadcast(x.shape, type_of(call, 1).shape)
    row = None if x.shape is None else (*x.shape[:-1], 1)
    return [x, OutputType("float32", row), OutputType("float32", row), x]


def broadcast(a: Shape, b: Shape) -> Shape:
    """Numpy broadcasting; an unknown size stays unknown unless the other side decides it."""
    if a is None or b is None:
        return None
    rank = max(len(a), len(b))
    left, right = (1,) * (rank - len(a)) + a, (1,) * (rank - len(b)) + b
    result: list[int | None] = []
    for p, q in zip(left, right, strict=True):
        if p == q or q == 1:
            result.append(p)
        elif p == 1:
            result.append(q)
        elif p is None or q is None:
            result.append(p if q is None else q)
        else:
            raise Contradiction(f"shapes {a} and {b} do not broadcast")
    return tuple(result)


def qlinear_binary(call: Call) -> list[OutputType]:
    a, b = type_of(call, 0), type_of(call, 3)
    return [OutputType(a.dtype, broadcast(a.shape, b.shape))]


def qlinear_concat(call: Call) -> list[OutputType]:
    """Y_scale, Y_zero_point (of the result's type), then (tensor, scale, zero point) triples."""
    shapes = [call.dims(i) for i in range(2, len(call.inputs), 3)]
    axis = int(call.attr("axis", 1))
    sizes = [s[axis] for s in shapes]
    result = list(shapes[0])
    result[axis] = None if None in sizes else sum(s for s in sizes if s is not None)
    return [OutputType(dtype_of(call, 1), tuple(result))]


def qlinear_where(call: Call) -> list[OutputType]:
    shape = broadcast(
        type_of(call, 0).shape, broadcast(type_of(call, 1).shape, type_of(call, 4).shape)
    )
    return [OutputType(dtype_of(call, 1), shape)]


def reduced(call: Call) -> list[OutputType]:
    shape = list(call.dims(0))
    axes = call.attr("axes") or range(len(shape))
    keep = bool(call.attr("keepdims", 1))
    drop = {a % len(shape) for a in axes}
    kept = [1 if i in drop else s for i, s in enumerate(shape) if keep or i not in drop]
    return [OutputType(dtype_of(call, 0), tuple(kept))]


def embedded(call: Call) -> list[OutputType]:
    """EmbedLayerNormalization: (B, S, hidden), mask index (B,), embedding sum."""
    batch, sequence = call.dims(0)[:2]
    hidden = call.dims(2)[-1]
    dtype = dtype_of(call, 2)
    if call.op_type == "QEmbedLayerNormalization":
        dtype = "float32"
    y = OutputType(dtype, (batch, sequence, hidden))
    return [y, OutputType("int32", (batch,)), y]


def quantized(call: Call) -> list[OutputType]:
    return [OutputType(dtype_of(call, 2, "uint8"), type_of(call, 0).shape)]


def dequantized(call: Call) -> list[OutputType]:
    return [OutputType(dtype_of(call, 1, "float32"), type_of(call, 0).shape)]


def gathered_rows(call: Call) -> list[OutputType]:
    """GatherBlockQuantized: rows of the dequantised table; uint8 data packs 8/bits values."""
    data, indices = list(call.dims(0)), call.dims(1)
    if dtype_of(call, 0) == "uint8" and data and data[-1] is not None:
        data[-1] *= 8 // int(call.attr("bits", 4))
    axis = int(call.attr("gather_axis", 0)) % max(1, len(data))
    shape = (*data[:axis], *indices, *data[axis + 1 :])
    return [OutputType(dtype_of(call, 2, "float32"), shape)]


def halved(call: Call) -> list[OutputType]:
    shape = call.dims(0)
    last = shape[-1]
    return [OutputType(dtype_of(call, 0), (*shape[:-1], None if last is None else last // 2))]


def dropped(call: Call) -> list[OutputType]:
    x = type_of(call, 0)
    return [x, OutputType("bool", x.shape)]


def recurrent(call: Call) -> list[OutputType]:
    """DynamicQuantizeLSTM: Y (T, D, B, H), Y_h and Y_c (D, B, H)."""
    steps, batch, _ = call.dims(0)
    hidden = call.attr("hidden_size")
    directions = 2 if call.attr("direction") == "bidirectional" else 1
    dtype = dtype_of(call, 0)
    state = OutputType(dtype, (directions, batch, hidden))
    return [OutputType(dtype, (steps, directions, batch, hidden)), state, state]


def cdist(call: Call) -> list[OutputType]:
    return [OutputType(dtype_of(call, 0), (call.dims(0)[0], call.dims(1)[0]))]


def like(slot: int, *others: int) -> Rule:
    """Output k like the k-th of the given inputs; ``-1`` leaves one open."""

    def rule(call: Call) -> list[OutputType]:
        return [OutputType() if s < 0 else type_of(call, s) for s in (slot, *others)]

    return rule


def typed(dtype: str, slot: int = 0) -> Rule:
    """The shape of one input in a fixed element type."""

    def rule(call: Call) -> list[OutputType]:
        return [OutputType(dtype, type_of(call, slot).shape)]

    return rule


def broadcasting(*slots: int, dtype: str | None = None) -> Rule:
    """NumPy broadcasting of the given inputs, in a fixed element type or that of the first."""

    def rule(call: Call) -> list[OutputType]:
        shape = type_of(call, slots[0]).shape
        for slot in slots[1:]:
            shape = broadcast(shape, type_of(call, slot).shape)
        return [OutputType(dtype or dtype_of(call, slots[0]), shape)]

    return rule


def swiglu(call: Call) -> list[OutputType]:
    """Like the gate half; half of the last axis where one input holds both halves."""
    return [type_of(call, 0)] if call.input(1) is not None else halved(call)


def mixed_streams(call: Call) -> list[OutputType]:
    """HyperConnectionPreMix: C streams of width H, as (…, C, H) or (…, C·H), become one."""
    shape, gates = call.dims(0), call.dims(1)
    streams = call.attr("num_branches", 0)
    if (
        streams
        and shape[-1] is not None
        and (len(gates) != len(shape) or shape[-2:-1] != (streams,))
    ):
        return [OutputType(dtype_of(call, 0), (*shape[:-1], shape[-1] // streams))]
    return [OutputType(dtype_of(call, 0), (*shape[:-2], shape[-1]))]


def attention_gate(call: Call) -> list[OutputType]:
    """LinearAttentionGate: the decay like a, the rate like b."""
    return [type_of(call, 0), type_of(call, 3) if call.input(3) else OutputType()]


def unfolded(call: Call) -> list[OutputType]:
    """UnfoldTensor: windows of ``size`` every ``step`` along ``dim`` become a last axis."""
    shape, size = list(call.dims(0)), call.attr("size")
    if not shape or not isinstance(size, int):
        raise Unknown("attribute size is missing")
    axis, step = int(call.attr("dim", -1)) % len(shape), int(call.attr("step", 1))
    whole = shape[axis]
    shape[axis] = None if whole is None else (whole - size) // step + 1
    return [OutputType(dtype_of(call, 0), (*shape, size))]


def expanded(call: Call) -> list[OutputType]:
    """ExpandDims: an axis of size 1 at a constant place."""
    shape, axis = list(call.dims(0)), call.integers(1)
    if axis is None or len(axis) != 1:
        raise Unknown("the axis is computed at run time")
    shape.insert(axis[0] if axis[0] >= 0 else len(shape) + axis[0] + 1, 1)
    return [OutputType(dtype_of(call, 0), tuple(shape))]


def looked_up(call: Call) -> list[OutputType]:
    """TorchEmbedding: one row of the table for every index."""
    return [OutputType(dtype_of(call, 0), (*call.dims(1), call.dims(0)[-1]))]


def unpacked_rows(call: Call) -> list[OutputType]:
    """GatherPacked: rows of K values for every index."""
    return [OutputType("float32", (*call.dims(1), call.attr("K")))]


def cropped(call: Call) -> list[OutputType]:
    """CropAndResize: one map of ``crop_size`` for every region."""
    size = call.integers(3) or (None, None)
    return [OutputType(dtype_of(call, 0), (call.dims(1)[0], call.dims(0)[1], *size))]


def sampled(*, channels_last: bool = False) -> Rule:
    """GridSample: a value of every channel for each place of the grid (B, …, d)."""

    def rule(call: Call) -> list[OutputType]:
        source, grid = call.dims(0), call.dims(1)
        if channels_last:
            return [OutputType(dtype_of(call, 0), (source[0], *grid[1:-1], source[-1]))]
        return [OutputType(dtype_of(call, 0), (*source[:2], *grid[1:-1]))]

    return rule


def transformed(call: Call) -> list[OutputType]:
    """Rfft: n real values become n//2 + 1 complex ones, a last axis of 2."""
    *leading, length = call.dims(0)
    half = None if length is None else length // 2 + 1
    return [OutputType(dtype_of(call, 0), (*leading, half, 2))]


def restored(call: Call) -> list[OutputType]:
    """Irfft: the inverse of Rfft, 2·(n − 1) real values."""
    *leading, half, _ = call.dims(0)
    return [OutputType(dtype_of(call, 0), (*leading, None if half is None else 2 * (half - 1)))]


def gathered_nd(call: Call) -> list[OutputType]:
    """GatherND: the last axis of the indices names an element or slice of the data."""
    source, indices = call.dims(0), call.dims(1)
    if indices[-1] is None:
        raise Unknown("the depth of the indices is unknown")
    return [OutputType(dtype_of(call, 0), (*indices[:-1], *source[indices[-1] :]))]


def padded(call: Call) -> list[OutputType]:
    """Pad: what constant ``pads`` add before and after every axis."""
    shape, pads = call.dims(0), call.integers(1)
    if pads is None or len(pads) != 2 * len(shape):
        raise Unknown("the padding is computed at run time")
    sides = zip(shape, pads, pads[len(shape) :], strict=False)
    padded = (None if d is None else before + d + after for d, before, after in sides)
    return [OutputType(dtype_of(call, 0), tuple(padded))]


def position_bias(call: Call) -> list[OutputType]:
    """RelativePositionBias: (1, heads, query length, key length) of a table (buckets, heads)."""
    lengths: list[Dim] = []
    for slot in (1, 2):
        known = call.integers(slot)
        lengths.append(known[0] if known and len(known) == 1 else None)
    return [OutputType(dtype_of(call, 0), (1, call.dims(0)[1], *lengths))]


def normalised_heads(call: Call) -> list[OutputType]:
    """RMSNormRotary: (B, S, heads, stride) becomes (B, S, heads·width)."""
    batch, length, heads, _ = call.dims(0)
    width = call.dims(1)[0]
    joined = None if heads is None or width is None else heads * width
    dtype = "float16" if call.attr("output_fp16", 0) else dtype_of(call, 0)
    rows = (batch, length, heads, width)
    return [OutputType(dtype, (batch, length, joined)), OutputType("float32", rows)]


def counted_up(call: Call) -> list[OutputType]:
    """Range: from start to limit in steps of delta, all constant."""
    ends = [call.integers(slot) or call.reals(slot) for slot in range(3)]
    start, limit, step = (float(end[0]) if end and len(end) == 1 else None for end in ends)
    step = 1.0 if step is None and call.input(2) is None else step
    if start is None or limit is None or not step:
        raise Unknown("its bounds are computed at run time")
    return [OutputType(dtype_of(call, 0), (max(0, ceil((limit - start) / step)),))]


def warped(call: Call) -> list[OutputType]:
    """DynamicTimeWarping: a path of unknown length through the matrix."""
    return [OutputType("int32", (2, None))]
