"""Contracts of operators that pick by index: Gather, Scatter, Slice, TopK, OneHot, Compress …"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    indices_in_range,
    least_rank,
    rank,
    same_rank,
    same_shape,
    single,
    vector,
)
from analyzer.operators.contracts.reading import (
    differ,
    elements_of,
    given,
    integer,
    integers,
    listed,
    number,
    rank_of,
    shape_of,
    size_at,
    volume,
    whole,
)
from analyzer.operators.contracts.settings import (
    at_least,
    axes_in_range,
    axis_in_range,
    flag,
    one_of,
    out_of_range,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.facts import Dim
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

_REDUCTIONS = ("none", "add", "mul", "min", "max")


def _picked(call: Call) -> Dim:
    """Entries along the axis that indices pick from."""
    axis = whole(call, "axis", 0)
    return None if axis is None else size_at(call, 0, axis)


def _within(call: Call) -> Iterator[Violation]:
    """Indices by element cover no more of the other axes than the data has."""
    data, indices, axis = shape_of(call, 0), shape_of(call, 1), whole(call, "axis", 0)
    if data is None or indices is None or axis is None or len(data) != len(indices):
        return
    if not -len(data) <= axis < len(data):
        return
    for i, (have, want) in enumerate(zip(data, indices, strict=True)):
        if i != axis % len(data) and have is not None and want is not None and want > have:
            yield Violation(
                "index-shape",
                f"indices ({spell(indices)}) are longer than the data ({spell(data)}) on axis {i}",
                f"keep axis {i} of indices at {have} or less",
            )
            return


def _tuples(call: Call) -> Iterator[Violation]:
    """The last axis of indices holds one index for each of the leading axes of the data."""
    data, indices = shape_of(call, 0), shape_of(call, 1)
    batch = whole(call, "batch_dims", 0) if call.op_type == "GatherND" else 0
    if data is None or indices is None or batch is None:
        return
    if not data or not indices:
        yield Violation(
            "rank", f"data is {spell(data)} and indices are {spell(indices)}; neither may be a "
            "scalar", "give both one axis or more",
        )  # fmt: skip
        return
    if not 0 <= batch < min(len(data), len(indices)):
        yield Violation(
            "attribute-value",
            f"batch_dims is {batch}, data has {len(data)} axes and indices have {len(indices)}",
            f"set batch_dims to 0 to {min(len(data), len(indices)) - 1}",
        )
        return
    for axis, (a, b) in enumerate(zip(data[:batch], indices[:batch], strict=True)):
        if differ(a, b):
            yield Violation(
                "index-shape",
                f"batch axis {axis} is {a} long in data ({spell(data)}) and {b} in indices "
                f"({spell(indices)})",
                "make the batch axes equal, or lower batch_dims",
                grave=bool((volume(indices[:-1]) or 0) % (volume(data[:batch]) or 1)),
            )
            return
    depth = indices[-1]
    if depth is not None and depth > len(data) - batch:
        yield Violation(
            "index-shape",
            f"the last axis of indices ({spell(indices)}) is {depth} long, and the data "
            f"({spell(data)}) has {len(data) - batch} axes to index",
            f"give the last axis of indices at most {len(data) - batch} entries",
        )
    elif depth:
        yield from _tuples_in_range(call, data[batch : batch + depth], depth)


def _tuples_in_range(call: Call, sizes: tuple[Dim, ...], depth: int) -> Iterator[Violation]:
    values = integers(call, 1)
    if not values:
        return
    for axis, size in enumerate(sizes):
        column = values[axis::depth]
        wrong = [n for n in column if size is not None and not -size <= n < size]
        if wrong:
            yield Violation(
                "index-range",
                f"indices hold {wrong[0]} for an axis of {size} entries",
                f"keep indices of that axis within {-(size or 0)} to {(size or 0) - 1}",
            )
            return


def _updates(call: Call) -> Iterator[Violation]:
    """Updates of ScatterND are one slice of the data for each tuple of indices."""
    data, indices, updates = shape_of(call, 0), shape_of(call, 1), shape_of(call, 2)
    if data is None or not indices or updates is None:
        return
    depth = indices[-1]
    if depth is None or depth > len(data):
        return
    wanted = (*indices[:-1], *data[depth:])
    if len(wanted) != len(updates) or any(map(differ, wanted, updates)):
        yield Violation(
            "update-shape",
            f"updates are {spell(updates)}, and indices ({spell(indices)}) into data "
            f"({spell(data)}) take {spell(wanted)}",
            f"give updates the shape {spell(wanted)}",
        )


def _slice(call: Call) -> Iterator[Violation]:
    """starts, ends, axes and steps are as long, and no step is 0."""
    starts, ends = listed(call, "starts", 1, 10), listed(call, "ends", 2, 10)
    axes, steps = listed(call, "axes", 3, 10), integers(call, 4) if call.version >= 10 else None
    lengths = {
        "starts": _length(call, starts, 1), "ends": _length(call, ends, 2),
        "axes": _length(call, axes, 3), "steps": _length(call, steps, 4),
    }  # fmt: skip
    known = {name: n for name, n in lengths.items() if n is not None}
    if len(set(known.values())) > 1:
        listing = ", ".join(f"{name} {n}" for name, n in known.items())
        yield Violation(
            "slice-lengths",
            f"starts, ends, axes and steps differ in length: {listing}",
            "give one entry of each for every axis that is cut",
        )
    elif known and axes is None and not given(call, 3) and rank_of(call, 0) is not None:
        count, rank_ = next(iter(known.values())), rank_of(call, 0) or 0
        if count > rank_:
            yield Violation(
                "slice-lengths", f"starts have {count} entries, the data {rank_} axes",
                "name axes, one for every entry",
            )  # fmt: skip
    if steps and 0 in steps:
        yield Violation(
            "slice-step", "a step is 0", "use a step of 1 or more, or below 0 to go backwards"
        )


def _length(call: Call, values: tuple[int, ...] | None, slot: int) -> int | None:
    if values is not None:
        return len(values)
    return elements_of(call, slot) if call.version >= 10 else None


def _topk(call: Call) -> Iterator[Violation]:
    size = size_at(call, 0, whole(call, "axis", -1) or 0)
    k = whole(call, "k") if call.version < 10 else integer(call, 1)
    if k is not None and (k < 0 or (size is not None and k > size)):
        yield Violation(
            "topk-count",
            f"k is {k}, and the axis ({spell(shape_of(call, 0))}) has {size} entries",
            f"ask for 0 to {size}",
        )


def _depth(call: Call) -> Iterator[Violation]:
    depth = number(call, 1)
    if depth is not None and depth < 1:
        yield Violation("onehot-depth", f"depth is {depth}", "give a depth of 1 or more")


def _compress(call: Call) -> Iterator[Violation]:
    axis, data = whole(call, "axis"), shape_of(call, 0)
    if axis is not None and data is not None and not -len(data) <= axis < len(data):
        yield out_of_range("axis", axis, len(data), f"the input ({spell(data)})")


def _pads(call: Call) -> Iterator[Violation]:
    """Two entries for each padded axis, and what is cut off or mirrored exists."""
    fused = call.domain != ""
    pads, data = integers(call, 1) if fused else listed(call, "pads", 1, 11), shape_of(call, 0)
    axes = integers(call, 3) if call.version >= 18 else None
    if given(call, 3) and call.version >= 18 and axes is None:
        return
    if pads is None or data is None:
        return
    padded = list(range(len(data))) if axes is None else list(axes)
    if len(pads) != 2 * len(padded):
        yield Violation(
            "pad-length",
            f"pads {list(pads[:MAX_LISTED])} has {len(pads)} entries, {len(padded)} axes take "
            f"{2 * len(padded)}: all begins, then all ends",
            f"give pads {2 * len(padded)} entries",
        )
        return
    mirrored = call.attr("mode", "constant") == "reflect"
    for i, axis in enumerate(padded):
        size = data[axis] if -len(data) <= axis < len(data) else None
        before, after = pads[i], pads[i + len(padded)]
        if size is not None and size + before + after < 0:
            yield Violation(
                "pad-size",
                f"pads of {before} and {after} leave less than nothing of axis {axis}, {size} long",
                "cut off less",
            )
            return
        if mirrored and size is not None and max(before, after) >= max(size, 1):
            yield Violation(
                "pad-size",
                f"pads of {before} and {after} mirror more than there is of axis {axis}, {size} "
                "long",
                f"pad by {max(size - 1, 0)} at most, or in another mode",
            )
            return


def _written(call: Call) -> Iterator[Violation]:
    """TensorScatter: what is written lies within the cache, unless it goes round."""
    axis = whole(call, "axis", -2)
    if axis is None:
        return
    room, more = size_at(call, 0, axis), size_at(call, 1, axis)
    if room is None or more is None:
        return
    cache, update = shape_of(call, 0), shape_of(call, 1)
    if (
        cache is not None
        and update is not None
        and len(cache) == len(update)
        and any(
            differ(a, b)
            for i, (a, b) in enumerate(zip(cache, update, strict=True))
            if i != axis % len(cache)
        )
    ):
        yield Violation(
            "update-shape",
            f"update is {spell(update)} and the cache {spell(cache)}",
            f"make all axes but {axis} equal",
        )
        return
    around = call.attr("mode", "linear") == "circular"
    wrong = [n for n in integers(call, 2) or () if n < 0 or (not around and n + more > room)]
    if wrong or more > room:
        yield Violation(
            "index-range",
            f"{more} entries written from {(wrong or [0])[0]} leave a cache of {room}",
            f"begin within 0 to {max(0, room - more)}",
        )


GATHERED = indices_in_range(1, "indices", _picked, "the axis")

_FEATURES = indices_in_range(1, "Y", lambda c: size_at(c, 0, -1), "the last axis", least=0)

INDEXING: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "Gather"): (axis_in_range(default=0, name="data"), GATHERED),
    ("", "GatherElements"): (
        axis_in_range(default=0, name="data"), same_rank(0, "data", 1, "indices"), _within,
        GATHERED,
    ),
    ("", "GatherND"): (_tuples,),
    ("", "Scatter"): (
        axis_in_range(default=0, name="data"), same_rank(0, "data", 1, "indices"), _within,
        same_shape(1, "indices", 2, "updates"), GATHERED,
    ),
    ("", "ScatterElements"): (
        axis_in_range(default=0, name="data"), same_rank(0, "data", 1, "indices"), _within,
        same_shape(1, "indices", 2, "updates"), GATHERED,
        one_of("reduction", _REDUCTIONS, grave=False),
    ),
    ("", "ScatterND"): (_tuples, _updates, one_of("reduction", _REDUCTIONS, grave=False)),
    ("", "Slice"): (
        _slice, *(rank(i, n, 1) for i, n in enumerate(("starts", "ends", "axes", "steps"), 1)),
        axes_in_range(lambda c: listed(c, "axes", 3, 10), name="data"),
    ),
    ("", "TopK"): (axis_in_range(default=-1), single(1, "K"), _topk),
    ("", "OneHot"): (
        axis_in_range(default=-1, name="indices", more=1), single(1, "depth"), _depth,
        vector(2, "values", lambda _: 2, "the off and the on value"),
    ),
    ("", "Compress"): (_compress, rank(1, "condition", 1, grave=False)),
    ("", "Pad"): (
        _pads, rank(1, "pads", 1), single(2, "constant_value"),
        axes_in_range(lambda c: integers(c, 3) if c.version >= 18 else None, name="data"),
        one_of("mode", ("constant", "reflect", "edge", "wrap")),
    ),
    ("", "Unique"): (_compress, flag("sorted")),
    ("", "Trilu"): (least_rank(0, "input", 2), single(1, "k")),
    ("", "EyeLike"): (rank(0, "input", 2),),
    ("", "TensorScatter"): (
        axis_in_range(default=-2, name="past_cache"), same_rank(0, "past_cache", 1, "update"),
        one_of("mode", ("linear", "circular")),
        vector(2, "write_indices", lambda c: size_at(c, 0, 0), "the batch"), _written,
    ),
    ("ai.onnx.ml", "ArrayFeatureExtractor"): (_FEATURES,),
    ("com.microsoft", "GatherND"): (_tuples,),
    ("com.microsoft", "Trilu"): (least_rank(0, "X", 2), single(1, "k")),
    ("com.microsoft", "ExpandDims"): (
        rank(1, "axis", 0, 1), single(1, "axis"),
        axes_in_range(lambda c: integers(c, 1), more=True),
    ),
    ("com.microsoft", "Pad"): (_pads, one_of("mode", ("constant", "reflect", "edge", "wrap"))),
    ("com.microsoft", "Unique"): (rank(0, "x", 1),),
    ("com.microsoft", "UnfoldTensor"): (
        axis_in_range("dim", default=-1), at_least("size", 1), at_least("step", 1),
    ),
}  # fmt: skip
