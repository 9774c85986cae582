"""Rows that are left behind operators that regroup, join, pick and permute axes."""

from __future__ import annotations

from itertools import pairwise, product
from math import prod
from typing import TYPE_CHECKING

from analyzer.smaller.rows import Unfollowed, every

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.smaller.rows import Axes, Rows, Shortened


def reshape(each: Shortened) -> tuple[Axes, ...]:
    """Runs of axes that multiply to the same number: rows of axes that become one are those of
    which each axis has its own left."""
    x, sizes, out = each.axes(0), each.call.shape(0), each.call.out_shape()
    found: list[Rows] = [None] * len(out)
    i = j = 0
    while i < len(sizes) and j < len(out):
        first, second, left, right = i, j, sizes[i], out[j]
        i, j = i + 1, j + 1
        while left != right:
            if (i if left < right else j) == len(sizes if left < right else out):
                raise Unfollowed  # a reshape that loses elements
            if left < right:
                left, i = left * sizes[i], i + 1
            else:
                right, j = right * out[j], j + 1
        if any(x[first:i]):
            found[second:j] = _split(_merged(x[first:i], sizes[first:i]), out[second:j])
    each.whole(x[i:])
    return (tuple(found),)


def _merged(axes: Sequence[Rows], sizes: Sequence[int]) -> tuple[bool, ...]:
    every(prod(sizes))
    each = [rows or every(size) for rows, size in zip(axes, sizes, strict=True)]
    return tuple(map(all, product(*each)))


def _split(rows: tuple[bool, ...], sizes: Sequence[int]) -> list[Rows]:
    """Rows of an axis as those of several.

    >>> _split((True, True, False, False), (2, 2)), _split((True, False), (1, 2, 1))
    ([(True, False), None], [None, (True, False), None])
    """
    found: list[Rows] = []
    for at, size in enumerate(sizes):
        inner = prod(sizes[at + 1 :])
        mine = {n // inner % size for n, is_left in enumerate(rows) if is_left}
        found.append(None if len(mine) == size else tuple(row in mine for row in range(size)))
    if _merged(found, sizes) != rows:
        raise Unfollowed  # rows that are left are no part of any axis
    return found


def concatenate(each: Shortened) -> tuple[Axes, ...]:
    out = each.call.out_shape()
    axis = each.call.attr("axis", 0) % len(out)
    every(out[axis])
    parts, slots = list[bool](), list[int]()
    for slot in range(len(each.inputs)):
        size, axes = each.call.shape(slot)[axis], each.inputs[slot]
        parts += (False,) * size if axes is None else axes[axis] or every(size)
        slots += [slot] if axes is not None else []
    for one, other in pairwise(slots):
        for at in range(len(out)):
            if at != axis:
                each.meet((one, at), (other, at))
    axes = each.axes(slots[0])
    return ((*axes[:axis], None if all(parts) else tuple(parts), *axes[axis + 1 :]),)


def split(each: Shortened) -> tuple[Axes, ...]:
    """Split."""
    x = each.axes(0)
    axis = each.call.attr("axis", 0) % len(x)
    found: list[Axes] = []
    begin = 0
    for at in range(len(each.call.outputs)):
        size = each.call.out_shape(at)[axis]
        found.append(_picked(x, axis, range(begin, begin + size)))
        begin += size
    return tuple(found)


def cut(each: Shortened) -> tuple[Axes, ...]:
    """Slice."""
    x: Axes = each.axes(0)
    call = each.call
    if len(each.inputs) > 1:
        starts, ends, axes, steps = (call.integers(slot) for slot in (1, 2, 3, 4))
    else:
        starts, ends, axes, steps = (call.attr(n) for n in ("starts", "ends", "axes", "steps"))
    if starts is None or ends is None or (axes is None and call.input(3)):
        each.whole(each.axes(0) if axes is None else (each.axes(0)[axis] for axis in axes))
        return (x,)
    for at, axis in enumerate(axes or range(len(starts))):
        stride = steps[at] if steps else 1
        if x is not None and x[axis] is not None:
            size = call.shape(0)[axis]
            x = _picked(x, axis % len(x), range(*slice(starts[at], ends[at], stride).indices(size)))
    return (x,)


def gather(each: Shortened) -> tuple[Axes, ...]:
    x, picks = each.axes(0), each.axes(1)
    each.whole(picks)
    axis = each.call.attr("axis", 0) % len(x)
    rows = x[axis]
    if rows is None:
        return ((*x[:axis], *picks, *x[axis + 1 :]),)
    indices = each.call.integers(1)
    if indices is None or len(picks) > 1:
        raise Unfollowed  # which rows are picked is not known
    if picks:
        return (_picked(x, axis, indices),)
    return ((*x[:axis], *x[axis + 1 :]) if rows[indices[0]] else None,)


def _picked(x: tuple[Rows, ...], axis: int, indices: Sequence[int]) -> Axes:
    """Rows of an axis; nothing is left where all those are gone."""
    rows = x[axis]
    if rows is None:
        return x
    mine = tuple(rows[index] for index in indices)
    if not any(mine):
        return None
    return (*x[:axis], None if all(mine) else mine, *x[axis + 1 :])


def transpose(each: Shortened) -> tuple[Axes, ...]:
    x = each.axes(0)
    perm = each.call.attr("perm") or tuple(reversed(range(len(x))))
    return (tuple(x[at] for at in perm),)
