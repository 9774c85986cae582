"""What the numbers rest on, and what nobody knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.facts import Certainty
from analyzer.report.claims.record import Claim
from analyzer.report.view import summary
from analyzer.report.view.assumed import choices as made_choices
from analyzer.survey import STATED

if TYPE_CHECKING:
    from analyzer.facts import Facts
    from analyzer.report.result import Result

SIZES, NAMED = 6, 2
REASONS = 3


def assumed_sizes(result: Result) -> Claim:
    """Sizes that the file leaves open."""
    made = result.facts.assumptions
    found = tuple(dict.fromkeys((a.name, a.value) for a in made))
    return Claim(
        "assumed.sizes",
        {
            "count": len(made),
            "distinct": len(found),
            "dims": tuple(name for name, size in found[:SIZES]),
            "sizes": tuple(size for name, size in found[:SIZES]),
        },
        ("assumptions",),
    )


def sizes(facts: Facts, *, stated: bool = False) -> tuple[tuple[str, int], ...]:
    """Sizes that the file leaves open and nobody stated, or somebody did, each name once.

    Those of 1 come last: a batch tells least of what the figures hold for.
    """
    found = dict.fromkeys((a.name, a.value) for a in facts.assumptions
                          if (a.reason in STATED) is stated)  # fmt: skip
    return tuple(sorted(found, key=lambda size: size[1] == 1))


def misfit(result: Result) -> Claim | None:
    """That the sizes which were assumed cannot be: no figure of compute or memory is a run's."""
    if result.facts.totals.certainty is not Certainty.UNKNOWN:
        return None
    every = sizes(result.facts)
    of = tuple(size for size in every if size[1] != 1) or every  # a size of 1 mostly fits
    return Claim(
        "misfit",
        {
            "dims": tuple(name for name, _ in of[:NAMED]),
            "sizes": tuple(size for _, size in of[:NAMED]),
            "sizes_in_all": len(of),
        },
        ("totals.certainty", "assumptions", "breaches"),
    )


def choices(result: Result) -> Claim:
    """What is decided while the model runs, or only declared."""
    found = made_choices(result.facts)
    return Claim(
        "assumed.choices",
        {"count": len(found), "first": found[0] if found else None},
        ("nodes",),
    )


def coverage(result: Result) -> Claim:
    """Operators whose multiply-accumulates are known."""
    found = summary.coverage(result.facts.nodes)
    return Claim(
        "coverage",
        {
            "known": found.known,
            "operators": found.total,
            "missing": tuple(row.op for row in found.missing[:REASONS]),
            "missing_counts": tuple(row.count for row in found.missing[:REASONS]),
            "missing_reasons": tuple(row.why for row in found.missing[:REASONS]),
            "reasons": len(found.missing),
            "heavy": sum(
                node.macs is None and bool(node.conv or node.params) and not node.composite
                for node in result.facts.nodes
                if node.counted
            ),
        },
        ("nodes",),
    )


def unknown(result: Result) -> Claim:
    """Whether anything at all is unknown or was met with a problem."""
    facts, found = result.facts, summary.coverage(result.facts.nodes)
    return Claim(
        "unknown",
        {
            "operators": found.total - found.known,
            "of": found.total,
            "in_all": facts.totals.nodes,
            "inside": any(n.scope and n.counted and not n.composite for n in facts.nodes),
            "macs_complete": facts.totals.complete,
            "flops_complete": facts.totals.flops_complete,
            "peak_complete": facts.memory.certainty in (Certainty.EXACT, Certainty.ASSUMED),
            "reason": facts.totals.reason,
            "problems": len(facts.problems),
        },
        ("nodes", "totals.complete", "totals.flops_complete", "memory.certainty", "problems"),
    )
