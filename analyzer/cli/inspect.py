"""``onnxlint inspect``: what a model is and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits, questions, values
from analyzer.cli.attachments import check_attachments
from analyzer.cli.judge import judge_one
from analyzer.cli.options import add_model_options, add_rule_options, add_weights_option
from analyzer.cli.outputs import STDOUT, deliver, keep_models
from analyzer.cli.plan import make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError
from analyzer.report import INSPECT_FORMATS
from analyzer.report.result import Options
from analyzer.sanitise import encode_text

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "model", metavar="MODEL", nargs="?", help="a model file, or - for standard input"
    )
    parser.add_argument(
        "--format",
        choices=tuple(INSPECT_FORMATS),
        default="text",
        help="text: summary and table; json: everything; csv: the table; netron: what Netron reads "
        "beside the model",
    )
    parser.add_argument("--count", choices=("macs", "flops"), help="headline unit (default: macs)")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        help="write to this file instead of standard output",
    )
    questions.configure(parser)
    add_weights_option(parser)
    add_rule_options(parser)
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show one model; 0 whatever is found in it."""
    if not (arguments.model or arguments.conventions):
        raise ConfigError("which model? onnxlint inspect MODEL")
    check_attachments([(arguments.format, arguments.output or STDOUT)])
    keep_models([arguments.output or ""], [arguments.model or ""])
    deliver(_data(arguments, console, environment), arguments.output, console)
    return exits.CLEAN


def _data(arguments: Namespace, console: Console, environment: Environment) -> bytes:
    if arguments.conventions and not arguments.model:
        from analyzer.operators.table import operators_markdown

        return encode_text(operators_markdown())
    path = arguments.model
    shown = arguments.format == "json"
    plan = make_plans([path], arguments, environment.today, digest=shown, note=console.note)[path]
    if questions.asked(arguments):
        return questions.answer(path, plan, arguments)
    result, _ = judge_one(path, plan, command_line(arguments))
    options = Options(
        color=console.color and not arguments.output,
        count=arguments.count or plan.config.count,
        created=environment.created,
    )
    return INSPECT_FORMATS[arguments.format](result, options)
