"""``onnxlint report``: models as pages."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.bases import with_bases
from analyzer.cli.memory import seldom_collecting
from analyzer.cli.options import (
    add_language_option,
    add_model_options,
    add_rule_options,
    add_search_options,
    add_target_option,
)
from analyzer.cli.outputs import keep_models, write_files
from analyzer.cli.pages.browser import open_page
from analyzer.cli.pages.compared import compared_pages
from analyzer.cli.pages.made import FULL, fitted, judged, options_of, private_paths, rendered, tell
from analyzer.cli.pages.places import stem_of, targets_of
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import make_plans
from analyzer.cli.shell import command_line
from analyzer.devices import SHIPPED, profile
from analyzer.errors import ConfigError
from analyzer.language import _
from analyzer.model.limits import Limits
from analyzer.report import REPORT_FORMATS, SUFFIXES
from analyzer.report.brief import brief
from analyzer.report.result import Options
from analyzer.report.sheet import Report, is_json, read_json

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment

DEFAULT = ("html", "pdf")
TARGETS = ("ort_cpu", "ort_cuda", "ort_webgpu_js", "nnapi", "coreml_mlprogram", "qnn_htp",
           "tensorrt", "openvino", "tflite_onnx2tf_tf")  # fmt: skip
"""Where a report looks whether the model runs if nobody says where it is to run."""

ABOUT_PAGES = ("models", "output", "format", "count", "provenance", "lang", "jobs", "open")
"""Arguments that say how pages look; all others would change what they say."""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "models",
        metavar="PATH",
        nargs="+",
        help="a model file, - for standard input, or the JSON of a report; of several, or of "
        "folders with *.onnx files, an index is written as well",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="DIR",
        type=values.file,
        required=True,
        help="folder for the files; created if there is none",
    )
    parser.add_argument(
        "--format",
        metavar="FORMATS",
        type=values.words,
        default=DEFAULT,
        help=f"comma-separated, of {', '.join(REPORT_FORMATS)} (default: {','.join(DEFAULT)})",
    )
    parser.add_argument("--count", choices=("macs", "flops"), help="headline unit (default: macs)")
    # Weights are read unless somebody objects, and these targets are asked.
    parser.set_defaults(unasked=True, usual_targets=TARGETS)
    parser.add_argument(
        "--no-weights",
        dest="weights",
        action="store_false",
        help="do not read the trained weights; faster, and nothing is said about them",
    )
    parser.add_argument(
        "--provenance",
        choices=("names", FULL),
        default="names",
        help="what the report tells of files: their names, or full paths (default: names)",
    )
    parser.add_argument(
        "--open",
        action="store_true",
        help="show the HTML, of many models the index, in the browser",
    )
    parser.add_argument(
        "-j",
        "--jobs",
        metavar="N",
        type=values.positive,
        help="processes for many models (default: one per core)",
    )
    add_language_option(parser)
    add_target_option(parser, f"(default: {', '.join(TARGETS)})")
    parser.add_argument(
        "--device",
        metavar="D",
        type=values.file,
        action="append",
        default=[],
        help=f"what to set the model beside: {', '.join(SHIPPED)}, or a profile of your own, "
        "D.toml (repeatable; default: all that ship)",
    )
    add_rule_options(parser)
    add_model_options(parser)
    add_search_options(parser)


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Write the files and say where they are; 0 whatever a report says, 2 if one is missing."""
    formats = tuple(dict.fromkeys(arguments.format))
    unknown = [name for name in formats if name not in REPORT_FORMATS]
    if unknown or not formats:
        what = next(iter(unknown), "nothing")
        raise ConfigError(f"--format {what}: formats are {', '.join(REPORT_FORMATS)}")
    if arguments.open and "html" not in formats:
        raise ConfigError("--open shows the HTML; let html be among --format")
    suffixes = {name: SUFFIXES.get(name, name) for name in formats}
    if len(arguments.models) > 1 or os.path.isdir(arguments.models[0]):
        from analyzer.cli.pages.many import report_many

        return report_many(arguments, suffixes, console, environment)
    return _report_one(arguments, suffixes, console, environment)


def _report_one(
    arguments: Namespace, suffixes: Mapping[str, str], console: Console, environment: Environment
) -> int:
    (path,) = arguments.models
    targets = targets_of(stem_of(path), arguments.output, suffixes)
    keep_models(targets.values(), [path])
    written = path != STDIN and is_json(path)
    if written and (compared := Report(read_json(path), path)).is_comparison:
        return _report_compared(compared, targets, arguments, console, environment)
    report, options, limits = (_written if written else _judged)(arguments, console, environment)
    # All formats before the first file: a report is complete or not there.
    debug = arguments.debug or environment.debug  # a traceback is this process's
    made = rendered(report, targets, options, limits, debug=debug, begun=console.doing)
    lines = fitted(report, lambda: brief(report.sheet, options.count))
    write_files({targets[name]: data for name, data in made.items()}, folder=arguments.output)
    tell(lines, targets.values(), console)
    if arguments.open:
        open_page(targets["html"], console, environment)
    return exits.CLEAN


def _report_compared(
    report: Report,
    targets: Mapping[str, str],
    arguments: Namespace,
    console: Console,
    environment: Environment,
) -> int:
    """Pages of a comparison of which the JSON was written before."""
    _only_about_pages(arguments)
    debug = arguments.debug or environment.debug
    options = Options(created=environment.created)
    lines, made = compared_pages(report.json, report.source, targets, options, debug=debug)
    write_files({targets[name]: data for name, data in made.items()}, folder=arguments.output)
    tell(lines, targets.values(), console)
    return exits.CLEAN


Made = tuple[Report, Options, Limits]


def _judged(arguments: Namespace, console: Console, environment: Environment) -> Made:
    """The report of a model."""
    (path,), full = arguments.models, arguments.provenance == FULL
    plan = with_bases(make_plans([path], arguments, environment.today, note=console.note))[path]
    devices = tuple(map(profile, dict.fromkeys(arguments.device or SHIPPED)))
    command = command_line(arguments, () if full else private_paths(arguments))
    console.doing(_("judging {path}", path=path))
    with seldom_collecting():
        result = judged(path, plan, command, devices, full=full)
        console.doing(_("putting the report together"))
        report = Report.of(result)
    return report, options_of(arguments, plan, environment.created), plan.limits


def _written(arguments: Namespace, console: Console, environment: Environment) -> Made:
    """A report of which the JSON was written before; nothing is judged anew."""
    (path,) = arguments.models
    _only_about_pages(arguments)
    options = Options(count=arguments.count or "macs", created=environment.created)
    report = Report(read_json(path), path)
    if arguments.lang not in (None, report.sheet.page.lang):
        raise ConfigError(f"{path}: --lang {arguments.lang} would change the facts, and the JSON "
                          f"of this report speaks {report.sheet.page.lang}; run report on the "
                          "model itself")  # fmt: skip
    return report, options, Limits()


def _only_about_pages(arguments: Namespace) -> None:
    """Raises ``ConfigError`` for options that would change what the JSON states."""
    (path,) = arguments.models
    usual = vars(_parsed_alone(path, arguments.output))
    given = [
        name for name, value in usual.items()
        if name not in ABOUT_PAGES and getattr(arguments, name) != value
    ]  # fmt: skip
    if given:
        option = "--no-weights" if given[0] == "weights" else f"--{given[0].replace('_', '-')}"
        raise ConfigError(f"{path}: {option} would change the facts, and the JSON of a report "
                          "states them; run report on the model itself")  # fmt: skip


def _parsed_alone(model: str, output: str) -> Namespace:
    """What the arguments of this command are if nobody gives any other."""
    from argparse import ArgumentParser

    parser = ArgumentParser()
    configure(parser)
    return parser.parse_args(["--output", output, "--", model])
