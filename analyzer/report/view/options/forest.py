"""Forests: fewer trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer import units
from analyzer.language import _
from analyzer.report.view.options.form import WORTHWHILE, Terms, form
from analyzer.smaller.forest import forest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.devices import Profile
    from analyzer.facts import Facts
    from analyzer.report.view.options.form import SmallerForm

LEAST_TREES = 20
"""Trees below which half of them is no forest any more."""


def forms(facts: Facts, device: Profile | None) -> Iterator[SmallerForm]:
    """Half of the trees, where that is worth it."""
    found = facts.once(forest)
    if found is None or len(found.trees) < LEAST_TREES:
        return
    half = found.first(-(-len(found.trees) // 2))
    if found.bytes - half.bytes < WORTHWHILE and found.comparisons < 1_000:
        return
    yield form(
        facts,
        device,
        (
            "trees",
            _("Keep {half} of {trees} trees", half=units.count(len(half.trees)),
              trees=units.count(len(found.trees))),
            _("Leave the last trees out (of boosted ones; of averaged ones rescale the leaves), or "
              "fit so many, and measure"),
        ),
        Terms("medium", "medium", _("accuracy: measure"), "high",
               _("the trees that come first in the file")),
        beside=(found.bytes, half.bytes),
        extra=_(
            "tables {then} instead of {now}, at most {fewer} comparisons a sample instead of "
            "{most}",
            then=units.size(half.bytes), now=units.size(found.bytes),
            fewer=units.count(half.comparisons), most=units.count(found.comparisons),
        ),
    )  # fmt: skip
