"""How the work of one inference grows with the batch: samples of a batch should not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.redundancy.baked import another_batch
from analyzer.shapes.run import infer_shapes
from analyzer.shapes.sites import list_sites
from analyzer.shapes.stated import Bindings
from analyzer.surplus import BatchGrowth
from analyzer.survey import leaf_costs

if TYPE_CHECKING:
    from analyzer.model import Limits
    from analyzer.survey import Survey


def batch_growth(survey: Survey, limits: Limits) -> BatchGrowth | None:
    """The operator whose MACs grow fastest beyond the batch, in an analysis with one sample more.

    Samples of a batch are independent, so n of them cost at most n times what one costs. An
    operator with ``macs(n + 1) / macs(n) > (n + 1) / n`` compares them with one another: with a
    batch of 1 and 2, more than twice. ``None`` where no batch is open, or nothing grows so.
    """
    open_ = [a for a in survey.shapes.assumptions if a.axis == 0]
    sizes = {a.value for a in open_}
    shapes = another_batch(survey.shapes)
    if len(sizes) != 1 or not shapes:
        return None
    batch = sizes.pop()
    before = {site.id: cost.macs for site, cost in zip(survey.sites, leaf_costs(survey.sites),
                                                       strict=True)}  # fmt: skip
    if batch < 1 or not any(before.values()):
        return None
    sites = list_sites(survey.program, infer_shapes(survey.program, Bindings(shapes=shapes),
                                                    limits=limits))  # fmt: skip
    found: BatchGrowth | None = None
    for site, cost in zip(sites, leaf_costs(sites), strict=True):
        now, more = before.get(site.id), cost.macs
        if not now or not more or more * batch <= now * (batch + 1):
            continue
        excess = more - now * (batch + 1) // batch
        if found is None or excess > found.excess:
            found = BatchGrowth(site.id, open_[0].dim, batch, now, more)
    return found
