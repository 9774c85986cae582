"""Layers with multiply-accumulates: convolutions, products, recurrence, attention.

Each takes a draft and a value and appends one random layer; what it returns is the layer's
output. Parameters are drawn freely: a draw that makes no sense is refused by the runtime.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.differential.draft import Draft, Value


def _divisor(rng: random.Random, *numbers: int) -> int:
    shared = [d for d in range(1, min(numbers) + 1) if all(n % d == 0 for n in numbers)]
    return rng.choice(shared)


def _window(rng: random.Random, axes: int) -> dict[str, Any]:
    """Attributes that convolutions and pools share."""
    found: dict[str, Any] = {"kernel_shape": [rng.choice((1, 2, 3, 3, 4)) for _ in range(axes)]}
    if rng.random() < 0.6:
        found["strides"] = [rng.choice((1, 2, 3)) for _ in range(axes)]
    style = rng.choice(("none", "pads", "SAME_UPPER", "SAME_LOWER", "VALID"))
    if style == "pads":
        found["pads"] = [rng.randrange(3) for _ in range(2 * axes)]
    elif style != "none":
        found["auto_pad"] = style
    if rng.random() < 0.3 and not style.startswith("SAME"):
        found["dilations"] = [rng.choice((1, 2)) for _ in range(axes)]
    return found


def conv(draft: Draft, x: Value) -> str:
    """1-D to 3-D, grouped, depthwise with multiplier, dilated, padded every way."""
    rng, channels = draft.rng, x.shape[1]
    attributes = _window(rng, len(x.shape) - 2)
    group = rng.choice((1, channels, _divisor(rng, channels)))
    out = group * rng.randint(1, max(1, 12 // group))
    weight = draft.weight(out, channels // group, *attributes["kernel_shape"])
    inputs = [x.name, weight, *([draft.weight(out)] if rng.random() < 0.5 else [])]
    if rng.random() < 0.4:
        del attributes["kernel_shape"]
    if group > 1:
        attributes["group"] = group
    return draft.add("Conv", inputs, **attributes)


def conv_transpose(draft: Draft, x: Value) -> str:
    rng, channels, axes = draft.rng, x.shape[1], len(x.shape) - 2
    attributes = _window(rng, axes)
    group = _divisor(rng, channels)
    attributes["group"] = group
    strides = attributes.get("strides", [1] * axes)
    if rng.random() < 0.3:
        attributes["output_padding"] = [rng.randrange(s) for s in strides]
    elif rng.random() < 0.3:
        attributes["output_shape"] = [
            n * s + rng.randrange(2) for n, s in zip(x.shape[2:], strides, strict=True)
        ]
        attributes.pop("pads", None)
    out = rng.randint(1, 4)
    weight = draft.weight(channels, out, *attributes["kernel_shape"])
    inputs = [x.name, weight, *([draft.weight(out * group)] if rng.random() < 0.5 else [])]
    return draft.add("ConvTranspose", inputs, **attributes)


def gemm(draft: Draft, x: Value) -> str:
    """A fully connected layer behind Flatten or a computed Reshape, any transposition."""
    rng = draft.rng
    if len(x.shape) == 2:
        flat = x.name
    elif rng.random() < 0.5:
        flat = draft.add("Flatten", [x.name], axis=1)
    else:
        batch = draft.add("Gather", [draft.add("Shape", [x.name]), draft.scalar(0)], axis=0)
        batch = draft.add("Unsqueeze", [batch, draft.ints(0)])
        target = draft.add("Concat", [batch, draft.ints(-1)], axis=0)
        flat = draft.add("Reshape", [x.name, target])
    rows, width = (x.shape[0], prod(x.shape[1:]))
    out = rng.randint(1, 9)
    trans_a, trans_b = rng.random() < 0.3, rng.random() < 0.5
    if trans_a:
        flat = draft.add("Transpose", [flat], perm=[1, 0])
    weight = draft.weight(*((out, width) if trans_b else (width, out)))
    inputs = [flat, weight]
    if rng.random() < 0.6:
        inputs.append(draft.weight(*rng.choice(((out,), (1, out), (rows, 1), (rows, out)))))
    return draft.add("Gemm", inputs, transA=int(trans_a), transB=int(trans_b))


def matmul(draft: Draft, x: Value) -> str:
    """Weight at the right or left, batched or not, vectors, and x · xᵀ."""
    rng, shape = draft.rng, x.shape
    batch = [rng.choice((1, n)) for n in shape[:-2]]
    match rng.choice(("right", "left", "batched", "vector", "self", "row")):
        case "left" if len(shape) > 1:
            return draft.add("MatMul", [draft.weight(rng.randint(1, 6), shape[-2]), x.name])
        case "batched" if len(shape) > 1:
            weight = draft.weight(2, *batch, shape[-1], rng.randint(1, 6))
            return draft.add("MatMul", [x.name, weight])
        case "vector":
            return draft.add("MatMul", [x.name, draft.weight(shape[-1])])
        case "row" if len(shape) > 1:
            return draft.add("MatMul", [draft.weight(shape[-2]), x.name])
        case "self" if len(shape) > 1:
            perm = list(range(len(shape)))
            perm[-2:] = perm[:-3:-1]
            return draft.add("MatMul", [x.name, draft.add("Transpose", [x.name], perm=perm)])
    return draft.add("MatMul", [x.name, draft.weight(shape[-1], rng.randint(1, 8))])


def einsum(draft: Draft, x: Value) -> str:
    rng, rank = draft.rng, len(x.shape)
    letters, last = "abcdef"[:rank], x.shape[-1]
    out = rng.randint(1, 5)
    kind = rng.choice(("ellipsis", "dense", "outer", "gram", "sum", "batched"))
    if kind == "ellipsis":
        return draft.add("Einsum", [x.name, draft.weight(last, out)], equation="...i,ij->...j")
    if kind == "outer":
        return draft.add("Einsum", [x.name, draft.weight(out)], equation=f"{letters},z->{letters}z")
    if kind == "gram" and rank > 1:
        other = letters[:-2] + "y" + letters[-1]
        equation = f"{letters}, {other} -> {letters[:-1]}y"
        return draft.add("Einsum", [x.name, x.name], equation=equation)
    if kind == "sum":
        return draft.add("Einsum", [x.name], equation=f"{letters}->{letters[::-1][:-1] or letters}")
    if kind == "batched" and rank > 1:
        weight = draft.weight(x.shape[0], last, out)
        equation = f"{letters},{letters[0]}{letters[-1]}z->{letters[:-1]}z"
        return draft.add("Einsum", [x.name, weight], equation=equation)
    equation = f"{letters},{letters[-1]}z->{letters[:-1]}z"
    return draft.add("Einsum", [x.name, draft.weight(last, out)], equation=equation)


def _sequence(draft: Draft, x: Value) -> tuple[str, int]:
    """``x`` as (batch, length, width) by in-graph arithmetic; its width."""
    if len(x.shape) == 3:
        return x.name, x.shape[2]
    if len(x.shape) < 3:
        return draft.add("Unsqueeze", [x.name, draft.ints(*range(3 - len(x.shape)))]), x.shape[-1]
    sizes = draft.add("Shape", [x.name], start=0, end=2)
    flat = draft.add("Reshape", [x.name, draft.add("Concat", [sizes, draft.ints(-1)], axis=0)])
    return draft.add("Transpose", [flat], perm=[0, 2, 1]), x.shape[1]


def attention(draft: Draft, x: Value) -> str:
    """Multi-head self-attention as exporters write it: projections, reshapes, two products."""
    rng = draft.rng
    source, width = _sequence(draft, x)
    heads, size = rng.randint(1, 3), rng.randint(2, 4)
    sides = []
    for perm in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]):
        flat = draft.add("MatMul", [source, draft.weight(width, heads * size)])
        flat = draft.add("Add", [flat, draft.weight(heads * size, generated=False)])
        lead = draft.add("Slice", [draft.add("Shape", [flat]), draft.ints(0), draft.ints(2)])
        shape = draft.add("Concat", [lead, draft.ints(heads, size)], axis=0)
        sides.append(draft.add("Transpose", [draft.add("Reshape", [flat, shape])], perm=perm))
    scores = draft.add("Softmax", [draft.add("MatMul", sides[:2])], axis=-1)
    mixed = draft.add("Transpose", [draft.add("MatMul", [scores, sides[2]])], perm=[0, 2, 1, 3])
    return draft.add("Reshape", [mixed, draft.ints(0, 0, -1)])


def fused_attention(draft: Draft, x: Value) -> str:
    """ai.onnx Attention (opset 23) with grouped queries, rank 3 or 4."""
    rng = draft.rng
    source, width = _sequence(draft, x)
    groups, size, value_size = rng.randint(1, 2), rng.randint(1, 4), rng.randint(1, 4)
    heads = groups * rng.randint(1, 3)
    query = draft.add("MatMul", [source, draft.weight(width, heads * size)])
    key = draft.add("MatMul", [source, draft.weight(width, groups * size)])
    value = draft.add("MatMul", [source, draft.weight(width, groups * value_size)])
    if rng.random() < 0.5:
        return draft.add("Attention", [query, key, value], q_num_heads=heads, kv_num_heads=groups)
    parts = []
    for name, count, per_head in (
        (query, heads, size),
        (key, groups, size),
        (value, groups, value_size),
    ):
        split = draft.add("Reshape", [name, draft.ints(0, 0, count, per_head)])
        parts.append(draft.add("Transpose", [split], perm=[0, 2, 1, 3]))
    return draft.add("Attention", parts, is_causal=int(rng.random() < 0.5))


def recurrent(draft: Draft, x: Value) -> str:
    """LSTM, GRU or RNN, one or two directions, then (length, batch, directions · hidden)."""
    rng = draft.rng
    source, width = _sequence(draft, x)
    op, gates = rng.choice((("LSTM", 4), ("GRU", 3), ("RNN", 1)))
    hidden = rng.randint(1, 5)
    direction = rng.choice(("forward", "reverse", "bidirectional"))
    ways = 2 if direction == "bidirectional" else 1
    inputs = [
        draft.add("Transpose", [source], perm=[1, 0, 2]),
        draft.weight(ways, gates * hidden, width),
        draft.weight(ways, gates * hidden, hidden),
    ]
    if rng.random() < 0.6:
        inputs.append(draft.weight(ways, 2 * gates * hidden))
    outputs = draft.add_all(op, inputs, rng.randint(1, 2), hidden_size=hidden, direction=direction)
    merged = draft.add("Transpose", [outputs[0]], perm=[0, 2, 1, 3])
    return draft.add("Reshape", [merged, draft.ints(0, 0, -1)])


LAYERS: Mapping[str, tuple[int, Callable[[Draft, Value], str]]] = {
    "conv": (3, conv),
    "conv_transpose": (3, conv_transpose),
    "gemm": (2, gemm),
    "matmul": (1, matmul),
    "einsum": (1, einsum),
    "attention": (2, attention),
    "fused_attention": (2, fused_attention),
    "recurrent": (2, recurrent),
}
"""Least rank of the input and function by name."""
