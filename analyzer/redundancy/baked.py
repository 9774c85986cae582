"""Batches, and other sizes, that the file leaves open and a constant of the graph fixes.

Two looks are needed: with nothing assumed, to see that a size is open there at all, and with
another batch, to see that this operator then cannot run. The second is a counterexample: a size
that is merely unknown, because it depends on data or on a cut, proves nothing.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from analyzer import units
from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature, Scaling
from analyzer.redundancy.neutral import is_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.redundancy.constants import Constants
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.sites import Site


def another_batch(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """Sizes of the inputs that leave their first axis open, with one more than was assumed."""
    found = {}
    for assumption in shapes.assumptions:
        kind = shapes.main.types.get(assumption.input)
        sizes = None if kind is None else kind.shape
        if assumption.axis == 0 and sizes is not None:
            known = tuple(size for size in sizes[1:] if size is not None)
            if len(known) == len(sizes) - 1:
                found[assumption.input] = (assumption.value + 1, *known)
    return found


def another_size(shapes: Shapes) -> dict[str, tuple[int, ...]]:
    """Sizes of the inputs that leave axes behind the first open, those with one more than was
    assumed."""
    more: dict[str, dict[int, int]] = {}
    for assumption in shapes.assumptions:
        if assumption.axis:
            more.setdefault(assumption.input, {})[assumption.axis] = assumption.value + 1
    found = {}
    for name, sizes in more.items():
        kind = shapes.main.types.get(name)
        assumed = None if kind is None else kind.shape
        if assumed is not None and is_known(assumed):
            found[name] = tuple(sizes.get(i, size or 0) for i, size in enumerate(assumed))
    return found


def may_be_baked(site: Site, constants: Constants) -> bool:
    """Whether a constant meets an open size there."""
    if _judge(site) is None:
        return False
    open_ = any(t is not None and t.shape is not None and None in t.shape for t in site.call.inputs)
    return open_ and any(constants.is_constant(site, k) for k in range(len(site.op.inputs)))


def baked(site: Site, twice: Site, constants: Constants) -> str | None:
    """Why ``site`` cannot run with another batch, given it there; ``None`` where it can."""
    judge = _judge(site)
    return None if judge is None else judge(site, twice, constants)


def _judge(site: Site) -> Callable[[Site, Site, Constants], str | None] | None:
    """What decides, by how the operator follows the sizes of its inputs."""
    record = record_of(site.call)
    if record is None:
        return None
    if record.key == ("", "Reshape"):
        return _reshape
    if record.nature is Nature.RECURRENT:
        return _recurrent
    if record.nature is Nature.ELEMENTWISE and record.scaling is Scaling.BROADCAST:
        return _broadcast
    return _concat if record.scaling is Scaling.CONCATENATE else None


def _reshape(site: Site, twice: Site, constants: Constants) -> str | None:
    """A target without -1 and 0 has a number of elements; an open input has not."""
    target = constants.value(site, 1) if site.call.version >= 5 else None
    before = twice.call.input(0)
    if target is None or target.dtype.kind not in "iu" or before is None:
        return None
    sizes = target.ravel().tolist()
    elements = before.elements
    if not sizes or min(sizes) < 1 or elements is None or elements == prod(sizes):
        return None
    asked = site.call.input(0)
    given = units.shape((asked.shape if asked else None) or ())
    return f"it makes {units.shape(sizes)} of an input of {given}, whatever the batch"


def may_fix_a_size(site: Site, constants: Constants) -> bool:
    """Whether it is a Reshape whose target has a number for the one axis that is open."""
    return _fixed_size(site, constants) is not None


def fixes_a_size(site: Site, other: Site, constants: Constants) -> str | None:
    """Why ``site`` does not take every size along the axis that is open, given it with another."""
    fixed, before = _fixed_size(site, constants), other.call.input(0)
    elements = None if before is None else before.elements
    if fixed is None or not elements or elements % fixed.sample == 0:
        return None
    text = f"its target has {fixed.size} for axis {fixed.axis}"
    return f"{text}, which the inputs leave open, and no other axis takes what is more or less"


class _Fixed(NamedTuple):
    axis: int
    size: int
    sample: int
    """Elements of the target for each index of the first axis."""


def _fixed_size(site: Site, constants: Constants) -> _Fixed | None:
    """The axis behind the first that a target ``[-1 or 0, …]`` of known sizes fixes.

    The elements of one sample are ``open size · fixed sizes``; where the target states ``n · fixed
    sizes`` with n itself among its sizes, the open size has become the number n.
    """
    call = site.call
    if call.domain or call.op_type != "Reshape" or call.version < 5 or call.attr("allowzero", 0):
        return None
    before, target = call.input(0), constants.value(site, 1)
    shape = None if before is None else before.shape
    if shape is None or target is None or target.dtype.kind not in "iu":
        return None
    first, *sizes = target.ravel().tolist() or [1]
    open_ = [axis for axis, size in enumerate(shape) if axis and size is None]
    follows = first in (0, -1) or first == next(iter(shape), None)
    if not follows or len(open_) != 1 or not sizes or min(sizes) < 1:
        return None
    rest, sample = prod(size for size in shape[1:] if size is not None), prod(sizes)
    if rest < 1 or sample % rest or sample // rest < 2 or sample // rest not in sizes:
        return None
    return _Fixed(open_[0], sample // rest, sample)


def _concat(site: Site, twice: Site, constants: Constants) -> str | None:
    """A constant joined to what has an open size along another axis."""
    shapes = [tensor.shape for tensor in twice.call.inputs if tensor is not None]
    known = [shape for shape in shapes if shape is not None and is_known(shape)]
    if len(known) != len(site.op.inputs) or len({len(shape) for shape in known}) != 1:
        return None
    rank, axis = len(known[0]), site.call.attr("axis", 0)
    for slot, shape in enumerate(known):
        if constants.is_constant(site, slot):
            for place, size in enumerate(shape):
                if place != axis % rank and any(other[place] != size for other in known):
                    text = f"of size {size} along axis {place}, whatever the batch"
                    return f"it joins a constant {text}"
    return None


def _broadcast(site: Site, twice: Site, constants: Constants) -> str | None:
    """A constant with more than one element along an axis goes with that size, or 1, only."""
    tensors = [tensor for tensor in twice.call.inputs if tensor is not None]
    shapes = [tensor.shape for tensor in tensors if tensor.shape is not None]
    if len(shapes) != len(site.op.inputs) or not all(map(is_known, shapes)):
        return None
    for slot, shape in enumerate(shapes):
        if not constants.is_constant(site, slot):
            continue
        for place in range(1, len(shape) + 1):
            size = shape[-place]
            others = {other[-place] for other in shapes if len(other) >= place} - {1, size}
            if size != 1 and others:
                return f"a constant operand has {size} elements along the axis of the batch"
    return None


def _recurrent(site: Site, twice: Site, constants: Constants) -> str | None:
    """An initial state has an axis for the batch."""
    before, axis = twice.call.input(0), 0 if site.call.attr("layout", 0) else 1
    sizes = () if before is None else before.shape or ()
    record = record_of(site.call)
    if len(sizes) != 3 or not is_known(sizes):
        return None
    for slot in record.slots(Kind.STATE) if record is not None else ():
        state = twice.call.input(slot)
        shape = () if state is None else state.shape or ()
        differs = len(shape) == 3 and shape[axis] != sizes[axis]
        if differs and constants.is_constant(site, slot):
            return f"its initial state is a constant for a batch of {shape[axis]}"
    return None
