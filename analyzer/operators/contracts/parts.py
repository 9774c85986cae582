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
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
                f"{name} has rank {axes} ({spell(shape_of(call, slot))}), it takes {takes}",
                f"give {name} rank {takes}, by a Reshape before it or where it is made",
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
                f"{name} has rank {axes} ({spell(shape_of(call, slot))}), it takes {least} or more",
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
                f"{b_name} has rank {second} ({spell(shape_of(call, b))}) and {a_name} has {first} "
                f"({spell(shape_of(call, a))}); both are to have the same",
                f"give {b_name} rank {first}",
            )

    return check


def same_shape(a: int, a_name: str, b: int, b_name: str) -> Contract:
    """Inputs ``a`` and ``b`` have the same shape."""

    def check(call: Call) -> Iterator[Violation]:
        first, second = shape_of(call, a), shape_of(call, b)
        if first is None or second is None:
            return
        if len(first) != len(second) or any(map(differ, first, second)):
            yield Violation(
                "operand-shape",
                f"{b_name} is {spell(second)} and {a_name} is {spell(first)}; "
                f"it takes the same shape for both",
                f"give {b_name} the shape of {a_name}",
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
                f"it takes the same length",
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
    loose: bool = False,
) -> Contract:
    """Input ``slot`` has one axis of ``length`` elements, which are ``what``.

    ``loose``: runtimes broadcast it, so that other shapes of as many elements run.
    """

    def check(call: Call) -> Iterator[Violation]:
        shape, wanted = shape_of(call, slot), length(call)
        if shape is None:
            return
        if len(shape) != 1:
            spread = loose and elements_of(call, slot) in (None, wanted)
            yield Violation(
                code,
                f"{name} has rank {len(shape)} ({spell(shape)}), it takes one axis"
                + (f" of {wanted} elements ({what})" if wanted is not None else ""),
                f"reshape {name} to one axis",
                not spread,
            )
        elif differ(shape[0], wanted):
            yield Violation(
                code,
                f"{name} has {shape[0]} elements where it takes {wanted} ({what})",
                f"give {name} {wanted} elements, or correct what it is meant for",
            )

    return check


def single(slot: int, name: str) -> Contract:
    """Input ``slot`` is one number: a scalar, or one axis of one element."""

    def check(call: Call) -> Iterator[Violation]:
        count = elements_of(call, slot)
        if count is not None and count != 1:
            yield Violation(
                "operand-length",
                f"{name} has {count} elements ({spell(shape_of(call, slot))}), it takes one",
                f"give {name} one element",
            )

    return check


def together(a: int, a_name: str, b: int, b_name: str) -> Contract:
    """Inputs ``a`` and ``b`` are both there or both omitted."""

    def check(call: Call) -> Iterator[Violation]:
        if given(call, a) != given(call, b):
            there, missing = (a_name, b_name) if given(call, a) else (b_name, a_name)
            yield Violation(
                "operand-missing",
                f"{there} is given without {missing}; it takes both or neither",
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


def unlike(shape: Shape, *allowed: tuple[Dim, ...]) -> bool:
    """``shape`` is known well enough to fit none of ``allowed``."""
    return shape is not None and not any(
        len(shape) == len(wanted) and not any(map(differ, shape, wanted)) for wanted in allowed
    )


def fits(
    code: str, name: str, shape: Shape, *allowed: tuple[Dim, ...], what: str
) -> Iterator[Violation]:
    """``shape`` of operand ``name`` is one of ``allowed``, whose axes are ``what``."""
    if unlike(shape, *allowed):
        listing = " or ".join(dict.fromkeys(spell(wanted) for wanted in allowed))
        yield Violation(
            code,
            f"{name} is {spell(shape)}, it takes {listing} ({what})",
            f"give {name} that shape, or correct the attribute or operand it follows from",
        )
