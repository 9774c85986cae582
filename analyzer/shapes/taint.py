"""Which values depend on an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.digraph import reached

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.digraph import Digraph
    from analyzer.graph.scope import Program
    from analyzer.shapes.sites import Site


def tainted_sites(
    program: Program,
    graph: Digraph[str],
    sites: Sequence[Site],
    inputs: Collection[str],
) -> frozenset[int]:
    """Indices of sites whose inputs derive from the graph inputs ``inputs``.

    Bodies and functions inherit from the operator that runs them as a whole: a
    figure may be marked as assumed too often, never too rarely.
    """
    if not inputs:
        return frozenset()
    first = {op for name in inputs for op, _ in program.main.reads.get(name, ())}
    return reached_sites(graph, sites, {site.id for site in sites if site.op in first})


def reached_sites(
    graph: Digraph[str], sites: Sequence[Site], start: Collection[str]
) -> frozenset[int]:
    """Indices of the sites ``start`` (by id), and of all that derive from them."""
    if not start:
        return frozenset()
    readers = [site.id for site in sites if site.id in start]
    behind = reached(graph, readers)
    whole: set[int] = set()
    tainted: set[int] = set()
    for site in sites:  # callers before callees
        if id(site.instance) in whole or site.id in behind:
            tainted.add(site.index)
            whole.update(id(child.instance) for child in site.children)
    return frozenset(tainted)
