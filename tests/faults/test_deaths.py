"""A batch of models in which one takes its process down: the others are judged, one is not."""

from __future__ import annotations

import json
import mmap
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli import batch
from analyzer.errors import OnnxlintError
from analyzer.model import child, guard
from tests import warm
from tests.cli.conftest import CLEAN, encode

MODELS = 6
VICTIM = os.path.join("models", "m02.onnx")
START = """
import os, pathlib, signal, time
import analyzer.cli.judge as judge
from analyzer.cli.main import main
judged = judge.judge_one
def die(path, *rest):
    if path == os.environ["VICTIM"]:
        if os.environ["BY"] == "itself":
            os.kill(os.getpid(), signal.SIGKILL)
        pathlib.Path(f"pid-{os.getpid()}").touch()
        time.sleep(600)
    return judged(path, *rest)
judge.judge_one = die
main()
"""
"""The command, in which one model kills its process or waits to be killed."""

DIED = "the process that judged it died; it may need more memory than there is"


def check(folder: Path, by: str, *words: str) -> tuple[int, str, str]:
    """``onnxlint check`` of the batch, its return code and what it said; processes that wait to be
    killed are."""
    (folder / "models").mkdir()
    for index in range(MODELS):
        (folder / "models" / f"m{index:02}.onnx").write_bytes(encode(CLEAN))
    command = ["check", "models", "--jobs", "2", *words]
    with open(folder / "out", "w+") as out, open(folder / "err", "w+") as err:
        with warm.Process(
            command, code=START, cwd=folder, env=os.environ | {"VICTIM": VICTIM, "BY": by},
            stdout=out, stderr=err,
        ) as process:  # fmt: skip
            while process.poll() is None:
                for mark in folder.glob("pid-*"):
                    mark.unlink()
                    os.kill(int(mark.name.removeprefix("pid-")), signal.SIGKILL)
                time.sleep(0.02)
        out.seek(0)
        err.seek(0)
        return process.wait(), out.read(), err.read()


@pytest.mark.parametrize("by", ["itself", "others"])
def test_all_others_are_judged(tmp_path: Path, by: str) -> None:
    code, out, err = check(tmp_path, by, "--output", "json=out.json")
    assert code == 2
    assert out == f"{VICTIM}: cannot judge: {DIED}\n"
    assert err == f"0 findings in {MODELS - 1} models; 1 could not be judged\n"
    written = json.loads((tmp_path / "out.json").read_text())
    check_json(written)


def test_json_on_standard_output_is_whole_and_the_reason_on_standard_error(tmp_path: Path) -> None:
    code, out, err = check(tmp_path, "itself", "--format", "json")
    assert code == 2
    check_json(json.loads(out))
    assert err == (
        f"onnxlint: error: {VICTIM}: {DIED}\n"
        f"0 findings in {MODELS - 1} models; 1 could not be judged\n"
    )


def check_json(document: dict[str, Any]) -> None:
    outcomes = {model["model"]["path"]: model["outcome"] for model in document["models"]}
    assert len(outcomes) == MODELS - 1
    assert set(outcomes.values()) == {"clean"}
    assert document["failures"] == [{"path": VICTIM, "message": f"{VICTIM}: {DIED}"}]
    assert document["outcome"] == "inconclusive"


def test_where_no_process_can_be_started_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(batch, "fork_child", refuse)
    monkeypatch.setattr(guard, "fork_child", refuse)
    says = "no process could be started: Resource temporarily unavailable"
    says += "; judge fewer models at once, or raise the limit \\(ulimit -u\\)"
    with pytest.raises(OnnxlintError, match=f"^{says}$"):
        batch.map_paths(str.upper, ["a", "b"], 2, print)
    with pytest.raises(OnnxlintError, match=f"^{says}$"):  # and nothing about the model
        guard.guarded(lambda _: 1)


def test_where_only_one_process_can_be_started_it_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[int] = []

    def once(work: Callable[[], object]) -> int:
        if started:
            raise BlockingIOError(11, "Resource temporarily unavailable")
        started.append(child.fork_child(work))
        return started[0]

    monkeypatch.setattr(batch, "fork_child", once)
    done: list[str] = []
    assert batch.map_paths(str.upper, ["a", "b", "c"], 2, done.append) == {
        "a": "A", "b": "B", "c": "C",
    }  # fmt: skip
    assert sorted(done) == ["a", "b", "c"]
    with pytest.raises(ProcessLookupError):
        os.kill(started[0], 0)


def test_what_was_not_judged_for_want_of_processes_is_tried_alone() -> None:
    """A flag in shared memory: the first three tries find no process, whoever makes them."""
    tries = mmap.mmap(-1, 8)

    def task(path: str) -> str:
        tries[0] += 1
        return "nothing" if tries[0] <= 3 else path.upper()

    found = batch.map_paths(task, list("abcde"), 2, lambda _: None, lambda said: said == "nothing")
    assert found == {name: name.upper() for name in "abcde"}
    tries[0] = 0
    found = batch.map_paths(task, ["a"], 1, lambda _: None, lambda said: said == "nothing")
    assert found == {"a": "nothing"}
