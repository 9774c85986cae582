"""What an operator leaves of its results where rows of its operands are gone.

A rule raises ``Unfollowed`` where a network without those rows is none that somebody would build,
or where nobody can say which.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from analyzer.operators.record import Nature, Scaling
from analyzer.smaller import moved
from analyzer.smaller.rows import Unfollowed, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from analyzer.smaller.rows import Axes, Rows, Shortened

FORWARD = (True, False)
"""Rows of an axis of two directions: the first is the forward one."""
STATES, PEEPHOLES = (5, 6), 7
TRANSPOSED = ("transA", "transB", "transBatchA", "transBatchB")
"""Attributes of products that are not those of ``MatMul``."""


def outputs_of(each: Shortened) -> tuple[Axes, ...]:
    """What is left of each result; ``Shortened.fits`` tells what is left of constants."""
    count = len(each.call.outputs)
    gone = [slot for slot, axes in enumerate(each.inputs) if axes is None and each.call.input(slot)]
    data = [slot for slot in range(len(each.inputs)) if each.call.input(slot)
            and slot not in each.constants]  # fmt: skip
    if gone == data:
        return (None,) * count
    if gone and each.record.commutes:
        return (_other(each, gone),)
    rule = RULES.get(each.record.scaling)
    if rule is None or (gone and each.record.scaling is not Scaling.CONCATENATE):
        raise Unfollowed  # nobody said how it follows
    return rule(each)


def is_absent(each: Shortened, outputs: Sequence[Axes]) -> bool:
    """Whether the operator itself is not there any more: nothing to compute, or one operand left
    of what was to be added up."""
    left = [axes for slot, axes in enumerate(each.inputs) if each.call.input(slot)]
    return all(axes is None for axes in outputs) or (each.record.commutes and None in left)


def _other(each: Shortened, gone: Sequence[int]) -> Axes:
    """Of a sum without an addend: the other."""
    rest = [slot for slot in range(len(each.inputs)) if slot not in gone]
    if len(rest) != 1 or rest[0] in each.constants:
        raise Unfollowed  # what is left is no sum
    if each.call.shape(rest[0]) != each.call.out_shape():
        raise Unfollowed  # what is left is of another shape
    return each.inputs[rest[0]]


def _recurrent(each: Shortened) -> tuple[Axes, ...]:
    """X (T, n, I), W (D, gH, I), R (D, gH, H); with ``layout`` sequences come first."""
    *rest, width = each.axes(0)
    each.whole(rest)
    if width is not None:
        each.meet((0, 2), (1, 2))
    first = bool(each.call.attr("layout", 0))
    if not each.turned:
        for slot in STATES:
            each.whole(each.axes(slot) if each.call.input(slot) else ())
        return tuple(whole(each.call, at) for at in range(len(each.call.outputs)))
    for slot in (1, 2, 3, PEEPHOLES):
        if each.call.input(slot):
            if slot not in each.constants:
                raise Unfollowed  # weights are computed
            each.fit(slot, 0, FORWARD)
    for slot in STATES:
        if each.call.input(slot) and slot in each.constants:
            each.fit(slot, int(first), FORWARD)
    sequence: Axes = (None, None, FORWARD, None) if first else (None, FORWARD, None, None)
    state: Axes = (None, FORWARD, None) if first else (FORWARD, None, None)
    return (sequence, state, state)[: len(each.call.outputs)]


def _gemm(each: Shortened) -> tuple[Axes, ...]:
    inner = 0 if each.call.attr("transA", 0) else 1
    outer = 1 if each.call.attr("transB", 0) else 0
    each.meet((0, inner), (1, outer))
    out = (each.axes(0)[1 - inner], each.axes(1)[1 - outer])
    if each.call.input(2):
        each.whole((*out, *each.axes(2)))
    return (out,)


def _matmul(each: Shortened) -> tuple[Axes, ...]:
    second = each.record.weight if each.record.weight is not None else 1
    if any(each.call.attr(name, 0) for name in TRANSPOSED):
        raise Unfollowed  # a product that transposes
    a, b = each.axes(0), each.axes(second)
    if min(len(a), len(b)) < 2:
        raise Unfollowed  # a vector
    each.whole((*a[:-2], *b[:-2]))
    each.meet((0, len(a) - 1), (second, len(b) - 2))
    rank = max(len(a), len(b))
    return ((*(None,) * (rank - 2), a[-2], b[-1]),)


def _convolve(each: Shortened) -> tuple[Axes, ...]:
    batch, channels, *rest = each.axes(0)
    each.whole((batch, *rest))
    if each.call.attr("group", 1) != 1 and channels is not None:
        raise Unfollowed  # groups of channels
    each.meet((0, 1), (each.record.weight or 1, 1))
    return (whole(each.call),)


def _same(each: Shortened) -> tuple[Axes, ...]:
    """Every output has the shape of the first input; further inputs along single channels are as
    long."""
    axes, rank = each.axes(0), len(each.axes(0))
    if each.record.nature is Nature.SELECTION:
        raise Unfollowed  # rows are placed by their numbers
    per_channel = each.record.scaling is Scaling.PER_CHANNEL
    channel = 1 if per_channel else each.call.attr("axis", 1) % max(1, rank)
    for slot in range(1, len(each.inputs)):
        if not each.call.input(slot):
            continue
        if each.record.scaling is not Scaling.SAME and len(each.axes(slot)) == 1:
            if each.call.shape(slot) != (1,):
                each.meet((0, channel), (slot, 0))
        else:
            each.whole(each.axes(slot))
    return tuple(axes if out is not None and len(out.shape or ()) == rank else None
                 for out in each.call.outputs)  # fmt: skip


def _broadcast(each: Shortened) -> tuple[Axes, ...]:
    out = each.call.out_shape()
    found: list[Rows] = []
    slots = [slot for slot in range(len(each.inputs)) if each.call.input(slot)]
    for back in range(1, len(out) + 1):
        peers = [
            (slot, len(each.axes(slot)) - back)
            for slot in slots
            if len(each.axes(slot)) >= back and each.call.shape(slot)[-back] == out[-back] > 1
        ]
        for one, other in pairwise(sorted(peers, key=lambda peer: peer[0] in each.constants)):
            each.meet(one, other)
        found.append(next((rows for slot, axis in peers
                           if (rows := each.axes(slot)[axis]) is not None), None))  # fmt: skip
    axes = tuple(reversed(found))
    return tuple(axes if t is not None and t.shape == out else whole(each.call, at)
                 for at, t in enumerate(each.call.outputs))  # fmt: skip


def _reduce(each: Shortened) -> tuple[Axes, ...]:
    x, rank = each.axes(0), len(each.call.out_shape())
    axes = each.call.attr("axes") or each.call.integers(1)
    if each.call.op_type in ("ArgMax", "ArgMin"):
        axes = (each.call.attr("axis", 0),)
    gone = {axis % len(x) for axis in axes} if axes else {*range(len(x))}
    if rank == len(x):
        return (tuple(None if at in gone else rows for at, rows in enumerate(x)),)
    return (tuple(rows for at, rows in enumerate(x) if at not in gone),)


def _slid(each: Shortened) -> tuple[Axes, ...]:
    """What slides over places, and pads, and repeats: channels pass."""
    x, before, after = each.axes(0), each.call.shape(0), each.call.out_shape()
    if len(before) != len(after):
        raise Unfollowed  # another rank
    each.whole(rows for rows, old, new in zip(x, before, after, strict=True) if old != new)
    if each.record.scaling in (Scaling.POOL, Scaling.GLOBAL_POOL):
        each.whole(x[2:])
    return tuple(x if t is not None else None for t in each.call.outputs)


def _nothing(each: Shortened) -> tuple[Axes, ...]:
    return tuple(whole(each.call, at) for at in range(len(each.call.outputs)))


RULES: Mapping[Scaling, Callable[[Shortened], tuple[Axes, ...]]] = {
    Scaling.NOTHING: _nothing,
    Scaling.SAME: _same,
    Scaling.PER_CHANNEL: _same,
    Scaling.QUANTISE: _same,
    Scaling.BROADCAST: _broadcast,
    Scaling.REDUCE: _reduce,
    Scaling.RESHAPE: moved.reshape,
    Scaling.CONVOLVE: _convolve,
    Scaling.GEMM: _gemm,
    Scaling.MATMUL: _matmul,
    Scaling.RECURRENT: _recurrent,
    Scaling.POOL: _slid,
    Scaling.GLOBAL_POOL: _slid,
    Scaling.PAD: _slid,
    Scaling.TILE: _slid,
    Scaling.GATHER: moved.gather,
    Scaling.CONCATENATE: moved.concatenate,
    Scaling.SPLIT: moved.split,
    Scaling.CUT: moved.cut,
    Scaling.TRANSPOSE: moved.transpose,
}
