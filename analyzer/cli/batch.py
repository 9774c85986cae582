"""Many models on all cores: forked workers, in which a death costs one model.

Workers inherit everything that is already imported and planned, so they start at once; results
come back pickled, without the operator graph that no format of ``check`` shows.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from analyzer.cli.internal import describe_bug
from analyzer.model.child import can_fork, fork_child, no_process, signals_waiting
from analyzer.report.result import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from analyzer.cli.progress import BatchProgress

T = TypeVar("T")

WORTHWHILE = 6
"""Models per further process: below that, starting it costs more than it saves."""


def jobs_for(models: int, asked: int | None, worthwhile: int = WORTHWHILE) -> int:
    """Processes to use: ``asked``, or as many as there are cores and enough models for."""
    if not can_fork():
        return 1
    if asked is not None:
        return max(1, min(asked, models))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(cores or 1, models // worthwhile))


def same(result: T) -> T:
    """What is kept of a result by default: all of it."""
    return result


def each_path(
    task: Callable[[str], T],
    paths: Sequence[str],
    progress: BatchProgress,
    jobs: int,
    *,
    scarce: Callable[[T], bool],
    kept: Callable[[T], T] = same,
) -> dict[str, T | Failure]:
    """``task`` of every path, here if there is one process for it, else as ``map_paths`` does."""
    if jobs == 1:
        results: dict[str, T | Failure] = {}
        for path in paths:
            progress.begun(path)
            results[path] = kept(task(path))
            progress.done(path)
        return results
    progress.begun()
    return map_paths(task, paths, jobs, progress.done, scarce, kept)


def map_paths(
    task: Callable[[str], T],
    paths: Sequence[str],
    jobs: int,
    done: Callable[[str], None],
    scarce: Callable[[T], bool] = lambda _: False,
    kept: Callable[[T], T] = same,
) -> dict[str, T | Failure]:
    """``task`` of every path, in the order of ``paths``.

    ``done`` is called with each path that is finished. A path whose worker dies twice (once
    in company, once alone, with the memory for itself) becomes a ``Failure``; every other path
    has its result. One whose result is ``scarce``, for want of processes or memory, is tried
    alone as well. ``kept`` takes each result as soon as it is there and leaves what is to be kept.
    """
    results: dict[str, T | Failure] = {}
    _run(task, paths, jobs, results, done, kept)
    for path in [p for p in paths if p not in results or _lacks(results[p], scarce)]:
        _run(task, [path], 1, results, done, kept)
        died = "the process that judged it died; it may need more memory than there is"
        results.setdefault(path, Failure(path, f"{path}: {died}"))
    return {path: results[path] for path in paths}


def _lacks(result: T | Failure, scarce: Callable[[T], bool]) -> bool:
    return not isinstance(result, Failure) and scarce(result)


def _run(
    task: Callable[[str], T],
    paths: Sequence[str],
    jobs: int,
    results: dict[str, T | Failure],
    done: Callable[[str], None],
    kept: Callable[[T], T],
) -> None:
    """Fill ``results``, except for the paths whose workers die."""
    from multiprocessing.connection import wait

    queue = deque(paths)
    workers: list[_Worker[T]] = []
    try:
        while queue or workers:
            while queue and len(workers) < jobs:
                try:
                    with signals_waiting():
                        workers.append(_Worker(task))
                except OSError as error:
                    if not workers:
                        raise no_process(error) from error
                    jobs = len(workers)
                else:
                    workers[-1].give(queue.popleft())
            ready = set(wait([worker.connection for worker in workers]))
            for worker in [worker for worker in workers if worker.connection in ready]:
                answer = worker.answer()
                if answer is not None:
                    results[worker.path] = answer if isinstance(answer, Failure) else kept(answer)
                    done(worker.path)
                if answer is None or not queue:
                    workers.remove(worker)
                    worker.end()
                else:
                    worker.give(queue.popleft())
    finally:
        for worker in workers:
            worker.end()


class _Worker(Generic[T]):
    """A forked process that does one task at a time."""

    def __init__(self, task: Callable[[str], T]) -> None:
        from multiprocessing import Pipe

        # Two pipes, because one that goes both ways is a socket.
        paths, self._paths = Pipe(duplex=False)
        self.connection, results = Pipe(duplex=False)
        self.path = ""
        """What it is busy with."""

        def work() -> None:
            self._close()
            _serve(task, paths, results)

        try:
            self._pid = fork_child(work)
        finally:
            paths.close()
            results.close()

    def give(self, path: str) -> None:
        """Have it begin with ``path``."""
        self.path = path
        with suppress(OSError):  # it died while idle, as ``answer`` will say
            self._paths.send(path)

    def answer(self) -> T | Failure | None:
        """What became of ``path``; ``None`` if the process died. Waits for it."""
        try:
            answer: T | Failure = self.connection.recv()
        except (EOFError, OSError):
            return None
        return answer

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._close()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):  # the caller ignores SIGCHLD: the system reaps
            os.waitpid(self._pid, 0)

    def _close(self) -> None:
        self._paths.close()
        self.connection.close()


def _serve(task: Callable[[str], object], paths: Connection, results: Connection) -> None:
    """Answer path after path until the other end is gone."""
    with suppress(EOFError, OSError):
        while True:
            path = paths.recv()
            try:
                results.send(task(path))
            except Exception as error:  # noqa: BLE001 - it concerns this model alone
                results.send(Failure(path, f"{path}: {describe_bug(error, debug=False)}"))
