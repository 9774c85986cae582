"""Which process judges which model, with processes that are none."""

from __future__ import annotations

import multiprocessing.connection
import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from analyzer.cli import batch
from analyzer.cli.batch import each_path, jobs_for, map_paths
from analyzer.cli.pages import many
from analyzer.errors import ScarcityError
from analyzer.report.result import Failure


class Workers:
    """Makes workers that answer in the order of their beginning, and notes what they do."""

    def __init__(self, most: int = 9, dies: tuple[str, ...] = ()) -> None:
        self.most, self.dies = most, [*dies]
        self.alive: list[Any] = []
        self.begun: list[tuple[int, str]] = []
        self.made = 0
        self.ended = 0

    def __call__(self, task: Callable[[str], Any]) -> Any:
        if len(self.alive) >= self.most:
            raise OSError(11, "Resource temporarily unavailable")
        outer = self

        class Worker:
            connection = number = self.made
            path = ""

            def give(self, path: str) -> None:
                self.path = path
                outer.begun.append((self.number, path))

            def answer(self) -> Any:
                if self.path in outer.dies:
                    outer.dies.remove(self.path)
                    return None
                return task(self.path)

            def end(self) -> None:
                outer.ended += 1
                outer.alive.remove(self)

        self.made += 1
        self.alive.append(Worker())
        return self.alive[-1]


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workers]:
    def workers(**how: Any) -> Workers:
        made = Workers(**how)
        monkeypatch.setattr(batch, "_Worker", made)
        return made

    monkeypatch.setattr(multiprocessing.connection, "wait", lambda connections: connections[:1])
    return workers


def double(path: str) -> Any:
    return Failure(path, "odd") if path == "f" else path * 2


@pytest.mark.parametrize(
    ("jobs", "most", "begun"),
    [
        (1, 9, [(0, "a"), (0, "b"), (0, "c"), (0, "f")]),
        (2, 9, [(0, "a"), (1, "b"), (0, "c"), (0, "f")]),
        (9, 9, [(0, "a"), (1, "b"), (2, "c"), (3, "f")]),
        (9, 2, [(0, "a"), (1, "b"), (0, "c"), (0, "f")]),
    ],
)
def test_models_go_to_as_many_processes_as_there_may_be(
    workers: Callable[..., Workers], jobs: int, most: int, begun: list[tuple[int, str]]
) -> None:
    made, finished = workers(most=most), list[str]()
    found = map_paths(double, "abcf", jobs, finished.append, kept=str.upper)
    assert list(found.items()) == [
        ("a", "AA"),
        ("b", "BB"),
        ("c", "CC"),
        ("f", Failure("f", "odd")),
    ]
    assert made.begun == begun
    assert sorted(finished) == ["a", "b", "c", "f"]
    assert (made.alive, made.ended) == ([], made.made)


def test_without_any_process_nothing_can_be_judged(workers: Callable[..., Workers]) -> None:
    made = workers(most=0)
    with pytest.raises(ScarcityError) as caught:
        map_paths(double, ["a"], 2, print)
    assert str(caught.value) == (
        "no process could be started: Resource temporarily unavailable; judge fewer models at "
        "once, or raise the limit (ulimit -u)"
    )
    assert made.ended == 0


def test_what_goes_wrong_ends_all_processes(workers: Callable[..., Workers]) -> None:
    made = workers()
    with pytest.raises(ZeroDivisionError):
        map_paths(lambda path: 1 // 0, "abc", 3, print)
    assert (made.made, made.alive) == (3, [])


def test_a_model_whose_process_dies_is_tried_once_more_alone(
    workers: Callable[..., Workers],
) -> None:
    made = workers(dies=("a", "b", "b"))
    found = map_paths(double, "abc", 2, lambda _: None)
    died = "b: the process that judged it died; it may need more memory than there is"
    assert found == {"a": "aa", "b": Failure("b", died), "c": "cc"}
    assert made.begun[-2:] == [(made.made - 2, "a"), (made.made - 1, "b")]
    made = workers()
    map_paths(double, "ab", 2, lambda _: None, scarce=lambda found: found == "bb")
    assert made.begun == [(0, "a"), (1, "b"), (2, "b")]


def test_one_process_judges_here_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    class Progress:
        said: list[tuple[str, str]] = []  # noqa: RUF012 - of one test

        def begun(self, path: str = "") -> None:
            self.said.append(("begun", path))

        def done(self, path: str) -> None:
            self.said.append(("done", path))

    progress: Any = Progress()
    found = each_path(double, "ab", progress, 1, scarce=lambda _: True, kept=str.upper)
    assert found == {"a": "AA", "b": "BB"}
    assert progress.said == [("begun", "a"), ("done", "a"), ("begun", "b"), ("done", "b")]
    progress.said.clear()
    monkeypatch.setattr(batch, "map_paths", lambda task, paths, jobs, *_: (jobs, [*paths]))
    told: Any = each_path(double, "ab", progress, 2, scarce=lambda _: False)
    assert told == (2, ["a", "b"])
    assert progress.said == [("begun", "")]


def test_processes_are_those_asked_for_or_those_that_pay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)
    monkeypatch.setattr(batch, "can_fork", lambda: True)
    for models, jobs in ((0, 1), (1, 1), (11, 1), (12, 2), (17, 2), (18, 3), (24, 4), (600, 4)):
        assert jobs_for(models, None) == jobs, models
    for models, asked, jobs in ((10, 3, 3), (2, 3, 2), (0, 3, 1), (10, 0, 1), (1000, 99, 99)):
        assert jobs_for(models, asked) == jobs
    assert jobs_for(6, None, worthwhile=2) == 3
    monkeypatch.setattr(batch, "can_fork", lambda: False)
    assert jobs_for(100, 8) == 1


def test_reports_are_made_in_one_process_where_one_model_is_read_from_standard_input(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepared: list[Any] = []
    asked: list[int] = []

    def each(of: Any, paths: Any, progress: Any, jobs: int, **_: Any) -> dict[str, Any]:
        asked.append(jobs)
        return {path: many.Filed(Failure(path, "odd"), {}) for path in paths}

    monkeypatch.setattr(many, "each_path", each)
    monkeypatch.setattr(many, "BatchProgress", lambda *_: SimpleNamespace(over=lambda: None))
    for name in ("prepare", "_prepare_pages"):
        monkeypatch.setattr(many, name, lambda *given: prepared.append(given))
    monkeypatch.setattr(many, "jobs_for", lambda count, jobs, worthwhile: jobs)
    shelf = object.__new__(many._Shelf)
    shelf._arguments, shelf._console = cast("Any", SimpleNamespace(jobs=4)), cast("Any", None)
    for models, jobs, ready in ((["a", "-", "b"], 1, 0), (["a", "b"], 4, 2), (["a", "b"], 2, 2)):
        prepared.clear()
        shelf._arguments.jobs = max(2, jobs)
        shelf.fill(models, {"html": "x"})
        assert (asked[-1], len(prepared)) == (jobs, ready)
    shelf._arguments.jobs = 1
    prepared.clear()
    shelf.fill(["a"], {})
    assert (asked[-1], prepared) == (1, [])


def test_a_process_that_has_ended_is_no_child_any_more() -> None:
    worker = batch._Worker(double)
    worker.give("a")
    assert worker.answer() == "aa"
    worker.end()
    with pytest.raises(ChildProcessError):
        os.waitpid(worker._pid, os.WNOHANG)
    with pytest.raises(OSError, match="handle is closed"):
        worker.connection.poll()
