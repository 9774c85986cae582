"""``onnxlint draw``: a picture of a model."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.apart import made_apart
from analyzer.cli.judge import budget, facts_of, judge_one
from analyzer.cli.options import add_language_option, add_model_options, add_rule_options
from analyzer.cli.outputs import STDOUT, deliver, is_open, keep_models
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import make_plans
from analyzer.errors import ConfigError
from analyzer.report import DRAW_FORMATS
from analyzer.report.result import Options, Result

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan
    from analyzer.report.sketch import Drawable

DEPTHS = ("blocks", "modules", "operators")
COLORS = ("kind", "macs", "memory", "findings")
NETWORK = "network"
PICTURES = (NETWORK, "treemap", "memory", "heat", "growth")


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("model", metavar="MODEL", help="a model file, or - for standard input")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        type=values.file,
        required=True,
        help=f"file to write, of suffix {', '.join(DRAW_FORMATS)}; - for SVG on standard output",
    )
    parser.add_argument(
        "--picture",
        choices=PICTURES,
        default=NETWORK,
        help="what to draw: the network, where its MACs are, bytes alive over its operators, MACs "
        f"at other widths and sides, or against open sizes (default: {NETWORK})",
    )
    parser.add_argument(
        "--depth",
        choices=DEPTHS,
        default=DEPTHS[0],
        help=f"what a box is (default: {DEPTHS[0]})",
    )
    parser.add_argument(
        "--color",
        choices=COLORS,
        default=COLORS[0],
        help=f"what colours tell (default: {COLORS[0]})",
    )
    add_language_option(parser)
    parser.set_defaults(weights=False)
    add_rule_options(parser)
    add_model_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Write the picture and say where it is."""
    target, path = arguments.output, arguments.model
    name = _format(target)
    keep_models([target], [path])
    plan = make_plans([path], arguments, environment.today, note=console.note)[path]
    data = _drawn(name, arguments, plan)
    deliver(data, target, console)
    if not is_open(target):
        console.line(target)
    return exits.CLEAN


def _format(target: str) -> str:
    """What the suffix says; raises ``ConfigError``."""
    if target == STDOUT:
        return "svg"
    suffix = os.path.splitext(target)[1].lower().removeprefix(".")
    if suffix not in DRAW_FORMATS:
        known = ", ".join(f".{name}" for name in DRAW_FORMATS)
        raise ConfigError(f"{target}: no suffix of {known}; name a file that ends in one")
    return suffix


def _drawn(name: str, arguments: Namespace, plan: Plan) -> bytes:
    from analyzer.report.diagram import diagram

    path = arguments.model
    title = "standard input" if path == STDIN else os.path.basename(path)
    if arguments.picture == NETWORK:
        drawable: Drawable = _network(arguments, plan, title)
    else:
        _refuse_of_networks(arguments)
        facts = facts_of(path, plan)
        drawable = diagram(Result(facts, budget=budget(facts, plan)), arguments.picture, title)

    def make() -> bytes:
        return DRAW_FORMATS[name](drawable, Options())

    # An SVG is text that Python has made, as those in a page of HTML are.
    return make() if name == "svg" else made_apart(make, plan.limits, "the picture")


def _network(arguments: Namespace, plan: Plan, title: str) -> Drawable:
    from analyzer.report.drawing import draw
    from analyzer.report.sketch import Sketch

    if arguments.color == "findings":
        result, _ = judge_one(arguments.model, plan, "")
    else:
        result = Result(facts_of(arguments.model, plan))
    return Sketch(draw(result, arguments.depth), title, arguments.color)


def _refuse_of_networks(arguments: Namespace) -> None:
    """Raises ``ConfigError`` for options that are about the network drawn."""
    for option, usual in (("depth", DEPTHS[0]), ("color", COLORS[0])):
        if getattr(arguments, option) != usual:
            raise ConfigError(f"--{option} is about the network; --picture {arguments.picture} "
                              "has none")  # fmt: skip
