"""Outputs appear whole or not at all, and an existing file is kept when they cannot."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.cli.outputs import write_file
from analyzer.errors import OutputError
from tests.cli.conftest import Cli


def test_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_file(str(tmp_path / "f"), b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o640


def test_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"old")
    target.chmod(0o600)
    write_file(str(target), b"new")
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", 0o600)


def test_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    write_file(str(tmp_path / "link"), b"x")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x"


def test_longest_possible_name(tmp_path: Path) -> None:
    write_file(str(tmp_path / ("n" * 255)), b"x")
    assert [len(p.name) for p in tmp_path.iterdir()] == [255]


def test_device_is_written_to_not_replaced(cli: Cli, clean: str) -> None:
    assert cli("check", clean, "--output", "json=/dev/null").code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("redirected", [False, True])
def test_dev_stdout_is_what_standard_output_is(
    tmp_path: Path, clean: str, redirected: bool
) -> None:
    words = ["inspect", str(tmp_path / clean), "--format", "json", "-o", "/dev/stdout"]
    with (tmp_path / "out").open("w+b") as file:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", *words],
            stdout=file if redirected else subprocess.PIPE, check=False,
        )  # fmt: skip
        out = file.read() if redirected else done.stdout
    assert done.returncode == 0
    assert json.loads(out)["schema"] == 1


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENOSPC, "No space left on device"),
        (errno.EFBIG, "File too large"),
        (errno.EROFS, "Read-only file system"),
        (errno.EACCES, "Permission denied"),
    ],
)
@pytest.mark.parametrize("step", ["open", "replace", "fchmod"])
def test_failure_leaves_the_old_file_and_no_temporary_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str, step: str
) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"old")

    def fail(*arguments: object, **more: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OutputError, match=f"f: cannot be written: {says}"):
        write_file(str(target), b"new")
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_file_size_limit_leaves_the_old_file(tmp_path: Path, wasteful: str) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (999, 999)); "
    code += "from analyzer.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "check", str(tmp_path / wasteful), "--output",
         f"json={target}"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        f"onnxlint: error: {target}: cannot be written: File too large; "
        "raise the limit on file sizes (ulimit -f) or write elsewhere\n"
    )
    assert target.read_bytes() == b"old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.json", wasteful]


def test_read_only_file_is_kept(cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("f.json").write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # file modes do not stop root
    outcome = cli("inspect", clean, "-o", "f.json")
    assert outcome.code == 2
    assert "f.json: cannot be written: the file there is read-only" in outcome.err
    assert Path("f.json").read_text() == "old"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("no/such/folder.json", "there is no such folder; create it first"),
        (".", "Is a directory"),
        ("clean.onnx/f", "Not a directory"),
        ("a" * 300, "File name too long"),
        ("a\0b", "null"),
    ],
)
def test_target_that_cannot_be_one(cli: Cli, clean: str, target: str, says: str) -> None:
    outcome = cli("inspect", clean, "-o", target)
    assert (outcome.code, outcome.out) == (2, "")
    assert "cannot be written" in outcome.err
    assert says in outcome.err


def test_report_folder_that_is_a_file(cli: Cli, clean: str) -> None:
    outcome = cli("report", clean, "-o", clean, "--format", "json")
    assert outcome.code == 2
    assert "clean.onnx: is a file, not a folder" in outcome.err


def test_full_standard_output_is_an_error(clean: str, tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "analyzer", "inspect", str(tmp_path / clean)],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == (
        "onnxlint: error: standard output cannot be written: No space left on device\n"
    )


@pytest.mark.parametrize("words", [["version"], ["check"], ["--help"]])
def test_closed_standard_streams(wasteful: str, tmp_path: Path, words: list[str]) -> None:
    model = [str(tmp_path / wasteful)] if words == ["check"] else []
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" <&- >&-', "sh", sys.executable, "-m", "analyzer", *words, *model],
        stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr) == (
        2,
        "onnxlint: error: standard output is closed; redirect it to a file\n",
    )
