"""What an operator costs that runs bodies or calls a function.

Semantics: ONNX operator specification of If, Loop and Scan. Which branch is taken and how often a
loop runs may depend on data; then the cost is a range.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from analyzer.costs.sums import NOTHING, ZERO, Sum, is_open, leaf, number
from analyzer.facts import Certainty, Cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analyzer.facts import Range
    from analyzer.shapes.instance import Child
    from analyzer.shapes.sites import Site

MACS, FLOPS = attrgetter("macs"), attrgetter("flops")
UNBOUNDED = " and nothing bounds it"
SOURCE = "ONNX operator specification (control flow, functions)"


class Share(NamedTuple):
    """How often a body counts in the cost of what runs it."""

    child: Child
    low: int
    """Runs that the lower end of the range contains."""
    high: int
    """Runs that the upper end contains, as far as that is bounded."""


def combine(site: Site, sums: Mapping[int, Sum], own: Cost) -> tuple[Sum, tuple[Share, ...], Cost]:
    """Cost of ``site``: its sum, what each body has in it, and what is shown.

    Parameters
    ----------
    sums : one run of each instance, by ``id``.
    own : what the operator costs by itself, where its bodies do not tell.
    """
    parts = [(child, sums.get(id(child.instance), ZERO)) for child in site.children]
    if site.op.op_type == "If":
        return _branches(site, parts)
    total, shares = ZERO, []
    factors: list[tuple[Range, Sum]] = []
    itself: Cost | None = None
    for child, part in parts:
        runs = child.runs
        if child.times is None and site.op.op_type not in ("Loop", "Scan"):
            # e.g. FlexAttention's score function, run per score: its own formula counts it
            runs = (0, 0)
            silent = part.macs == NOTHING and part.unknown_macs == 0
            total = total.plus(leaf(own) if itself is None else ZERO)
            itself = own
            total = total.plus(Sum((0, 0 if silent else None), (0, None), int(not silent), 1))
        elif child.times is None and part != ZERO:
            part = replace(part, undecided=_first(site, part, part.macs != NOTHING))
        total = total.plus(part, runs)
        shares.append(Share(child, runs[0], runs[0] if runs[1] is None else runs[1]))
        factors.append((runs, part))
    macs, flops = (
        _products([(runs, get(part)) for runs, part in factors], get(total))
        for get in (MACS, FLOPS)
    )
    if itself is not None:
        macs, flops = itself.substitution, itself.flops_substitution
    return total, tuple(shares), _shown(total, "runs · {}(body)", macs, flops)


def _products(factors: Iterable[tuple[Range, Range]], total: Range) -> str:
    """``6 · 409600 + 2 · 64``: runs and the cost of one, at that end of the range that counts."""
    end = 0 if total[1] is None else 1
    pairs = [(runs[end] or 0, count[end] or 0) for runs, count in factors]
    return " + ".join(f"{runs} · {count}" for runs, count in pairs if runs * count) or "0"


def _first(site: Site, part: Sum, has_macs: bool) -> tuple[str, ...]:
    """``site`` among what is undecided: first where it makes the MACs a range."""
    is_if = site.op.op_type == "If"
    text = (
        f"at {site.id} the condition depends on data" if is_if
        else f"how often {site.id} runs depends on data"
    )  # fmt: skip
    if any(child.runs[1] is None for child in site.children):
        text += UNBOUNDED
    return (text, *part.undecided) if has_macs else (*part.undecided, text)


def _branches(site: Site, parts: list[tuple[Child, Sum]]) -> tuple[Sum, tuple[Share, ...], Cost]:
    """``If``: the taken branch, or from the smaller to the larger where that is not known; where
    nothing bounds the larger, the smaller is counted."""
    if not parts:
        return ZERO, (), Cost(0, 0, "larger branch", "no branches")
    taken = [k for k, (child, _) in enumerate(parts) if child.times == 1]
    if taken:
        runs = (int(k == taken[0]) for k, _ in enumerate(parts))
        shares = tuple(Share(c, n, n) for (c, _), n in zip(parts, runs, strict=True))
        total = parts[taken[0]][1]
        macs, flops = str(number(total.macs)), str(number(total.flops))
        cost = _shown(total, "{}(branch taken)", macs, flops)
        refuted = [child.label for child, _ in parts if child.refuted]
        if refuted and cost.certainty is Certainty.EXACT:
            reason = f"the {refuted[0]} does not fit the sizes in use, so the other one is counted"
            cost = replace(cost, certainty=Certainty.ASSUMED, reason=reason)
        return total, shares, cost
    ups = [(number(part.macs), number(part.flops)) for _, part in parts]
    lows = [(part.macs[0], part.flops[0]) for _, part in parts]
    most, least = ups.index(max(ups)), lows.index(min(lows))
    total = Sum(
        _hull([part.macs for _, part in parts]),
        _hull([part.flops for _, part in parts]),
        max(part.unknown_macs for _, part in parts),
        max(part.unknown_flops for _, part in parts),
        tuple(name for _, part in parts for name in part.undecided),
    )
    if is_open(total.macs) or is_open(total.flops):
        total = replace(total, undecided=_first(site, total, is_open(total.macs)))
    shares = tuple(Share(c, int(k == least), int(k == most)) for k, (c, _) in enumerate(parts))
    macs, flops = (_larger([get(part) for _, part in parts], get(total)) for get in (MACS, FLOPS))
    formula = "{}(smaller branch)" if total.macs[1] is None else "{}(larger branch)"
    return total, shares, _shown(total, formula, macs, flops)


def _larger(branches: Iterable[Range], total: Range) -> str:
    """``max(221184, 24576)``; where nothing bounds a branch, the least that runs."""
    end, word = (0, "min") if total[1] is None else (1, "max")
    return f"{word}({', '.join(str(branch[end] or 0) for branch in branches)})"


def _hull(ranges: list[Range]) -> Range:
    highs = [high for _, high in ranges if high is not None]
    return min(low for low, _ in ranges), max(highs) if len(highs) == len(ranges) else None


def _shown(total: Sum, formula: str, text: str, flops_text: str) -> Cost:
    """The cost of an operator with bodies; ``formula`` has a place for what is counted."""
    flops = None if total.unknown_flops else number(total.flops)
    macs: int | None = number(total.macs)
    certainty, reason = Certainty.EXACT, ""
    if total.unknown_macs:
        reason = f"runs inside of operators of unknown cost: {total.unknown_macs}"
    elif total.undecided:
        certainty, reason = certainty_of(total)
    if total.macs[1] is None:
        macs = macs or None
        certainty = Certainty.UNKNOWN if macs is None else Certainty.LOWER_BOUND
    return Cost(
        macs, flops, formula.format("MACs"), "" if macs is None else text, SOURCE,
        certainty, reason,
        macs_range=total.macs, flops_range=total.flops, flops_formula=formula.format("FLOPs"),
        flops_substitution="" if flops is None else flops_text,
    )  # fmt: skip


def certainty_of(total: Sum) -> tuple[Certainty, str]:
    """Of a sum without unknown operators, some of which run as the data tell.

    MACs come first: the FLOPs count where there are no MACs at all.
    """
    count = total.flops if total.macs == NOTHING else total.macs
    if not is_open(count):
        return Certainty.EXACT, ""
    if count[1] is None:
        text = next((t for t in total.undecided if t.endswith(UNBOUNDED)), total.undecided[0])
        return Certainty.LOWER_BOUND, f"{text}; state it with --trip-count NAME=N"
    unit = "FLOPs" if total.macs == NOTHING else "MACs"
    more = f" (and {len(total.undecided) - 1} more)" if len(total.undecided) > 1 else ""
    text = f"{total.undecided[0]}{more}: {count[0]:,} to {count[1]:,} {unit} in all"
    return Certainty.ASSUMED, text
