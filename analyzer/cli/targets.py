"""``onnxlint targets``: where models run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.configurations import Configurations
from analyzer.cli.judge import facts_of
from analyzer.cli.options import add_model_options, add_search_options, add_target_option
from analyzer.cli.outputs import deliver, keep_models
from analyzer.cli.paths import expand
from analyzer.cli.plan import make_plans
from analyzer.cli.progress import BatchProgress
from analyzer.errors import ModelError, OnnxlintError
from analyzer.report import TARGET_FORMATS
from analyzer.report.result import Failure, Options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan
    from analyzer.facts import Facts


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "paths",
        metavar="MODEL",
        nargs="+",
        help="model files, folders with *.onnx files, or - for standard input",
    )
    add_target_option(parser, "(default: the configuration's, else all that ship)")
    parser.add_argument(
        "--format", choices=tuple(TARGET_FORMATS), default="text", help="(default: text)"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        help="write to this file instead of standard output",
    )
    parser.set_defaults(select=[], ignore=[], preview=False, rules=[], usual_targets=())
    add_model_options(parser)
    add_search_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Say where each model runs; 0 whatever that is, 2 where one cannot be read."""
    from analyzer.report.targets import Deployments

    configurations = Configurations(arguments)
    found = expand(arguments.paths, console.note, configurations)
    paths = found.models
    keep_models([arguments.output or ""], paths)
    plans = make_plans(
        paths, arguments, environment.today,
        digest=False, note=console.note, configurations=configurations,
    )  # fmt: skip
    items: list[Facts | Failure] = []
    progress = BatchProgress(console, paths)
    for path in found.items:
        if isinstance(path, str):
            progress.begun(path)
            items.append(_facts(path, plans[path]))
            progress.done(path)
        else:
            items.append(Failure(path.path, str(path)))
    progress.over()
    options = Options(color=console.color and not arguments.output, created=environment.created)
    data = TARGET_FORMATS[arguments.format](Deployments(tuple(items)), options)
    deliver(data, arguments.output, console)
    failures = [item for item in items if isinstance(item, Failure)]
    if arguments.format != "text" or arguments.output:
        for failure in failures:
            console.error(failure.message)
    return exits.INCONCLUSIVE if failures else exits.CLEAN


def _facts(path: str, plan: Plan) -> Facts | Failure:
    try:
        return facts_of(path, plan)
    except ModelError as error:
        return Failure(path, str(error))
    except OnnxlintError as error:
        return Failure(path, f"{path}: {error}")
