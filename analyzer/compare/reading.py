"""Read what belongs together, in the guarded process, a block at a time and no more than once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from analyzer.compare.folding import folded
from analyzer.compare.measure import WeightMeasure, measure, turned
from analyzer.dataclass import dataclass
from analyzer.errors import ModelError
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.compare.task import Task
    from analyzer.costs.origins import Origins
    from analyzer.model.limits import Limits

SECONDS = 60
"""Processor time of the child, at most."""
RESIZED = "it has another shape"
GRACEFUL = 0.7
"""Share of it after which nothing more is read."""
CHILD_BYTES = 1 << 30
"""Address space that the child may add."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading two tensors said."""

    measure: WeightMeasure | None
    why: str = ""
    """Why there is none."""


def read(old: Origins, new: Origins, tasks: Sequence[Task], limits: Limits) -> list[Reading] | str:
    """A reading for each task, or why there is none at all.

    Raises
    ------
    ModelError
        A file changed since it was loaded.
    """
    if not tasks:
        return []
    task = partial(_read, old, new, tasks, limits.weight_bytes)
    found = guarded(task, limits=bounds(limits))
    if isinstance(found, ModelError):
        raise found
    if isinstance(found, GuardFailure):
        return f"the process that reads them {found.detail}"
    return found


def bounds(limits: Limits) -> Limits:
    """What a process that reads weights may take."""
    return replace(
        limits,
        guard_seconds=min(SECONDS, limits.guard_seconds),
        guard_bytes=min(limits.guard_bytes, CHILD_BYTES),
        guard_stall_seconds=0.0,  # what takes long is a large tensor
    )


def _read(
    old: Origins, new: Origins, tasks: Sequence[Task], most: int, progress: Progress
) -> list[Reading] | ModelError:
    end = time.process_time() + SECONDS * GRACEFUL
    found = []
    try:
        for task in tasks:
            ends = ((old, task.before), (new, task.after))
            size = sum(o.tensor(root).bytes or 0 for o, root in ends if root is not None)
            if size > most:
                found.append(Reading(None, "are more than may be read (limit weight_bytes)"))
            elif time.process_time() >= end:
                found.append(Reading(None, "are more than there is time for"))
            else:
                most -= size
                found.append(_one(old, new, task))
    except ModelError as error:
        return error
    return found


def _one(old: Origins, new: Origins, task: Task) -> Reading:
    if task.apart:
        return Reading(None, "are put together from others in one of the models")
    with ExitStack() as stack:
        sides: list[Rows] = []
        for origins, root in ((old, task.before), (new, task.after)):
            rows = None if root is None else stack.enter_context(origins.opened(root))
            if rows is None and root is not None:
                return Reading(None, origins.why_unread(root))
            sides.append(Rows.of(np.zeros(0, np.float32)) if rows is None else rows)
        w, v = (side if root is not None else Rows.of(np.zeros(other.shape, np.float32))
                for side, other, root in ((sides[0], sides[1], task.before),
                                          (sides[1], sides[0], task.after)))  # fmt: skip
        if task.fold is not None:
            beside = v if task.unfolds else w
            within = folded(new if task.unfolds else old, beside, task.fold, is_bias=task.is_bias)
            if within is None:
                return Reading(None, "are beside a normalisation that cannot be read")
            w, v = (w, within) if task.unfolds else (within, v)
        other = turned(v) if task.turned else v
        if other is None:
            return Reading(None, "lie the other way round, and are too large to turn")
        if w.size != other.size or _sides(w.shape) != _sides(other.shape):
            return Reading(WeightMeasure(w.size, max(w.size, other.size), None, RESIZED))
        return Reading(measure(w, other))


def _sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(side for side in shape if side != 1)
