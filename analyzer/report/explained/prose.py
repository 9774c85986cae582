"""Numbers in sentences: those that the page explains elsewhere, and a few of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard

from analyzer.report.explained.sums import how_sure
from analyzer.report.view import layers
from analyzer.report.view.explained import Explained, Summand
from analyzer.report.view.memory import below_ridge, example

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.report.claims.record import Claim, Value
    from analyzer.report.result import Result

LEAST = 1000
"""Counts below it may be alike by chance."""


def told(
    result: Result, claims: Iterable[Claim], found: Iterable[Explained]
) -> Iterator[Explained]:
    """The numbers of ``claims`` that are, to the last digit, numbers ``found`` explained."""
    known: dict[int | float, Explained] = {}
    own = {each.number: each for each in _intensity(result)}
    places = set()
    for each in found:
        places.add(each.number)
        if _is_telling(each.value):
            known.setdefault(each.value, each)
    for claim in claims:
        for name, value in claim.values.items():
            place = f"claims.{claim.id}.{name}"
            if place in own:
                yield own[place]
            elif place not in places and _is_telling(value) and value in known:
                yield replace(known[value], number=place)


def _is_telling(value: Value) -> TypeGuard[int | float]:
    """Whether what equals it is surely the same number."""
    if isinstance(value, float):
        return not value.is_integer() or value >= LEAST
    return isinstance(value, int) and value >= LEAST


def _intensity(result: Result) -> Iterator[Explained]:
    limited, known = below_ridge(layers.layer_shapes(result.facts.nodes), example(result.facts))
    if limited:
        share = Summand(f"{limited} / {known}")
        yield Explained("claims.memory.intensity.share", limited / known, "intensity", (share,),
                        *how_sure(result.facts.totals))  # fmt: skip
