"""Live bytes over the schedule, in few steps that keep every maximum.

In place: an element-wise operator may write its result over an operand of the same size that
nobody reads again, and a tensor that is only renamed is not copied. What the caller owns, the
inputs of the graph, is never overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from analyzer.facts import Held, MemoryStep
from analyzer.operators import record_of
from analyzer.operators.record import Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from analyzer.facts import Tensor
    from analyzer.shapes.sites import Site

STEPS = 200
"""Most steps of a timeline."""
HELD = 5
"""Tensors of which a timeline says when they live."""


class Moment(NamedTuple):
    """One operator of a scope."""

    node: str
    bytes: int
    """Alive while it runs."""
    in_place: int
    """The same where it and its bodies write in place."""
    made: int = 0
    """Of those, what it makes."""
    freed: int = 0
    """Of those, its first operand where nobody reads that again."""


class Life(NamedTuple):
    """A tensor with the indices of the first and the last site during which it is alive."""

    tensor: Tensor
    start: int
    end: int


def reused(
    site: Site, made: Sequence[Life], dying: Collection[str], live: Mapping[str, int]
) -> int:
    """Bytes of its result that an operator writes over an operand.

    With stored statistics, normalisation is a function of each element, too.

    Parameters
    ----------
    site, made : the operator and what it makes.
    dying : tensors that nobody reads after it, those of the caller left out.
    live : bytes by name.
    """
    if len(made) != 1 or not dying or site.children:
        return 0
    size = made[0].tensor.bytes
    fitting = [name for name in dying if live.get(name) == size]
    if not size or not fitting:
        return 0
    if {t.name for t in site.call.inputs if t is not None}.isdisjoint(fitting):
        return 0
    record = record_of(site.call)
    if record is None:
        return 0
    over = record.is_elementwise or bool(record.slots(Kind.STATISTIC))
    return size if over or record.hands_on or record.reshapes else 0


def steps(moments: Sequence[Moment]) -> tuple[MemoryStep, ...]:
    """At most ``STEPS`` runs of consecutive operators, each with the most that is alive in it.

    >>> for step in steps([Moment("a", 4, 4), Moment("b", 8, 6)]):
    ...     print(step.node, step.operators, step.bytes, step.in_place_bytes)
    a 1 4 4
    b 1 8 6
    """
    length = stride(len(moments))
    runs = [moments[n : n + length] for n in range(0, len(moments), length)]
    return tuple(
        MemoryStep(
            max(run, key=lambda m: m.bytes).node, len(run),
            max(m.bytes for m in run), max(m.in_place for m in run),
        )
        for run in runs
    )  # fmt: skip


def stride(operators: int) -> int:
    """Operators in a step."""
    return max(1, -(-operators // STEPS))


def held(lives: Sequence[Life], sites: Sequence[Site]) -> tuple[Held, ...]:
    """The largest of the tensors alive at the peak, and during which steps they live."""
    places = {site.index: place for place, site in enumerate(sites)}
    length, end = stride(len(sites)), len(sites) - 1
    largest = sorted(lives, key=lambda life: (-(life.tensor.bytes or 0), life.tensor.name))
    return tuple(
        Held(
            life.tensor.name, life.tensor.bytes or 0,
            places.get(life.start, 0) // length, places.get(life.end, end) // length,
        )
        for life in largest[:HELD]
        if life.tensor.bytes
    )  # fmt: skip
