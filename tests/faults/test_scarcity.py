"""Little memory and few processes: an error that says so, whatever the libraries would do."""

from __future__ import annotations

import errno
import os
import pickle
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from analyzer.cli import memory
from analyzer.cli.internal import describe_bug
from analyzer.errors import ModelError, OutputError
from analyzer.model import file as files
from analyzer.model.file import FileBytes
from analyzer.report import REPORT_FORMATS
from tests.cli.conftest import CLEAN, Cli, encode

MIB = 1 << 20
LIMITED = (
    "import resource, sys; "
    "resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1]))); "
    "sys.argv[1:] = sys.argv[2:]; from analyzer.cli.main import main; main()"
)


def limited(folder: Path, mib: int, *words: str) -> subprocess.CompletedProcess[str]:
    """A command line in so many MiB of address space."""
    return subprocess.run(
        [sys.executable, "-c", LIMITED, str(mib * MIB), *words],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("mib", [50, 100, 159])
@pytest.mark.parametrize("words", [["check", "m.onnx"], ["rules"], ["--help"]])
def test_less_memory_than_libraries_need_to_load(
    tmp_path: Path, mib: int, words: list[str]
) -> None:
    (tmp_path / "m.onnx").write_bytes(encode(CLEAN))
    done = limited(tmp_path, mib, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"onnxlint: error: memory is limited to {mib} MiB (ulimit -v); "
        "onnxlint needs 160 MiB to start, and more for large models\n"
    )


@pytest.mark.parametrize(
    ("words", "mib"),
    [(["check"], 160)] + [(["report", "-o", "out"], mib) for mib in (160, 176, 200, 250)],
)
def test_little_memory_ends_in_an_answer_or_one_line(
    tmp_path: Path, words: list[str], mib: int
) -> None:
    """The model, the drawing, Pillow and Pango lack it in turn.

    Pango ends its process with SIGSEGV or SIGTRAP, OpenBLAS with SIGINT or exit status 1.
    """
    (tmp_path / "m.onnx").write_bytes(encode(CLEAN))
    done = limited(tmp_path, mib, *words, "m.onnx", "-q")
    assert done.returncode in (0, 2)
    said = done.stdout + done.stderr
    assert said.count("\n") <= (2 if words[0] == "report" and not done.returncode else 1)
    assert bool(said) == (done.returncode == 2 or words[0] == "report")
    assert "Traceback" not in said
    left = [path.name for path in (tmp_path / "out").glob("*")]
    assert len(left) == (2 if words[0] == "report" and not done.returncode else 0)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGTRAP, signal.SIGKILL])
def test_a_death_while_the_pdf_is_made_is_an_error(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    monkeypatch.setitem(REPORT_FORMATS, "pdf", lambda *_: os.kill(os.getpid(), number))
    outcome = cli("report", clean, "-o", "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == (
        f"onnxlint: error: the PDF cannot be made: its process died of {number.name}; "
        "choose another --format, or allow it more (ulimit -a)\n"
    )
    assert not Path("out").exists()


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OutputError("a PDF needs Pango"), "a PDF needs Pango\n"),
        (KeyError("x"), "internal error: RuntimeError: KeyError: 'x'; --debug shows the"),
    ],
)
def test_an_error_while_the_pdf_is_made_comes_through(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch, error: Exception, says: str
) -> None:
    def fail(*_: object) -> bytes:
        raise error

    monkeypatch.setitem(REPORT_FORMATS, "pdf", fail)
    outcome = cli("report", clean, "-o", "out")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"onnxlint: error: {says}")
    debug = cli("report", clean, "-o", "out", "--debug")
    assert ("test_scarcity.py" in debug.err) == isinstance(error, KeyError)


def test_weights_for_which_there_is_no_room_are_no_changed_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    path = tmp_path / "w.bin"
    path.write_bytes(bytes(8192))
    data = FileBytes(os.open(path, os.O_RDONLY), 8192, str(path))
    monkeypatch.setattr(files, "_LARGE", 0)
    monkeypatch.setattr("mmap.mmap", refuse)
    with pytest.raises(MemoryError):
        data.view(0, 8192)


def test_what_an_error_came_of_is_looked_at_for_memory() -> None:
    """Its cause, or what it was met in where it has no cause."""
    caused, met = ValueError("a"), ValueError("b")
    caused.__cause__, met.__context__ = MemoryError(), MemoryError()
    assert [memory.ran_out(error) for error in (caused, met, ValueError("c"), None)] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_file_that_is_gone_is_a_changed_one_in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "w.bin"
    path.write_bytes(b"0123")
    packed = pickle.dumps(FileBytes(os.open(path, os.O_RDONLY), 4, str(path)))
    assert pickle.loads(packed)[1:3] == b"12"  # noqa: S301 - its own
    path.unlink()
    with pytest.raises(ModelError, match="the file changed while it was being read"):
        pickle.loads(packed)  # noqa: S301


def test_running_out_of_memory_is_not_called_a_bug(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def greedy(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(import_module("analyzer.analyze"), "analyze", greedy)
    says = "there is not enough memory; judge fewer models at once, or raise the limit (ulimit -v)"
    assert cli("check", clean, "-q").out == f"{clean}: cannot judge: {says}\n"
    assert cli("inspect", clean).err == f"onnxlint: error: {says}\n"


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.EMFILE, "too many files are open; raise the limit (ulimit -n)"),
        (errno.ENOMEM, "there is not enough memory; judge fewer models at once, or raise the"),
    ],
)
def test_a_lack_that_the_system_reports_is_not_called_a_bug(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(import_module("analyzer.analyze"), "analyze", refuse)
    assert cli("inspect", clean).err.startswith(f"onnxlint: error: {says}")


@pytest.mark.parametrize(
    ("told", "limited", "scarce"),
    [
        ("graphlay/_native.abi3.so: failed to map segment from shared object", True, True),
        ("graphlay/_native.abi3.so: failed to map segment from shared object", False, False),
        ("libz.so: cannot create shared object descriptor: Cannot allocate memory", False, True),
        ("No module named 'graphlay'", True, False),
    ],
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_library_for_which_there_is_no_room_is_not_called_a_bug(
    monkeypatch: pytest.MonkeyPatch, told: str, limited: bool, scarce: bool, wrapped: bool
) -> None:
    """What the dynamic linker says, or what a package says that failed to load its own."""
    monkeypatch.setattr(memory, "_limits", lambda: [164 * MIB] if limited else [])
    error = ImportError(told)
    if wrapped:
        error, cause = ImportError("the extension could not be loaded"), error
        error.__cause__ = cause
    text = describe_bug(error, debug=False)
    assert text.startswith("there is not enough memory;") is scarce
    assert text.startswith("internal error: ImportError") is not scarce


def test_an_error_that_is_its_own_cause_is_a_bug_as_any_other() -> None:
    error = ImportError("odd")
    error.__cause__ = error
    assert describe_bug(error, debug=True) == "internal error: ImportError: odd"


def test_a_folder_that_is_gone_is_an_error(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    outcome = cli("check", ".", "-q", "--no-config")
    assert outcome.code == 2
    assert "internal error" not in outcome.out + outcome.err
