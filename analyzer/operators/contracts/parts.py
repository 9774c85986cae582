"""Contracts that many operators share, made to measure by a slot, an attribute and a limit.

Every function here returns a ``Contract``. ``name`` is what the operator's specification calls
the operand. A contract is silent where a size, a rank or a content that it needs is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.reading import (
    broadcast,
    differ,
    elements_of,
    given,
    integers,
    rank_of,
    shape_of,
    size_at,
    whole,
    wholes,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from analyzer.facts import Dim, Shape
    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract

MAX_LISTED = 8
"""Entries that a message spells out."""


def rank(slot: int, name: str, *allowed: int, grave: bool = True) -> Contract:
    """Input ``slot`` has one of the numbers of axes ``allowed``."""

    def check(call: Call) -> Iterator[Violation]:
        axes = rank_of(call, slot)
        if axes is not None and axes not in allowed:
            takes = " or ".join(map(str, allowed))
            yield Violation(
                "rank",
                f"{name} has {axes} axes ({spell(shape_of(call, slot))}), "
                f"{call.op_type} takes {takes}",
                f"give {name} {takes} axes, by a Reshape before it or where it is made",
                grave,
            )

    return check


def least_rank(slot: int, name: str, least: int) -> Contract:
    """Input ``slot`` has ``least`` axes or more."""

    def check(call: Call) -> Iterator[Violation]:
        axes = rank_of(call, slot)
        if axes is not None and axes < least:
            yield Violation(
                "rank",
                f"{name} has {axes} axes ({spell(shape_of(call, slot))}), "
                f"{call.op_type} takes {least} or more",
                f"give {name} its missing axes, by a Reshape or Unsqueeze before it",
            )

    return check


def same_rank(a: int, a_name: str, b: int, b_name: str) -> Contract:
    """Inputs ``a`` and ``b`` have as many axes."""

    def check(call: Call) -> Iterator[Violation]:
        first, second = rank_of(call, a), rank_of(call, b)
        if differ(first, second):
            yield Violation(
                "rank",
                f"{b_name} has {second} axes ({spell(shape_of(call, b))}) and {a_name} has {first} "
                f"({spell(shape_of(call, a))}); {call.op_type} takes as many of both",
                f"give {b_name} {first} axes",
            )

    return check


def same_shape(a: int, a_name: str, b: int, b_name: str, *, grave: bool = True) -> Contract:
    """Inputs ``a`` and ``b`` have the same shape."""

    def check(call: Call) -> Iterator[Violation]:
        first, second = shape_of(call, a), shape_of(call, b)
        if first is None or second is None:
            return
        if len(first) != len(second) or any(map(differ, first, second)):
            yield Violation(
                "operand-shape",
                f"{b_name} is {spell(second)} and {a_name} is {spell(first)}; "
                f"{call.op_type} takes the same shape for both",
                f"give {b_name} the shape of {a_name}",
                grave,
            )

    return check


def same_size(a: int, a_name: str, a_axis: int, b: int, b_name: str, b_axis: int) -> Contract:
    """``a_axis`` of input ``a`` is as long as ``b_axis`` of input ``b``."""

    def check(call: Call) -> Iterator[Violation]:
        first, second = size_at(call, a, a_axis), size_at(call, b, b_axis)
        if differ(first, second):
            yield Violation(
                "operand-size",
                f"axis {b_axis} of {b_name} ({spell(shape_of(call, b))}) is {second} long, "
                f"axis {a_axis} of {a_name} ({spell(shape_of(call, a))}) {first}; "
                f"{call.op_type} takes the same length",
                f"make both {first} or both {second} long",
            )

    return check


def vector(
    slot: int,
    name: str,
    length: Callable[[Call], Dim],
    what: str,
    *,
    code: str = "operand-length",
    grave: bool = True,
) -> Contract:
    """Input ``slot`` has one axis of ``length`` elements, which are ``what``."""

    def check(call: Call) -> Iterator[Violation]:
        shape, wanted = shape_of(call, slot), length(call)
        if shape is None:
            return
        if len(shape) != 1:
            yield Violation(
                code,
                f"{name} has {len(shape)} axes ({spell(shape)}), {call.op_type} takes one"
                + (f" of {wanted} elements ({what})" if wanted is not None else ""),
                f"reshape {name} to one axis",
                grave,
            )
        elif differ(shape[0], wanted):
            yield Violation(
                code,
                f"{name} has {shape[0]} elements where {call.op_type} takes {wanted} ({what})",
                f"give {name} {wanted} elements, or correct what it is meant for",
                grave,
            )

    return check


def single(slot: int, name: str, *, grave: bool = True) -> Contract:
    """Input ``slot`` is one number: a scalar, or one axis of one element."""

    def check(call: Call) -> Iterator[Violation]:
        count = elements_of(call, slot)
        if count is not None and count != 1:
            yield Violation(
                "operand-length",
                f"{name} has {count} elements ({spell(shape_of(call, slot))}), "
                f"{call.op_type} takes one",
                f"give {name} one element",
                grave,
            )

    return check


def axis_in_range(
    attribute: str = "axis",
    slot: int = 0,
    name: str = "input",
    *,
    default: int | None = None,
    more: int = 0,
) -> Contract:
    """Integer ``attribute`` names an axis of input ``slot``, which gains ``more`` axes before."""

    def check(call: Call) -> Iterator[Violation]:
        axes, axis = rank_of(call, slot), whole(call, attribute, default)
        if axes is None or axis is None:
            return
        span = axes + more
        if not -span <= axis < span:
            yield out_of_range(attribute, axis, span, f"{name} ({spell(shape_of(call, slot))})")

    return check


def out_of_range(what: str, axis: int, span: int, where: str) -> Violation:
    """An axis that does not exist."""
    legal = f"{-span} to {span - 1}" if span else "none"
    return Violation(
        "axis-range",
        f"{what} is {axis}, and the axes of {where} are {legal}",
        f"set {what} to one of {legal}" if span else "give the operand an axis",
    )


def axes_in_range(
    read: Callable[[Call], Sequence[int] | None],
    slot: int = 0,
    name: str = "input",
    *,
    more: bool = False,
    distinct: bool = True,
) -> Contract:
    """Every entry of the list of axes that ``read`` finds is an axis of input ``slot``, once.

    ``more``: the axes are those of the result, which has as many more as there are entries.
    """

    def check(call: Call) -> Iterator[Violation]:
        axes, wanted = rank_of(call, slot), read(call)
        if axes is None or wanted is None:
            return
        span = axes + len(wanted) * more
        where = f"the result of {span} axes" if more else f"{name} ({spell(shape_of(call, slot))})"
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
                f"{attribute} is {str(value)[:60]!r}, {call.op_type} knows {legal}",
                f"set {attribute} to one of {legal}",
                grave,
            )

    return check


def at_least(attribute: str, least: int, *, grave: bool = True) -> Contract:
    """Integer ``attribute`` is ``least`` or more."""

    def check(call: Call) -> Iterator[Violation]:
        value = whole(call, attribute)
        if value is not None and value < least:
            yield Violation(
                "attribute-value",
                f"{attribute} is {value}, {call.op_type} takes {least} or more",
                f"set {attribute} to {least} or more",
                grave,
            )

    return check


def divides(
    attribute: str, slot: int, name: str, axis: int, what: str, *, default: int | None = None
) -> Contract:
    """Integer ``attribute`` is positive and divides ``axis`` of input ``slot``."""

    def check(call: Call) -> Iterator[Violation]:
        parts, size = whole(call, attribute, default), size_at(call, slot, axis)
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
                f"{attribute} has {len(values)} entries, {call.op_type} takes {axes * times} "
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


def together(a: int, a_name: str, b: int, b_name: str) -> Contract:
    """Inputs ``a`` and ``b`` are both there or both omitted."""

    def check(call: Call) -> Iterator[Violation]:
        if given(call, a) != given(call, b):
            there, missing = (a_name, b_name) if given(call, a) else (b_name, a_name)
            yield Violation(
                "operand-missing",
                f"{there} is given without {missing}; {call.op_type} takes both or neither",
                f"give {missing}, or leave {there} out",
            )

    return check


def broadcasts(*slots: int, since: int = 7) -> Contract:
    """Inputs ``slots`` (all, if none are named) have shapes that broadcast, as in NumPy.

    Operators before version ``since`` stretch operands by attributes of their own.
    """

    def check(call: Call) -> Iterator[Violation]:
        if call.version < since:
            return
        shapes = [shape_of(call, slot) for slot in slots or range(len(call.inputs))]
        try:
            broadcast(shapes)
        except ValueError as error:
            axis, first, second = error.args
            listed = " and ".join(spell(shape) for shape in shapes[:4])
            yield Violation(
                "broadcast",
                f"shapes {listed} do not broadcast: axis {axis} is {first} long in one and "
                f"{second} in another",
                "make the two lengths equal, or one of them 1",
            )

    return check


def stretches(
    shape: Shape, name: str, target: Shape, to_name: str, *, grave: bool = True
) -> Iterator[Violation]:
    """``shape`` broadcasts to ``target``, which is not stretched itself."""
    if shape is None or target is None:
        return
    fits = len(shape) <= len(target) and not any(
        size != 1 and differ(size, into)
        for size, into in zip(reversed(shape), reversed(target), strict=False)
    )
    if not fits:
        yield Violation(
            "broadcast",
            f"{name} ({spell(shape)}) does not broadcast to {to_name} ({spell(target)})",
            f"give {name} sizes of 1 or those of the last axes of {to_name}",
            grave,
        )


def stretches_to(slot: int, name: str, to: int, to_name: str) -> Contract:
    """Input ``slot`` broadcasts to the shape of input ``to``, which is not stretched itself."""
    return lambda call: stretches(shape_of(call, slot), name, shape_of(call, to), to_name)


def indices_in_range(
    slot: int, name: str, limit: Callable[[Call], Dim], of: str, *, least: int | None = None
) -> Contract:
    """Constant integers in input ``slot`` lie in −limit … limit − 1 (from ``least``, if given)."""

    def check(call: Call) -> Iterator[Violation]:
        values, size = integers(call, slot), limit(call)
        if not values or size is None:
            return
        low = -size if least is None else least
        wrong = [n for n in values if not low <= n < size]
        if wrong:
            more = f" and {len(wrong) - 1} more" if len(wrong) > 1 else ""
            yield Violation(
                "index-range",
                f"{name} has the index {wrong[0]}{more}, {of} has {size} entries",
                f"keep {name} within {low} to {size - 1}",
            )

    return check


def size_of(slot: int, axis: int) -> Callable[[Call], Dim]:
    """Reader of one size."""
    return lambda call: size_at(call, slot, axis)
