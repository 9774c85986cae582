"""What the axes of values stand for: channels that a layer made, or positions of a map.

A convolution makes channels on one axis and positions on the spatial ones; what follows
permutes, joins and cuts them. Only what can be followed is told; the rest is unknown.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.facts import Tensor
    from analyzer.graph.call import Call
    from analyzer.graph.scope import Program
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

CONVOLUTIONS = frozenset(
    "Conv ConvTranspose ConvInteger QLinearConv FusedConv DeformConv QLinearConvTranspose".split()
)
PRODUCTS = frozenset(
    "Gemm FusedGemm QGemm MatMul MatMulInteger QLinearMatMul FusedMatMul MatMulNBits "
    "MatMulIntegerToFloat DynamicQuantizeMatMul".split()
)
REARRANGED = frozenset("Reshape Flatten Squeeze Unsqueeze".split())
KEPT = frozenset(
    "Split Slice Pad MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool Resize Upsample "
    "Softmax LogSoftmax Gather TopK ReduceMax ReduceMean ReduceSum ArgMax".split()
)
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
    first = inputs[0] if inputs else ()
    if call.op_type in CONVOLUTIONS and rank >= 2:
        return (Axis.UNKNOWN, Axis.CHANNEL, *(Axis.POSITION,) * (rank - 2))
    if call.op_type in PRODUCTS and rank:
        last = Axis.CHANNEL if is_weighted else (inputs[1] or (Axis.UNKNOWN,))[-1]
        rows = first[:-1] if len(first) == rank else (Axis.UNKNOWN,) * (rank - 1)
        return (*rows, last)
    if call.op_type == "Transpose" and len(first) == rank:
        order = call.attr("perm") or tuple(reversed(range(rank)))
        return tuple(first[axis] for axis in order if -rank <= axis < rank)
    if call.op_type in REARRANGED:
        return _rearranged(call.input(0), first, output)
    if call.op_type in KEPT:
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
    old, new = (before.shape if before is not None else None), after.shape
    if not axes or old is None or new is None or None in old or None in new or 0 in old:
        return ()
    source = [(size or 1, axis) for size, axis in zip(old, axes, strict=True)]
    left, kind = 1, Axis.UNKNOWN
    result: list[Axis] = []
    for size in reversed(new):
        need, found = size or 1, set[Axis]()
        while need > 1:
            while left == 1 and source:
                left, kind = source.pop()
            if left <= 1 or (need % left and left % need):
                return ()
            found.add(kind)
            need, left = max(1, need // left), max(1, left // need)
        result.append(_joined(found))
    return tuple(reversed(result))


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
                steered = STEERED.get(site.op.op_type, frozenset())
                names = [n for k, n in enumerate(site.op.inputs) if k not in steered]
                reached.update((place, name) for name in (*names, *site.op.captured) if name)
    return reached


STEERED: Mapping[str, frozenset[int]] = {
    "RoiAlign": frozenset({1, 2}),
    "Gather": frozenset({1}),
    "GatherND": frozenset({1}),
    "GatherElements": frozenset({1}),
    "ScatterND": frozenset({1}),
    "ScatterElements": frozenset({1}),
    "NonMaxSuppression": frozenset(range(5)),
    "Slice": frozenset({1, 2, 3, 4}),
    "Resize": frozenset({1, 2, 3}),
    "Reshape": frozenset({1}),
    "Expand": frozenset({1}),
    "Tile": frozenset({1}),
}
"""Inputs whose contents tell where and how much, by operator."""


def _holding(sites: Sequence[Site], weighted: frozenset[int]) -> set[int]:
    """Sites whose bodies hold a weighted layer, however deep."""
    inside: set[int] = {id(site.instance) for site in sites if site.index in weighted}
    found: set[int] = set()
    for site in reversed(sites):  # callees before callers
        if any(id(child.instance) in inside for child in site.children):
            found.add(site.index)
            inside.add(id(site.instance))
    return found
