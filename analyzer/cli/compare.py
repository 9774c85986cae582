"""``onnxlint compare``: what changed between two models, what it costs, and whether that may be."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli import exits, values
from analyzer.cli.bounds import bounds
from analyzer.cli.judge import judge_one
from analyzer.cli.options import (
    add_language_option,
    add_model_options,
    add_rule_options,
    add_weights_option,
)
from analyzer.cli.outputs import STDOUT, keep_models, write_files
from analyzer.cli.pages.browser import open_page
from analyzer.cli.pages.compared import compared_page
from analyzer.cli.pages.made import FULL
from analyzer.cli.paths import STDIN, absolute
from analyzer.cli.plan import NO_BASELINE, make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import COMPARE_FORMATS
from analyzer.report.compare.words import verdict
from analyzer.report.result import Options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan
    from analyzer.report.compare.gate import GateOutcome
    from analyzer.report.compare.pair import Pair
    from analyzer.report.result import Result

LEVELS = ("error", "warning", "info")
PAGES = ("html", "pdf")
"""Formats for people to keep; they tell no folders unless somebody asks for them."""
NAME = "compare"
"""Name of their files in a folder."""
WITH_DIGEST = frozenset({"json", *PAGES})
"""Formats that state what the bytes of the files were."""
SUFFIXES = {".html": "html", ".pdf": "pdf", ".json": "json", ".md": "markdown"}
"""Format of a file where nobody says it; of others it is text."""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "old", metavar="OLD", help="a model file, git:REV:path, or - for standard input"
    )
    parser.add_argument("new", metavar="NEW", help="the model that is to take its place")
    parser.add_argument(
        "--format",
        choices=tuple(COMPARE_FORMATS),
        help="(default: text; pages where -o names a folder; else what the suffix of -o says)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="[FORMAT=]PATH",
        type=values.file,
        action="append",
        default=[],
        help="a folder: write HTML and PDF there; a file: write to it instead of standard output; "
        "with FORMAT= as well (repeatable)",
    )
    parser.add_argument(
        "--provenance",
        choices=("names", FULL),
        default="names",
        help="what HTML and PDF tell of files: their names, or full paths (default: names)",
    )
    parser.add_argument("--open", action="store_true", help="show the HTML in the browser")
    gates = parser.add_argument_group("what may not be")
    gates.add_argument(
        "--fail-on-increase",
        metavar="TOTAL=BOUND,…",
        type=bounds,
        action="append",
        default=[],
        help="exit code 1 if a total grows by more: macs=5%%,params=0,peak=1MiB (macs, flops, "
        "params, weight-bytes, peak, operators, layers, file-bytes); 2 if that is not known",
    )
    gates.add_argument(
        "--fail-on-new",
        choices=LEVELS,
        help="exit code 1 if a finding came of at least this severity",
    )
    add_language_option(parser)
    add_weights_option(parser)
    add_rule_options(parser)
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show what is different; the exit code says only what was asked of it."""
    if arguments.old == arguments.new == STDIN:
        raise ConfigError("standard input can be only one of the two models")
    wanted = _outputs(arguments)
    page = next((path for path, name in wanted.files.items() if name == "html"), "")
    if arguments.open and not page:
        raise ConfigError("--open shows the HTML; name a folder, or a file for it, with -o")
    keep_models(wanted.files, [arguments.old, arguments.new])
    with ExitStack() as stack:
        pair = _pair(
            arguments, console, environment, stack, digest=bool(wanted.formats & WITH_DIGEST)
        )
        options = Options(created=environment.created)
        private = pair if arguments.provenance == FULL else _without_folders(pair, arguments)
        debug = arguments.debug or environment.debug  # a traceback is this process's

        def make(name: str, options: Options) -> bytes:
            return compared_page(name, private if name in PAGES else pair, options, debug=debug)

        files = {path: make(name, options) for path, name in wanted.files.items()}
        write_files(files, folder=wanted.folder)
        if wanted.shown:
            console.write(make(wanted.shown, replace(options, color=console.color)))
    if wanted.folder:
        console.note(verdict(pair.comparison))
        for path in wanted.files:
            console.line(path)
    if arguments.open:
        open_page(page, console, environment)
    if wanted.shown != "text":  # there it is part of the text
        for gate in pair.gates:
            if gate.outcome != "passed":
                console.error(f"{gate.outcome}: {gate.text}")
    return _exit_code(pair)


class _Wanted(NamedTuple):
    """What is to be written."""

    files: dict[str, str]
    """Format of each file, by path."""
    shown: str
    """Format on standard output; empty for none."""
    folder: str
    """Folder to be made for pages; empty for none."""

    @property
    def formats(self) -> frozenset[str]:
        return frozenset((*self.files.values(), self.shown))


def _outputs(arguments: Namespace) -> _Wanted:
    """Files, standard output and the folder that options name; raises ``ConfigError``."""
    alone: list[str] = []
    files: list[tuple[str, str]] = []
    for text in arguments.output:
        path = _path_of(text)
        if path == text:
            alone.append(text)
        else:
            files.append((values.file(path), text.partition("=")[0]))
    if len(alone) > 1:
        raise ConfigError("-o: name one file instead of standard output; others need FORMAT=PATH")
    if STDOUT in (path for path, _ in files):
        raise ConfigError("--output: for standard output say --format instead")
    place = alone[0] if alone and alone[0] != STDOUT else ""
    folder = place if place and arguments.format is None and _is_folder(place) else ""
    if folder:
        files += [(os.path.join(folder, f"{NAME}.{name}"), name) for name in PAGES]
    elif place:
        files.append((place, arguments.format or _format_of(place)))
    shown = "" if place else arguments.format or "text"
    if shown == "pdf":
        raise ConfigError("--format pdf: name a file for it with -o")
    if len({absolute(path) for path, _ in files}) < len(files):
        raise ConfigError("--output: two formats go to one file; name a file for each")
    return _Wanted(dict(files), shown, folder)


def _is_folder(path: str) -> bool:
    """What is one, ends as one, or is not there and has no suffix as files have."""
    if path.endswith(os.sep) or os.path.isdir(path):
        return True
    return not os.path.splitext(path)[1] and not os.path.lexists(path)


def _format_of(path: str) -> str:
    return SUFFIXES.get(os.path.splitext(path)[1].lower(), "text")


def _path_of(output: str) -> str:
    """Of ``-o``, without the format in front."""
    name, equals, path = output.partition("=")
    return path if equals and name in COMPARE_FORMATS else output


def _without_folders(pair: Pair, arguments: Namespace) -> Pair:
    """The same with names in the place of paths."""
    from analyzer.report.privacy import without_folders

    a = arguments
    written = [_path_of(text) for text in a.output]
    paths = [a.old, a.new, *filter(None, [a.config]), *a.rules, *written]
    command = command_line(arguments, paths)
    old, new = (replace(without_folders(side), command=command) for side in (pair.old, pair.new))
    return replace(pair, old=old, new=new, command=command)


def _pair(
    arguments: Namespace,
    console: Console,
    environment: Environment,
    stack: ExitStack,
    *,
    digest: bool,
) -> Pair:
    from analyzer.compare import compare
    from analyzer.report.compare.pair import Pair
    from analyzer.report.compare.turnover import turnover

    command = command_line(arguments)
    sides = [arguments.old, arguments.new]
    homes = [_home(side) for side in sides]
    # A baseline would hide findings of both, so that neither came nor went.
    plans = make_plans(
        dict.fromkeys(homes), arguments, environment.today, NO_BASELINE,
        digest=digest, note=console.note,
    )  # fmt: skip
    old, new = (
        _judged(side, plans[home], command, stack) for side, home in zip(sides, homes, strict=True)
    )
    found = compare(old.facts, new.facts, limits=plans[homes[1]].limits)
    change = turnover(old.findings, new.findings, found.partners, new.facts)
    pair = Pair(old, new, found, change, command)
    return replace(pair, gates=tuple(_gates(pair, arguments)))


def _home(side: str) -> str:
    """The path by which a model's configuration is found: of a revision's file, where it was."""
    from analyzer.cli.git.revision import git_path

    wanted = git_path(side)
    return side if wanted is None else wanted.path


def _judged(side: str, plan: Plan, command: str, stack: ExitStack) -> Result:
    """One model and its findings; a copy of a file of git stays until ``stack`` is closed."""
    from analyzer.cli.git.revision import git_path, materialised

    wanted = git_path(side)
    if wanted is None:
        return judge_one(side, plan, command)[0]
    copy = stack.enter_context(materialised(wanted))
    result = judge_one(copy, plan, command, name=wanted.path)[0]
    return replace(result, facts=result.facts.called(str(wanted)))


def _gates(pair: Pair, arguments: Namespace) -> Iterator[GateOutcome]:
    from analyzer.report.compare.gate import judge_bounds, judge_findings

    asked = [bound for group in arguments.fail_on_increase for bound in group]
    yield from judge_bounds(pair.old, pair.new, asked)
    if arguments.fail_on_new:
        yield judge_findings(pair.old, pair.new, pair.findings.came, arguments.fail_on_new)


def _exit_code(pair: Pair) -> int:
    outcomes = {gate.outcome for gate in pair.gates}
    if "inconclusive" in outcomes:
        return exits.INCONCLUSIVE
    return exits.FINDINGS if "failed" in outcomes else exits.CLEAN
