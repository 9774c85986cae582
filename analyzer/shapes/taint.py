"""Which values depend on an assumption."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from analyzer.shapes.sites import Site


def tainted_sites(sites: Sequence[Site], inputs: Collection[str]) -> set[int]:
    """Indices of sites whose inputs derive from the graph inputs ``inputs``.

    Bodies and functions inherit from the operator that runs them as a whole: a
    figure may be marked as assumed too often, never too rarely.
    """
    if not inputs:
        return set()
    tainted: set[int] = set()
    names: dict[int, set[str]] = {}
    whole: set[int] = set()
    for site in sites:
        instance = id(site.instance)
        known = names.setdefault(instance, set(inputs) if not site.instance.path else set())
        if instance in whole or any(n in known for n in (*site.op.inputs, *site.op.captured)):
            tainted.add(site.index)
            known.update(site.op.outputs)
            whole.update(id(child.instance) for child in site.children)
    return tainted
