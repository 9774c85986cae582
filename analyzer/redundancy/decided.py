"""Control flow, conditions and results that are settled before the model runs."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, NamedTuple

from analyzer.operators import record_of
from analyzer.operators.record import Kind, Nature
from analyzer.redundancy.constants import is_uniform
from analyzer.redundancy.neutral import is_known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.facts import Shape
    from analyzer.redundancy.constants import Constants
    from analyzer.shapes.sites import Site


class Decided(NamedTuple):
    kind: str
    """As ``Surplus.kind``."""
    why: str
    by: str = ""
    """The tensor that the result always is."""


class Cut(NamedTuple):
    """Why a result does not depend on the values of an operand."""

    why: str
    told: bool
    """Whether it is done by a constant beside the operand, and not by the operand's shape."""
    spills: bool = False
    """Whether NaN and infinities have an effect nevertheless."""


NOUGHT = "it multiplies by 0"


def decided(site: Site, constants: Constants) -> Decided | None:
    """What is settled about an operator; ``None`` where nothing is."""
    found = None if site.op.domain else _JUDGES.get(site.op.op_type)
    return found(site, constants) if found is not None else None


def cut(site: Site, constants: Constants) -> Mapping[int, Cut]:
    """Operands by slot whose values have no effect on the result."""
    settled = decided(site, constants)
    if settled is None:
        record = record_of(site.call)
        if record is None or record.nature is not Nature.STATIC or record.slots(Kind.DATA) != (0,):
            return {}
        return {0: Cut("", told=False)}  # it reads the shape alone
    if settled.kind == "constant-where":
        left = 2 if is_uniform(constants.value(site, 0), 1) else 1
        return {left: Cut(settled.why, told=True)}
    if settled.kind != "constant-result":
        return {}
    slot = _absorbing(site, constants)
    if slot is None:
        return {0: Cut(settled.why, told=False)}
    return {1 - slot: Cut(settled.why, told=True, spills=settled.why == NOUGHT)}


def idle(site: Site, constants: Constants) -> tuple[str, ...]:
    """Labels of the bodies of ``site`` that never run."""
    if site.op.op_type == "If":
        condition = constants.value(site, 0)
        if condition is None or condition.size != 1:
            return ()
        return ("else_branch",) if bool(condition.ravel()[0]) else ("then_branch",)
    if site.op.op_type == "Loop" and _trips(site, constants) == 0:
        return ("body",)
    return ()


def _if(site: Site, constants: Constants) -> Decided | None:
    never = idle(site, constants)
    if not never:
        return None
    word = "true" if never[0] == "else_branch" else "false"
    return Decided("constant-if", f"its condition is always {word}")


def _trips(site: Site, constants: Constants) -> int | None:
    """0 or 1 where the Loop runs as often at most, and 1 exactly."""
    limit, condition = constants.value(site, 0), constants.value(site, 1)
    if is_uniform(condition, 0) or is_uniform(limit, 0):
        return 0
    starts = site.call.input(1) is None or is_uniform(condition, 1)
    return 1 if is_uniform(limit, 1) and starts else None


def _loop(site: Site, constants: Constants) -> Decided | None:
    trips = _trips(site, constants)
    if trips is None:
        return None
    return Decided(
        "constant-loop", f"its body runs {'once' if trips else 'never'}, whatever comes in"
    )


def _where(site: Site, constants: Constants) -> Decided | None:
    condition, after = constants.value(site, 0), site.call.output()
    for slot, truth in ((1, 1), (2, 0)):
        taken = site.call.input(slot)
        if not is_uniform(condition, truth) or taken is None or after is None:
            continue
        if is_known(taken.shape) and taken.shape == after.shape:
            text = f"its condition is {'true' if truth else 'false'} everywhere"
            return Decided("constant-where", text, taken.name)
    return None


def _axis_size(shape: Shape, axis: int) -> int | None:
    if shape is None or not -len(shape) <= axis < len(shape):
        return None
    return shape[axis]


def _softmax(site: Site, _: Constants) -> Decided | None:
    call = site.call
    before = call.input(0)
    shape = None if before is None else before.shape
    if call.version >= 13:
        alone = _axis_size(shape, call.attr("axis", -1)) == 1
    else:
        axis = call.attr("axis", 1)
        rest = None if shape is None or not -len(shape) <= axis < len(shape) else shape[axis:]
        alone = rest is not None and None not in rest and prod(s or 0 for s in rest) == 1
    number = "0" if call.op_type == "LogSoftmax" else "1"
    return Decided("constant-result", f"over one element it is always {number}") if alone else None


def _argument(site: Site, _: Constants) -> Decided | None:
    before = site.call.input(0)
    alone = _axis_size(before.shape if before else None, site.call.attr("axis", 0)) == 1
    return Decided("constant-result", "over one element it is always 0") if alone else None


def _normalisation(site: Site, _: Constants) -> Decided | None:
    """A mean over one element is that element: what is left is the bias."""
    call, before = site.call, site.call.input(0)
    shape = None if before is None else before.shape
    if shape is None:
        return None
    if call.op_type == "InstanceNormalization":
        part = shape[2:]
    else:
        axis = call.attr("axis", -1)
        part = shape[axis:] if -len(shape) <= axis < len(shape) else (None,)
    alone = bool(part) and None not in part and prod(s or 0 for s in part) == 1
    text = "it normalises single elements, of which nothing but the bias is left"
    return Decided("constant-result", text) if alone else None


def _absorbing(site: Site, constants: Constants) -> int | None:
    """The slot of a number that the result is, whatever the other operand is.

    Whole tensors of zeros are left alone: they are weights that nobody has trained yet.
    """
    record = record_of(site.call)
    if record is None or record.absorbing is None:
        return None
    for slot in (0, 1):
        number = site.call.input(slot)
        alone = number is not None and number.elements == 1
        if alone and is_uniform(constants.value(site, slot), record.absorbing):
            return slot
    return None


def _product(site: Site, constants: Constants) -> Decided | None:
    found = _absorbing(site, constants) is not None
    return Decided("constant-result", NOUGHT) if found else None


def _and(site: Site, constants: Constants) -> Decided | None:
    found = _absorbing(site, constants) is not None
    return Decided("constant-result", "one operand is always false") if found else None


def _or(site: Site, constants: Constants) -> Decided | None:
    found = _absorbing(site, constants) is not None
    return Decided("constant-result", "one operand is always true") if found else None


_JUDGES: Mapping[str, Callable[[Site, Constants], Decided | None]] = {
    "If": _if,
    "Loop": _loop,
    "Where": _where,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "ArgMax": _argument,
    "ArgMin": _argument,
    "InstanceNormalization": _normalisation,
    "LayerNormalization": _normalisation,
    "Mul": _product,
    "And": _and,
    "Or": _or,
}
"""By operator of ai.onnx."""
