"""``onnxlint compare``: what changed between two models, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.judge import judge_one
from analyzer.cli.options import add_model_options, add_rule_options, add_weights_option
from analyzer.cli.outputs import deliver, keep_models
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import NO_BASELINE, make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import COMPARE_FORMATS
from analyzer.report.result import Options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.report.compare import Pair


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("old", metavar="OLD", help="a model file, or - for standard input")
    parser.add_argument("new", metavar="NEW", help="the model that is to take its place")
    parser.add_argument(
        "--format", choices=tuple(COMPARE_FORMATS), default="text", help="(default: text)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        help="write to this file instead of standard output",
    )
    add_weights_option(parser)
    add_rule_options(parser)
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show what is different; 0 whatever that is."""
    if arguments.old == arguments.new == STDIN:
        raise ConfigError("standard input can be only one of the two models")
    keep_models([arguments.output or ""], [arguments.old, arguments.new])
    pair = _pair(arguments, console, environment)
    options = Options(color=console.color and not arguments.output, created=environment.created)
    deliver(COMPARE_FORMATS[arguments.format](pair, options), arguments.output, console)
    return exits.CLEAN


def _pair(arguments: Namespace, console: Console, environment: Environment) -> Pair:
    from analyzer.compare import compare
    from analyzer.findings.baseline import apply_baseline, make_baseline
    from analyzer.report.compare import Pair, Turnover

    command = command_line(arguments)
    shown = arguments.format == "json"
    paths = [arguments.old, arguments.new]
    # A baseline would hide findings of both, so that neither came nor went.
    plans = make_plans(
        paths, arguments, environment.today, NO_BASELINE, digest=shown, note=console.note
    )
    old, new = (judge_one(path, plans[path], command)[0] for path in paths)
    came, _ = apply_baseline(new.findings, make_baseline({"": old.findings}), "")
    went, _ = apply_baseline(old.findings, make_baseline({"": new.findings}), "")
    difference = compare(old.facts, new.facts, limits=plans[paths[1]].limits)
    return Pair(old, new, difference, Turnover(came, went), command)
