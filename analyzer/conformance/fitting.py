"""Other sizes than the usual ones, where an operator cannot take those that were assumed.

Inference refuses some sizes by itself (see ``shapes.run``); what only a contract or a cost formula
refuses is known once operators are judged, and mostly nothing is.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from analyzer.conformance.operands import ASSUMPTION, count_refused
from analyzer.operators import record_of
from analyzer.operators.record import Nature
from analyzer.shapes.run import fit_sizes
from analyzer.shapes.stated import Defaults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from analyzer.facts import Breach
    from analyzer.model.limits import Limits
    from analyzer.shapes.instance import Shapes
    from analyzer.shapes.sites import Site
    from analyzer.shapes.stated import Bindings
    from analyzer.survey import Survey

MOST = 3
"""Batches of layers that are tried."""


def better_sizes(
    survey: Survey, bindings: Bindings, breaches: Iterable[Breach], limits: Limits
) -> Shapes | None:
    """Shapes with which fewer operators are refused than with those of ``survey``.

    ``None`` where every operator can take the sizes that were assumed, or no other size helps.
    """
    misfits = sum(breach.family == ASSUMPTION for breach in breaches)
    if not misfits:
        return None
    program, shapes = survey.program, survey.shapes
    refused = count_refused(program, shapes)
    found = fit_sizes(
        program, bindings, shapes, partial(count_refused, program),
        certain=max(0, refused - misfits), first=[*_batches(survey.sites)], limits=limits,
    )  # fmt: skip
    return found if count_refused(program, found) < refused else None


def _batches(sites: Iterable[Site]) -> Iterator[Defaults]:
    """The sizes of batch that layers fix which take states of the same."""
    found = {size for site in sites if (size := _batch(site)) not in (None, 1)}
    for size in sorted(found)[:MOST]:
        yield Defaults(batch=size)


def _batch(site: Site) -> int | None:
    record = record_of(site.call)
    if record is None or record.nature is not Nature.RECURRENT or not site.call.inputs:
        return None
    data = site.call.inputs[0]
    shape = data.shape if data is not None else None
    if shape is None or len(shape) != 3:
        return None
    first = site.call.attributes.get("layout", 0) == 1 and site.call.version >= 14
    return shape[0 if first else 1]
