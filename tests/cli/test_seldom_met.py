"""What a command meets seldom: what the system refuses, streams that wait, words that are wrong."""

from __future__ import annotations

import errno
import os
import select
import sys
import webbrowser
from argparse import ArgumentTypeError
from dataclasses import astuple
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from analyzer.cli import (
    baseline,
    batch,
    bounds,
    compare,
    console,
    environment,
    exits,
    internal,
    judge,
    main,
    memory,
    new_rule,
    outputs,
    paths,
    rules,
    targets,
    version,
)
from analyzer.cli.budgets.figures import FIGURES
from analyzer.cli.caching import cache, frozen, proof
from analyzer.cli.caching.material import Unkeyable
from analyzer.cli.config import exclude, find, globs, read
from analyzer.cli.git import changed
from analyzer.cli.pages import browser, compared, many, places
from analyzer.errors import ConfigError, MistakesError, ModelError, OutputError, RuleError
from analyzer.findings import baseline_file
from analyzer.findings.baseline import relative
from analyzer.language import catalogue
from analyzer.report import explain
from analyzer.report.result import Failure
from analyzer.streams import write_all
from analyzer.version import __version__


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


def refusing(error: BaseException) -> Any:
    def refuse(*_: object, **__: object) -> Any:
        raise error

    return refuse


class Heard:
    """A console that keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.error = self.note = self.raw = self.line = self.said.append
        self.quiet = False


def test_a_pipe_that_is_full_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    waited: list[object] = []
    taken = bytearray()

    def drained(*sides: list[int]) -> None:
        waited.append(sides)
        taken.extend(os.read(reader, 1 << 20))

    monkeypatch.setattr(select, "select", drained)
    data = bytes(range(256)) * 400
    write_all(writer, data)
    os.close(writer)
    while rest := os.read(reader, 1 << 20):
        taken.extend(rest)
    os.close(reader)
    assert waited
    assert waited[0] == ([], [writer], [])
    assert taken == data


def test_errors_of_a_command_are_told_and_end_it_with_their_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard = Heard()
    monkeypatch.setattr(console, "Console", lambda: heard)
    monkeypatch.setattr(memory, "check_memory", lambda: None)
    monkeypatch.setattr(os, "environ", {})
    bug = "internal error: KeyError: 'x'"
    shown = "; --debug shows the traceback, please report it"
    for error, words, code, said in (
        (MistakesError("a", "b"), [], exits.INCONCLUSIVE, ["a", "b"]),
        (ConfigError("c"), [], exits.INCONCLUSIVE, ["c"]),
        (SystemExit(2), [], 2, []),
        (SystemExit("text"), [], exits.CLEAN, []),
        (KeyError("x"), [], exits.INCONCLUSIVE, [bug + shown]),
        (KeyError("x"), ["--debug"], exits.INCONCLUSIVE, ["Traceback", bug]),
    ):
        heard.said.clear()
        monkeypatch.setattr(main, "_dispatch", refusing(error))
        assert main._guarded(words) == code
        assert [line if line in said else line[:9] for line in heard.said] == said
    monkeypatch.setattr(main, "_dispatch", refusing(BrokenPipeError()))
    with pytest.raises(BrokenPipeError):
        main._guarded([])
    monkeypatch.setattr(main, "_dispatch", lambda *_: 1)
    assert main._guarded([]) == 1
    monkeypatch.setattr(os, "environ", {"ONNXLINT_DEBUG": "1"})
    heard.said.clear()
    monkeypatch.setattr(main, "_dispatch", refusing(KeyError("x")))
    main._guarded([])
    assert heard.said[1:] == [bug]


def test_what_follows_two_dashes_are_paths() -> None:
    for words, plain in (
        (["a", "-b"], ["a", "-b"]),
        (["a", "--", "-b", "c", "-", "--"], ["a", f".{os.sep}-b", "c", "-", f".{os.sep}--"]),
        (["-a", "--", ""], ["-a", ""]),
    ):
        assert main._plain(words) == plain


def test_a_library_that_finds_no_memory_says_so_in_its_cause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "_limits", list)
    unmapped = OSError(f"x: {memory.UNMAPPED}".upper())
    assert memory.ran_out(MemoryError())
    assert memory.ran_out(OSError(errno.ENOMEM, "x"))
    assert memory.ran_out(ImportError(f"x: {memory.UNALLOCATED}"))
    assert not memory.ran_out(ValueError(memory.UNALLOCATED))
    assert not memory.ran_out(unmapped)
    assert not memory.ran_out(None)
    monkeypatch.setattr(memory, "_limits", lambda: [1 << 30])
    assert memory.ran_out(unmapped)
    assert not memory.ran_out(OSError("x"))
    error: BaseException = MemoryError()
    for depth in range(1, memory.CAUSES + 2):
        assert memory.ran_out(error) is (depth <= memory.CAUSES), depth
        outer = ValueError()
        outer.__cause__ = error
        error = outer


def test_without_limits_of_the_system_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory._limits() == []
    three = some(RLIMIT_AS=0, RLIMIT_DATA=1, RLIM_INFINITY=-1, getrlimit=lambda n: ((7, -1)[n], 9))
    monkeypatch.setitem(sys.modules, "resource", three)
    assert memory._limits() == [7]


def test_what_is_wrong_with_a_model_is_told_with_its_path() -> None:
    heard: Any = Heard()
    for error, debug, reason in (
        (ModelError("a", "broken", "mend it"), False, str(ModelError("a", "broken", "mend it"))),
        (RuleError("no rule"), False, "a: no rule"),
        (ValueError("x"), True, "a: internal error: ValueError: x"),
    ):
        made = judge.failure_of("a", error, heard, debug=debug)
        assert (made.path, made.message, made.scarce) == ("a", reason, False)
    assert judge.failure_of("a", MemoryError(), heard, debug=False).scarce
    assert len(heard.said) == 1


def test_the_traceback_is_shown_where_it_is_asked_for_and_the_error_always() -> None:
    for debug, lines in ((True, 2), (False, 1)):
        heard: Any = Heard()
        internal.report_bug(heard, ValueError("x"), debug=debug)
        assert len(heard.said) == lines
        assert heard.said[-1] == internal.describe_bug(ValueError("x"), debug=debug)


def test_one_model_that_is_a_bug_of_ours_is_a_failure_of_its_own() -> None:
    asked = iter(["a", "b"])
    answers: list[Any] = []

    def task(path: str) -> object:
        if path == "a":
            raise ValueError("x")
        return path

    def receive() -> str:
        for path in asked:
            return path
        raise EOFError

    batch._serve(task, some(recv=receive), some(send=answers.append))
    first, second = answers
    assert (first, second) == (
        Failure("a", "a: internal error: ValueError: x; --debug shows the traceback, please "
                "report it"), "b",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("opened", "unseen", "said"),
    [
        (lambda _: True, "", []),
        (lambda _: False, "", ["not opened: no browser was found; BROWSER names one"]),
        (refusing(webbrowser.Error()), "", ["not opened: no browser was found; BROWSER names one"]),
        (refusing(OSError()), "", ["not opened: no browser was found; BROWSER names one"]),
        (refusing(KeyError()), "this is CI", ["not opened: this is CI"]),
    ],
)
def test_a_page_is_opened_or_not_and_why(
    opened: Any, unseen: str, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webbrowser, "open", opened)
    heard: Any = Heard()
    browser.open_page("p.html", heard, some(unseen=unseen))
    assert [line.removeprefix("--open: p.html is ") for line in heard.said] == said


def test_screens_are_asked_for_where_systems_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, variables, unseen in (
        ("linux", {}, "there is no display"),
        ("linux", {"DISPLAY": ""}, "there is no display"),
        ("linux", {"DISPLAY": ":0"}, ""),
        ("linux", {"WAYLAND_DISPLAY": "w"}, ""),
        ("linux", {"BROWSER": "b"}, ""),
        ("linux", {"BROWSER": "b", "CI": "true"}, "this is CI"),
        ("linux", {"BROWSER": "b", "CI": "0"}, ""),
        ("darwin", {}, ""),
        ("win32", {}, ""),
        ("win32", {"CI": "1"}, "this is CI"),
    ):
        monkeypatch.setattr(sys, "platform", platform)
        assert environment._unseen(variables) == unseen


def test_patterns_that_leave_out_everything_or_lead_out_are_refused() -> None:
    texts = ("old", "./", "/", "..", "../x", "a/../b", "a/**")
    wrong: list[tuple[str, str]] = []
    table: Any = some(texts=lambda _: texts, error=lambda key, text: wrong.append((key, text)))
    found = exclude.read_patterns(table, "exclude", "/p")
    assert found == tuple((text, "/p") for text in texts)
    every = " would leave out everything; name a file or a folder"
    outside = (' leads out of the project; paths begin at the folder of this file, as in '
               '"models/old"')  # fmt: skip
    assert wrong == [("exclude", f"'{text}'{said}") for text, said in (
        ("./", every), ("/", every), ("..", every), ("../x", outside), ("a/../b", outside),
    )]  # fmt: skip


def test_no_folder_holds_what_has_no_way_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert globs.path_within("/a/b/c.onnx", "/a") == "b/c.onnx"
    assert globs.path_within("/ab/c.onnx", "/a") is None
    assert globs.path_within("/..a", "/") == "..a"
    monkeypatch.setattr(os.path, "relpath", refusing(ValueError("another drive")))
    assert globs.path_within("/a/b/c.onnx", "/a") is None
    assert relative("/a/b/c.onnx", "/d") == "/a/b/c.onnx"
    assert places._common(["a", "/b"]) == os.sep
    assert places._common(["/a/b", "/a/c"]) == "/a"


def test_standard_input_is_below_nothing() -> None:
    assert places._below("-", ["/"]) == "-"
    assert places._below("/a/b/c", ["/a", "/a/b"]) == "c"
    assert places._below("/x/c", ["/a"]) == "c"


def test_links_and_huge_files_hold_for_nothing(tmp_path: Path) -> None:
    ours, link = tmp_path / "pyproject.toml", tmp_path / "link.toml"
    ours.write_text("[tool.onnxlint]\n")
    link.symlink_to(ours)
    assert find._is_ours(str(ours))
    assert not find._is_ours(str(link))
    assert not find._is_ours(str(tmp_path))
    ours.write_bytes(b"[tool.onnxlint]\n" + b"#" * read.MAX_PYPROJECT)
    assert not find._is_ours(str(ours))


def test_a_file_of_ours_that_cannot_be_read_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.toml"
    with pytest.raises(ConfigError, match=r": there is no such file$"):
        read.read_bytes(str(path))
    with pytest.raises(ConfigError, match=r": is not a file$"):
        read.read_bytes(str(tmp_path))
    path.write_bytes(b"1234")
    assert read.read_bytes(str(path), 4) == b"1234"
    with pytest.raises(ConfigError, match=r": larger than 3 bytes$"):
        read.read_bytes(str(path), 3)
    monkeypatch.setattr("builtins.open", refusing(PermissionError(errno.EACCES, "Permission")))
    with pytest.raises(ConfigError, match=r"a\.toml: cannot be read: Permission$"):
        read.read_bytes(str(path))


def test_folders_are_made_or_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    inner = str(tmp_path / "a" / "b")
    outputs._make_folder(inner, made)
    assert made == [str(tmp_path / "a"), inner]
    outputs._make_folder(inner, made)
    outputs._make_folder("", made)
    assert len(made) == 2
    file = tmp_path / "f"
    file.touch()
    with pytest.raises(OutputError, match=r": is a file, not a folder; name another one$"):
        outputs._make_folder(str(file), made)
    monkeypatch.setattr(os, "mkdir", refusing(PermissionError(errno.EACCES, "Permission denied")))
    with pytest.raises(OutputError, match=r"c: cannot be created: Permission denied"):
        outputs._make_folder(str(tmp_path / "c"), made)


def test_a_loop_of_links_and_a_path_that_is_none_do_not_exist() -> None:
    assert not paths._is_folder(some(is_dir=refusing(OSError(errno.ELOOP, "loop"))))
    assert paths._is_folder(some(is_dir=lambda: True))
    assert not baseline._exists("a\0b")
    assert baseline._exists(os.sep)


def test_a_stream_that_is_closed_is_no_terminal() -> None:
    assert not console._is_terminal(some(isatty=refusing(ValueError("closed"))))
    assert not console._is_terminal(None)
    assert console._is_terminal(some(isatty=lambda: True))
    assert console._descriptor(some()) is None
    assert console._descriptor(some(fileno=lambda: 5)) == 5


def test_a_comparison_is_written_as_pages_and_json_alone() -> None:
    with pytest.raises(ConfigError) as caught:
        compared.compared_pages(b"", "c.json", ["html", "csv"], some(), debug=False)
    assert str(caught.value) == ("c.json: is the JSON of a comparison, of which there is no csv; "
                                 "formats are html, pdf, json")  # fmt: skip


def test_a_pdf_of_a_comparison_needs_a_file() -> None:
    wrong = some(output=[], format="pdf")
    with pytest.raises(ConfigError, match=r"^--format pdf: name a file for it with -o$"):
        compare._outputs(wrong)
    assert compare._outputs(some(output=[], format="json")) == ({}, "json", "")
    assert compare._outputs(some(output=[], format=None)) == ({}, "text", "")
    assert compare._outputs(some(output=["c.json"], format=None)) == ({"c.json": "json"}, "", "")
    with pytest.raises(ConfigError, match="name one file instead of standard output"):
        compare._outputs(some(output=["a.html", "b.html"], format=None))


def test_a_bound_that_is_no_amount_says_what_it_is() -> None:
    for text in ("macs", "macs=", "=5", "nothing=5", "macs=x", "macs=-1", "macs=1.5"):
        with pytest.raises(ArgumentTypeError, match=f"^'{text}'"):
            bounds._bound(text)
    assert astuple(bounds._bound(" macs = 1k ")) == ("macs", 0, 1000, "1k")
    assert astuple(bounds._bound("macs=0")) == ("macs", 0, 0, "0")


def test_figures_of_budgets_are_in_their_units() -> None:
    said = {figure.unit: figure.text(4096) for figure in FIGURES.values()}
    assert said == {
        "MACs": "4.096 kMAC",
        "FLOPs": "4.096 kFLOP",
        "bytes": "4 KiB",
        "parameters": "4,096",
    }


def test_a_file_that_cannot_be_read_is_not_the_same(tmp_path: Path) -> None:
    assert changed._digest(str(tmp_path / "none"), "sha1") == ""
    (tmp_path / "empty").touch()
    assert changed._digest(str(tmp_path / "empty"), "sha1") == (
        "da39a3ee5e6b4b0d3255bfef95601890afd80709"
    )


def test_a_file_that_is_another_when_it_is_opened_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    with proof._opened(str(path)) as file:
        assert file.read() == b"x"
    with pytest.raises(OSError, match="not a regular file"), proof._opened(str(tmp_path)):
        pass
    real = os.stat(tmp_path)
    monkeypatch.setattr(os, "fstat", lambda _: real)
    with pytest.raises(OSError, match="no longer a regular file"), proof._opened(str(path)):
        pass


def test_records_are_stored_under_the_name_of_their_home() -> None:
    with pytest.raises(frozen.NotFrozen, match=r"is no record$"):
        frozen._form(type("Plain", (), {"__module__": "analyzer.facts.whole"}))


def test_plans_without_a_key_remember_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = cache.Cache.__new__(cache.Cache)
    found._plans, found._judges, found._rules = {}, "j", None
    monkeypatch.setattr(cache, "written", refusing(Unkeyable("x")))
    plan: Any = type("Plan", (), {"rules": ()})()
    assert found._plan_key(plan) is None
    assert found._plans == {plan: None}
    assert found.recall("a", plan) is None


def test_commands_about_rules_that_take_one_argument_say_so() -> None:
    heard: Any = Heard()
    with pytest.raises(ConfigError, match=r"^rules new takes one argument, not 2$"):
        rules.run(some(action="new", arguments=["a", "b"]), heard, some())


def test_a_rule_that_cannot_be_written_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(new_rule, "_create", refusing(OSError(errno.ENOSPC, "No space left")))
    with pytest.raises(OutputError, match=r"a-b\.yaml: cannot be written: No space left$"):
        new_rule.write_new_rule(str(tmp_path / "a-b"))


def test_a_package_that_is_not_there_is_not_installed() -> None:
    assert version._version("no-such-package-of-ours") == "not installed"
    heard: Any = Heard()
    heard.quiet = True
    assert version.run(some(), heard, some()) == exits.CLEAN
    assert heard.said == [f"onnxlint {__version__}"]


def test_a_model_of_targets_that_fails_says_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    for error, message in ((ModelError("a", "broken", "mend it"), "a: broken; mend it"),
                           (RuleError("no rule"), "a: no rule")):  # fmt: skip
        monkeypatch.setattr(targets, "facts_of", refusing(error))
        assert targets._facts("a", some()) == Failure("a", message)
    found = some()
    monkeypatch.setattr(targets, "facts_of", lambda *_: found)
    assert targets._facts("a", some()) is found


def test_pages_of_many_are_prepared_for_their_formats(monkeypatch: pytest.MonkeyPatch) -> None:
    from analyzer.report import pdf

    asked: list[str] = []

    def prepare() -> None:
        asked.append("pdf")
        raise OutputError("no library")

    monkeypatch.setattr(pdf, "prepare_pdf", prepare)
    many._prepare_pages({"html": "html"})
    assert asked == []
    many._prepare_pages({"html": "html", "pdf": "pdf"})
    assert asked == ["pdf"]


def test_a_baseline_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline_file, "MAX_BYTES", 1200)
    with pytest.raises(ConfigError, match=r"^b: larger than 1,200 bytes$"):
        baseline_file.parse_baseline(b" " * 1201, "b")
    with pytest.raises(ConfigError, match=r"^b:1: no baseline"):
        baseline_file.parse_baseline(b" " * 1200, "b")


def test_a_language_without_a_catalogue_has_no_words() -> None:
    assert catalogue.catalogue("xx", "nothing") == {}


def test_operands_of_what_has_no_call_are_told_by_their_names() -> None:
    node: Any = some(domain="", op_type="Relu", id="r", scope="", tags=(), inputs=("x", ""),
                     outputs=())  # fmt: skip
    assert dict(explain._identity(node, None, ""))["inputs"] == "x, omitted"
