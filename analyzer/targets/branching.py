"""Ranks that only a run decides: those of an If whose branches give different ones."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.operators import find
from analyzer.shapes.trips import scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from analyzer.shapes.instance import Instance, Shapes
    from analyzer.targets.flow import Dataflow
    from analyzer.targets.use import TensorValue

BRANCHES = 2


@dataclass(slots=True)
class Sizings:
    """A model at several sizes of what it leaves open, looked at where somebody asks."""

    makers: Sequence[Callable[[], Shapes]] = ()
    _found: list[dict[str, Instance]] = field(default_factory=list, repr=False)

    def goes_both_ways(self, path: str, condition: str) -> bool:
        """Whether a condition of the scope at ``path`` holds at some of those sizes alone."""
        found: set[bool] = set()
        for index, make in enumerate(self.makers):
            if index == len(self._found):
                self._found.append({i.path: i for i in make().instances()})
            at = self._found[index].get(path)
            value = None if at is None else scalar(at.values.get(condition))
            found |= set() if value is None else {bool(value)}
            if len(found) == BRANCHES:
                return True
        return False


def parting(ranks: Sequence[Sequence[int | None]]) -> tuple[tuple[int, tuple[int, int]], ...]:
    """Outputs, by slot, that have one rank in one branch and another in the other.

    Not those of ranks 0 and 1, which runtimes take for one.

    >>> parting([[3, 2, 0, None], [3, 4, 1, 2]])
    ((1, (2, 4)),)
    """
    if len(ranks) != BRANCHES:
        return ()
    return tuple(
        (slot, (first, second))
        for slot, (first, second) in enumerate(zip(*ranks, strict=False))
        if first is not None and second is not None
        if first != second and max(first, second) > 1
    )


def rests_on_data(value: TensorValue | None, flow: Dataflow) -> bool:
    """Whether what a tensor holds, and not its size alone, decides what ``value`` is."""
    known: dict[int, bool] = {}

    def asked(each: TensorValue | None) -> bool:
        if each is None or each.constant is not False:
            return False
        return each.maker < 0 or known.get(each.maker, False)

    for index in _behind(value, flow):
        use = flow.uses[index]
        told = [asked(each) for each in use.given]
        record = find(use.domain, use.op_type)
        settles = all if record is not None and record.is_settled_by_one else any
        known[index] = not (record is not None and record.measures) and settles(told)
    return asked(value)


def _behind(value: TensorValue | None, flow: Dataflow) -> list[int]:
    """Operators that make what ``value`` is made from, makers before readers."""
    found: set[int] = set()
    stack = [value]
    while stack:
        each = stack.pop()
        if each is not None and each.maker >= 0 and each.maker not in found:
            found.add(each.maker)
            stack.extend(flow.uses[each.maker].given)
    return sorted(found)
