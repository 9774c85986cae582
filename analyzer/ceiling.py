"""What the totals would be had the file's metadata not stated sizes.

A dimension that is bound because the metadata say so is counted at that size. Whoever wrote the
file may have written a small one, so what a budget is judged by is no less than at the defaults.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.costs.sums import number
from analyzer.facts import DefaultSizes
from analyzer.sanitise import label, widths
from analyzer.shapes.bindings import bind
from analyzer.shapes.hints import LABEL
from analyzer.shapes.run import infer_shapes
from analyzer.survey import survey

if TYPE_CHECKING:
    from analyzer.graph.scope import Program
    from analyzer.model.limits import Limits
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey


def at_default_sizes(
    program: Program, bindings: Bindings, seen: Survey, limits: Limits
) -> DefaultSizes | None:
    """Totals with the defaults in the place of the metadata's sizes.

    ``None`` where the metadata state none, none below the default, or where the graph fits theirs
    better. Costs a second pass over the model, which only small sizes in metadata provoke.
    """
    stated = [a for a in seen.shapes.assumptions if a.reason.startswith(LABEL)]
    unhinted = replace(bindings, hinted=False)
    if not stated or not _grows(program, unhinted, seen.shapes, limits):
        return None
    shapes = infer_shapes(program, unhinted, limits=limits)
    if _contradictions(shapes) > _contradictions(seen.shapes):
        return None
    other = survey(program, shapes)
    first = stated[-1]
    text = f"{label(first.input, widths.TERM)} axis {first.axis} is {first.value}"
    total = other.sums.total
    return DefaultSizes(number(total.macs), number(total.flops), other.peak.peak_bytes, text)


def _grows(program: Program, unhinted: Bindings, shapes: Shapes, limits: Limits) -> bool:
    """Whether a dimension of an input is larger by default."""
    usual = bind(program, unhinted, limits.assumptions).types
    return any(
        before is not None and after is not None and after > before
        for name, kind in usual.items()
        for before, after in zip(
            shapes.main.types[name].shape or (), kind.shape or (), strict=False
        )
    )


def _contradictions(shapes: Shapes) -> int:
    return sum(problem.code == "shape-inference" for problem in shapes.problems)
