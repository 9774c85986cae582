"""Which values depend on an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.shapes.sites import Site


def tainted_sites(
    graph: nx.MultiDiGraph[str], sites: Sequence[Site], inputs: Collection[str]
) -> frozenset[int]:
    """Indices of sites whose inputs derive from the graph inputs ``inputs``.

    Bodies and functions inherit from the operator that runs them as a whole: a
    figure may be marked as assumed too often, never too rarely.
    """
    if not inputs:
        return frozenset()
    readers = [
        site.id
        for site in sites
        if not site.instance.path
        and any(name in inputs for name in (*site.op.inputs, *site.op.captured))
    ]
    reached = {node for layer in nx.bfs_layers(graph, readers) for node in layer}
    whole: set[int] = set()
    tainted: set[int] = set()
    for site in sites:  # callers before callees
        if id(site.instance) in whole or site.id in reached:
            tainted.add(site.index)
            whole.update(id(child.instance) for child in site.children)
    return frozenset(tainted)
