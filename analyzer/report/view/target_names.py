"""Targets as sentences name them. What pages say of them needs their tables, this does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.deployment import TargetFit


def plain_names(fits: Sequence[TargetFit]) -> tuple[str, ...]:
    """Names for sentences: without what stands in brackets and without commas, unless two were the
    same then."""
    names = [fit.name.partition(" (")[0].replace(",", "") for fit in fits]
    return tuple(
        label(fit.name if names.count(name) > 1 else name)
        for fit, name in zip(fits, names, strict=True)
    )
