"""Whatever happens while outputs are written, each is the old one or the new one, whole.

The scenes are played once for each command that writes, and the tests look at what they saw.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import time
from functools import cache
from pathlib import Path

import pytest

from analyzer.cli.outputs import write_files
from tests import warm
from tests.faults.driver import COMMANDS, Seen

ROOT = Path(__file__).parents[2]
STEPPED = {"report": "every_step", "graph": "every_step", "check": "every_other_step"}
"""Commands that write in ways of their own: many files, one, and one after the other, which takes
twice the steps."""
MODEL = ROOT / "samples" / "mobilenet_v1_standard.onnx"


def play(command: str, *scenes: str) -> dict[str, list[Seen]]:
    """What the scenes of one command saw. Their folder is one that anybody may enter."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(MODEL, Path(folder, "model.onnx"))
        code = "from tests.faults.driver import main; raise SystemExit(main())"
        done = warm.run_text([command, *scenes], code=code, cwd=folder, capture_output=True)
    assert (done.returncode, done.stderr) == (0, "")
    result: dict[str, list[Seen]] = json.loads(done.stdout)
    return result


@cache
def played(command: str) -> dict[str, list[Seen]]:
    steps = [STEPPED[command]] if command in STEPPED else []
    return play(command, *steps, "told_to_stop", "small_files", "read_only_folder")


@pytest.fixture(params=COMMANDS)
def seen(request: pytest.FixtureRequest) -> dict[str, list[Seen]]:
    return played(request.param)


def whole(scene: list[Seen]) -> bool:
    return all(one["old"] + one["new"] == one["files"] for one in scene)


def landed(scene: list[Seen]) -> list[Seen]:
    """Deaths after the first byte was written and before the last file was in its place."""
    return [one for one in scene if one["others"] or 0 < one["new"] < one["files"]]


def temporary(name: str) -> bool:
    return name.startswith(".onnxlint-") and name.endswith(".tmp")


@pytest.mark.parametrize("command", STEPPED)
def test_sigkill_at_every_step_tears_nothing(command: str) -> None:
    *killed, last = played(command)[STEPPED[command]]
    assert {one["code"] for one in killed} == {-signal.SIGKILL}
    assert len(killed) > 30
    assert len(landed(killed)) > 8
    assert whole(killed)
    assert all(temporary(name) for one in killed for name in one["others"])
    assert (last["code"], last["new"], last["others"]) == (0, last["files"], [])


def test_sigkill_at_random_moments_tears_nothing() -> None:
    killed = play("graph", "random_moments")["random_moments"]
    assert len(landed(killed)) > len(killed) // 3
    assert whole(killed)


def test_stopping_at_any_step_leaves_nothing_behind(seen: dict[str, list[Seen]]) -> None:
    *stopped, last = seen["told_to_stop"]
    assert [one["code"] for one in stopped] == [128 + one["signal"] for one in stopped]
    assert {one["signal"] for one in stopped} == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    assert whole(stopped)
    assert {one["said"] for one in stopped} == {""}
    assert [one["others"] for one in stopped if one["others"]] == []
    assert last["code"] == 0


def test_files_that_must_not_grow_that_large_stay_the_old_ones(
    seen: dict[str, list[Seen]],
) -> None:
    scene = seen["small_files"]
    assert len(scene) >= 3
    for one in scene:
        assert (one["code"], one["old"], one["others"]) == (2, one["files"], [])
        assert one["said"].startswith("onnxlint: error: out/")
        assert one["said"].endswith(
            ": cannot be written: File too large; "
            "raise the limit on file sizes (ulimit -f) or write elsewhere\n"
        )
        assert one["said"].count("\n") == 1


def test_a_folder_that_is_read_only_stays_as_it_is(seen: dict[str, list[Seen]]) -> None:
    scene = seen["read_only_folder"]
    assert len(scene) == (2 if os.geteuid() == 0 else 1)
    for one in scene:
        assert (one["code"], one["old"], one["others"]) == (2, one["files"], [])
        assert one["said"].startswith("onnxlint: error: out/")
        assert one["said"].endswith(" write elsewhere\n")
        assert one["said"].count("\n") == 1


def test_leftovers_of_killed_processes_go_after_an_hour(tmp_path: Path) -> None:
    old, young, other = (
        tmp_path / name
        for name in (f".onnxlint-{'0' * 16}.tmp", f".onnxlint-{'1' * 16}.tmp", ".onnxlint-x.tmp")
    )
    for path in (old, young, other):
        path.write_bytes(b"half")
    for path in (old, other):
        os.utime(path, (time.time() - 3700,) * 2)
    write_files({str(tmp_path / "out.json"): b"new"})
    assert {path.name for path in tmp_path.iterdir()} == {young.name, other.name, "out.json"}
