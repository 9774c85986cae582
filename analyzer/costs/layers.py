"""How many layers a network has, where branches exclude each other."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.shapes.instance import Child, Instance
    from analyzer.shapes.sites import Site


def layers_that_run(sites: Sequence[Site], layers: Collection[int]) -> int:
    """Sites of ``layers`` (indices) without those that never run; of an If, the branch with more.

    A body counts once, however often it runs; a function at each of its calls, as in a file that
    has none.
    """
    own: Counter[int] = Counter()
    within: dict[int, list[Site]] = {}
    order: dict[int, Instance] = {}
    for site in sites:  # callers before callees
        own[id(site.instance)] += site.index in layers
        order.setdefault(id(site.instance), site.instance)
        if site.children:
            within.setdefault(id(site.instance), []).append(site)
    if not within:
        return own.total()
    sums: dict[int, int] = {}
    for key in reversed(order):
        inside = (child for site in within.get(key, ()) for child in _taken(site, sums))
        sums[key] = own[key] + sum(sums.get(id(child.instance), 0) for child in inside)
    return sums[next(iter(order))]


def _taken(site: Site, sums: dict[int, int]) -> list[Child]:
    """What an operator runs: of two branches the one with more layers."""
    running = [child for child in site.children if child.runs[1] != 0]
    if site.op.standard != "If" or not running:
        return running
    return [max(running, key=lambda child: sums.get(id(child.instance), 0))]
