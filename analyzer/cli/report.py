"""``onnxlint report``: one model as pages."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.apart import made_apart
from analyzer.cli.bases import with_bases
from analyzer.cli.judge import judge_one
from analyzer.cli.options import (
    add_language_option,
    add_model_options,
    add_rule_options,
    add_target_option,
)
from analyzer.cli.outputs import keep_models, write_files
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import make_plans
from analyzer.cli.shell import command_line
from analyzer.devices import SHIPPED, profile
from analyzer.errors import ConfigError
from analyzer.model.limits import Limits
from analyzer.report import REPORT_FORMATS, SUFFIXES
from analyzer.report.privacy import without_folders
from analyzer.report.result import Options
from analyzer.report.sheet import Report, is_json, read_json
from analyzer.sanitise import file_name

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.cli.plan import Plan
    from analyzer.facts import Facts
    from analyzer.report.result import Result

DEFAULT = ("html", "pdf")
TARGETS = ("ort_cpu", "ort_cuda", "ort_webgpu_js", "nnapi", "coreml_mlprogram", "qnn_htp",
           "tensorrt", "openvino", "tflite_onnx2tf_tf")  # fmt: skip
"""Where a report looks whether the model runs if nobody says where it is to run."""

FULL = "full"
"""The provenance that has whole paths."""
ABOUT_PAGES = ("model", "output", "format", "count", "provenance", "lang")
"""Arguments that say how pages look; all others would change what they say."""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        help="a model file, - for standard input, or the JSON of a report",
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


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Write the files and say where they are; 0 whatever the report says."""
    formats = tuple(dict.fromkeys(arguments.format))
    unknown = [name for name in formats if name not in REPORT_FORMATS]
    if unknown or not formats:
        what = unknown[0] if unknown else "nothing"
        raise ConfigError(f"--format {what}: formats are {', '.join(REPORT_FORMATS)}")
    path = arguments.model
    stem = "stdin" if path == STDIN else _stem(path)
    targets = {name: os.path.join(arguments.output, f"{stem}.{SUFFIXES.get(name, name)}")
               for name in formats}  # fmt: skip
    keep_models(targets.values(), [path])
    written = path != STDIN and is_json(path)
    subject, options, limits = (_written if written else _judged)(arguments, console, environment)
    # All formats before the first file: a report is complete or not there.
    debug = arguments.debug or environment.debug  # a traceback is this process's
    files = {
        target: _render(name, subject, options, limits, debug=debug)
        for name, target in targets.items()
    }
    write_files(files, folder=arguments.output)
    for target in files:
        console.line(target)
    return exits.CLEAN


def _stem(path: str) -> str:
    """Name of our files, from the model's: its bytes are UTF-8 whatever the locale says."""
    stem = os.path.splitext(os.path.basename(path))[0]
    text = os.fsencode(stem).decode("utf-8", "surrogateescape")
    return os.fsdecode(file_name(text).encode("utf-8", "surrogateescape"))


Made = tuple[Report, Options, Limits]


def _judged(arguments: Namespace, console: Console, environment: Environment) -> Made:
    """The report of a model."""
    path, full = arguments.model, arguments.provenance == FULL
    plan = with_bases(make_plans([path], arguments, environment.today, note=console.note))[path]
    private = () if full else _paths(arguments)
    devices = tuple(map(profile, dict.fromkeys(arguments.device or SHIPPED)))
    result, _ = judge_one(path, plan, command_line(arguments, private))
    result = replace(result, devices=devices, budget=_budget(result.facts, path, plan))
    options = Options(
        count=arguments.count or plan.config.count,
        created=environment.created,
        html_rows=plan.limits.html_rows,
        pdf_rows=plan.limits.pdf_rows,
    )
    return Report.of(result if full else without_folders(result)), options, plan.limits


def _budget(facts: Facts, path: str, plan: Plan) -> int | None:
    """Most MACs that the configuration allows the model."""
    from analyzer.cli.budgets.hold import allowed, hold

    rules = plan.budget_rules
    held = hold(facts, plan.budgets, plan.bases.get(path), plan.settings, rules)
    return allowed("macs", held.settings, rules)


def _paths(arguments: Namespace) -> list[str]:
    """Every path of the command line."""
    a = arguments
    return [a.model, a.output, *filter(None, [a.config]), *a.rules, *a.target, *a.device]


def _written(arguments: Namespace, console: Console, environment: Environment) -> Made:
    """A report of which the JSON was written before; nothing is judged anew."""
    path = arguments.model
    usual = vars(_parsed_alone(path, arguments.output))
    given = [
        name for name, value in usual.items()
        if name not in ABOUT_PAGES and getattr(arguments, name) != value
    ]  # fmt: skip
    if given:
        option = "--no-weights" if given[0] == "weights" else f"--{given[0].replace('_', '-')}"
        raise ConfigError(f"{path}: {option} would change the facts, and the JSON of a report "
                          "states them; run report on the model itself")  # fmt: skip
    options = Options(count=arguments.count or "macs", created=environment.created)
    report = Report(read_json(path), path)
    if arguments.lang not in (None, report.sheet.page.lang):
        raise ConfigError(f"{path}: --lang {arguments.lang} would change the facts, and the JSON "
                          f"of this report speaks {report.sheet.page.lang}; run report on the "
                          "model itself")  # fmt: skip
    return report, options, Limits()


def _parsed_alone(model: str, output: str) -> Namespace:
    """What the arguments of this command are if nobody gives any other."""
    from argparse import ArgumentParser

    parser = ArgumentParser()
    configure(parser)
    return parser.parse_args(["--output", output, "--", model])


def _render(name: str, report: Report, options: Options, limits: Limits, *, debug: bool) -> bytes:
    if name != "pdf" or debug:
        return REPORT_FORMATS[name](report, options)
    return draw_pdf(report, options, limits)


def draw_pdf(subject: Result | Report, options: Options, limits: Limits = Limits()) -> bytes:
    """A PDF, made in a guarded process; raises ``OutputError``."""
    report = Report.of(subject)
    return made_apart(lambda: REPORT_FORMATS["pdf"](report, options), limits, "the PDF")
