"""Command lines run in forks of one warm process, so that hundreds of deaths take seconds.

``main`` in a process with the arguments ``COMMAND SCENE…``, in a folder with ``model.onnx``, plays
scenes and prints what they saw as JSON. Reading and rendering the model happens once, for real. The
command then stops short of its first step towards the outputs, and goes on from there in every
fork.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import analyzer.cli.check
import analyzer.cli.draw
import analyzer.cli.graph
import analyzer.cli.inspect
import analyzer.cli.pages.made
import analyzer.cli.report
import analyzer.graph.export
from analyzer.cli.main import run
from analyzer.model.guard import guarded

OUT = Path("out")
COMMANDS = {
    "report": "report model.onnx -q -o out --format html,json",
    "inspect": "inspect model.onnx --format json -o out/inspect.json",
    "graph": "graph model.onnx -o out/graph.graphml",
    "draw": "draw model.onnx -o out/drawing.svg",
    "check": "check model.onnx -q --output json=out/check.json --output text=out/check.txt",
}

Files = dict[str, bytes]
"""Contents by name."""
Seen = dict[str, Any]
"""What was there after a fault."""


class Fork(BaseException):
    """We are a fork, in which the command goes on."""


def once(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function``, called the first time only."""
    results: list[Any] = []

    def call(*arguments: Any, **more: Any) -> Any:
        if not results:
            results.append(function(*arguments, **more))
        return results[0]

    return call


def elsewhere(function: Callable[..., bytes]) -> Callable[..., object]:
    """``function`` in a process of its own: what it imports makes this one slow to fork."""
    return lambda *arguments: guarded(lambda _: function(*arguments))


def warm(command: str) -> Files:
    """Run ``command`` with everything before writing remembered; the files it writes."""
    cli: Any = analyzer.cli
    tables = ((cli.pages.made, "REPORT_FORMATS"), (cli.inspect, "INSPECT_FORMATS"),
              (cli.check, "CHECK_FORMATS"))  # fmt: skip
    for module, name in tables:
        table = {key: once(elsewhere(render)) for key, render in getattr(module, name).items()}
        setattr(module, name, table)
    for module, name in ((cli.report, "_judged"), (cli.inspect, "judge_one"),
                         (cli.check, "judge_all"), (cli.graph, "facts_of"),
                         (cli.inspect, "make_plans"),
                         (cli.check, "make_plans"), (cli.graph, "make_plans"),
                         (cli.draw, "make_plans"), (cli.draw, "_drawn"),
                         (analyzer.graph.export, "export")):  # fmt: skip
        setattr(module, name, once(getattr(module, name)))
    cli.apart.can_fork = lambda: False  # the PDF is remembered here, not in a child
    OUT.mkdir()
    assert run(COMMANDS[command].split(" ")) == 0
    return {path.name: path.read_bytes() for path in OUT.iterdir()}


def forked(prepare: Callable[[], object]) -> tuple[int, str]:
    """Return code (``-9``: killed) of the command after ``prepare``, and what it said."""
    with tempfile.TemporaryFile() as said:
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 2)
            prepare()
            raise Fork
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        said.seek(0)
        return code, said.read().decode()


def restore(new: Files) -> Files:
    """Put old files where ``new`` ones shall come, and nothing else."""
    shutil.rmtree(OUT)
    OUT.mkdir()
    old = dict.fromkeys(new, b"the old one" * 999)
    for name, data in old.items():
        (OUT / name).write_bytes(data)
    return old


def look(old: Files, new: Files) -> Seen:
    """What is in the folder."""
    found = {path.name: path.read_bytes() for path in OUT.iterdir()}
    return {
        "old": sum(found.get(name) == data for name, data in old.items()),
        "new": sum(found.get(name) == data for name, data in new.items()),
        "files": len(new),
        "others": sorted(found.keys() - new.keys()),
    }


def play(command: str, scenes: Sequence[str]) -> dict[str, list[Seen]]:
    """What each scene saw."""
    from tests.faults.scenes import SCENES

    new = warm(command)
    module: Any = getattr(analyzer.cli, command)
    keep_models, seen = module.keep_models, {}

    def stop_short(*arguments: Any) -> Any:
        try:
            seen.update({name: list(SCENES[name](new)) for name in scenes})
        except Fork:
            module.keep_models = keep_models
            return keep_models(*arguments)
        raise Fork

    module.keep_models = stop_short
    parent = os.getpid()
    try:
        code = run(COMMANDS[command].split(" "))
    except Fork:
        return seen
    assert os.getpid() != parent
    os._exit(code)


def main() -> None:
    answer = os.dup(1)
    with open(os.devnull, "wb") as null:
        os.dup2(null.fileno(), 1)  # what the command says on standard output is nobody's business
    with open(answer, "w", encoding="utf-8") as stream:
        json.dump(play(sys.argv[1], sys.argv[2:]), stream)
