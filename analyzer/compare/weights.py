"""What became of the stored tensors of operators that are in both models."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.compare.couples import couples_of
from analyzer.compare.folding import CLOSE
from analyzer.compare.reading import RESIZED, Reading, read
from analyzer.compare.record import WeightChange, WeightComparison
from analyzer.facts import BITS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analyzer.compare.couples import Couple
    from analyzer.compare.match import Matching
    from analyzer.compare.measure import WeightMeasure
    from analyzer.compare.record import Fate
    from analyzer.compare.task import Task
    from analyzer.costs.origins import Origins
    from analyzer.costs.parameters import Root
    from analyzer.model.limits import Limits


def compare_weights(matching: Matching, limits: Limits) -> WeightComparison:
    """Hold the tensors of paired operators against one another.

    Raises
    ------
    ModelError
        A file changed since it was loaded.
    """
    old, new = matching.old.origins, matching.new.origins
    if old is None or new is None:
        return WeightComparison(why="the facts hold no file any more")
    couples = list(couples_of(matching))
    tasks = list(dict.fromkeys(couple.task for couple in couples))
    found = read(old, new, tasks, limits)
    if isinstance(found, str):
        return _sum(couples, {}, old, new, found)
    return _sum(couples, dict(zip(tasks, found, strict=True)), old, new, "")


def _sum(
    couples: Sequence[Couple],
    readings: Mapping[Task, Reading],
    old: Origins,
    new: Origins,
    failed: str,
) -> WeightComparison:
    changes: list[WeightChange] = []
    seen: set[tuple[Root | None, Root | None]] = set()
    layers: set[int] = set()
    same = 0
    for couple in couples:
        change = _change(couple, readings.get(couple.task, Reading(None, failed)), old, new)
        if change is not None and change.fate == "changed" and couple.learned:
            layers.add(couple.old.index)
        pair = couple.task.before, couple.task.after
        if pair in seen:
            continue
        seen.add(pair)
        if change is None:
            same += 1
        else:
            changes.append(change)
    changes.sort(key=_order)
    numbers = [c.relative for c in changes if c.fate == "changed" and c.relative is not None]
    unread = [change for change in changes if change.fate == "not compared"]
    return WeightComparison(
        tensors=len(seen),
        same=same,
        changes=tuple(changes),
        layers=len(layers),
        converted=sum(change.fate == "converted" for change in changes),
        folded=sum(change.fate == "folded" for change in changes),
        unread=len(unread),
        largest=max(numbers, default=None),
        why=unread[0].why if unread else failed,
    )


def _change(couple: Couple, reading: Reading, old: Origins, new: Origins) -> WeightChange | None:
    """``None`` where every element is equal and of the same type."""
    task = couple.task
    ends = [None if root is None else origins.tensor(root)
            for origins, root in ((old, task.before), (new, task.after))]  # fmt: skip
    known = [tensor for tensor in ends if tensor is not None]
    before, after = known[0], known[-1]
    dtypes = before.dtype or "unknown", after.dtype or "unknown"
    found = reading.measure
    if found is not None and not found.changed and dtypes[0] == dtypes[1] and not task.fold:
        return None
    change = WeightChange(
        old=couple.old.node.id, new=couple.new.node.id, operand=couple.operand,
        names=tuple("" if tensor is None else tensor.name for tensor in ends), dtypes=dtypes,
        fate="not compared", elements=after.elements or 0, why=reading.why,
    )  # fmt: skip
    if found is None:
        return change
    fate = _fate(found, dtypes, folds=task.fold is not None)
    return replace(change, fate=fate, changed=found.changed, relative=found.relative, why=found.why)


def _fate(found: WeightMeasure, dtypes: Sequence[str], *, folds: bool) -> Fate:
    relative = found.relative
    if folds and relative is not None and relative <= CLOSE:
        return "folded"
    if found.why == RESIZED:
        return "resized"
    if dtypes[0] == dtypes[1]:
        return "changed"
    if all("float" in dtype for dtype in dtypes):
        step = max(map(_rounding, dtypes))
        return "converted" if relative is not None and relative <= step else "changed"
    return "quantised" if any("int" in dtype for dtype in dtypes) else "changed"


def _rounding(dtype: str) -> float:
    """Half a unit in the last place of 1: what rounding to the type changes at most."""
    digits = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8}
    return 2.0 ** -digits.get(dtype, 4 if BITS.get(dtype, 8) <= 8 else 24)


def _order(change: WeightChange) -> tuple[object, ...]:
    ranks = ("changed", "resized", "quantised", "converted", "folded", "not compared")
    size = -1.0 if change.relative is None else change.relative
    return (ranks.index(change.fate), change.relative is not None, -size, change.new)
