"""``onnxlint compare``: what changed between two models, what it costs, and whether that may be."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.bounds import bounds
from analyzer.cli.judge import judge_one
from analyzer.cli.options import add_model_options, add_rule_options, add_weights_option
from analyzer.cli.outputs import STDOUT, keep_models, write_files
from analyzer.cli.paths import STDIN, absolute
from analyzer.cli.plan import NO_BASELINE, make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import COMPARE_FORMATS
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


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "old", metavar="OLD", help="a model file, git:REV:path, or - for standard input"
    )
    parser.add_argument("new", metavar="NEW", help="the model that is to take its place")
    parser.add_argument(
        "--format", choices=tuple(COMPARE_FORMATS), default="text", help="(default: text)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="[FORMAT=]PATH",
        type=values.file,
        action="append",
        default=[],
        help="write to this file instead of standard output; with FORMAT= as well (repeatable)",
    )
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
    add_weights_option(parser)
    add_rule_options(parser)
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show what is different; the exit code says only what was asked of it."""
    if arguments.old == arguments.new == STDIN:
        raise ConfigError("standard input can be only one of the two models")
    alone, outputs = _outputs(arguments)
    keep_models([alone, *(path for _, path in outputs)], [arguments.old, arguments.new])
    with ExitStack() as stack:
        pair = _pair(arguments, console, environment, stack)
        options = Options(created=environment.created)
        files = {path: COMPARE_FORMATS[name](pair, options) for name, path in outputs}
        if alone:
            files[alone] = COMPARE_FORMATS[arguments.format](pair, options)
        write_files(files)
        if not alone:
            shown = replace(options, color=console.color)
            console.write(COMPARE_FORMATS[arguments.format](pair, shown))
    if alone or arguments.format != "text":  # there it is part of the text
        for gate in pair.gates:
            if gate.outcome != "passed":
                console.error(f"{gate.outcome}: {gate.text}")
    return _exit_code(pair)


def _outputs(arguments: Namespace) -> tuple[str, list[tuple[str, str]]]:
    """The file that takes the place of standard output, if any, and those beside it."""
    alone, beside = [], []
    for text in arguments.output:
        name, equals, path = text.partition("=")
        if equals and name in COMPARE_FORMATS:
            beside.append((name, values.file(path)))
        else:
            alone.append(text)
    paths = [path for path in alone if path != STDOUT]
    if len(alone) > 1:
        raise ConfigError("-o: name one file instead of standard output; others need FORMAT=PATH")
    every = [*paths, *(path for _, path in beside)]
    if STDOUT in (path for _, path in beside):
        raise ConfigError("--output: for standard output say --format instead")
    if len(set(map(absolute, every))) < len(every):
        raise ConfigError("--output: two formats go to one file; name a file for each")
    return (paths[0] if paths else ""), beside


def _pair(
    arguments: Namespace, console: Console, environment: Environment, stack: ExitStack
) -> Pair:
    from analyzer.compare import compare
    from analyzer.report.compare.pair import Pair
    from analyzer.report.compare.turnover import turnover

    command = command_line(arguments)
    formats = {arguments.format, *(text.partition("=")[0] for text in arguments.output)}
    sides = [arguments.old, arguments.new]
    homes = [_home(side) for side in sides]
    # A baseline would hide findings of both, so that neither came nor went.
    plans = make_plans(
        dict.fromkeys(homes), arguments, environment.today, NO_BASELINE,
        digest="json" in formats, note=console.note,
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
    info = replace(result.facts.model, path=str(wanted))
    return replace(result, facts=replace(result.facts, model=info))


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
