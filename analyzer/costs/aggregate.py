"""Costs of bodies and functions, how often each scope runs, and totals.

A function is counted once per instance and multiplied by its calls, never
expanded: a chain of functions that call each other twice, a thousand deep,
is a thousand multiplications of Python integers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.costs.bodies import Share, combine
from analyzer.costs.sums import BEYOND, ZERO, Sum, leaf
from analyzer.dataclass import dataclass
from analyzer.operators.formula import MAX_BITS, TOO_LONG, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.facts import Cost, Range
    from analyzer.shapes.instance import Instance
    from analyzer.shapes.sites import Site


@dataclass(frozen=True, slots=True)
class Runs:
    """How often an instance runs in one inference."""

    executions: Range
    """Fewest and most; ``None`` as the latter if nothing bounds them."""
    counted: int
    """Runs that the totals contain: those of the upper end of the MACs, or of what is certain
    where they have none."""


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
    shares: dict[int, tuple[Share, ...]] = {}
    beyond: set[int] = set()
    for instance in reversed(order):
        total = ZERO
        for index in by_instance[id(instance)]:
            site = sites[index]
            if site.children:
                part, shares[index], costs[index] = combine(site, sums, leaf_costs[index])
            else:
                part = leaf(costs[index])
            if total.plus(part).is_too_long:
                part, costs[index] = BEYOND, unknown(TOO_LONG)
                beyond.add(index)
            total = total.plus(part)
        sums[id(instance)] = total
    main = sums[id(order[0])] if order else ZERO
    runs: dict[int, Runs] = {}
    for position, instance in enumerate(order):
        if position == 0:
            runs[id(instance)] = Runs((1, 1), 1)
        own = runs.get(id(instance), _NEVER)
        for index in by_instance[id(instance)]:
            for share in shares.get(index, ()):
                child = id(share.child.instance)
                counted = share.low if main.macs[1] is None else share.high
                times = share.child.runs
                if index in beyond:
                    counted, times = 0, (0, None)
                old, more = runs.get(child, _NEVER), own.counted * counted
                runs[child] = Runs(
                    _plus(old.executions, _times(own.executions, times)),
                    old.counted + (more if more.bit_length() <= MAX_BITS else 0),
                )
    return Aggregate(costs, main, runs)


_NEVER = Runs((0, 0), 0)


def _times(a: Range, b: Range) -> Range:
    """Product of two counts; what runs 0 times does not run, however unknown the other is."""
    low, high = a[0] * b[0], 0 if 0 in (a[1], b[1]) else None
    if high is None and a[1] is not None and b[1] is not None:
        high = a[1] * b[1]
    return _short(low, high)


def _plus(a: Range, b: Range) -> Range:
    return _short(a[0] + b[0], None if a[1] is None or b[1] is None else a[1] + b[1])


def _short(low: int, high: int | None) -> Range:
    """A range without numbers that nothing will ever execute."""
    most = 1 << MAX_BITS
    return min(low, most), None if high is None or high > most else high
