"""Read what belongs together, in the guarded process, a block at a time and no more than once."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from analyzer.compare.folding import folded
from analyzer.compare.measure import Measure, measure, turned
from analyzer.errors import ModelError
from analyzer.model.guard import GuardFailure, Progress, guarded
from analyzer.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.compare.couples import Task
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

    measure: Measure | None
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
            size = new.tensor(task.after).bytes or 0
            size += 0 if task.before is None else old.tensor(task.before).bytes or 0
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
    with ExitStack() as stack:
        v = stack.enter_context(new.opened(task.after))
        if v is None:
            return Reading(None, new.why_unread(task.after))
        if task.before is None:
            w: Rows | None = Rows.of(np.zeros(v.shape, np.float32))
        else:
            w = stack.enter_context(old.opened(task.before))
            if w is None:
                return Reading(None, old.why_unread(task.before))
        if task.fold is not None and w is not None:
            w = folded(old, w, task.fold, is_bias=task.is_bias)
            if w is None:
                return Reading(None, "are beside a normalisation that cannot be read")
        v = turned(v) if task.turned else v
        if w is None or v is None:
            return Reading(None, "lie the other way round, and are too large to turn")
        if w.size != v.size or _sides(w.shape) != _sides(v.shape):
            return Reading(Measure(w.size, max(w.size, v.size), None, RESIZED))
        return Reading(measure(w, v))


def _sides(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(side for side in shape if side != 1)
