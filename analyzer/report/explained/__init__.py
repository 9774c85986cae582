"""Any number explains itself: where the numbers of a page come from, term by term.

Each function of ``MAKERS`` explains the numbers of one part of a page. What is explained is found
by its place in the JSON, and the summands of each come to its value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.explained import (
    actions,
    conversions,
    deployment,
    forms,
    layers,
    memory,
    parts,
    shares,
    sizes,
    totals,
    weights,
)
from analyzer.report.explained.prose import told
from analyzer.report.explained.reckonings import reckonings
from analyzer.report.view.explained import Explained, Reckoning, Summand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from analyzer.report.claims.record import Claim
    from analyzer.report.page import Page
    from analyzer.report.result import Result

__all__ = ["Explained", "Reckoning", "Summand", "explain"]

MAKERS: tuple[Callable[[Result, Page], Iterable[Explained]], ...] = (
    totals.explain,
    deployment.explain,
    conversions.explain,
    layers.explain,
    parts.explain,
    shares.explain,
    forms.explain,
    actions.explain,
    sizes.explain,
    memory.explain,
    weights.explain,
)


def explain(
    result: Result, page: Page, claims: Iterable[Claim]
) -> tuple[tuple[Reckoning, ...], tuple[Explained, ...]]:
    """What the numbers of ``page`` and of ``claims`` are explained by, and how each of them comes
    about."""
    found = tuple(each for maker in MAKERS for each in maker(result, page))
    found += tuple(told(result, claims, found))
    used = {each.by for each in found}
    return tuple(way for way in reckonings() if way.id in used), found
