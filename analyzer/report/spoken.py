"""Sentences of claims in parts: the numbers that explain themselves, and what is between them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from analyzer import units

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from analyzer.report.claims.record import Claim


class Fragment(NamedTuple):
    """A piece of a sentence."""

    text: str
    number: str = ""
    """Its place in the JSON; empty for what is between numbers."""


def in_parts(
    said: Mapping[str, str], claims: Iterable[Claim], explained: Container[str]
) -> dict[str, tuple[Fragment, ...]]:
    """Sentences by the ids of their claims, in which a value of a claim whose place is among
    ``explained`` is a part of its own."""
    return {claim.id: tuple(_parts(said[claim.id], claim, explained))
            for claim in claims if claim.id in said}  # fmt: skip


def _parts(text: str, claim: Claim, explained: Container[str]) -> Iterator[Fragment]:
    found: dict[int, tuple[int, str]] = {}
    for name, value in claim.values.items():
        place = f"claims.{claim.id}.{name}"
        if place in explained and isinstance(value, (int, float)):
            span = next(filter(None, (_within(words, text) for words in _wordings(value))), None)
            if span is not None:
                found.setdefault(span[0], (span[1], place))
    done = 0
    for start, (end, place) in sorted(found.items()):
        if start < done:
            continue
        if start > done:
            yield Fragment(text[done:start])
        yield Fragment(text[start:end], place)
        done = end
    if done < len(text):
        yield Fragment(text[done:])


def _wordings(value: int | float) -> Iterator[str]:
    """How a page may write a number, the longest way first."""
    if isinstance(value, int):
        yield units.count(value)
        yield from (units.si(value, "MAC"), units.si(value, "MACs"), units.size(value))
        yield units.si(value)
    else:
        yield units.percent(value)
        yield from (units.seconds(value), units.si(value, "MAC"))


def _within(words: str, text: str) -> tuple[int, int] | None:
    """Where a number stands, not as a part of another one, nor with another unit.

    >>> _within("2.7 %", "12.7 %, 2.7 % of it"), _within("2.7 %", "2.7 %는"), _within("5", "5k")
    ((8, 13), (0, 5), None)
    """
    found = re.search(rf"(?<![\d.,]){re.escape(words)}(?![A-Za-z\d]|[.,]\d)", text)
    return found.span() if found else None
