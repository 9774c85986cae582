"""Truth with a third value, and what every atom of a condition needs to tell it."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from analyzer.targets.condition import Atom
    from analyzer.targets.use import TensorValue, Use

Truth = bool | None

RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
    ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def any_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued "or"."""
    unknown = False
    for truth in truths:
        if truth:
            return True
        unknown = unknown or truth is None
    return None if unknown else False


def all_of(truths: Iterable[Truth]) -> Truth:
    """Three-valued "and"."""
    unknown = False
    for truth in truths:
        if truth is False:
            return False
        unknown = unknown or truth is None
    return None if unknown else True


def operands(atom: Atom, use: Use) -> Sequence[TensorValue | None]:
    """The inputs that an atom names, or all that are given, or the outputs."""
    if atom.out:
        return [value for value in use.outputs if value is not None]
    return [use.input(slot) for slot in atom.slots] if atom.slots else use.given


def compared(atom: Atom, number: float | None) -> Truth:
    """Whether ``number`` stands to the right-hand side as the atom says."""
    if number is None:
        return None
    if atom.relation == "in":
        return int(atom.words[0]) <= number <= int(atom.words[1])
    return RELATIONS[atom.relation](number, float(atom.words[0]))


def dimension(value: TensorValue | None, axis: int) -> int | None:
    """One size; ``None`` where it is not known, or there is no such axis."""
    if value is None or value.shape is None or not -len(value.shape) <= axis < len(value.shape):
        return None
    return value.shape[axis]
