"""Parts of the command, each asked by itself: streams, processes, memory, stops, completion."""

from __future__ import annotations

import errno
import gc
import io
import os
import signal
import stat
import sys
import time
from argparse import Action
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.cli import apart, exits, main, memory, outputs, paths, stop
from analyzer.cli.candidates import _brief, candidates
from analyzer.cli.completion import SCRIPTS, SEPARATOR
from analyzer.cli.console import Console
from analyzer.cli.internal import describe_bug
from analyzer.cli.parser import COMMANDS, EXITS, top_parser
from analyzer.errors import ConfigError, ModelError, OutputError, RuleError
from analyzer.model import Limits
from analyzer.model.guard import GuardFailure
from analyzer.units import shorten
from tests.cli.conftest import Cli


def test_a_page_made_apart_is_made_or_says_why_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> bytes:
        raise RuleError("of no use")

    def here(task: Callable[[Any], object], **_: object) -> object:
        frozen = gc.get_freeze_count()
        try:
            return task(type("Progress", (), {"expect": lambda _, items: told.append(items)})())
        finally:
            if not frozen:
                gc.unfreeze()

    told: list[int] = []
    monkeypatch.setattr(apart, "guarded", here)
    assert apart.made_apart(lambda: b"page", Limits(), "PDF") == b"page"
    assert told == [0]
    with pytest.raises(OutputError, match=r"^of no use$"):
        apart.made_apart(broken, Limits(), "PDF")
    for failure, kind, text in (
        (GuardFailure("error", "ValueError: x"), RuntimeError, "ValueError: x"),
        (GuardFailure("crashed", "died of SIGSEGV"), OutputError,
         ("PDF cannot be made: its process died of SIGSEGV; choose another --format, or allow it "
         "more (ulimit -a)")),
    ):  # fmt: skip
        monkeypatch.setattr(apart, "guarded", lambda *_, limits, failure=failure: failure)
        with pytest.raises(kind) as caught:
            apart.made_apart(lambda: b"page", Limits(), "PDF")
        assert str(caught.value) == text
    monkeypatch.setattr(apart, "can_fork", lambda: False)
    assert apart.made_apart(lambda: b"here", Limits(), "PDF") == b"here"


class Broken(io.StringIO):
    """A stream that cannot be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _: str) -> int:
        raise self.error


def test_standard_output_that_is_closed_full_or_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    Console().write(b"")
    with pytest.raises(OutputError, match=r"^standard output is closed; redirect it to a file$"):
        Console().write(b"x")
    monkeypatch.setattr(sys, "stdout", text := io.StringIO())
    Console().write("3×3\n".encode() + b"\xff")
    assert text.getvalue() == "3×3\n\ufffd"
    monkeypatch.setattr(sys, "stdout", Broken(OSError(errno.ENOSPC, "No space left on device")))
    says = r"^standard output cannot be written: No space left on device$"
    with pytest.raises(OutputError, match=says):
        Console().write(b"x")
    monkeypatch.setattr(sys, "stdout", Broken(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        Console().write(b"x")


def test_what_is_left_for_a_reader_that_is_gone_goes_nowhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        stream.write("buffered")
        monkeypatch.setattr(main, "_guarded", lambda _: (_ for _ in ()).throw(BrokenPipeError()))
        assert main.run(["check"]) == exits.BROKEN_PIPE == 141
        stream.flush()  # which would raise BrokenPipeError
    monkeypatch.setattr(main, "_guarded", lambda _: (_ for _ in ()).throw(KeyboardInterrupt()))
    assert main.run(["check"]) == exits.INTERRUPTED == 130


def test_closed_standard_streams_are_occupied(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[object, ...]] = []

    def fstat(descriptor: int) -> None:
        if descriptor in (1, 3):
            raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr(os, "fstat", fstat)
    monkeypatch.setattr(os, "open", lambda *how: opened.append(how))
    main._open_standard_streams()
    monkeypatch.undo()
    assert opened == [(os.devnull, os.O_RDWR)]


def test_the_process_ends_with_the_code_of_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bytes] = []
    monkeypatch.setattr(main, "stop_cleanly", lambda: said.append(b"stops"))
    monkeypatch.setattr(os, "write", lambda number, data: said.append(b"%d:" % number + data))
    monkeypatch.setattr(os, "_exit", lambda code: (_ for _ in ()).throw(SystemExit(code)))
    monkeypatch.setattr(sys, "argv", ["onnxlint", "check", "x"])
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    before = gc.get_threshold()

    def short(words: list[str]) -> int:
        assert words == ["check", "x"]
        assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
        assert gc.get_threshold() == (200_000, 20, 20)
        return 7

    def none(_: list[str]) -> int:
        raise MemoryError

    try:
        for run, code in ((short, 7), (none, exits.INCONCLUSIVE)):
            monkeypatch.setattr(main, "run", run)
            with pytest.raises(SystemExit) as end:
                main.main()
            assert end.value.code == code
    finally:
        gc.set_threshold(*before)
    assert said == [
        b"stops", b"stops",
        b"2:onnxlint: error: there is not enough memory; raise the limit (ulimit -v)\n",
    ]  # fmt: skip


def test_signals_end_the_process_unless_they_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL,
                signal.SIGHUP: signal.SIG_IGN, signal.SIGUSR1: signal.SIG_DFL}  # fmt: skip
    monkeypatch.setattr(signal, "getsignal", handlers.__getitem__)
    monkeypatch.setattr(signal, "signal", handlers.__setitem__)
    monkeypatch.setattr(os, "_exit", lambda code: (_ for _ in ()).throw(SystemExit(code)))
    stop.stop_cleanly()
    taken = {number for number, handler in handlers.items() if handler is stop._stop}
    assert taken == {signal.SIGINT, signal.SIGTERM}
    undone: list[str] = []
    with stop.undone_by_stop(lambda: undone.append("within")), pytest.raises(SystemExit) as end:
        stop._stop(signal.SIGTERM, None)
    assert (end.value.code, undone) == (128 + 15, ["within"])
    assert {handlers[n] for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)} == {signal.SIG_IGN}
    assert handlers[signal.SIGUSR1] is signal.SIG_DFL
    with pytest.raises(SystemExit):
        stop._stop(signal.SIGINT, None)
    assert undone == ["within"]


def test_what_went_wrong_with_us_is_told_in_one_line() -> None:
    few = "there is not enough memory; judge fewer models at once, or raise the limit (ulimit -v)"
    files = "too many files are open; raise the limit (ulimit -n)"
    bug = "; --debug shows the traceback, please report it"
    for error, text in (
        (OSError(errno.EMFILE, "x"), files),
        (OSError(errno.ENFILE, "x"), files),
        (OSError(errno.ENOMEM, "x"), few),
        (MemoryError(), few),
        (OSError(errno.EIO, "x"), f"internal error: OSError: [Errno 5] x{bug}"),
        (KeyError(), f"internal error: KeyError{bug}"),
        (ValueError("a\n b" + "c" * 300), f"internal error: ValueError: a b{'c' * 197}{bug}"),
    ):
        assert describe_bug(error, debug=False) == text
    assert describe_bug(ValueError("x"), debug=True) == "internal error: ValueError: x"


def test_memory_is_enough_from_160_mib_on(monkeypatch: pytest.MonkeyPatch) -> None:
    mib = 1 << 20
    for limits in ([], [160 * mib], [500 * mib, 160 * mib]):
        monkeypatch.setattr(memory, "_limits", lambda limits=limits: limits)
        memory.check_memory()
    for limits in ([160 * mib - 1], [500 * mib, 100 * mib]):
        monkeypatch.setattr(memory, "_limits", lambda limits=limits: limits)
        text = (f"memory is limited to {min(limits) // mib} MiB (ulimit -v); onnxlint needs 160 "
                "MiB to start, and more for large models")  # fmt: skip
        with pytest.raises(ConfigError) as caught:
            memory.check_memory()
        assert str(caught.value) == text


@pytest.mark.parametrize(
    ("path", "descriptor"),
    [
        ("/dev/stdin", 0), ("/dev/stdout", 1), ("//dev/stderr", 2), ("/dev/fd/1", 1),
        ("/dev/fd/7", 7), ("/proc/self/fd/12", 12), ("/dev/null", None), ("/dev/fd/x", None),
        ("/dev/fd/0123456789", None), ("stdout", None), ("/proc/1/fd/1", None),
    ],
)  # fmt: skip
def test_paths_of_open_streams(
    path: str, descriptor: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outputs._descriptor(path) == descriptor
    assert outputs.is_open(path) is (descriptor is not None)
    monkeypatch.setattr(sys, "stderr", None)
    if descriptor == 2:
        with pytest.raises(ValueError, match="it is closed; redirect it to a file"):
            outputs._descriptor(path)
    else:
        assert outputs._descriptor(path) == descriptor


def test_an_output_into_an_open_descriptor_goes_there(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    outputs.write_files({f"/dev/fd/{writer}": b"data"})
    os.close(writer)
    assert os.read(reader, 10) == b"data"
    os.close(reader)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OutputError, match=r"fd/\d+: cannot be written: Bad file descriptor"):
        outputs.write_files({f"/dev/fd/{writer}": b"data"})


def test_a_device_is_written_to_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []
    monkeypatch.setattr(outputs, "write_all", lambda _descriptor, data: written.append(data))
    outputs.write_files({os.devnull: b"data"})
    assert written == [b"data"]


class Without:
    """Exclusions by the ends of paths."""

    def __init__(self, *ends: str) -> None:
        self.ends = ends

    def leaves_out(self, path: str) -> bool:
        return path.endswith(self.ends or "\0")

    refuses = leaves_out


def test_folders_deeper_than_the_limit_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "MAX_DEPTH", 2)
    deep = tmp_path / "1" / "2" / "3"
    deep.mkdir(parents=True)
    for folder in (deep, deep.parent):
        (folder / "m.onnx").write_bytes(b"x")
    found = paths.expand([str(tmp_path)], print, Without())
    assert found.models == [str(deep.parent / "m.onnx")]
    (error,) = [each for each in found.items if isinstance(each, ModelError)]
    assert str(error) == (f"{shorten(str(deep), 200)}: is nested more than 2 folders deep, "
                          "so it is not searched; name it to have it searched")  # fmt: skip


def test_what_a_search_passes_by_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/m.onnx", "a/old/m.onnx", "else/m.onnx", "b/x.ONNX", "b/readme"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(b"x")
    told: list[str] = []
    Path("a/out").symlink_to(tmp_path / "else")
    found = paths.expand(["a", "./a", "b", "-", "a/m.onnx"], told.append, Without("old"))
    assert found == (["a/m.onnx", "b/x.ONNX", "-"], ("a/old",))
    one = "{0}: 1 link leads to folders elsewhere, not searched: {0}/out; {1}"
    named = "name them to have them searched"
    assert told == [one.format("a", named), one.format("./a", named),
                    "excluded, not judged: a/old"]  # fmt: skip
    told.clear()
    for name in ("p", "q", "r"):
        Path("a", name).symlink_to(tmp_path / "else")
    paths.expand(["a"], told.append, Without())
    assert told == [("a: 4 links lead to folders elsewhere, not searched: a/out, a/p, a/q, …; "
                    "name them to have them searched")]  # fmt: skip
    told.clear()
    Path("a/r").unlink()
    paths.expand(["a"], told.append, Without())
    assert told[0].endswith("a/out, a/p, a/q; name them to have them searched")
    Path("empty").mkdir()
    errors = [
        str(*paths.expand([folder], told.append, Without(*ends)).items)
        for folder, ends in (("else", ["m.onnx"]), ("a/old", []), ("empty", []))
    ]
    assert errors == [
        ("else: there is no *.onnx file in this folder but for what is excluded; "
        "name the model itself"),
        "a/old/m.onnx", "empty: there is no *.onnx file in this folder; check the path",
    ]  # fmt: skip


def test_of_what_is_excluded_a_few_are_named(tmp_path: Path) -> None:
    told: list[str] = []
    for number in (paths.SHOWN, paths.SHOWN + 1, paths.SHOWN + 2000):
        paths.expand([f"{n}.onnx" for n in range(number)], told.append, Without(".onnx"))
    some = "excluded, not judged: 0.onnx, 1.onnx, 2.onnx, 3.onnx, 4.onnx"
    assert (paths.SHOWN, told) == (5, [some, f"{some} and 1 more", f"{some} and 2,000 more"])
    told.clear()
    found = paths.expand([".git", "x/.venv"], told.append, Without(".git", ".venv"))
    assert (told, found.excluded) == ([], (".git", "x/.venv"))


def test_where_the_current_folder_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert paths.absolute("x.onnx") == "x.onnx"
    found: list[Any] = list(paths._search(".", print, Without(), {}))
    assert [str(error) for error in found] == [
        ".: cannot be searched: No such file or directory; check the path"
    ]


@pytest.mark.parametrize(
    ("shell", "words", "offered"),
    [
        ("zsh", ["completion", "f"], [("word", "fish", "")]),
        ("bash", ["check", "--format", "=", "jso"],
         [("word", "json", ""), ("word", "jsonl", "")]),
        ("zsh", ["check", "--format=jso"],
         [("word", "--format=json", ""), ("word", "--format=jsonl", "")]),
        ("bash", ["check", "--output", "jso"], None),
        ("bash", ["inspect", "--count", "="], [("word", "macs", ""), ("word", "flops", "")]),
    ],
)  # fmt: skip
def test_a_shell_is_offered_the_rest_of_its_last_word(
    cli: Cli, shell: str, words: list[str], offered: list[tuple[str, str, str]] | None
) -> None:
    done = cli("completion", shell, "--line", SEPARATOR.join(words))
    assert (done.code, done.err) == (0, "")
    lines = [tuple(line.split("\t")) for line in done.out.splitlines()]
    assert lines == (offered if offered is not None else [*map(tuple, candidates(words))])


def test_the_script_of_a_shell_is_printed_as_it_is(cli: Cli) -> None:
    for shell, script in SCRIPTS.items():
        done = cli("completion", shell)
        assert (done.code, done.out, done.err) == (0, script, ""), shell


def test_help_has_every_command_option_and_exit_code() -> None:
    text = top_parser().format_help()
    lines = [f"{name:<10}  {command.summary}" for name, command in COMMANDS.items()]
    lines += ["COMMAND     one of those below", "-h, --help  show this help message and exit",
              "--version   show program's version number and exit"]  # fmt: skip
    for line in lines:
        assert f"\n  {line}\n" in text, line
    assert text.startswith("usage: onnxlint COMMAND …\n")
    assert text.endswith(f"\n\n{EXITS}\nonnxlint COMMAND --help shows a command's options.\n")


def test_an_option_is_offered_with_the_first_words_of_its_help() -> None:
    assert [*map(tuple, candidates(["inspect", "--cou"]))] == [
        ("word", "--count", "headline unit"),
    ]  # fmt: skip
    for told, brief in (
        ("all; but for some (of them)", "all"), ("some (of them); all", "some"),
        ("100%% of it", "100% of it"), (None, ""),
    ):  # fmt: skip
        assert _brief(Action([], "x", help=told)) == brief


def test_after_the_value_of_an_option_comes_an_argument() -> None:
    for words, kinds in (
        (["completion", ""], {"word"}),
        (["check", "--jobs", "2", ""], {"file"}),
        (["check", "--", "--jobs", ""], {"file"}),
        (["check", "--", "-"], {"file"}),
        (["explain", "SEP001", ""], set()),
    ):
        assert {each.kind for each in candidates(words)} == kinds, words
    formats = [each.value for each in candidates(["report", "x.onnx", "--format", "html,p"])]
    assert formats == ["html,pdf"]


def test_what_stands_in_the_way_of_a_file_is_named(tmp_path: Path) -> None:
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device",
             stat.S_IFCHR: "a device"}  # fmt: skip
    assert {mode: outputs._kind(mode | 0o600) for mode in kinds} == kinds
    file = tmp_path / "file"
    assert outputs._mode(str(file)) is None
    file.touch(0o640)
    assert outputs._mode(str(file)) == stat.S_IFREG | file.stat().st_mode & 0o777
    (tmp_path / "link").symlink_to(file)
    assert outputs._mode(str(tmp_path / "link")) is None
    with pytest.raises(IsADirectoryError):
        outputs._mode(str(tmp_path))
    for error, said in (
        (FileNotFoundError(2, "x"), "there is no such folder; create it first"),
        (OSError(errno.ENOSPC, "full"), "full; free some space or write elsewhere"),
        (OSError(errno.EIO, "broken"), "broken"),
        (ValueError("odd"), "odd"),
    ):
        assert outputs._reason(error) == said


def test_what_killed_processes_left_goes_after_an_hour(tmp_path: Path) -> None:
    names = {f".onnxlint-{'0' * 16}.tmp": 3700, f".onnxlint-{'1' * 16}.tmp": 3500,
             f".onnxlint-{'0' * 15}.tmp": 9000, f"x.onnxlint-{'0' * 16}.tmp": 9000}  # fmt: skip
    for name, age in names.items():
        (tmp_path / name).touch()
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    outputs._clear(str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {*names} - {f".onnxlint-{'0' * 16}.tmp"}


def test_what_goes_on_is_said_of_each_step(
    cli: Cli, clean: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Console, "doing", lambda _, what: said.append(what))
    assert cli("report", clean, "--format", "json", "-o", "out").code == 0
    assert said == ["report", "judging clean.onnx", "putting the report together",
                    "writing JSON"]  # fmt: skip
    said.clear()
    assert cli("check", clean).code == 0
    assert said == ["check"]
    assert cli("completion", "bash").code == 0
    assert said == ["check", "completion"]


def test_versions_are_those_of_what_reads_models_and_makes_pages(cli: Cli) -> None:
    first, *rest = cli("version").out.splitlines()
    assert first.startswith("onnxlint ")
    assert [line.split()[0] for line in rest] == [
        "Python", "onnx", "protobuf", "numpy", "networkx", "Jinja2", "PyYAML", "weasyprint",
    ]  # fmt: skip
    assert [line.split(" ", 1)[1] for line in rest if line.startswith("numpy")] == [np.__version__]
    assert cli("version", "-q").out == f"{first}\n"
