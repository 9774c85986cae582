"""What changed between two models as one object, complete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.json import encode

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Options


def json(pair: Pair, options: Options) -> bytes:
    """The record, nothing left out."""
    return encode(pair.to_dict())
