"""Contracts of operators that move, cut and join: Reshape, Transpose, Split, Concat, Expand …"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    MAX_LISTED,
    rank,
    vector,
)
from analyzer.operators.contracts.reading import (
    broadcast,
    differ,
    given,
    integers,
    listed,
    outputs_of,
    rank_of,
    shape_of,
    size_at,
    whole,
    wholes,
)
from analyzer.operators.contracts.settings import (
    at_least,
    axes_in_range,
    axis_in_range,
    one_of,
    out_of_range,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _reshape(call: Call) -> Iterator[Violation]:
    """At most one −1, 0 copies an axis that exists, and the elements are as many as before."""
    target, data = listed(call, "shape", 1, 5), shape_of(call, 0)
    if target is None:
        return
    asked = list(target[:MAX_LISTED])
    literal = whole(call, "allowzero", 0) == 1 and call.version >= 14
    if target.count(-1) > 1 or min(target, default=0) < -1:
        yield Violation(
            "reshape-target",
            f"the target {asked} has {target.count(-1)} open sizes (-1) and a least size of "
            f"{min(target)}; one open size is allowed and none below -1",
            "state all sizes but one",
        )
        return
    if literal and 0 in target and -1 in target:
        yield Violation(
            "reshape-target",
            f"the target {asked} has both 0 and -1 while allowzero = 1, so -1 can be anything",
            "state the size instead of -1, or set allowzero to 0",
        )
        return
    copies = [] if literal else [i for i, size in enumerate(target) if size == 0]
    if data is not None and any(i >= len(data) for i in copies):
        yield Violation(
            "reshape-target",
            f"the target {asked} copies axis {copies[-1]} (size 0), and the input "
            f"({spell(data)}) has {len(data)} axes",
            "state the size instead of 0",
        )
        return
    yield from _reshape_volume(call, target, copies)


def _reshape_volume(call: Call, target: tuple[int, ...], copies: list[int]) -> Iterator[Violation]:
    data = shape_of(call, 0)
    if data is None:
        return
    # What is copied counts on both sides, so its size need not be known.
    rest = [size for i, size in enumerate(data) if i not in copies]
    if None in rest:
        return
    have = prod(size for size in rest if size is not None)
    want = prod(size for i, size in enumerate(target) if i not in copies and size != -1)
    if 0 in (data[i] for i in copies):
        return
    wrong = want != have if -1 not in target else (want == 0 or have % want != 0)
    if wrong and not (want == 0 and have == 0):
        yield Violation(
            "reshape-volume",
            f"{spell(data)} cannot be reshaped to {list(target[:MAX_LISTED])}: {have} elements "
            f"against {want}{' or a multiple' if -1 in target else ''}"
            f"{' beside the copied axes' if copies else ''}",
            "correct the target, or what makes the input another size",
        )


def _transpose(call: Call) -> Iterator[Violation]:
    perm, axes = wholes(call, "perm"), rank_of(call, 0)
    if perm is None:
        return
    if sorted(perm) != list(range(len(perm))):
        yield Violation(
            "permutation",
            f"perm {list(perm[:MAX_LISTED])} is no permutation of 0 to {len(perm) - 1}",
            "name each axis once",
        )
    elif axes is not None and len(perm) != axes:
        yield Violation(
            "permutation",
            f"perm has {len(perm)} entries, the input ({spell(shape_of(call, 0))}) {axes} axes",
            f"give perm {axes} entries",
        )


def _split(call: Call) -> Iterator[Violation]:
    """Parts are as many as outputs, none is negative, and together they are the axis."""
    parts, outputs = listed(call, "split", 1, 13), outputs_of(call)
    stated = whole(call, "num_outputs") if call.version >= 18 else None
    size = size_at(call, 0, whole(call, "axis", 0) or 0)
    if parts is not None and parts:
        yield from _split_parts(parts, outputs, size)
    if call.version >= 18 and given(call, 1) and stated is not None:
        yield Violation(
            "split-count",
            "both the input split and num_outputs are given",
            "leave one of the two out",
        )
        return
    if call.version >= 18 and not given(call, 1) and stated is None:
        yield Violation(
            "split-count",
            "neither the input split nor num_outputs is given",
            f"set num_outputs to {outputs}, or give the parts in split",
        )
        return
    if stated is not None and stated != outputs:
        yield Violation(
            "split-count",
            f"num_outputs is {stated}, and the node has {outputs} outputs",
            f"set num_outputs to {outputs}, or list {stated} outputs",
        )
    if not parts and not given(call, 1) and size is not None and outputs:
        yield from _split_evenly(call, size, outputs)


def _split_parts(parts: tuple[int, ...], outputs: int, size: int | None) -> Iterator[Violation]:
    if len(parts) != outputs:
        yield Violation(
            "split-count",
            f"split {list(parts[:MAX_LISTED])} has {len(parts)} parts, and the node has {outputs} "
            "outputs",
            f"give split {outputs} parts",
        )
    elif min(parts) < 0 or differ(sum(parts), size):
        yield Violation(
            "split-sum",
            f"split {list(parts[:MAX_LISTED])} sums to {sum(parts)}, the axis is {size} long",
            f"give parts of 0 or more that sum to {size}",
        )


def _split_evenly(call: Call, size: int, outputs: int) -> Iterator[Violation]:
    """From version 18 on the last part may be smaller, but every part but empty ones exists."""
    share = -(-size // outputs)
    if size % outputs if call.version < 18 else size < share * (outputs - 1):
        yield Violation(
            "split-sum",
            f"an axis of {size} does not divide into {outputs} parts",
            "state the parts in split",
        )


def _concat(call: Call) -> Iterator[Violation]:
    axis = whole(call, "axis", 1 if call.version < 4 else None)
    shapes = [s for i in range(len(call.inputs)) if (s := shape_of(call, i)) is not None]
    if axis is None or not shapes:
        return
    first = shapes[0]
    if not -len(first) <= axis < len(first):
        yield out_of_range("axis", axis, len(first), f"the inputs ({spell(first)})")
        return
    merged = list(first)
    for shape in shapes[1:]:
        if len(shape) != len(first):
            yield Violation(
                "concat-shape",
                f"inputs of {len(first)} and {len(shape)} axes ({spell(first)} and {spell(shape)}) "
                "are joined",
                "give all inputs as many axes",
            )
            return
        for i, (a, b) in enumerate(zip(merged, shape, strict=True)):
            if i != axis % len(first) and differ(a, b):
                yield Violation(
                    "concat-shape",
                    f"inputs {spell(first)} and {spell(shape)} are joined along axis {axis}, and "
                    f"axis {i} is {a} long in one and {b} in the other",
                    f"make axis {i} equal, or join along it",
                )
                return
            merged[i] = b if a is None else a


def _expand(call: Call) -> Iterator[Violation]:
    target, data = integers(call, 1), shape_of(call, 0)
    if target is None or data is None:
        return
    if min(target, default=0) < 0:
        yield Violation(
            "expand-target",
            f"the target {list(target[:MAX_LISTED])} has a size below 0",
            "state sizes of 0 or more; 1 keeps an axis as it is",
        )
        return
    try:
        broadcast([data, target])
    except ValueError as error:
        axis, have, want = error.args
        yield Violation(
            "broadcast",
            f"{spell(data)} cannot be expanded to {spell(target)}: axis {axis} is {have} long, "
            f"the target says {want}",
            "expand axes of length 1 only, or leave that axis at its length",
        )


def _tile(call: Call) -> Iterator[Violation]:
    repeats = integers(call, 1) if call.version >= 6 else None
    if repeats is not None and min(repeats, default=0) < 0:
        yield Violation(
            "tile-repeats", f"repeats {list(repeats[:MAX_LISTED])} has an entry below 0",
            "repeat an axis 0 times or more",
        )  # fmt: skip


def _squeeze(call: Call) -> Iterator[Violation]:
    axes, data = listed(call, "axes", 1, 13), shape_of(call, 0)
    if axes is None or data is None:
        return
    for axis in axes:
        if -len(data) <= axis < len(data) and (data[axis] or 1) != 1:
            yield Violation(
                "squeeze-size",
                f"axis {axis} of {spell(data)} is {data[axis]} long; only axes of length 1 can be "
                "squeezed",
                "name an axis of length 1, or use Reshape",
            )
            return


def _flattened(call: Call) -> Iterator[Violation]:
    axis, axes = whole(call, "axis", 1), rank_of(call, 0)
    if axis is not None and axes is not None and not -axes <= axis <= axes:
        yield Violation(
            "axis-range",
            f"axis is {axis}, and {spell(shape_of(call, 0))} can be cut at {-axes} to {axes}",
            f"set axis to one of {-axes} to {axes}",
        )


def _block(call: Call) -> Iterator[Violation]:
    block, space = whole(call, "blocksize"), shape_of(call, 0)
    if block is None or block <= 0 or space is None or len(space) != 4:
        return
    deep = call.op_type == "DepthToSpace"
    sizes, unit = (space[1:2], block * block) if deep else (space[2:4], block)
    what = f"blocksize{'²' * deep} = {unit}"
    for size in sizes:
        if size is not None and size % unit:
            yield Violation(
                "divisibility",
                f"{size} (input {spell(space)}) does not divide by {what}",
                "choose a blocksize that divides, or pad the input",
            )
            return


def _reverse(call: Call) -> Iterator[Violation]:
    batch, time = whole(call, "batch_axis", 1), whole(call, "time_axis", 0)
    if batch is None or time is None:
        return
    if {batch, time} != {0, 1}:
        negative = min(batch, time) < 0 and max(batch, time) < 2
        yield Violation(
            "attribute-value",
            f"batch_axis is {batch} and time_axis {time}; one must be 0 and the other 1",
            "set one to 0 and the other to 1",
            grave=not negative,
        )
        return
    lengths, longest = integers(call, 1), size_at(call, 0, time)
    if lengths and longest is not None and not 0 <= min(lengths) <= max(lengths) <= longest:
        yield Violation(
            "index-range",
            f"sequence_lens {list(lengths[:MAX_LISTED])} leave 0 to {longest}, the time axis",
            f"keep sequence_lens within 0 to {longest}",
        )


MOVEMENT: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "Reshape"): (rank(1, "shape", 1), _reshape),
    ("", "Flatten"): (_flattened,),
    ("", "Transpose"): (_transpose,),
    ("", "Split"): (axis_in_range(default=0), rank(1, "split", 1), _split),
    ("", "Concat"): (_concat,),
    ("", "Expand"): (rank(1, "shape", 1, grave=False), _expand),
    ("", "Tile"): (
        vector(1, "repeats", lambda c: rank_of(c, 0) if c.version >= 6 else None, "axes of input"),
        _tile,
    ),
    ("", "Squeeze"): (
        rank(1, "axes", 1),
        axes_in_range(lambda c: listed(c, "axes", 1, 13), distinct=False),
        _squeeze,
    ),
    ("", "Unsqueeze"): (
        rank(1, "axes", 0, 1), axes_in_range(lambda c: listed(c, "axes", 1, 13), more=True),
    ),
    ("", "DepthToSpace"): (
        rank(0, "input", 4), at_least("blocksize", 1), _block,
        one_of("mode", ("DCR", "CRD")),
    ),
    ("", "SpaceToDepth"): (
        rank(0, "input", 4), at_least("blocksize", 1), _block, one_of("mode", ("DCR", "CRD")),
    ),
    ("", "ReverseSequence"): (
        _reverse,
        vector(1, "sequence_lens", lambda c: size_at(c, 0, whole(c, "batch_axis", 1) or 0),
               "the batch"),
    ),
}  # fmt: skip
