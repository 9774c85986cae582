"""What there is to see in one model, before anybody's policy is applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.lint import Observed


@dataclass(frozen=True, slots=True)
class Seen:
    """Facts about a model, and what the rules say of them."""

    facts: Facts
    observed: Observed
