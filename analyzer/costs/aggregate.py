"""Costs of bodies and functions, how often each scope runs, and totals.

A function is counted once per instance and multiplied by its calls, never
expanded: a chain of functions that call each other twice, a thousand deep,
is a thousand multiplications of Python integers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyzer.facts import Certainty, Cost
from analyzer.operators.formula import MAX_BITS, TOO_LONG, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.shapes.result import Child, Instance
    from analyzer.shapes.sites import Site


@dataclass(frozen=True, slots=True)
class Sum:
    """Cost of one run of an instance."""

    macs: int = 0
    flops: int = 0
    unknown_macs: int = 0
    """Operators (executions included where known) whose MACs are unknown."""
    unknown_flops: int = 0
    open_loops: tuple[str, ...] = ()
    """Loops counted for one iteration because their trip count is unknown."""
    open_macs: bool = False
    """True when such a loop has MACs, so that the MACs are a guess and not only the FLOPs."""


@dataclass(frozen=True, slots=True)
class Runs:
    """How often an instance runs in one inference."""

    executions: int | None
    """``None`` if it depends on data."""
    counted: int
    """Runs that the totals contain (the larger branch, one iteration of an open loop)."""


@dataclass(slots=True)
class Aggregate:
    """Costs by site index and runs by instance."""

    costs: list[Cost]
    total: Sum
    runs: dict[int, Runs]
    """By ``id(instance)``."""


def aggregate(sites: Sequence[Site], leaf_costs: Sequence[Cost]) -> Aggregate:
    """Combine operator costs over bodies and functions.

    Parameters
    ----------
    sites : callers before callees.
    leaf_costs : cost of each site by itself; ignored for sites that run bodies.
    """
    costs = list(leaf_costs)
    sums: dict[int, Sum] = {}
    order: list[Instance] = []
    by_instance: dict[int, list[int]] = {}
    for site in sites:
        if id(site.instance) not in by_instance:
            order.append(site.instance)
        by_instance.setdefault(id(site.instance), []).append(site.index)
    chosen: dict[int, tuple[tuple[Child, int], ...]] = {}
    beyond: set[int] = set()
    for instance in reversed(order):
        total = Sum()
        for index in by_instance[id(instance)]:
            site = sites[index]
            if site.children:
                part, chosen[index], costs[index] = _combine(site, sums, leaf_costs[index])
            else:
                part = _leaf(costs[index])
            if _too_long(_add(total, part, 1)):
                part, costs[index] = _BEYOND, unknown(TOO_LONG)
                beyond.add(index)
            total = _add(total, part, 1)
        sums[id(instance)] = total
    runs: dict[int, Runs] = {}
    for position, instance in enumerate(order):
        if position == 0:
            runs[id(instance)] = Runs(1, 1)
        own = runs.get(id(instance), Runs(0, 0))
        for index in by_instance[id(instance)]:
            for child, counted in chosen.get(index, ()):
                old = runs.get(id(child.instance), Runs(0, 0))
                times, counted = (None, 0) if index in beyond else (child.times, counted)
                more = own.counted * counted
                runs[id(child.instance)] = Runs(
                    _plus(old.executions, _times(own.executions, times)),
                    old.counted + (more if more.bit_length() <= MAX_BITS else 0),
                )
    main = sums[id(order[0])] if order else Sum()
    return Aggregate(costs, main, runs)


def _times(a: int | None, b: int | None) -> int | None:
    """Product of two counts; what runs 0 times does not run, however unknown the other is."""
    return 0 if 0 in (a, b) else None if a is None or b is None else _short(a * b)


def _plus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else _short(a + b)


def _short(count: int) -> int | None:
    return count if count.bit_length() <= MAX_BITS else None


def _too_long(total: Sum) -> bool:
    """True for counts that nothing will ever execute, nor a float hold."""
    counts = (total.macs, total.flops, total.unknown_macs, total.unknown_flops)
    return max(counts).bit_length() > MAX_BITS


def _leaf(cost: Cost) -> Sum:
    return Sum(cost.macs or 0, cost.flops or 0, cost.macs is None, cost.flops is None)


def _add(a: Sum, b: Sum, times: int) -> Sum:
    if b == _ZERO:
        return a
    return Sum(
        a.macs + b.macs * times,
        a.flops + b.flops * times,
        a.unknown_macs + b.unknown_macs * times,
        a.unknown_flops + b.unknown_flops * times,
        (*a.open_loops, *(b.open_loops if times else ()))[:50],
        a.open_macs or (b.open_macs and times > 0),
    )


_ZERO = Sum()
_BEYOND = Sum(unknown_macs=1, unknown_flops=1)


def _combine(
    site: Site, sums: Mapping[int, Sum], own: Cost
) -> tuple[Sum, tuple[tuple[Child, int], ...], Cost]:
    """Cost of an operator that runs bodies: (sum, counted runs per child, shown cost)."""
    parts = [(child, sums.get(id(child.instance), _ZERO)) for child in site.children]
    if site.op.op_type == "If":
        return _branches(parts)
    total = Sum()
    shown: list[str] = []
    chosen: list[tuple[Child, int]] = []
    for child, part in parts:
        times = child.times
        if times is None and site.op.op_type in ("Loop", "Scan"):
            times = 1
            macs = bool(part.macs or part.unknown_macs)
            if macs or part.flops or part.unknown_flops:
                loops = (site.id, *part.open_loops)
                part = replace(part, open_loops=loops, open_macs=macs or part.open_macs)
        elif times is None:  # e.g. FlexAttention's score function, run per score
            times = 0
            own_part = _leaf(own) if not shown else _ZERO
            silent = part.macs == 0 and part.unknown_macs == 0
            total = _add(total, own_part, 1)
            total = _add(total, Sum(0, 0, int(not silent), 1), 1)
        total = _add(total, part, times)
        chosen.append((child, times))
        label = "calls" if child.label == "call" else child.label
        shown.append(f"{times} · {part.macs} ({label})")
    return total, tuple(chosen), _shown(total, "runs · MACs(body)", " + ".join(shown))


def _branches(
    parts: list[tuple[Child, Sum]],
) -> tuple[Sum, tuple[tuple[Child, int], ...], Cost]:
    """``If``: the taken branch, or the one with more MACs where that is not known."""
    text = ", ".join(f"{child.label} {part.macs}" for child, part in parts)
    decided = [c for c, _ in parts if c.times == 1]
    if not parts:
        return _ZERO, (), Cost(0, 0, "larger branch", "no branches")
    if decided:
        best = max(range(len(parts)), key=lambda k: parts[k][0].times or 0)
    else:
        best = max(range(len(parts)), key=lambda k: (parts[k][1].macs, parts[k][1].flops))
    total = parts[best][1]
    if not decided:
        missing = max(part.unknown_macs for _, part in parts)
        total = replace(total, unknown_macs=missing)
    chosen = tuple((child, int(k == best)) for k, (child, _) in enumerate(parts))
    cost = _shown(total, "taken branch" if decided else "max(branches)", text)
    refuted = [child.label for child, _ in parts if child.refuted]
    if refuted and cost.certainty is Certainty.EXACT:
        reason = f"the {refuted[0]} does not fit the sizes in use, so the other branch is counted"
        cost = replace(cost, certainty=Certainty.ASSUMED, reason=reason)
    if not decided and cost.certainty is Certainty.EXACT and parts[0][1] != parts[-1][1]:
        cost = replace(
            cost,
            certainty=Certainty.ASSUMED,
            reason="the condition depends on data; the branch with more MACs is counted",
        )
    return total, chosen, cost


def _shown(total: Sum, formula: str, text: str) -> Cost:
    source = "ONNX operator specification (control flow, functions)"
    flops = None if total.unknown_flops else total.flops
    if total.unknown_macs:
        reason = f"{total.unknown_macs} operator run(s) inside have unknown cost"
        known = total.macs if total.macs else None
        certainty = Certainty.LOWER_BOUND if known else Certainty.UNKNOWN
        return Cost(known, flops, formula, text, source, certainty, reason)
    if total.open_loops:
        reason = (
            f"one iteration of {total.open_loops[0]} is counted because its trip count is unknown; "
            "state it with --trip-count NAME=N"
        )
        return Cost(total.macs, flops, formula, text, source, Certainty.ASSUMED, reason)
    return Cost(total.macs, flops, formula, text, source)
