"""Bases of Fourier transforms among the weights: filters that nobody trains or narrows.

A convolution or product with cosines and sines gives a spectrum's real and imaginary part, in two
halves or by two operators; what is worth knowing of it is the sum of their squares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.record import Nature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.scaling.term import Term

MOVES = frozenset({Nature.MOVEMENT, Nature.CONVERSION})
"""What stands between the transform and the squares: slices, casts, other orders of axes."""
SQUARED = (2.0,)


def bases(terms: Mapping[str, Term]) -> tuple[str, ...]:
    """Operators whose weights are such a basis: of what they make, by way of what only moves it,
    two squares are added."""
    makers = {t.name: node for node, term in terms.items() for t in term.call.outputs if t}
    found: dict[str, None] = {}
    for term in terms.values():
        record = term.record
        if record is None or record.sign != "+" or term.constants:
            continue
        parts = [_squared(terms, makers.get(t.name, "")) for t in term.call.inputs if t]
        sources = [_source(terms, makers, name) for name in parts]
        if len(sources) == 2 and all(sources):
            found |= dict.fromkeys(sources)
    return tuple(found)


def _squared(terms: Mapping[str, Term], node: str) -> str:
    """The tensor of which an operator makes the square; empty for any other operator."""
    term = terms.get(node)
    record = term.record if term is not None else None
    if term is None or record is None:
        return ""
    names = [t.name for t in term.call.inputs if t]
    if record.sign == "×" and len(names) == 2 and names[0] == names[1]:
        return names[0]
    power = record.sign == "^" and 1 in term.constants
    return names[0] if power and term.call.reals(1) == SQUARED else ""


def _source(terms: Mapping[str, Term], makers: Mapping[str, str], name: str) -> str:
    """The operator with constant weights whose result this is but for its places; empty if there is
    none."""
    for node in _back(terms, makers, name):
        term = terms[node]
        record = term.record
        if record is None or record.nature not in MOVES:
            weighted = record is not None and record.weight is not None
            return node if weighted and term.weight() in term.constants else ""
    return ""


def _back(terms: Mapping[str, Term], makers: Mapping[str, str], name: str) -> Iterator[str]:
    """What makes a tensor, what makes the first input of that, and so on."""
    while name in makers:
        node = makers[name]
        yield node
        data = terms[node].call.input(0)
        name = data.name if data is not None else ""
