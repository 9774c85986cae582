"""Many models in many processes: same results, same order, and a death costs one model."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

from analyzer.cli.batch import jobs_for, map_paths
from analyzer.report.result import Failure

if TYPE_CHECKING:
    from pathlib import Path

PATHS = [f"model-{i}.onnx" for i in range(30)]


def ignore(_: str) -> None:
    """Progress nobody watches."""


def test_results_come_in_the_order_of_the_paths() -> None:
    results = map_paths(str.upper, PATHS, 2, ignore)
    assert list(results.items()) == [(path, path.upper()) for path in PATHS]


def test_progress_counts_every_model_once() -> None:
    seen: list[str] = []
    map_paths(str.upper, PATHS, 2, seen.append)
    assert sorted(seen) == sorted(PATHS)


def test_a_model_that_kills_its_process_is_the_only_one_without_a_result() -> None:
    def task(path: str) -> str:
        if path == PATHS[7]:
            os.kill(os.getpid(), signal.SIGKILL)
        return path

    results = map_paths(task, PATHS, 2, ignore)
    lost = results.pop(PATHS[7])
    assert isinstance(lost, Failure)
    assert "died" in lost.message
    assert results == {path: path for path in PATHS if path != PATHS[7]}


def test_a_process_killed_once_loses_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "killed"

    def task(path: str) -> str:
        if path == PATHS[3] and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return path

    assert map_paths(task, PATHS, 2, ignore) == {path: path for path in PATHS}


def test_few_models_stay_in_one_process() -> None:
    assert jobs_for(3, None) == 1
    assert jobs_for(100, 4) == 4
    assert jobs_for(2, 4) == 2
