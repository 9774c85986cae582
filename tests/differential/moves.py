"""Layers that move, resize or combine, with the shape arithmetic exporters leave in graphs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tests.differential.layers import _window

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.differential.draft import Draft, Value


def pool(draft: Draft, x: Value) -> str:
    rng = draft.rng
    op = rng.choice(("MaxPool", "AveragePool", "LpPool", "GlobalAveragePool", "GlobalMaxPool"))
    if op.startswith("Global"):
        return draft.add(op, [x.name])
    attributes = _window(rng, len(x.shape) - 2)
    if rng.random() < 0.4:
        attributes["ceil_mode"] = 1
    return draft.add(op, [x.name], **attributes)


def _size(draft: Draft, name: str, axis: int) -> str:
    """One dimension of ``name`` as a vector of one element, computed in the graph."""
    rng, shape = draft.rng, draft.add("Shape", [name])
    if rng.random() < 0.5:
        return draft.add("Slice", [shape, draft.ints(axis), draft.ints(axis + 1)])
    scalar = draft.add("Gather", [shape, draft.scalar(axis)])
    return draft.add("Unsqueeze", [scalar, draft.ints(0)])


def resize(draft: Draft, x: Value) -> str:
    """By scales, by computed sizes, on some axes, keeping the aspect ratio."""
    rng, rank = draft.rng, len(x.shape)
    spatial = rank - 2
    mode = {"mode": rng.choice(("nearest", "linear"))}
    kind = rng.choice(("scales", "sizes", "axes", "aspect"))
    if kind == "scales":
        factors = [1.0, 1.0] + [rng.choice((0.5, 1.5, 2.0, 0.7)) for _ in range(spatial)]
        return draft.add("Resize", [x.name, "", draft.array(factors, np.float32)], **mode)
    if kind == "aspect":
        sizes = draft.ints(*(rng.randint(3, 9) for _ in range(spatial)))
        policy = rng.choice(("not_larger", "not_smaller"))
        axes = list(range(2, rank))
        return draft.add(
            "Resize", [x.name, "", "", sizes], axes=axes, keep_aspect_ratio_policy=policy, **mode
        )
    doubled = [
        draft.add("Mul", [_size(draft, x.name, axis), draft.ints(rng.choice((1, 2)))])
        for axis in range(2, rank)
    ]
    if kind == "axes":
        sizes = draft.add("Concat", doubled, axis=0)
        return draft.add("Resize", [x.name, "", "", sizes], axes=list(range(2, rank)), **mode)
    lead = draft.add("Shape", [x.name], start=0, end=2)
    sizes = draft.add("Concat", [lead, *doubled], axis=0)
    return draft.add("Resize", [x.name, "", "", sizes], **mode)


def slice_(draft: Draft, x: Value) -> str:
    rng = draft.rng
    axes = rng.sample(range(len(x.shape)), rng.randint(1, len(x.shape)))
    starts, ends, steps = [], [], []
    for axis in axes:
        size, step = x.shape[axis], rng.choice((1, 1, 2, -1, -2))
        first, last = sorted((rng.randint(-size, size), rng.randint(-size, size)))
        far = 2**63 - 1 if step > 0 else -(2**63) + 1
        starts.append(first if step > 0 else last)
        ends.append(rng.choice((far, last if step > 0 else first)))
        steps.append(step)
    signed = [a - len(x.shape) if rng.random() < 0.3 else a for a in axes]
    lists = [draft.ints(*v) for v in (starts, ends, signed, steps)]
    return draft.add("Slice", [x.name, *lists])


def pad(draft: Draft, x: Value) -> str:
    rng = draft.rng
    axes = sorted(rng.sample(range(len(x.shape)), rng.randint(1, len(x.shape))))
    amounts = [rng.randint(0, 2) for _ in range(2 * len(axes))]
    mode = rng.choice(("constant", "edge"))
    if rng.random() < 0.5:
        return draft.add("Pad", [x.name, draft.ints(*amounts), "", draft.ints(*axes)], mode=mode)
    full = [0] * (2 * len(x.shape))
    for i, axis in enumerate(axes):
        full[axis], full[axis + len(x.shape)] = amounts[i], amounts[i + len(axes)]
    # torch's exporter builds the same list by ConstantOfShape, Concat, Reshape and Transpose
    pairs = [full[i :: len(x.shape)] for i in range(len(x.shape))]
    table = draft.add("Reshape", [draft.ints(*(n for p in pairs for n in p)), draft.ints(-1, 2)])
    vector = draft.add("Reshape", [draft.add("Transpose", [table], perm=[1, 0]), draft.ints(-1)])
    return draft.add("Pad", [x.name, draft.add("Cast", [vector], to=7)], mode=mode)


def split(draft: Draft, x: Value) -> str:
    """Uneven pieces by list, or even ones by count; one of them goes on."""
    rng = draft.rng
    axis = rng.randrange(len(x.shape))
    size = x.shape[axis]
    parts = rng.randint(1, min(3, size))
    signed = axis - len(x.shape) if rng.random() < 0.3 else axis
    if rng.random() < 0.5:
        outputs = draft.add_all("Split", [x.name], parts, axis=signed, num_outputs=parts)
    else:
        cuts = sorted(rng.sample(range(1, size), parts - 1))
        sizes = [b - a for a, b in zip([0, *cuts], [*cuts, size], strict=True)]
        outputs = draft.add_all("Split", [x.name, draft.ints(*sizes)], parts, axis=signed)
    return rng.choice(outputs)


def concat(draft: Draft, x: Value) -> str:
    axis = draft.rng.randrange(-len(x.shape), len(x.shape))
    other = draft.add("Relu", [x.name])
    return draft.add("Concat", [x.name, other, *[x.name][: draft.rng.randrange(2)]], axis=axis)


def reshape(draft: Draft, x: Value) -> str:
    """Two neighbouring axes joined, or one split, the others copied by 0 or by Shape."""
    rng, rank = draft.rng, len(x.shape)
    axis = rng.randrange(rank)
    copied = [draft.ints(0) if rng.random() < 0.5 else _size(draft, x.name, i) for i in range(axis)]
    if axis < rank - 1 and rng.random() < 0.5:
        both = [_size(draft, x.name, axis), _size(draft, x.name, axis + 1)]
        joined = draft.ints(-1) if rng.random() < 0.5 else draft.add("Mul", both)
        rest = [_size(draft, x.name, i) for i in range(axis + 2, rank)]
        target = [*copied, joined, *rest]
    else:
        factor = rng.choice([d for d in range(1, x.shape[axis] + 1) if x.shape[axis] % d == 0])
        divided = draft.add("Div", [_size(draft, x.name, axis), draft.ints(factor)])
        rest = [_size(draft, x.name, i) for i in range(axis + 1, rank)]
        target = [*copied, draft.ints(factor), divided, *rest]
    return draft.add("Reshape", [x.name, draft.add("Concat", target, axis=0)])


def transpose(draft: Draft, x: Value) -> str:
    perm = list(range(len(x.shape)))
    draft.rng.shuffle(perm)
    return draft.add("Transpose", [x.name], perm=perm)


def expand(draft: Draft, x: Value) -> str:
    """A new leading axis, expanded to a computed size."""
    wide = draft.add("Unsqueeze", [x.name, draft.ints(0)])
    shape = draft.add(
        "Concat", [draft.ints(draft.rng.randint(1, 2)), draft.add("Shape", [x.name])], axis=0
    )
    where = draft.add("Where", [draft.add("Equal", [shape, draft.ints(-1)]), draft.ints(1), shape])
    return draft.add("Expand", [wide, where])


def gather(draft: Draft, x: Value) -> str:
    rng = draft.rng
    axis = rng.randrange(len(x.shape))
    picks = [rng.randrange(-x.shape[axis], x.shape[axis]) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.3:
        return draft.add("Gather", [x.name, draft.scalar(picks[0])], axis=axis)
    table = draft.array([picks, picks[::-1]]) if rng.random() < 0.3 else draft.ints(*picks)
    return draft.add("Gather", [x.name, table], axis=axis)


def reduce(draft: Draft, x: Value) -> str:
    rng = draft.rng
    axes = rng.sample(range(-len(x.shape), 0), rng.randint(1, len(x.shape)))
    op = rng.choice(("ReduceMean", "ReduceMax", "ReduceSum", "ReduceL2"))
    inputs = [x.name, draft.ints(*axes)] if rng.random() < 0.8 else [x.name]
    return draft.add(op, inputs, keepdims=int(rng.random() < 0.7))


def tile(draft: Draft, x: Value) -> str:
    return draft.add("Tile", [x.name, draft.ints(*(draft.rng.choice((1, 1, 2)) for _ in x.shape))])


def top_k(draft: Draft, x: Value) -> str:
    count = draft.ints(draft.rng.randint(1, x.shape[-1]))
    return draft.add_all("TopK", [x.name, count], 2)[0]


def arrange(draft: Draft, x: Value) -> str:
    """Values that depend on a computed Range, as position embeddings do."""
    end = draft.add("Squeeze", [_size(draft, x.name, len(x.shape) - 1)])
    steps = draft.add("Range", [draft.scalar(0), end, draft.scalar(draft.rng.choice((1, 2)))])
    return draft.add("Gather", [x.name, steps], axis=len(x.shape) - 1)


def depth_space(draft: Draft, x: Value) -> str:
    op = draft.rng.choice(("DepthToSpace", "SpaceToDepth"))
    return draft.add(op, [x.name], blocksize=2)


def norm(draft: Draft, x: Value) -> str:
    channels: Any = x.shape[1]
    if draft.rng.random() < 0.5:
        return draft.add("LayerNormalization", [x.name, draft.weight(x.shape[-1])], axis=-1)
    return draft.add(
        "InstanceNormalization", [x.name, draft.weight(channels), draft.weight(channels)]
    )


MOVES: Mapping[str, tuple[int, Callable[[Draft, Value], str]]] = {
    "pool": (3, pool),
    "resize": (3, resize),
    "slice": (1, slice_),
    "pad": (1, pad),
    "split": (1, split),
    "concat": (1, concat),
    "reshape": (1, reshape),
    "transpose": (2, transpose),
    "expand": (1, expand),
    "gather": (2, gather),
    "reduce": (2, reduce),
    "tile": (1, tile),
    "top_k": (1, top_k),
    "arrange": (1, arrange),
    "depth_space": (4, depth_space),
    "norm": (3, norm),
}
"""Least rank of the input and function by name."""
