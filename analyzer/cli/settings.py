"""``onnxlint config``: what settings hold, and where each comes from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.options import (
    add_model_options,
    add_rule_options,
    add_search_options,
    add_target_option,
    add_weights_option,
    said_by,
)
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import make_plans
from analyzer.errors import ConfigError
from analyzer.report import SETTINGS_FORMATS
from analyzer.report.result import Options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command: those of ``check`` that are settings, too."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        help="show what holds for this model (default: for the project); it is not read",
    )
    parser.add_argument("--show", action="store_true", help="show it, which is all there is to do")
    parser.add_argument(
        "--format", choices=tuple(SETTINGS_FORMATS), default="text", help="(default: text)"
    )
    parser.add_argument("--fail-on", choices=("error", "warning", "info", "never"), help="as check")
    parser.add_argument("--baseline", metavar="FILE", type=values.file, help="as check")
    add_target_option(parser)
    add_weights_option(parser)
    add_rule_options(parser)
    add_model_options(parser)
    add_search_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show every setting; 2 where the configuration is wrong."""
    from analyzer.cli.origins import SettingOrigins
    from analyzer.report.settings import SettingsInForce

    model: str | None = arguments.model
    if model is not None and os.path.isdir(model):
        raise ConfigError(f"{model}: is a folder; name a model in it, which need not exist yet")
    path = STDIN if model is None else model
    plan = make_plans(
        [path], arguments, environment.today, arguments.baseline or "", note=console.note
    )[path]
    weights = {"weights": True} if arguments.weights else {}
    origins = SettingOrigins(plan, said_by(arguments) | weights)
    shown = SettingsInForce(
        model=model,
        configuration=origins.path,
        settings=tuple(origins.settings(model)),
        models=tuple(origins.entries(all_of_them=model is None)),
        rules=tuple(origins.rules()),
        skipped_rules=plan.skipped,
    )
    console.write(SETTINGS_FORMATS[arguments.format](shown, Options(color=console.color)))
    return exits.CLEAN
