"""Contracts of operators on sequences of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import MAX_LISTED, single
from analyzer.operators.contracts.reading import differ, integers, rank_of, shape_of, size_at, whole
from analyzer.operators.contracts.settings import axis_in_range, flag
from analyzer.operators.contracts.violation import Violation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _pieces(call: Call) -> Iterator[Violation]:
    """A scalar says how long each piece is, a list how long every one."""
    split, axis = integers(call, 1), whole(call, "axis", 0)
    if not split or axis is None:
        return
    size = size_at(call, 0, axis)
    if rank_of(call, 1) == 0:
        if split[0] < 1:
            yield Violation("split-sum", f"split is {split[0]}", "cut pieces of 1 or more")
    elif min(split) < 0 or differ(sum(split), size):
        yield Violation(
            "split-sum",
            f"split {list(split[:MAX_LISTED])} sums to {sum(split)}, the axis is {size} long",
            f"give lengths of 0 or more that sum to {size}",
        )


def _flat(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 1)
    if shape is not None and len(shape) > 1:
        yield Violation(
            "rank", f"split has {len(shape)} axes", "give a scalar or one axis", grave=False
        )


SEQUENCES: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "SplitToSequence"): (axis_in_range(default=0), _flat, _pieces, flag("keepdims")),
    ("", "SequenceAt"): (single(1, "position"),),
    ("", "SequenceErase"): (single(1, "position"),),
    ("", "SequenceInsert"): (single(2, "position"),),
    ("", "ConcatFromSequence"): (flag("new_axis"),),
}
