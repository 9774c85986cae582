"""Rewrite the generated parts of README.md.

Between ``<!-- $ COMMAND -->`` and ``<!-- end -->`` stands what that ``onnxlint`` command prints
when it runs at the top of the tree, with ``| head -N`` its first lines only; below
``<!-- rules -->`` the table of the shipped rules, below ``<!-- example -->`` what the example of
the library prints. Run this after changing a
rule, an option or a message; a test compares.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from analyzer.findings.configuration import CONFIGURATION, ConfigurationRule
from analyzer.ruleset import load_rules
from analyzer.ruleset.rule import Rule

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PART = re.compile(
    r"(<!-- (?P<what>\$ .+?|rules|example) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL
)
KEEP = "PATH", "HOME", "LANG"


def run(words: list[str], folder: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command line of the tool."""
    command = [sys.executable, "-m", "analyzer", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def transcript(command: str) -> str:
    """The command line and its output as a fenced block; ``onnxlint`` is this tree's own."""
    call, _, lines = command.partition(" | head -")
    program, *arguments = shlex.split(call)
    if program != "onnxlint":
        raise ValueError(f"README runs onnxlint only, not {program!r}")
    environment = {name: os.environ[name] for name in KEEP if name in os.environ}
    done = run(arguments, ROOT, environment | {"COLUMNS": "100", "NO_COLOR": "1"})
    if done.returncode == 2 or not done.stdout:
        raise RuntimeError(f"{command} failed ({done.returncode}): {done.stderr}")
    shown = done.stdout.splitlines()[: int(lines) if lines else None]
    return "\n".join(["```console", f"$ {command}", *shown, "```", ""])


def example_code(text: str) -> str:
    """The example of the library in README's ``text``."""
    return text.split("```python\n")[1].split("```")[0]


def example(text: str) -> str:
    """What the example prints, as a fenced block; the files that it writes are lost."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "samples").symlink_to(ROOT / "samples")
        done = run_code(example_code(text), folder)
    if done.returncode:
        raise RuntimeError(f"the example failed: {done.stderr}")
    return f"```text\n{done.stdout}```\n"


def run_code(code: str, folder: str) -> subprocess.CompletedProcess[str]:
    """A Python program that begins with nothing."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def rule_table() -> str:
    """One line per shipped rule and per sort of finding about the settings, sorted by id."""
    head = (
        "| Rule | Name | Severity | Status | What it reports |\n| --- | --- | --- | --- | --- |\n"
    )
    rules: list[Rule | ConfigurationRule] = [*load_rules(), *CONFIGURATION]
    return head + "".join(
        f"| {rule.id} | {rule.name} | {rule.severity} | {rule.status} | {rule.summary} |\n"
        for rule in sorted(rules, key=lambda rule: rule.id)
    )


def render(text: str) -> str:
    """``text`` with every generated part made anew."""

    def part(match: re.Match[str]) -> str:
        what = match["what"]
        if what == "rules":
            body = rule_table()
        elif what == "example":
            body = example(text)
        else:
            body = transcript(what.removeprefix("$ "))
        return f"{match[1]}{body}{match[4]}"

    return PART.sub(part, text)


def main() -> None:
    README.write_text(render(README.read_text()))
    print(README)


if __name__ == "__main__":
    main()
