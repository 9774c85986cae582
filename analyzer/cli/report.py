"""``onnxlint report``: one model as pages."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from analyzer.cli import exits, values
from analyzer.cli.judge import judge_one
from analyzer.cli.options import add_model_options, add_rule_options, add_target_option
from analyzer.cli.outputs import keep_models, write_files
from analyzer.cli.paths import STDIN
from analyzer.cli.plan import make_plans
from analyzer.cli.shell import command_line
from analyzer.errors import ConfigError, OnnxlintError, OutputError
from analyzer.model.child import can_fork
from analyzer.model.guard import guarded
from analyzer.model.limits import Limits
from analyzer.report import REPORT_FORMATS, SUFFIXES
from analyzer.report.result import Options

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment
    from analyzer.model.guard import Progress
    from analyzer.report.result import Result

DEFAULT = ("html", "pdf")
TARGETS = ("ort_cpu", "ort_cuda", "ort_webgpu_js", "nnapi", "coreml_mlprogram", "qnn_htp",
           "tensorrt", "openvino", "tflite_onnx2tf_tf")  # fmt: skip
"""Where a report looks whether the model runs if nobody says where it is to run."""


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("model", metavar="MODEL", help="a model file, or - for standard input")
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
    add_target_option(parser, f"(default: {', '.join(TARGETS)})")
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
    stem = "stdin" if path == STDIN else os.path.splitext(os.path.basename(path))[0]
    targets = {name: os.path.join(arguments.output, f"{stem}.{SUFFIXES.get(name, name)}")
               for name in formats}  # fmt: skip
    keep_models(targets.values(), [path])
    plan = make_plans([path], arguments, environment.today, note=console.note)[path]
    result, _ = judge_one(path, plan, command_line(arguments))
    options = Options(
        count=arguments.count or plan.config.count,
        created=environment.created,
        html_rows=plan.limits.html_rows,
        pdf_rows=plan.limits.pdf_rows,
    )
    # All formats before the first file: a report is complete or not there.
    debug = arguments.debug or environment.debug  # a traceback is this process's
    files = {
        target: _render(name, result, options, plan.limits, debug=debug)
        for name, target in targets.items()
    }
    write_files(files, folder=arguments.output)
    for target in files:
        console.line(target)
    return exits.CLEAN


def _render(name: str, result: Result, options: Options, limits: Limits, *, debug: bool) -> bytes:
    if name != "pdf" or debug:
        return REPORT_FORMATS[name](result, options)
    return draw_pdf(result, options, limits)


def draw_pdf(result: Result, options: Options, limits: Limits = Limits()) -> bytes:
    """A PDF, made in a guarded process.

    Pango, HarfBuzz and GLib are C that reads names of the model, and that ends the process where
    it gets no memory or no thread.
    """
    renderer = REPORT_FORMATS["pdf"]
    if not can_fork():
        return renderer(result, options)

    def paint(progress: Progress) -> bytes | str:
        progress.expect(0)  # a page is one item, however long it takes
        gc.freeze()  # looking for garbage among what we inherited would copy all of it
        gc.enable()
        try:
            return renderer(result, options)
        except OnnxlintError as error:
            return str(error)

    painted = guarded(paint, limits=limits)
    if isinstance(painted, bytes):
        return painted
    if isinstance(painted, str):
        raise OutputError(painted)
    if painted.kind == "error":  # a bug of ours, or of WeasyPrint
        raise RuntimeError(painted.detail)
    what = f"the PDF cannot be made: its process {painted.detail}"
    raise OutputError(f"{what}; choose another --format, or allow it more (ulimit -a)")
