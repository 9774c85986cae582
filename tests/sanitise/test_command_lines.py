"""What a command prints, and writes, is obeyed by nobody: names of files, options, settings."""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from analyzer.cli.main import run
from analyzer.cli.parser import COMMANDS, command_parser
from analyzer.report import CHECK_FORMATS, SUFFIXES
from tests.golden.text import parse
from tests.sanitise.names import cycle, hostile_model, names, quoted, rule_file
from tests.sanitise.test_lines import NAMES, check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[..., list[str]]

SMALL = "g (float[N,8] x) => (float[N,8] y) { i = Identity (x) y = Relu (i) }"
FILES = names(max(NAMES, 30), seed=5)


def as_file(name: str, end: str = ".onnx") -> str:
    """``name`` as far as a file can be called that."""
    data = name.replace("\0", "").replace("/", "_").encode("utf-8", "replace")[:180]
    return os.fsdecode(data + b"\xff" * (len(data) % 7 == 0)) + end


def as_word(name: str) -> str:
    return name.replace("\0", "")


@pytest.fixture
def oracle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Run:
    """Run ``onnxlint WORDS…`` in an empty folder; what is wrong with what it prints."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> list[str]:
        capfd.readouterr()
        run(words)
        out, err = capfd.readouterr()
        assert "internal error" not in err, (words, err)
        github = "CHECK_FORMATS github" if "github" in words else "out"
        # A line of progress takes the place of the one before.
        err = re.sub(r"\r([^\r\n]*)\x1b\[K", r"\n\1\n", err)
        return [f"{words}: {line}" for line in (*check(github, out), *check("err", err))]

    return call


def small(path: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(parse(SMALL).SerializeToString())
    return path


def test_names_of_files_and_folders_are_obeyed_by_nobody(oracle: Run) -> None:
    for number, name in enumerate(FILES[: max(NAMES, 12)]):
        small(f"{as_file(FILES[number - 1], '')}/{as_file(name)}" if number % 4 else as_file(name))
    Path(as_file("::error::empty")).touch()
    Path(as_file("##[error]text")).write_text("no model")
    Path(as_file("\xa0::error::folder")).mkdir()
    Path(as_file("\u2003::error::gone")).symlink_to("/nowhere")
    found = oracle("check", ".", "--statistics", "--color", "always", "-j", "1")
    files = {name: f"\u2003::error::{name}.{SUFFIXES.get(name, name)}" for name in CHECK_FORMATS}
    one = as_file(FILES[0])
    found += oracle("check", one, "--output", f"netron={files['netron']}")
    outputs = [f"--output={name}={file}" for name, file in files.items() if name != "netron"]
    found += oracle("check", ".", "--format", "github", "-j", "1", *outputs)
    found += oracle("check", one, as_file(FILES[1], ""), "--format", "github", "-j", "2")
    for name, file in files.items():
        found += check(f"CHECK_FORMATS {name}", Path(file).read_bytes().decode())
    found += oracle("targets", ".", "--target", "tensorrt")
    found += oracle("check", ".", "-j1", "--write-baseline", "::error::baseline")
    found += check("baseline", Path("::error::baseline").read_text())
    found += oracle("check", ".", "-j1", "--baseline", "::error::baseline")
    assert found == []


def test_progress_is_obeyed_by_nobody(oracle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.cli.console._is_terminal", lambda stream: True)
    for name in FILES[:10]:
        small(as_file(name))
    assert oracle("check", ".", "-j", "1") == []
    assert oracle("targets", ".", "--target", "tensorrt") == []


@pytest.mark.parametrize("name", names(max(NAMES // 20, 1), seed=6), ids=ascii)
def test_words_of_a_command_line_are_obeyed_by_nobody(oracle: Run, name: str) -> None:
    """Every option of every command with a value that somebody else chose."""
    model, word = small(as_file(name)), as_word(name)
    found = oracle(word) + oracle(f"--{word}")
    for command in COMMANDS:
        for words in _calls(command, model, word):
            found += oracle(command, *words)
    assert found == []
    for path in Path.cwd().rglob("*"):
        if path.is_file() and path.suffix not in (".onnx", ".pdf"):
            found += check(path.name, path.read_text(errors="replace"))
    assert found == []


def _calls(command: str, model: str, word: str) -> Iterator[list[str]]:
    """Command lines that say ``word`` wherever something can be said."""
    module = import_module(f"analyzer.cli.{COMMANDS[command].module}")
    actions = command_parser(command, module.configure)._actions
    subject = [model, model] if command == "compare" else [model]
    yield [word]
    yield [word, model]
    yield [model, word]
    yield [*subject, f"--{word}"]
    if command == "rules":
        yield from ([action, word] for action in ("list", "test", "fields", "new", "schema"))
        return
    needed = ["-o", "out", "--format", "json"] if command in ("report", "graph") else []
    needed = ["-o", "out.svg"] if command == "draw" else needed
    for number, action in enumerate(actions):
        if action.option_strings and action.nargs != 0:
            option = action.option_strings[-1]
            for value in (word, f"x={word}" if number % 2 else f"{word}=1"):
                yield [*subject, *needed, option, value]


SETTINGS = (
    "{q} = 1", "[{q}]", "[rules]\n{q} = 1", "[rules]\nselect = [{q}]", "[rules]\nignore = [{q}]",
    "[severity]\n{q} = 'error'", "[severity]\nSEP001 = {q}", "[options]\n{q} = 1",
    "[options.SEP001]\n{q} = 1", "[options.SEP001]\nmin-macs = {q}", "[limits]\n{q} = 1",
    "[limits]\nnodes = {q}", "[dims]\n{q} = 1", "[shapes]\n{q} = [1]", "targets = [{q}]",
    "rules = [{q}]", "baseline = {q}", "plugins = [{q}]", "[trust]\ndomains = [{q}]",
    "[operators.{q}]\nlike = 'Relu'", "[operators.'a::B']\nlike = {q}",
    "[operators.'a::B']\nmacs = {q}", "[[suppress]]\nrule = {q}\nreason = 'a'",
    "[[suppress]]\nrule = 'STR001'\nmodel = {q}\nnode = {q}\nreason = {q}",
    "[[suppress]]\nrule = 'STR001'\nreason = {q}\nexpires = 2000-01-01",
    "[[models]]\npath = {q}\nbudgets = {{macs = {q}}}", "[[models]]\npath = '*'\n{q} = 1",
    "a = {r}", "{r}", "[{r}]\n{r} = {r}", "a = '''{r}", "# {r}\n= 1",
)  # fmt: skip


def test_settings_are_obeyed_by_nobody(oracle: Run) -> None:
    model, found = small("m.onnx"), []
    for number, name in enumerate(FILES[: max(NAMES // 2, 8)]):
        for setting in SETTINGS[number % 3 :: 3]:
            config = as_file(name, ".toml")
            raw = name.encode("utf-8", "replace").decode()
            text = setting.format(q=quoted(name), r=raw)
            Path(config).write_text(text, encoding="utf-8", newline="")
            for command in ("check", "config"):
                found += oracle(command, model, "--config", config)
    assert found == []


PLACES = ("severity: warning", "EVL", "node.outputs[0]", "name: evil", "{{ node.name }}", "Neg (x)",
          "own", "expect: match")  # fmt: skip
"""In a rule file, what a mistake takes the place of."""


def test_rule_files_are_obeyed_by_nobody(oracle: Run) -> None:
    name = cycle(FILES)
    Path("m.onnx").write_bytes(hostile_model(name).SerializeToString())
    found = []
    for number in range(3):
        folder = Path(as_file(FILES[number], ""))
        folder.mkdir()
        good = rule_file(name, number)
        (folder / as_file(FILES[number + 7], ".yaml")).write_text(good, encoding="utf-8")
        for words in (["rules"], ["rules", "list"], ["rules", "test"]):
            found += oracle(*words, *([str(folder)] if len(words) > 1 else []))
        found += oracle("rules", "list", str(folder), "--format", "json")
        found += oracle("explain", f"EVL{number:03}", "--rules", str(folder))
        found += oracle("explain", FILES[number].replace("\0", ""), "--rules", str(folder))
        found += oracle("check", "m.onnx", "--rules", str(folder), "--preview")
        for place in PLACES:
            bad = good.replace(place, FILES[number + 11].encode("utf-8", "replace").decode())
            (folder / "b.yaml").write_text(bad, encoding="utf-8")
            found += oracle("rules", "test", str(folder))
    assert found == []


def test_other_inputs_are_obeyed_by_nobody(oracle: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    model, found = small("m.onnx"), []
    for name in FILES[:6]:
        raw = name.encode("utf-8", "replace").decode()
        for number, text in enumerate((raw, f'{{"version": {quoted(name)}}}', f"[[{raw}]]")):
            Path("b.json").write_text(text, encoding="utf-8", newline="")
            found += oracle("check", model, "--baseline", "b.json")
            table = as_file(name, f"{number}.csv")
            Path(table).write_text(f"# source: {raw}\nop,{raw}\n{raw},1\n", newline="")
            found += oracle("check", model, "--target", table)
        monkeypatch.setenv("SOURCE_DATE_EPOCH", as_word(name))
        found += oracle("check", model)
        monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert found == []
