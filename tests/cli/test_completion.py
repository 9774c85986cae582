"""``onnxlint completion``: what is offered, and that the three shells show it."""

from __future__ import annotations

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from argparse import SUPPRESS, Action
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from analyzer.cli.candidates import FILE, FOLDER, OPEN, VALUES, candidates
from analyzer.cli.completion import SCRIPTS, joined
from analyzer.cli.parser import COMMANDS, command_parser
from analyzer.devices import SHIPPED as SHIPPED_DEVICES
from analyzer.report import CHECK_FORMATS
from analyzer.targets.catalog import GROUPS, SHIPPED
from tests import warm
from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
"""Seconds that a shell may take to answer on a machine with other things to do."""


def offered(*words: str) -> set[str]:
    return {c.value for c in candidates(words) if c.kind not in (FILE, FOLDER)}


def paths(*words: str) -> list[tuple[str, str]]:
    return [(c.kind, c.value) for c in candidates(words) if c.kind in (FILE, FOLDER)]


def actions() -> Iterator[tuple[str, Action]]:
    """Every option and argument of every command."""
    for name, command in COMMANDS.items():
        module = import_module(f"analyzer.cli.{command.module}")
        for action in command_parser(name, module.configure)._actions:
            yield name, action


def test_the_first_word_is_a_command() -> None:
    assert offered("") == {*COMMANDS, "--help", "--version"}
    assert offered("che") == {"check"}
    assert offered() == offered("")


def test_short_options_are_not_offered_nor_what_no_help_names() -> None:
    for name in COMMANDS:
        assert {word for word in offered(name, "-") if not word.startswith("--")} == set()
        hidden = {w for n, a in actions() if n == name and a.help == SUPPRESS
                  for w in a.option_strings}  # fmt: skip
        assert not offered(name, "--") & hidden


def test_every_option_of_every_command_is_offered() -> None:
    for name, action in actions():
        for word in action.option_strings:
            if word.startswith("--") and word != "--line":
                assert word in offered(name, word[:4]), (name, word)


def test_it_is_said_of_every_kind_of_value_what_it_may_be() -> None:
    kinds = {a.metavar for _, a in actions() if a.nargs != 0 and a.choices is None}
    assert kinds == set(VALUES)


def test_choices_of_options_and_arguments_are_offered() -> None:
    assert offered("check", "--format", "") == set(CHECK_FORMATS)
    assert offered("check", "--format", "ja") == set()
    assert offered("check", "--format=sa") == {"--format=sarif"}
    assert offered("rules", "te") == {"test"}
    assert offered("completion", "") == set(SCRIPTS)


def test_rules_are_offered_by_id_name_and_category_also_in_a_list() -> None:
    assert offered("explain", "SEP") == {"SEP001", "SEP002"}
    assert offered("explain", "separable-c") == {"separable-candidate"}
    assert "separable" in offered("check", "--select", "separable")
    assert offered("check", "--ignore", "SEP001,WGT00") == {
        f"SEP001,WGT00{digit}" for digit in range(1, 10)
    }


def test_targets_are_offered_and_so_are_files_of_ones_own() -> None:
    assert offered("check", "--target", "") == {*SHIPPED, *GROUPS}
    assert paths("targets", "--target", "") == [(FILE, "")]


def test_devices_and_bounds_of_totals_are_offered() -> None:
    assert offered("report", "--device", "") == {*SHIPPED_DEVICES}
    assert "macs=5%,params=" in offered("compare", "--fail-on-increase", "macs=5%,para")
    assert paths("compare", "--output", "markdown=") == [(FILE, "markdown=")]
    assert paths("compare", "--output", "mark") == [(FILE, "")]


def test_paths_are_offered_where_paths_are_wanted() -> None:
    assert paths("check", "") == paths("check", "a.onnx", "") == [(FILE, "")]
    assert paths("compare", "old.onnx", "") == [(FILE, "")]
    assert paths("compare", "old.onnx", "new.onnx", "") == []
    assert paths("check", "--rules", "") == [(FOLDER, "")]
    assert paths("check", "--output", "json=") == [(FILE, "json=")]
    assert paths("check", "--output=json=") == [(FILE, "--output=json=")]
    assert paths("check", "--jobs", "") == []


def test_a_format_before_a_path_goes_on() -> None:
    assert {c.kind for c in candidates(["check", "--output", "js"])} == {OPEN}
    assert offered("check", "--output", "js") == {"json=", "jsonl="} & {
        f"{name}=" for name in CHECK_FORMATS
    }


def test_nothing_is_offered_where_nothing_is_known() -> None:
    assert candidates(["nonsense", ""]) == []
    assert candidates(["check", "--nonsense=x"]) == []
    assert offered("check", "--", "--fo") == set()


def test_words_that_bash_splits_are_put_together() -> None:
    assert joined(["check", "--format", "=", ""]) == ["check", "--format="]
    assert joined(["--trip-count", "a", "::", "b", "=", "3", "x"]) == [
        "--trip-count",
        "a::b=3",
        "x",
    ]
    assert joined([""]) == [""]


@pytest.mark.parametrize("shell", SCRIPTS)
def test_a_script_has_no_syntax_error(shell: str, cli: Cli) -> None:
    script = cli("completion", shell).out
    checks = [[shell, "-n"]]
    if shell == "bash":
        checks.append([tool("shellcheck"), "--shell=bash", "-"])
    for words in checks:
        done = subprocess.run(words, input=script, text=True, capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_fish_offers_what_the_tool_knows(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").touch()
    lines = {
        "onnxlint ch": ["check\tfindings about models; the entry for pre-commit and CI"],
        "onnxlint check n": ["net.onnx"],
        "onnxlint check --output sarif=n": ["sarif=net.onnx"],
        "onnxlint explain near": ["near-separable\tSEP002"],
    }
    asked = "; ".join(f"complete -C '{line}'; echo ==" for line in lines)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"onnxlint completion fish | source; {asked}"],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [part.splitlines() for part in done.stdout.split("==\n")[:-1]]
    assert dict(zip(lines, told, strict=True)) == lines, done.stderr


TYPED = [
    ("onnxlint che\t", "onnxlint check"),
    ("--format=tex\t", "--format=text"),
    ("--output sar\t", "--output sarif="),
    ("n\t", "et.onnx"),
    ("--select SEP001,WGT006\t", "SEP001,WGT006"),
    ("ne\t", "t.onnx"),
]
"""What is typed, with the key that completes at the end, and what then stands there."""


@pytest.mark.parametrize(
    ("program", "setup"),
    [
        (["bash", "--norc", "-i"], ""),
        (["zsh", "-f", "-i"], "autoload -U compinit; compinit -u -D; "),
    ],
    ids=["bash", "zsh"],
)
def test_a_shell_completes_what_is_typed(program: list[str], setup: str, tmp_path: Path) -> None:
    (tmp_path / "net.onnx").touch()
    script = f'{setup}eval "$(onnxlint completion {program[0]})"; echo rea""dy\n'
    shown = typed(program, [(script, "ready"), *TYPED], tmp_path)
    assert "error" not in shown


def typed(program: list[str], steps: list[tuple[str, str]], folder: Path) -> str:
    """Type into a shell at a terminal, each step once the one before it is shown; all it shows."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(folder)
        os.execvpe(program[0], program, environment(folder))
    shown = ""
    try:
        for keys, expected in steps:
            start = len(shown)
            os.write(terminal, keys.encode())
            end = time.monotonic() + PATIENCE
            while expected not in plain(shown[start:]):
                assert time.monotonic() < end, (keys, shown)
                if select.select([terminal], [], [], 0.1)[0]:
                    shown += os.read(terminal, 1 << 16).decode("utf-8", "replace")
    finally:
        os.close(terminal)  # the shell gets SIGHUP
        os.waitpid(process, 0)
    return shown


def plain(shown: str) -> str:
    """Without escape sequences."""
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", shown)


def tool(name: str) -> str:
    """A program of this environment, or else of the system."""
    return shutil.which(name, path=Path(sys.executable).parent) or name


def environment(home: Path) -> dict[str, str]:
    """Variables of a shell that finds this tree's ``onnxlint`` first."""
    search = os.pathsep.join((str(warm.command()), os.environ["PATH"]))
    return {"PATH": search, "HOME": str(home), "TERM": "xterm", "PS1": "> ", "LANG": "C.UTF-8"}
