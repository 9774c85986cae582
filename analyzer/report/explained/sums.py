"""What is common to all that explain numbers: sums, factors and certainty."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from analyzer.facts import BITS, Certainty
from analyzer.language import ngettext, retold
from analyzer.operators.formula import times
from analyzer.report.view.explained import Summand
from analyzer.sanitise import label, widths

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from analyzer.facts import Node

SUMMANDS = 6
"""Most parts of a sum that are spelt out; the others are one part."""
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


EXACT = (Certainty.EXACT, "")
Sureness = tuple[Certainty, str]
"""Certainty and the reason for it."""


class _Rated(Protocol):
    @property
    def certainty(self) -> Certainty: ...
    @property
    def reason(self) -> str: ...


def how_sure(figure: _Rated) -> Sureness:
    """Certainty of a figure, and what it rests on in the language of the page."""
    exact = figure.certainty is Certainty.EXACT
    return figure.certainty, "" if exact else label(retold(figure.reason), widths.REASON)


def weakest(nodes: Iterable[Node]) -> Sureness:
    """The certainty of what some operators add up to."""
    order = list(Certainty)
    costs = [node.cost for node in nodes]
    return how_sure(max(costs, key=lambda cost: order.index(cost.certainty))) if costs else EXACT


def added_up(parts: Iterable[tuple[int, str]], *, minus: bool = False) -> Iterator[Summand]:
    """``6 · 115605504 (standard) + 4 · 64 (Gemm) + 12 (2 others)``: equal parts together.

    ``parts`` are values and what they are of; ``minus`` takes them away.
    """
    alike = Counter(part for part in parts if part[0])
    order = sorted(alike, key=lambda part: (-part[0] * alike[part], part[1]))
    sign = "−" if minus else ""
    for value, what in order[:SUMMANDS]:
        yield Summand(sign + times(alike[value, what], value), what)
    rest = order[SUMMANDS:]
    if rest:
        count = sum(alike[part] for part in rest)
        total = sum(part[0] * alike[part] for part in rest)
        yield Summand(f"{sign}{total}", ngettext("{n} other", "{n} others", count))


def sized(bytes_by_dtype: Mapping[str, int]) -> tuple[Summand, ...]:
    """Values times the bytes of their type, type by type."""
    return tuple(_sized(dtype, size) for dtype, size in sorted(bytes_by_dtype.items()) if size)


def _sized(dtype: str, size: int) -> Summand:
    bits = BITS.get(dtype, 0)
    if bits >= 8 and size * 8 % bits == 0:
        return Summand(f"{size * 8 // bits} · {bits // 8}", label(dtype))
    if bits and size * 8 % bits == 0:
        return Summand(f"{size * 8 // bits} · {bits} / 8", label(dtype))
    return Summand(str(size), label(dtype))


def product(count: int, text: str) -> str:
    """``count`` times an arithmetic expression.

    >>> product(6, "64·3 + 2"), product(1, "64·3 + 2"), product(3, "64·3")
    ('6 · (64·3 + 2)', '64·3 + 2', '3 · 64·3')
    """
    if count == 1:
        return text
    return f"{count} · ({text})" if " + " in text else f"{count} · {text}"


def scientific(value: float) -> str:
    """A large measure as a product, whole numbers below a million as they are.

    >>> scientific(19.5e12), scientific(480e6), scientific(1024)
    ('19.5 · 10¹²', '480 · 10⁶', '1024')
    """
    if value == int(value) and value < 1e6:
        return str(int(value))
    power = max(n for n in (0, 3, 6, 9, 12, 15) if n == 0 or value >= 10**n)
    digits = f"{value / 10**power:.12g}"
    return f"{digits} · 10{str(power).translate(_RAISED)}" if power else digits
