"""What a person would say first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.compare.match import Matching
    from analyzer.compare.record import Comparison, Headline


def headlines_of(found: Comparison, matching: Matching) -> tuple[Headline, ...]:
    return ()
