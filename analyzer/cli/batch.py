"""Many models on all cores: a pool of forked workers, in which a death costs one model.

Workers inherit everything that is already imported and planned, so they start at once; results
come back pickled, without the operator graph that no format of ``check`` shows.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from analyzer.report.result import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeVar

    T = TypeVar("T")

WORTHWHILE = 6
"""Models per further process: below that, starting it costs more than it saves."""

_task: Callable[[str], object] | None = None
"""What a worker does with a path; set just before the pool forks."""


def jobs_for(models: int, asked: int | None) -> int:
    """Processes to use: ``asked``, or as many as there are cores and enough models for."""
    if not hasattr(os, "fork") or threading.active_count() > 1:
        return 1  # a forked copy of other threads' locks could never be released
    if asked is not None:
        return max(1, min(asked, models))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, models // WORTHWHILE))


def map_paths(
    task: Callable[[str], T], paths: Sequence[str], jobs: int, done: Callable[[int], None]
) -> dict[str, T | Failure]:
    """``task`` of every path, in the order of ``paths``.

    ``done`` is called with the number of models finished. A path whose worker dies twice (once
    in company, once alone) becomes a ``Failure``; every other path has its result.
    """
    results: dict[str, T | Failure] = {}
    _run(task, paths, jobs, results, done)
    for path in [p for p in paths if p not in results]:
        _run(task, [path], 1, results, done)
        results.setdefault(
            path,
            Failure(path, "the process that judged it died; it may need more memory than there is"),
        )
    return {path: results[path] for path in paths}


def _run(
    task: Callable[[str], T],
    paths: Sequence[str],
    jobs: int,
    results: dict[str, T | Failure],
    done: Callable[[int], None],
) -> None:
    """Fill ``results`` as far as the workers live."""
    global _task  # noqa: PLW0603 - how a forked worker gets what cannot be pickled
    import multiprocessing

    _task = task
    pool = ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("fork"))
    try:
        futures = {pool.submit(_call, path): path for path in paths}
        for future in as_completed(futures):
            try:
                value: T = future.result()  # type: ignore[assignment]
            except BrokenProcessPool:
                continue  # retried alone
            results[futures[future]] = value
            done(len(results))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _call(path: str) -> object:
    if _task is None:
        raise RuntimeError("the worker was not forked from a prepared process")
    return _task(path)
