"""The command line as a fuzzing target: words and standard input from one string of bytes."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
import tempfile
from contextlib import chdir, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from unittest import mock

from analyzer.cli.main import run
from analyzer.ruleset import load_rules
from tests import audit
from tests.fuzz import seeds
from tests.fuzz.outputs import expect, plain, without_our_commands
from tests.fuzz.promises import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.ruleset import Rule

CODES = {0, 1, 2, 130, 141, 143}
_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_FILES = ("f.onnx", "c.toml", "b.json", "d/r.yaml")
"""Where the bytes for standard input lie as well: a model, a configuration, a baseline, a rule."""


def command_line(data: bytes) -> None:
    """Run ``data``: one word a line, then an empty line, then what standard input brings."""
    head, _, stdin = data.partition(b"\n\n")
    words = [word(line) for line in head.split(b"\n")]
    streams = [_Stream(stdin), _Stream(), _Stream()]
    with (
        _folder(stdin) as folder,
        audit.watched(writable=[folder]) as seen,
        mock.patch.multiple(sys, stdin=streams[0], stdout=streams[1], stderr=streams[2]),
        mock.patch("analyzer.ruleset.load_rules", _load_rules),
        mock.patch("analyzer.cli.internal.report_bug", _raise_bug),
        mock.patch("analyzer.cli.judge.describe_bug", _raise_as_is),
    ):
        code = run(words)
    expect(not seen, f"not allowed: {seen}")
    expect(code in CODES, f"exit code {code}")
    out, err = (stream.buffer.getvalue() for stream in streams[1:])  # type: ignore[attr-defined]
    for text in (out.decode(), err.decode()):
        text = _COLOR.sub("", text) if "always" in words else text
        plain(without_our_commands(text) if "github" in words else text)
        expect("Traceback (most recent" not in text, "a traceback")
    expect(code != 2 or bool(out or err) or "-q" in words, "exit code 2 without a word")


def word(line: bytes) -> str:
    """``line`` as an argument that the operating system can pass and that stays in its folder."""
    return os.fsdecode(line.replace(b"\0", b"").replace(b"/", b"_").replace(b"..", b"._"))


def command_seeds() -> list[bytes]:
    """Every command and most options, on models and on files that are none."""
    model = seeds.conv().SerializeToString()
    rule = (Path(__file__).parents[2] / "rules").glob("*1-*.yaml")
    lines = """check -|check m.onnx f.onnx --format json -j 2|check . --select ALL --preview
        check - --weights --fail-on info --color always|check - --output json=o.json
        check m.onnx --write-baseline w.json|check - --shape x=1,3,9,9 --dim N=2 --trip-count l=3
        check - --limit nodes=1 --no-hash -q|check - --config c.toml|check - --baseline b.json
        report - -o p --format html|inspect -|inspect - --format csv|inspect m.onnx --format json
        inspect - --explain y|inspect - --growth|inspect --conventions|inspect - --count flops
        scale - --width 0.5,1 --resolution 0.5|scale m.onnx --budget 1e6 --divisor 4 --format json
        scale - --depth 2|graph - -o -|graph m.onnx -o g.dot --format dot|rules|rules test d
        rules list d --format json|explain SEP001|explain X --rules d|version|--version|--help
        check --help|nothing|check|check - --no-config --ignore SEP --debug|check - --rules d
        check - --format github|check - --format sarif|compare m.onnx -|compare - m.onnx
        check - --format junit|check - --format markdown|check - --format gitlab
        check - --format csv|check - --format jsonl|check - --format concise
        check - --format code-scanning
        compare m.onnx f.onnx --format json"""
    commands = ["\n".join(command.split()) for command in re.split(r"[|\n]", lines)]
    found = [command.encode() + b"\n\n" + model for command in commands]
    for text in (b'[rules]\nselect = ["SEP"]\n', b'{"version": 1, "findings": []}'):
        found += [f"check\n-\n--{option}\n\n".encode() + text for option in _OPTIONS]
    return found + [b"rules\ntest\nd\n\n" + path.read_bytes() for path in rule]


QUESTIONS = (
    "check - --format github --preview", "check - --format sarif --weights", "compare m.onnx -",
    "compare - m.onnx --format json", "scale -", "scale - --format json --width 0.5,1",
    "scale - --format csv --depth 1,2", "scale - --budget 1e6", "inspect - --growth",
    "inspect - --growth --format json", "inspect - --conventions", "inspect - --format csv",
    "inspect - --conventions --format json", "graph - -o g.dot", "report - -o p --format html",
)  # fmt: skip
"""Commands about the model on standard input, besides plain ``check`` and ``inspect``."""


def ask(question: str, model: bytes) -> None:
    """Run the command ``question`` about ``model``."""
    command_line("\n".join(question.split()).encode() + b"\n\n" + model)


_OPTIONS = ("config\nc.toml", "baseline\nb.json", "rules\nd")


@contextmanager
def _folder(stdin: bytes) -> Iterator[Path]:
    """A new folder with a model in it, deep enough that nothing written leaves it."""
    top = Path(tempfile.mkdtemp(prefix="onnxlint-fuzz-"))
    try:
        place = top / "in" / "here"
        (place / "d").mkdir(parents=True)
        (place / "m.onnx").write_bytes(_model())
        for name in _FILES:
            (place / name).write_bytes(stdin)
        with chdir(place):
            yield top
    finally:
        shutil.rmtree(top)


@lru_cache(maxsize=1)
def _model() -> bytes:
    data: bytes = seeds.everything().SerializeToString()
    return data


class _Stream(io.TextIOWrapper):
    def __init__(self, data: bytes = b"") -> None:
        super().__init__(io.BytesIO(data), "utf-8", "backslashreplace", write_through=True)


def _load_rules(directory: Any = None) -> tuple[Rule, ...]:
    """The shipped rules once, not every time: they are half of what a command costs."""
    return rules() if directory is None else load_rules(directory)


def _raise_bug(console: object, error: BaseException, *, debug: bool) -> NoReturn:
    raise error


def _raise_as_is(error: BaseException, *, debug: bool) -> NoReturn:
    raise error
