"""What the GitHub Action runs: ``onnxlint check``, and where a job wants the results.

Inputs come as variables ``INPUT_…``, see ``action.yml``. Annotations go to standard output, SARIF
into a file, Markdown behind what is in ``$GITHUB_STEP_SUMMARY`` already, and the exit code and the
SARIF's path into ``$GITHUB_OUTPUT``. By hand, with the environment's own ``onnxlint``:

    GITHUB_OUTPUT=out GITHUB_STEP_SUMMARY=summary.md INPUT_PATHS=models python ci/github/check.py
"""

from __future__ import annotations

import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

MOST_SUMMARY = 1024 * 1024
"""Bytes of all summaries of one step; beyond that GitHub shows none."""
CUT = "\n\nThe rest is left out: a summary holds 1 MiB; log and SARIF have all of it.\n"


def main() -> int:
    """The exit code of ``check``."""
    try:
        shlex.split(given("INPUT_ARGS"))
    except ValueError as error:  # what is asked for is not known, so nothing is judged
        print(f"::error::args: {error}")
        publish("exit-code", "2")
        return 2
    with tempfile.TemporaryDirectory(dir=given("RUNNER_TEMP") or None) as folder:
        summary = Path(folder, "summary.md") if given("INPUT_SUMMARY", "true") == "true" else None
        code = subprocess.run(command(summary), check=False).returncode
        if summary and summary.exists():
            append("GITHUB_STEP_SUMMARY", fit(summary.read_bytes(), room()))
    publish("exit-code", str(code))
    publish("sarif", given("INPUT_SARIF"))
    return code


def command(summary: Path | None) -> list[str]:
    """The command line; every input is one word of it, ``args`` are several."""
    words = [str(Path(sys.executable).with_name("onnxlint")), "check"]
    words.append(f"--format={given('INPUT_FORMAT', 'github')}")
    said = {option: given(f"INPUT_{option.upper().replace('-', '_')}")
            for option in ("config", "baseline", "fail-on", "diff")}  # fmt: skip
    words += [f"--{option}={value}" for option, value in said.items() if value]
    if sarif := given("INPUT_SARIF"):
        words.append(f"--output=code-scanning={sarif}")  # without what is silenced
    if summary:
        words.append(f"--output=markdown={summary}")
    words += shlex.split(given("INPUT_ARGS"))
    paths = [line.strip() for line in given("INPUT_PATHS").splitlines()]
    return [*words, "--", *(filter(None, paths) if any(paths) else ["."])]


def given(name: str, default: str = "") -> str:
    """A variable; an input that is left empty counts as not given."""
    return os.environ.get(name) or default


def room() -> int:
    """Bytes that the summary has left."""
    path = given("GITHUB_STEP_SUMMARY")
    return MOST_SUMMARY - (os.path.getsize(path) if path and os.path.exists(path) else 0)


def fit(text: bytes, most: int) -> bytes:
    """``text``, or whole lines of it and a word about the rest."""
    if len(text) <= most:
        return text
    short = text[: max(0, most - len(CUT.encode()))]
    return short[: short.rfind(b"\n") + 1] + CUT.encode() if most > len(CUT) else b""


def publish(name: str, value: str) -> None:
    """An output of the step; what ends it is a word that nobody can foresee."""
    end = secrets.token_hex(16)
    append("GITHUB_OUTPUT", f"{name}<<{end}\n{value}\n{end}\n".encode())


def append(variable: str, data: bytes) -> None:
    """Put ``data`` behind what is in the file that a variable names, if it names one."""
    if path := given(variable):
        with open(path, "ab") as file:
            file.write(data)


if __name__ == "__main__":
    sys.exit(main())
