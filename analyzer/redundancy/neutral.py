"""Operators whose result is their input: what is proven, operator by operator.

Each function takes an operator of one instance and what is constant there, and returns a clause
that says why the result is the first input (the second, where ``Neutral.slot`` says so), or
``None`` where that is not certain. Semantics are those of the ONNX operator specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analyzer import units
from analyzer.model.dtypes import DTYPES
from analyzer.operators import record_of
from analyzer.redundancy.constants import is_uniform

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Shape, Tensor
    from analyzer.redundancy.constants import Constants
    from analyzer.shapes.sites import Site

FAR = 2**31 - 1
"""An end of a slice from which it is past every tensor."""
LARGEST = float(np.finfo(np.float32).max)


class Neutral(NamedTuple):
    """Why an operator changes nothing."""

    kind: str
    """As ``Surplus.kind``."""
    why: str
    slot: int = 0
    """The input that the result is."""


def neutral(site: Site, constants: Constants) -> Neutral | None:
    """Why the result of ``site`` is one of its inputs; ``None`` where that is not certain."""
    op = site.op
    if op.domain or not op.inputs or not op.inputs[0] or not op.outputs or not op.outputs[0]:
        return None
    record = record_of(site.call)
    if record is not None and record.neutral is not None:
        return _arithmetic(site, record.neutral, constants, commutes=record.commutes)
    found = _PROOFS.get(op.op_type)
    if found is None:
        return None
    kind, proof = found
    why = proof(site, constants)
    return None if why is None else Neutral(kind, why)


def same_type(site: Site, slot: int = 0) -> bool:
    """Whether input ``slot`` and the result have one element type and one known shape."""
    before, after = site.call.input(slot), site.call.output()
    if before is None or after is None or before.dtype is None or before.dtype != after.dtype:
        return False
    return is_known(before.shape) and before.shape == after.shape


def is_known(shape: Shape) -> bool:
    return shape is not None and None not in shape


def _rank(tensor: Tensor | None) -> int | None:
    return None if tensor is None or tensor.shape is None else len(tensor.shape)


def _identity(_: Site, __: Constants) -> str:
    return "it hands its input on"


def _dropout(site: Site, constants: Constants) -> str | None:
    return None if constants.drops(site) else "it drops nothing when the model runs"


def _cast(site: Site, _: Constants) -> str | None:
    before = site.call.input(0)
    target = DTYPES.get(site.call.attr("to", 0))
    if before is None or before.dtype is None or before.dtype != target:
        return None
    return f"its input is {target} already"


def _cast_like(site: Site, _: Constants) -> str | None:
    before, like = site.call.input(0), site.call.input(1)
    if before is None or like is None or before.dtype is None or before.dtype != like.dtype:
        return None
    return f"its input is {before.dtype} already"


def _transpose(site: Site, _: Constants) -> str | None:
    rank = _rank(site.call.input(0))
    if rank is None:
        return None
    order = site.call.attr("perm") or tuple(reversed(range(rank)))
    return "its permutation keeps every axis in place" if order == tuple(range(rank)) else None


def _reshape(site: Site, constants: Constants) -> str | None:
    before = site.call.input(0)
    if same_type(site):
        return f"its input has the shape ({_spell(before)}) already"
    sizes = constants.sizes(site, 1) if site.call.version >= 5 else None
    if before is None or before.shape is None or sizes is None:
        return None
    if len(sizes) != len(before.shape) or site.call.attr("allowzero", 0):
        return None
    keeps = all(want in (0, -1, have) for want, have in zip(sizes, before.shape, strict=True))
    return "it keeps every size of its input" if keeps else None


def _flatten(site: Site, _: Constants) -> str | None:
    axis, rank = site.call.attr("axis", 1), _rank(site.call.input(0))
    return "its input has two axes already" if rank == 2 and axis in (1, -1) else None


def _same_shape(site: Site, _: Constants) -> str | None:
    return (
        f"its input has the shape ({_spell(site.call.input(0))}) already"
        if same_type(site)
        else None
    )


def _tile(site: Site, constants: Constants) -> str | None:
    repeats = constants.value(site, 1)
    once = site.call.version >= 6 and is_uniform(repeats, 1)
    return "every axis is repeated once" if once else None


def _expand(site: Site, constants: Constants) -> str | None:
    target, rank = constants.value(site, 1), _rank(site.call.input(0))
    if is_uniform(target, 1) and target is not None and rank is not None and target.size <= rank:
        return "it asks for size 1, which every axis has room for"
    return _same_shape(site, constants)


def _slice(site: Site, constants: Constants) -> str | None:
    if same_type(site) and not _reverses(site, constants):
        return f"it takes all of ({_spell(site.call.input(0))})"
    bounds = _bounds(site, constants)
    if bounds is None:
        return None
    starts, ends, steps = bounds
    whole = not any(starts) and all(end >= FAR for end in ends) and set(steps) <= {1}
    return "it goes from the first element to past the last" if whole else None


def _reverses(site: Site, constants: Constants) -> bool:
    """Whether it may step backwards: then the shape alone proves nothing."""
    if site.call.version < 10 or site.call.input(4) is None:
        return False
    steps = constants.value(site, 4)
    return steps is None or bool(np.less(steps, 0).any())


def _bounds(site: Site, constants: Constants) -> tuple[list[int], list[int], list[int]] | None:
    """Starts, ends and steps, where they are constants."""
    if site.call.version < 10:
        return list(site.call.attr("starts", ())), list(site.call.attr("ends", ())), [1]
    found = [constants.value(site, slot) for slot in (1, 2)]
    steps = constants.value(site, 4)
    if found[0] is None or found[1] is None:
        return None
    if site.call.input(4) is None:
        return found[0].ravel().tolist(), found[1].ravel().tolist(), [1]
    return None if steps is None else (
        found[0].ravel().tolist(), found[1].ravel().tolist(), steps.ravel().tolist()
    )  # fmt: skip


def _pad(site: Site, constants: Constants) -> str | None:
    if site.call.version < 11:
        pads = site.call.attr("pads", site.call.attr("paddings"))
        return "all its pads are 0" if pads and not any(pads) else None
    return "all its pads are 0" if is_uniform(constants.value(site, 1), 0) else None


def _single(site: Site, _: Constants) -> str | None:
    return "it joins one tensor" if sum(map(bool, site.op.inputs)) == 1 else None


def _split(site: Site, _: Constants) -> str | None:
    return "it makes one part, which is the whole" if len(site.op.outputs) == 1 else None


def _gather(site: Site, constants: Constants) -> str | None:
    before, index = site.call.input(0), constants.value(site, 1)
    if before is None or not is_known(before.shape) or index is None or index.ndim != 1:
        return None
    axis, sizes = site.call.attr("axis", 0), before.shape or ()
    if not -len(sizes) <= axis < len(sizes) or index.dtype.kind not in "iu":
        return None
    every = index.tolist() == list(range(sizes[axis] or 0))
    return f"it takes all {len(index)} in their order" if every else None


def _resize(site: Site, constants: Constants) -> str | None:
    call = site.call
    if call.attr("coordinate_transformation_mode") == "tf_crop_and_resize":
        return None
    slot = 1 if call.version < 11 else 2
    scales = constants.value(site, slot)
    stated = call.attr("scales")  # of an Upsample, before they were an input
    ones = is_uniform(scales, 1) or set(stated or ()) == {1.0}
    by_size = call.input(slot) is None and same_type(site)
    return "every scale is 1" if ones or (by_size and not stated) else None


def _window(site: Site, _: Constants) -> str | None:
    call = site.call
    kernel, strides = call.attr("kernel_shape", ()), call.attr("strides", ())
    pads = call.attr("pads", ())
    alone = kernel and set(kernel) == {1} and set(strides) <= {1} and not any(pads)
    return "its window is one element" if alone else None


def _reduce(site: Site, constants: Constants) -> str | None:
    call, before = site.call, site.call.input(0)
    if before is None or not is_known(before.shape) or not call.attr("keepdims", 1):
        return None
    shape = before.shape or ()
    by_input = call.version >= 18 or (call.op_type == "ReduceSum" and call.version >= 13)
    axes = call.attr("axes", ())
    if by_input and call.input(1) is not None:
        found = constants.value(site, 1)
        if found is None or found.size == 0:
            return None
        axes = tuple(found.ravel().tolist())
    elif call.attr("noop_with_empty_axes", 0):
        return "it reduces no axis"
    axes = axes or tuple(range(len(shape)))
    if not all(-len(shape) <= axis < len(shape) and shape[axis] == 1 for axis in axes):
        return None
    return "the axes that it reduces have one element" if axes else None


def _global_pool(site: Site, _: Constants) -> str | None:
    before = site.call.input(0)
    shape = None if before is None else before.shape
    alone = shape is not None and len(shape) > 2 and set(shape[2:]) == {1}
    return "its map is one position" if alone else None


def _blocks(site: Site, _: Constants) -> str | None:
    return "its blocks have side 1" if site.call.attr("blocksize", 0) == 1 else None


def _clip(site: Site, constants: Constants) -> str | None:
    call, text = site.call, "it has no bounds"
    if call.version < 11:
        low, high = call.attr("min", -LARGEST), call.attr("max", LARGEST)
        return text if low <= -LARGEST and high >= LARGEST else None
    low_, high_ = constants.value(site, 1), constants.value(site, 2)
    for slot, bound, sign in ((1, low_, -1), (2, high_, 1)):
        if call.input(slot) is None:
            continue
        if bound is None or bound.size != 1 or bound.dtype.kind != "f":
            return None
        if not sign * float(bound.ravel()[0]) >= float(np.finfo(bound.dtype).max):
            return None
    return text


def _arithmetic(site: Site, number: int, constants: Constants, *, commutes: bool) -> Neutral | None:
    """A constant number that changes neither an element nor the shape.

    Whole tensors of zeros or ones are left alone: they are weights that nobody has trained yet.
    """
    for slot in (0, 1) if commutes else (1,):
        other = 1 - slot
        if constants.is_constant(site, other) or not _is_scalar_into(site, slot, other):
            continue
        if is_uniform(constants.value(site, slot), number):
            return Neutral("arithmetic", f"its other operand is {number}", other)
    return None


def _is_scalar_into(site: Site, slot: int, other: int) -> bool:
    """Whether one operand has one element and no more axes than the other."""
    small, large = site.call.input(slot), site.call.input(other)
    after = site.call.output()
    if small is None or large is None or after is None or large.dtype != after.dtype:
        return False
    rank, most = _rank(small), _rank(large)
    return small.elements == 1 and rank is not None and most is not None and rank <= most


def _einsum(site: Site, _: Constants) -> str | None:
    equation = str(site.call.attr("equation", "")).replace(" ", "")
    left, arrow, right = equation.partition("->")
    alone = arrow and left == right and len(set(left)) == len(left) and left.isalpha()
    return "its equation moves nothing" if alone else None


def _spell(tensor: Tensor | None) -> str:
    return units.shape(None if tensor is None else tensor.shape)


_PROOFS: Mapping[str, tuple[str, Callable[[Site, Constants], str | None]]] = {
    "Identity": ("identity", _identity),
    "Dropout": ("dropout", _dropout),
    "Cast": ("cast", _cast),
    "CastLike": ("cast", _cast_like),
    "Transpose": ("transpose", _transpose),
    "Reshape": ("reshape", _reshape),
    "Flatten": ("reshape", _flatten),
    "Squeeze": ("reshape", _same_shape),
    "Unsqueeze": ("reshape", _same_shape),
    "Expand": ("reshape", _expand),
    "Tile": ("reshape", _tile),
    "Slice": ("selection", _slice),
    "Gather": ("selection", _gather),
    "Pad": ("selection", _pad),
    "Concat": ("selection", _single),
    "Split": ("selection", _split),
    "Resize": ("resampling", _resize),
    "Upsample": ("resampling", _resize),
    "MaxPool": ("resampling", _window),
    "AveragePool": ("resampling", _window),
    "GlobalAveragePool": ("resampling", _global_pool),
    "GlobalMaxPool": ("resampling", _global_pool),
    "ReduceMean": ("resampling", _reduce),
    "ReduceSum": ("resampling", _reduce),
    "ReduceMax": ("resampling", _reduce),
    "ReduceMin": ("resampling", _reduce),
    "ReduceProd": ("resampling", _reduce),
    "DepthToSpace": ("resampling", _blocks),
    "SpaceToDepth": ("resampling", _blocks),
    "Clip": ("arithmetic", _clip),
    "Sum": ("arithmetic", _single),
    "Max": ("arithmetic", _single),
    "Min": ("arithmetic", _single),
    "Mean": ("arithmetic", _single),
    "Einsum": ("arithmetic", _einsum),
}
"""By operator of ai.onnx: kind and proof."""
