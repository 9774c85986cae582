"""Outputs appear whole or not at all, and an existing file is kept when they cannot."""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
from pathlib import Path

import pytest

from analyzer.cli import outputs
from analyzer.cli.outputs import write_files
from analyzer.errors import OutputError
from analyzer.report import REPORT_FORMATS
from tests import warm
from tests.cli.conftest import Cli

SMALL_FILES = (
    "import resource, sys; sys.dont_write_bytecode = True; "  # it would be cut, and stay so
    f"resource.setrlimit(resource.RLIMIT_FSIZE, (999, 999)); {warm.MAIN}"
)


def test_new_file_has_the_permissions_of_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write_files({str(tmp_path / "f"): b"x"})
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o640


def test_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    target = tmp_path / "f"
    target.write_bytes(b"old")
    target.chmod(0o600)
    write_files({str(target): b"new"})
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", 0o600)


@pytest.mark.parametrize("there", ["a file", "nothing", "itself"])
def test_link_is_replaced_and_not_followed(tmp_path: Path, there: str) -> None:
    """An unpacked archive may have one where the report on its model goes."""
    outside, link = tmp_path / "outside", tmp_path / "link"
    outside.mkdir()
    target = outside / "target"
    if there == "a file":
        target.write_bytes(b"precious")
    link.symlink_to(link if there == "itself" else target)
    write_files({str(link): b"x"})
    assert (link.is_symlink(), link.read_bytes()) == (False, b"x")
    assert [path.read_bytes() for path in outside.iterdir()] == (
        [b"precious"] if there == "a file" else []
    )


@pytest.mark.parametrize("kind", ["a pipe", "a socket"])
@pytest.mark.parametrize(
    "words", [["inspect", "-o", "clean.json"], ["report", "-o", ".", "--format", "json"]]
)
def test_what_would_keep_us_waiting_is_refused(
    cli: Cli, clean: str, kind: str, words: list[str]
) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        os.mkfifo("clean.json") if kind == "a pipe" else server.bind("clean.json")
        outcome = cli(words[0], clean, *words[1:])
    assert outcome.code == 2
    assert outcome.err.endswith(
        f"clean.json: cannot be written: is {kind}; remove it or write elsewhere\n"
    )
    assert not stat.S_ISREG(os.lstat("clean.json").st_mode)


def test_longest_possible_name(tmp_path: Path) -> None:
    write_files({str(tmp_path / ("n" * 255)): b"x"})
    assert [len(p.name) for p in tmp_path.iterdir()] == [255]


def test_device_is_written_to_not_replaced(cli: Cli, clean: str) -> None:
    assert cli("check", clean, "--output", "json=/dev/null").code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize(
    ("redirected", "name"),
    [(False, "/dev/stdout"), (True, "/dev/stdout"), (False, "/dev/fd/1"), (True, "/dev/fd/1"),
     (True, "/proc/self/fd/1"), (False, "//dev/stdout"), (True, "/dev/../dev//fd/1"),
     (True, f"{'../' * 40}dev/stdout")],
)  # fmt: skip
def test_dev_stdout_is_what_standard_output_is(
    tmp_path: Path, wasteful: str, redirected: bool, name: str
) -> None:
    """The text after it goes behind it, in a file too, which opening it again would not do."""
    words = ["check", str(tmp_path / wasteful), "--output", f"json={name}"]
    with (tmp_path / "out").open("w+b") as file:
        done = warm.run(words, stdout=file if redirected else warm.PIPE)
        file.seek(0)
        out = file.read() if redirected else done.stdout
    assert done.returncode in (0, 1)
    shown, rest = json.JSONDecoder().raw_decode(out.decode())
    assert shown["schema"] == 1
    assert out.decode()[rest:].lstrip().startswith(f"{tmp_path}")


def test_a_closed_dev_stdout_is_an_error(tmp_path: Path, clean: str) -> None:
    words = ["inspect", str(tmp_path / clean), "-o", "/dev/stdout"]
    done = warm.run_text(words, stdout=warm.CLOSED, stderr=warm.PIPE)
    assert (done.returncode, done.stderr) == (
        2,
        "onnxlint: error: /dev/stdout: cannot be written: it is closed; redirect it to a file\n",
    )


@pytest.mark.parametrize("words", [["inspect"], ["scale"], ["graph", "--format", "dot"]])
def test_a_dash_is_standard_output(cli: Cli, clean: str, words: list[str]) -> None:
    outcome = cli(words[0], clean, *words[1:], "-o", "-")
    assert (outcome.code, outcome.err, bool(outcome.out)) == (0, "", True)
    assert os.listdir() == [clean]


def test_two_outputs_on_standard_output_are_refused(cli: Cli, clean: str) -> None:
    outcome = cli("check", clean, "--output", "json=-")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "onnxlint: error: --output: for standard output say --format instead\n"


@pytest.mark.parametrize(
    "words",
    [
        ["inspect", "clean.onnx", "-o", "clean.onnx"],
        ["scale", "clean.onnx", "-o", "./clean.onnx"],
        ["graph", "link.onnx", "-o", "clean.onnx", "--format", "dot"],
        ["graph", "link.onnx", "-o", "link.onnx", "--format", "dot"],
        ["compare", "clean.onnx", "link.onnx", "-o", "link.onnx"],
        ["check", ".", "--output", "json=clean.onnx"],
        ["check", ".", "--write-baseline", "clean.onnx"],
        ["report", "net.html", "-o", ".", "--format", "json,html"],
        ["inspect", "clean.onnx", "-o", "nosuch/../clean.onnx"],
        ["check", "clean.onnx", "-q", "--output", "json=nosuch/../clean.onnx"],
        ["report", "net.html", "-o", "nosuch/../.", "--format", "html"],
    ],
)
def test_the_model_is_not_replaced(cli: Cli, clean: str, words: list[str]) -> None:
    before = Path(clean).read_bytes()
    os.link(clean, "net.html")
    os.symlink(clean, "link.onnx")
    outcome = cli(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("onnx: is the model itself; write to another file\n") or (
        outcome.err.endswith("net.html: is the model itself; write to another file\n")
    )
    assert (Path(clean).read_bytes(), os.path.islink("link.onnx")) == (before, True)


@pytest.mark.parametrize("name", ["onnxlint.toml", "pyproject.toml", "mine.toml", "accepted.jsonl"])
def test_what_says_how_models_are_judged_is_not_replaced(cli: Cli, clean: str, name: str) -> None:
    texts = dict.fromkeys(("onnxlint.toml", "pyproject.toml"), "")
    texts |= {"mine.toml": 'baseline = "accepted.jsonl"', "accepted.jsonl": ""}
    for file, text in texts.items():
        Path(file).write_text(text)
    cli("check", clean, "--config", "mine.toml", "--write-baseline", "accepted.jsonl")
    before = Path(name).read_bytes()
    outcome = cli("check", clean, "--config", "mine.toml", "--output", f"json=./{name}")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("; write to another file\n")
    assert Path(name).read_bytes() == before


@pytest.mark.parametrize("target", ["o/p/q", "o/p/", "exists/q"])
def test_a_report_that_fails_leaves_no_folder(
    cli: Cli, clean: str, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REPORT_FORMATS, "html", lambda *_: b"a page")
    os.mkdir("exists")

    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        outcome = cli("report", clean, "-o", target, "--format", "json,html")
    assert outcome.code == 2
    assert sorted(os.listdir()) == [clean, "exists"]
    assert os.listdir("exists") == []
    assert cli("report", clean, "-o", target, "--format", "json,html").code == 0
    assert sorted(os.listdir(target)) == ["clean.html", "clean.json"]


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
        write_files({str(target): b"new"})
    monkeypatch.undo()
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_file_size_limit_leaves_the_old_file(tmp_path: Path, wasteful: str) -> None:
    target = tmp_path / "out.json"
    target.write_bytes(b"old")
    words = ["check", str(tmp_path / wasteful), "--output", f"json={target}"]
    done = warm.run_text(words, code=SMALL_FILES, capture_output=True)
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
        done = warm.run_text(["inspect", str(tmp_path / clean)], stdout=full, stderr=warm.PIPE)
    assert done.returncode == 2
    assert done.stderr == (
        "onnxlint: error: standard output cannot be written: No space left on device\n"
    )


@pytest.mark.parametrize("words", [["version"], ["check"], ["--help"]])
def test_closed_standard_streams(wasteful: str, tmp_path: Path, words: list[str]) -> None:
    model = [str(tmp_path / wasteful)] if words == ["check"] else []
    done = warm.run_text(words + model, stdin=warm.CLOSED, stdout=warm.CLOSED, stderr=warm.PIPE)
    assert "Traceback" not in done.stderr
    assert (done.returncode, done.stderr) == (
        2,
        "onnxlint: error: standard output is closed; redirect it to a file\n",
    )


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("words", [["inspect", "--format", "json"], ["check", "--format", "sarif"]])
def test_standard_output_that_is_cut_short_is_an_error(
    clean: str, tmp_path: Path, unbuffered: str, words: list[str]
) -> None:
    """The first write puts some bytes in place, which is no error of the system."""
    with (tmp_path / "out").open("wb") as file:
        done = warm.run_text(
            [*words, str(tmp_path / clean)], code=SMALL_FILES,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            stdout=file, stderr=warm.PIPE,
        )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr == ("onnxlint: error: standard output cannot be written: File too large\n")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_pipe_that_does_not_wait_gets_everything(
    wasteful: str, tmp_path: Path, unbuffered: str
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with warm.Process(
        ["inspect", "--format", "json", str(tmp_path / wasteful)],
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered}, stdout=writing,
    ) as process:  # fmt: skip
        os.close(writing)
        with open(reading, "rb") as stream:
            out = stream.read()
    assert process.returncode == 0
    assert json.loads(out)["schema"] == 1


def test_a_missing_folder_is_missed_whatever_follows(cli: Cli, clean: str) -> None:
    outcome = cli("inspect", clean, "-o", "nosuch/../other.txt")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.endswith("there is no such folder; create it first\n")
    assert os.listdir() == [clean]


def test_a_model_that_is_standard_input_is_not_replaced(clean: str, tmp_path: Path) -> None:
    before = (tmp_path / clean).read_bytes()
    with (tmp_path / clean).open("rb") as model:
        done = warm.run_text(
            ["inspect", "-", "-o", str(tmp_path / clean)], stdin=model, stderr=warm.PIPE
        )
    assert done.returncode == 2
    assert done.stderr.endswith("clean.onnx: is the model itself; write to another file\n")
    assert (tmp_path / clean).read_bytes() == before


def test_links_among_devices_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Root may replace them, and a container is usually root's."""
    monkeypatch.setattr(outputs, "_DEVICES", f"{tmp_path}/")
    (tmp_path / "log").symlink_to("elsewhere")
    with pytest.raises(OutputError, match="is a link among the devices; write elsewhere"):
        write_files({str(tmp_path / "log"): b"x"})
    assert (tmp_path / "log").is_symlink()


def test_a_graph_on_standard_output_is_alone_there(tmp_path: Path, clean: str) -> None:
    words = ["graph", str(tmp_path / clean), "--format", "json", "-o", "/dev/stdout"]
    done = warm.run(words, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["nodes"]


@pytest.mark.parametrize("more", [["--output", "json=o.json"], ["--format", "sarif"]])
def test_a_baseline_is_written_alone(cli: Cli, wasteful: str, more: list[str]) -> None:
    outcome = cli("check", wasteful, "--write-baseline", "b.json", *more)
    assert outcome.code == 2
    assert outcome.err == (
        "onnxlint: error: --write-baseline accepts findings and reports none; "
        "leave out --output, --format and --statistics\n"
    )
    assert os.listdir() == [wasteful]


@pytest.mark.parametrize("path", ["nosuch.onnx", "empty"])
def test_a_baseline_is_kept_where_nothing_was_judged(cli: Cli, wasteful: str, path: str) -> None:
    os.mkdir("empty")
    assert cli("check", wasteful, "--write-baseline", "b.json").code == 0
    before = Path("b.json").read_bytes()
    assert cli("check", path, "--write-baseline", "b.json").code == 2
    assert Path("b.json").read_bytes() == before


@pytest.mark.parametrize("option", ["--write-baseline", "--baseline", "--config"])
def test_an_empty_path_is_refused(cli: Cli, clean: str, option: str) -> None:
    outcome = cli("check", clean, option, "")
    assert outcome.code == 2
    assert f"argument {option}: the path is empty" in outcome.err


@pytest.mark.parametrize("first", [True, False])
def test_a_device_that_is_full_keeps_the_others_away(
    clean: str, tmp_path: Path, first: bool
) -> None:
    words = ["--output", "json=o.json", "--output", "sarif=/dev/full"]
    words = words[2:] + words[:2] if first else words
    done = warm.run_text(["check", clean, *words], cwd=tmp_path, capture_output=True)
    assert done.returncode == 2
    assert "/dev/full: cannot be written: No space left on device" in done.stderr
    assert os.listdir(tmp_path) == [clean]
