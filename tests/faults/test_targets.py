"""Targets and sources that nobody wishes for: exit code, one line that says what to do, no rest."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import warm
from tests.cli.conftest import CLEAN, Cli, encode

WRITING = {
    "inspect": ["inspect", "clean.onnx", "-o", "{}"],
    "graph": ["graph", "clean.onnx", "--format", "dot", "-o", "{}"],
    "scale": ["scale", "clean.onnx", "-o", "{}"],
    "check": ["check", "clean.onnx", "-q", "--output", "json={}"],
    "baseline": ["check", "clean.onnx", "-q", "--write-baseline", "{}"],
}
NAME = "ñame with 空白 …"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize("command", WRITING)
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("folder", "Is a directory; name a file in it"),
        ("clean.onnx/file", "Not a directory; check the path"),
        ("no/file", "there is no such folder; create it first"),
        ("n" * 256, "File name too long; choose a shorter name"),
        ("loop/file", "Too many levels of symbolic links; check the path"),
    ],
)
def test_a_target_that_cannot_be_written(
    cli: Cli, tmp_path: Path, clean: str, command: str, target: str, says: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    before = files(tmp_path)
    outcome = cli(*(word.format(target) for word in WRITING[command]))
    error = f"onnxlint: error: {target}: cannot be written: {says}\n"
    assert (outcome.code, outcome.out, outcome.err) == (2, "", error)
    assert files(tmp_path) == before


@pytest.mark.parametrize("command", ["inspect", "check"])
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("/dev/full", "No space left on device; free some space or write elsewhere"),
        ("/sys/onnxlint.json", "write elsewhere"),  # nobody creates files there, not even root
    ],
)
def test_a_place_that_takes_no_file(tmp_path: Path, command: str, target: str, says: str) -> None:
    (tmp_path / "clean.onnx").write_bytes(encode(CLEAN))
    words = [word.format(target) for word in WRITING[command]]
    done = warm.run_text(words, cwd=tmp_path, capture_output=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"onnxlint: error: {target}: cannot be written: ")
    assert done.stderr.endswith(f"{says}\n")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["check", "inspect", "rules"])
def test_a_full_disk_behind_standard_output(tmp_path: Path, command: str) -> None:
    (tmp_path / "m.onnx").write_bytes(encode(CLEAN))
    words = {"check": ["m.onnx", "--format", "json", "-q"], "inspect": ["m.onnx"]}.get(command, [])
    with open("/dev/full", "wb") as full:
        done = warm.run_text([command, *words], cwd=tmp_path, stdout=full, stderr=warm.PIPE)
    assert (done.returncode, done.stderr) == (
        2,
        "onnxlint: error: standard output cannot be written: No space left on device\n",
    )


IN_TURN = """
import json, os, sys
import onnx
import analyzer.report.html, analyzer.ruleset.load
from analyzer.cli.main import main
for words in json.loads(sys.argv[1]):
    if (pid := os.fork()) == 0:
        sys.argv[1:] = [os.fsdecode(word.encode()) for word in words]
        main()
    if os.waitpid(pid, 0)[1]:
        sys.exit(1)
"""
"""Command lines in forks of an interpreter, for which the environment has been what it is."""


def test_names_beyond_ascii_and_with_spaces_where_the_locale_is_c(tmp_path: Path) -> None:
    model, folder = tmp_path / f"{NAME}.onnx", tmp_path / NAME
    model.write_bytes(encode(CLEAN))
    folder.mkdir()
    environment = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    commands = [
        ["check", model.name, "--output", f"json={NAME}/{NAME}.json"],
        ["inspect", model.name, "-o", f"{NAME}/{NAME}.txt"],
        ["graph", model.name, "-o", f"{NAME}/{NAME}.dot"],
        ["report", model.name, "-o", NAME, "--format", "html"],
    ]
    done = subprocess.run(
        [sys.executable, "-c", IN_TURN, json.dumps(commands)],
        cwd=tmp_path, env=environment, capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
    assert files(folder) == [f"{NAME}.{suffix}" for suffix in ("dot", "html", "json", "txt")]
    assert all(path.stat().st_size for path in folder.iterdir())


def test_names_that_are_not_text(tmp_path: Path) -> None:
    name = b"m\xff\x1b[31m\n.onnx"
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(encode(CLEAN))
    for words in (["check"], ["inspect"], ["report", "-o", "out", "--format", "html,json"]):
        done = warm.run([*words, name], cwd=tmp_path, capture_output=True)
        assert (done.returncode, b"Traceback" in done.stderr) == (0, False)
        assert b"\x1b" not in done.stdout + done.stderr
    out = os.path.join(os.fsencode(tmp_path), b"out")
    assert sorted(os.listdir(out)) == [b"m_udcff_x1b[31m_x0a.html", b"m_udcff_x1b[31m_x0a.json"]


def test_the_longest_name_a_model_can_have(cli: Cli, tmp_path: Path, clean: str) -> None:
    name = "n" * 250 + ".onnx"
    shutil.copy(tmp_path / clean, tmp_path / name)
    outcome = cli("report", name, "-o", "out", "--format", "html,json", "-q")
    assert (outcome.code, outcome.err) == (0, "")
    assert files(tmp_path / "out") == ["n" * 250 + ".html", "n" * 250 + ".json"]


WITHOUT_POWERS = """
import sys
from analyzer.cli.main import run
from tests.faults.scenes import drop_powers
run(["check", "other.onnx", "-q"])  # imports what it needs, wherever that is
drop_powers()
sys.exit(run(["check", "x.onnx", "other.onnx", "-q"]))
"""


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("file", "permission denied; make the file readable"),
        ("folder", "cannot be searched: Permission denied; make it readable"),
    ],
)
def test_a_source_without_permission(tmp_path: Path, kind: str, says: str) -> None:
    (tmp_path / "other.onnx").write_bytes(encode(CLEAN))
    locked = tmp_path / "x.onnx"
    locked.mkdir(mode=0) if kind == "folder" else locked.touch(mode=0)
    done = warm.run_text([], code=WITHOUT_POWERS, cwd=tmp_path, capture_output=True)
    locked.chmod(0o700)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout == f"x.onnx: cannot judge: {says}\n"


@pytest.mark.parametrize("command", [["check"], ["inspect"], ["report", "-o", "out"]])
def test_a_source_that_is_a_socket(cli: Cli, tmp_path: Path, command: list[str]) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("x.onnx")
        outcome = cli(*command, "x.onnx")
    assert outcome.code == 2
    assert "is a socket; name a regular file\n" in outcome.out + outcome.err
    assert files(tmp_path) == ["x.onnx"]
