"""What a larger input costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
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
            "longest": row.longest,
            "beside": row.beside,
            "varies": row.varies,
            "per": row.per,
            "of": row.of,
            "stated": row.stated,
        },
        ("totals.macs", "page.growth"),
    )


def in_runs(result: Result) -> Claim | None:
    """What a second of sound costs a model whose MACs follow no polynomial of its length: such as
    one that takes windows of one size, one after the other."""
    facts = result.facts
    totals = facts.totals
    found = next((a for a in facts.assumptions if a.second is not None and a.value), None)
    known = totals.complete and totals.macs and totals.certainty is not Certainty.UNKNOWN
    if found is None or found.second is None or not known or view.growth(facts):
        return None
    return Claim(
        "growth.runs",
        {
            "dim": found.name,
            "size": found.value,
            "macs": totals.macs,
            "rate": totals.macs * found.second.steps / found.value,
            "per": found.second.steps,
            "of": found.second.of,
            "stated": bool(found.second.source),
        },
        ("totals.macs", "assumptions"),
    )
