"""What the axes of values stand for: channels that a layer made, or positions of a map.

A convolution makes channels on one axis and positions on the spatial ones; what follows
permutes, joins and cuts them. Only what can be followed is told; the rest is unknown.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature, Scaling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Tensor
    from analyzer.graph.call import Call
    from analyzer.graph.scope import Program
    from analyzer.operators.record import Operator
    from analyzer.shapes.sites import Site


class Axis(Enum):
    """What one axis of a value stands for."""

    UNKNOWN = "unknown"
    CHANNEL = "channel"
    """Made by a weighted layer: as long as the layer is wide."""
    POSITION = "position"
    """As long as the map is large: it changes with the resolution."""


Axes = tuple[Axis, ...]
Key = tuple[int, str]
"""(``id(instance)``, name) of a value."""

KEPT = (
    Nature.MOVEMENT, Nature.SELECTION, Nature.POOLING, Nature.RESAMPLING, Nature.REDUCTION,
    Nature.SOFTMAX,
)  # fmt: skip
"""Where the result has the rank of the first input, its axes are the same ones."""


def follow_axes(sites: Sequence[Site], weighted: frozenset[int]) -> dict[Key, Axes]:
    """Axes of every value that a weighted layer lies behind.

    Parameters
    ----------
    sites : in the order of execution within each instance.
    weighted : indices of sites that multiply by learned weights.
    """
    known: dict[Key, Axes] = {}
    for site in sites:
        call, place = site.call, id(site.instance)
        inputs = [known.get((place, name), ()) for name in site.op.inputs]
        for name, output in zip(site.op.outputs, call.outputs, strict=False):
            if output is None or output.shape is None:
                continue
            axes = _axes(call, inputs, output, site.index in weighted)
            if any(axis is not Axis.UNKNOWN for axis in axes):
                known[place, name] = axes
    return known


def _axes(call: Call, inputs: Sequence[Axes], output: Tensor, is_weighted: bool) -> Axes:
    rank = len(output.shape or ())
    first = next(iter(inputs), ())
    record = record_of(call)
    if record is None or record.channels_last:
        before = call.input(0)
        return first if before is not None and before.shape == output.shape else ()
    if record.nature is Nature.CONVOLUTION and rank >= 2:
        return (Axis.UNKNOWN, Axis.CHANNEL, *(Axis.POSITION,) * (rank - 2))
    if record.role == "product" and rank:
        second = inputs[1] if len(inputs) > 1 else ()
        last = Axis.CHANNEL if is_weighted else (second or (Axis.UNKNOWN,))[-1]
        rows = first[:-1] if len(first) == rank else (Axis.UNKNOWN,) * (rank - 1)
        return (*rows, last)
    if record.scaling is Scaling.TRANSPOSE and len(first) == rank:
        order = call.attr("perm") or tuple(reversed(range(rank)))
        return tuple(first[axis] for axis in order if -rank <= axis < rank)
    if record.scaling is Scaling.RESHAPE:
        return _rearranged(call.input(0), first, output)
    if record.nature in KEPT and not record.repeat:
        return first if len(first) == rank else ()
    return _broadcast(call.inputs, inputs, output)


def _broadcast(operands: Sequence[Tensor | None], inputs: Sequence[Axes], output: Tensor) -> Axes:
    """Axes of an element-wise result, or of operands joined along an axis: aligned at the end,
    each is what the first operand knows that has it."""
    rank = len(output.shape or ())
    result = [Axis.UNKNOWN] * rank
    for tensor, axes in zip(operands, inputs, strict=False):
        if tensor is None or not axes or len(axes) > rank:
            continue
        for back in range(1, len(axes) + 1):
            if result[-back] is Axis.UNKNOWN and (tensor.shape or ())[-back] != 1:
                result[-back] = axes[-back]
    return tuple(result)


def _rearranged(before: Tensor | None, axes: Axes, after: Tensor) -> Axes:
    """Axes of a row-major reshape, matched factor by factor from the last axis.

    An axis that joins several is of positions as soon as one of them is: it changes with the map.
    """
    old, new = _settled(before), _settled(after)
    if not axes or old is None or new is None:
        return ()
    source = list(zip(old, axes, strict=True))
    left, kind = 1, Axis.UNKNOWN
    result: list[Axis] = []
    for need in reversed(new):
        found = set[Axis]()
        while need > 1:
            while left < 2 and source:
                left, kind = source.pop()
            if left < 2 or (need % left and left % need):
                return ()
            found.add(kind)
            need, left = need // left, left // need
        result.append(_joined(found))
    return tuple(reversed(result))


def _settled(tensor: Tensor | None) -> tuple[int, ...] | None:
    """The sizes of what has elements, where all are known."""
    sizes = tuple(filter(None, (tensor.shape or ()) if tensor is not None else ()))
    return sizes if tensor is not None and tensor.shape == sizes else None


def _joined(kinds: set[Axis]) -> Axis:
    if Axis.POSITION in kinds:
        return Axis.POSITION
    return kinds.pop() if len(kinds) == 1 else Axis.UNKNOWN


def reaches_weights(program: Program, sites: Sequence[Site], weighted: frozenset[int]) -> set[Key]:
    """Values that a weighted layer reads, or that what it reads was computed from.

    Bodies and functions count as a whole: what enters one that holds a weighted layer reaches it.
    Inputs that steer an operator (indices, boxes to cut out, sizes) lead nowhere.
    """
    reached: set[Key] = set()
    holds = _holding(sites, weighted)
    out: dict[int, bool] = {}
    by_instance: dict[int, list[Site]] = {}
    for site in sites:
        by_instance.setdefault(id(site.instance), []).append(site)
    for place, own in by_instance.items():  # callers before callees
        if out.get(place):
            scope = program.scopes[own[0].instance.scope]
            reached.update((place, name) for name in scope.outputs)
        for site in reversed(own):
            goes_on = any((place, name) in reached for name in site.op.outputs)
            counts = site.index in weighted or site.index in holds or goes_on
            for child in site.children:
                key = id(child.instance)
                out[key] = out.get(key, False) or counts
            if counts:
                record = record_of(site.call)
                names = [n for k, n in enumerate(site.op.inputs) if not _steers(record, k)]
                reached.update((place, name) for name in (*names, *site.op.captured) if name)
    return reached


STEERING = (Kind.SHAPE, Kind.INDEX, Kind.BOUND)


def _steers(record: Operator | None, slot: int) -> bool:
    """Whether the contents of an input tell where and how much, not what."""
    operand = record.operand(slot) if record is not None else None
    if record is None or operand is None:
        return False
    return operand.kind in STEERING or record.nature is Nature.DETECTION


def _holding(sites: Sequence[Site], weighted: frozenset[int]) -> set[int]:
    """Sites whose bodies hold a weighted layer, however deep."""
    inside: set[int] = {id(site.instance) for site in sites if site.index in weighted}
    found: set[int] = set()
    for site in reversed(sites):  # callees before callers
        if any(id(child.instance) in inside for child in site.children):
            found.add(site.index)
            inside.add(id(site.instance))
    return found
