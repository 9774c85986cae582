"""Sums of costs as ranges: what is certain, and what it is at most.

A body that runs an unknown number of times, or a branch that may not be taken, leaves a range; an
operator of unknown cost, or a loop that nothing bounds, leaves it open at the upper end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.operators.formula import MAX_BITS

if TYPE_CHECKING:
    from analyzer.facts import Cost, Range

NOTHING: Range = (0, 0)
MAX_OPEN = 50
"""Names of undecided operators that a sum keeps."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Cost of one run of an instance."""

    macs: Range = NOTHING
    flops: Range = NOTHING
    unknown_macs: int = 0
    """Operators (executions included where known) whose MACs are unknown."""
    unknown_flops: int = 0
    undecided: tuple[str, ...] = ()
    """What depends on data, one clause for each operator with bodies: how often, or which, of
    them runs. Those that make the MACs a range come first, then those that make the FLOPs one."""

    def plus(self, other: Sum, runs: Range = (1, 1)) -> Sum:
        """This and ``other`` as often as ``runs`` says."""
        if other == ZERO:
            return self
        most = runs[0] if runs[1] is None else runs[1]
        times = max(1, most) if runs[1] is None else most
        return Sum(
            _plus(self.macs, _times(other.macs, runs)),
            _plus(self.flops, _times(other.flops, runs)),
            self.unknown_macs + other.unknown_macs * times,
            self.unknown_flops + other.unknown_flops * times,
            (*self.undecided, *(other.undecided if times else ()))[:MAX_OPEN],
        )

    @property
    def is_too_long(self) -> bool:
        """True for counts that nothing will ever execute, nor a float hold."""
        counts = (number(self.macs), number(self.flops), self.unknown_macs, self.unknown_flops)
        return max(counts).bit_length() > MAX_BITS


ZERO = Sum()
BEYOND = Sum((0, None), (0, None), 1, 1)


def leaf(cost: Cost) -> Sum:
    """One run of an operator without bodies."""
    return Sum(
        cost.macs_range or (cost.macs or 0, cost.macs),
        cost.flops_range or (cost.flops or 0, cost.flops),
        int(cost.macs is None),
        int(cost.flops is None),
        (cost.reason,) if cost.macs_range is not None else (),
    )


def number(count: Range) -> int:
    """The one number that stands for a range: its upper end, or what is certain without one.

    >>> number((0, 1280)), number((24576, None))
    (1280, 24576)
    """
    return count[0] if count[1] is None else count[1]


def is_open(count: Range) -> bool:
    return count[0] != count[1]


def _plus(a: Range, b: Range) -> Range:
    return a[0] + b[0], None if a[1] is None or b[1] is None else a[1] + b[1]


def _times(count: Range, runs: Range) -> Range:
    """What costs nothing costs nothing however often it runs, what never runs nothing at all."""
    low = count[0] * runs[0]
    if count[1] == 0 or runs[1] == 0:
        return low, 0
    return low, None if count[1] is None or runs[1] is None else count[1] * runs[1]
