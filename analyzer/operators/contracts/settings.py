"""Contracts that many operators share about attributes: axes, choices, counts and divisors.

Every function that returns a ``Contract`` makes one to measure; a contract is silent where a
size or rank that it needs is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import MAX_LISTED
from analyzer.operators.contracts.reading import rank_of, shape_of, size_at, whole, wholes
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def axis_in_range(
    attribute: str = "axis",
    name: str = "input",
    *,
    default: int | None,
    more: int = 0,
) -> Contract:
    """Integer ``attribute`` names an axis of the first input, which gains ``more`` axes before."""

    def check(call: Call) -> Iterator[Violation]:
        axes, axis = rank_of(call, 0), whole(call, attribute, default)
        if axes is None or axis is None:
            return
        span = axes + more
        if not -span <= axis < span:
            yield out_of_range(attribute, axis, span, f"{name} ({spell(shape_of(call, 0))})")

    return check


def out_of_range(what: str, axis: int, span: int, where: str) -> Violation:
    """An axis that does not exist."""
    return Violation(
        "axis-range",
        f"{what} is {axis}, and the axes of {where} are {-span} to {span - 1}" if span
        else f"{what} is {axis}, and {where} has no axes",
        f"set {what} to one of {-span} to {span - 1}" if span else "give the operand an axis",
    )  # fmt: skip


def axes_in_range(
    read: Callable[[Call], Sequence[int] | None],
    name: str = "input",
    *,
    more: bool = False,
    distinct: bool = True,
) -> Contract:
    """Every entry of the list of axes that ``read`` finds is an axis of the first input, once.

    ``more``: the axes are those of the result, which has as many more as there are entries.
    """

    def check(call: Call) -> Iterator[Violation]:
        axes, wanted = rank_of(call, 0), read(call)
        if axes is None or wanted is None:
            return
        span = axes + len(wanted) * more
        where = f"the result of {span} axes" if more else f"{name} ({spell(shape_of(call, 0))})"
        for axis in wanted:
            if not -span <= axis < span:
                yield out_of_range("an entry of axes", axis, span, where)
                return
        if distinct and len({axis % span for axis in wanted}) < len(wanted):
            yield Violation(
                "axis-twice",
                f"axes {list(wanted[:MAX_LISTED])} name an axis of {where} twice",
                "name each axis once",
            )

    return check


def one_of(attribute: str, allowed: Collection[str | int], *, grave: bool = True) -> Contract:
    """``attribute`` is one of the values that the operator knows; absent ones are fine."""

    def check(call: Call) -> Iterator[Violation]:
        value = call.attributes.get(attribute)
        known = isinstance(value, str | int)
        if known and value not in allowed:
            legal = ", ".join(map(repr, sorted(allowed, key=str)))
            yield Violation(
                "attribute-value",
                f"{attribute} is {str(value)[:60]!r}, it knows {legal}",
                f"set {attribute} to one of {legal}",
                grave,
            )

    return check


def flag(attribute: str) -> Contract:
    """``attribute`` is 0 or 1; runtimes take any other number for one of the two."""
    return one_of(attribute, (0, 1), grave=False)


def at_least(attribute: str, least: int, *, grave: bool = True) -> Contract:
    """Integer ``attribute`` is ``least`` or more."""

    def check(call: Call) -> Iterator[Violation]:
        value = whole(call, attribute)
        if value is not None and value < least:
            yield Violation(
                "attribute-value",
                f"{attribute} is {value}, it takes {least} or more",
                f"set {attribute} to {least} or more",
                grave,
            )

    return check


def divides(attribute: str, slot: int, name: str, axis: int, what: str) -> Contract:
    """Integer ``attribute`` is positive and divides ``axis`` of input ``slot``."""

    def check(call: Call) -> Iterator[Violation]:
        parts, size = whole(call, attribute), size_at(call, slot, axis)
        if parts is None or size is None:
            return
        if parts <= 0 or size % parts:
            yield Violation(
                "divisibility",
                f"{size} {what} ({name} is {spell(shape_of(call, slot))}) do not divide into "
                f"{attribute} = {parts}",
                f"set {attribute} to a divisor of {size}",
            )

    return check


def per_axis(
    attribute: str, count: Callable[[Call], int | None], least: int, *, times: int = 1
) -> Contract:
    """List ``attribute`` has ``times`` entries for each of ``count`` axes, ``least`` or more."""

    def check(call: Call) -> Iterator[Violation]:
        values, axes = wholes(call, attribute), count(call)
        if not values:
            return
        if axes is not None and len(values) != axes * times:
            yield Violation(
                "attribute-length",
                f"{attribute} has {len(values)} entries, it takes {axes * times} "
                f"for {axes} spatial axes",
                f"give {attribute} {axes * times} entries",
            )
        if min(values) < least:
            yield Violation(
                "attribute-value",
                f"{attribute} {list(values[:MAX_LISTED])} has an entry below {least}",
                f"give {attribute} entries of {least} or more",
            )

    return check


def power_of_two(name: str, least: int) -> Contract:
    """The attribute is a power of two, ``least`` or more."""

    def check(call: Call) -> Iterator[Violation]:
        value = whole(call, name)
        if value is not None and (value < least or value & (value - 1)):
            yield Violation(
                "attribute-value",
                f"{name} is {value}, it takes a power of 2 from {least} on",
                f"use {least}, {2 * least}, {4 * least} …",
            )

    return check
