"""What a larger input costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.claims.record import Claim
from analyzer.report.view import growth as view

if TYPE_CHECKING:
    from analyzer.report.result import Result


def growth(result: Result) -> Claim | None:
    """The rate at which MACs follow the first size that the file leaves open."""
    found = view.growth(result.facts)
    if not found:
        return None
    row = found[0]
    return Claim(
        "growth",
        {
            "dim": row.dim,
            "unit": row.unit,
            "size": row.size,
            "step": row.step,
            "macs": row.macs,
            "rate": row.rate,
            "fixed": row.fixed,
            "square": row.square,
            "even": row.even,
            "varies": row.varies,
            "per": row.per,
            "of": row.of,
            "stated": row.stated,
        },
        ("totals.macs", "page.growth"),
    )
