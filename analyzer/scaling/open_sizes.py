"""How total MACs grow with a size that the file leaves open, for reports: few sizes are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.declared import attached, declaring
from analyzer.scaling.freedom import free_dimensions
from analyzer.scaling.symbolic import growth_of
from analyzer.surplus import OpenSize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.model import Limits
    from analyzer.scaling.freedom import Freedom
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey

MAX_OPERATORS, MAX_DIMENSIONS = 1500, 2
"""Nobody asked for it, so it may cost no more than the rest of a report."""


def open_sizes(survey: Survey, bindings: Bindings, limits: Limits) -> tuple[OpenSize, ...]:
    """Open sizes beyond the batch, both sides of an image as one, whose growth is exactly known.

    Left out: sizes that total MACs do not follow by a polynomial, models of which something is
    unknown, and what grows with the batch alone, as a sample costs what a sample costs.
    """
    if len(survey.sites) > MAX_OPERATORS:
        return ()
    with declaring(attached(survey.graph)):
        found = _chosen(free_dimensions(survey.program, survey.shapes))
        grown = growth_of(survey.program, survey.shapes, found, bindings, limits)
    return tuple(
        OpenSize(
            free.name,
            free.axes,
            free.image,
            free.size,
            g.step,
            g.coefficients,
            free.sums,
            g.longest,
        )
        for free, g in zip(found, grown, strict=True)
        if g.coefficients is not None and not g.reason and (g.degree or 0) in (1, 2)
    )


def _chosen(found: Sequence[Freedom]) -> list[Freedom]:
    """Without the batch, without the sides of an image that also move together, and without sums
    of others."""
    pairs = [free for free in found if free.image]
    together = {axis for free in pairs for axis in free.axes}
    together |= {axis for free in found for axis in free.sums}
    single = [free for free in found if not free.batch and not together.intersection(free.axes)]
    return [*pairs, *single][:MAX_DIMENSIONS]
