"""The report of one model, in memory."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from analyzer.cli.apart import made_apart
from analyzer.cli.judge import budget, judge_one
from analyzer.language import _
from analyzer.model.limits import Limits
from analyzer.report import REPORT_FORMATS
from analyzer.report.privacy import without_folders
from analyzer.report.result import Options
from analyzer.report.sheet import Report, unfit

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from analyzer.cli.console import Console
    from analyzer.cli.plan import Plan
    from analyzer.devices import Profile
    from analyzer.report.result import Result

T = TypeVar("T")

FULL = "full"
"""The provenance that has whole paths."""


def judged(
    path: str, plan: Plan, command: str, devices: tuple[Profile, ...], *, full: bool
) -> Result:
    """What a report is made of; raises ``OnnxlintError``. ``full``: with whole paths."""
    result, _ = judge_one(path, plan, command)
    result = replace(result, devices=devices, budget=budget(result.facts, plan))
    return result if full else without_folders(result)


def options_of(arguments: Namespace, plan: Plan, created: datetime | None) -> Options:
    """How to write a report, by the command line and the settings that hold for the model."""
    return Options(
        count=arguments.count or plan.config.count,
        created=created,
        html_rows=plan.limits.html_rows,
        pdf_rows=plan.limits.pdf_rows,
    )


def _nothing(_what: str) -> None:
    """Nobody wants to know."""


def rendered(
    report: Report,
    formats: Iterable[str],
    options: Options,
    limits: Limits,
    *,
    debug: bool,
    begun: Callable[[str], None] = _nothing,
) -> dict[str, bytes]:
    """A report in each format; ``begun`` is told what is being done. ``debug``: in this process,
    whose traceback somebody wants."""
    made: dict[str, bytes] = {}
    for name in formats:
        begun(_("writing {format}", format=name.upper()))
        direct = debug or name != "pdf"
        made[name] = (
            fitted(report, partial(REPORT_FORMATS[name], report, options))
            if direct
            else (draw_pdf(report, options, limits))
        )
    return made


def fitted(report: Report, make: Callable[[], T]) -> T:
    """What ``make`` makes of a report.

    Raises
    ------
    ModelError
        The report was read back, and its members do not fit one another, as where an earlier
        version wrote fewer values of a claim. Their types were looked at before.
    """
    if report.result is not None:
        return make()
    from jinja2 import UndefinedError

    try:
        return make()
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError,
            UndefinedError) as error:  # fmt: skip
        raise unfit(report.source, error) from error


def draw_pdf(subject: Result | Report, options: Options, limits: Limits = Limits()) -> bytes:
    """A PDF, made in a guarded process; raises ``OutputError``."""
    report = Report.of(subject)
    make = partial(REPORT_FORMATS["pdf"], report, options)
    return made_apart(lambda: fitted(report, make), limits, "the PDF")


def private_paths(arguments: Namespace) -> list[str]:
    """Every path of the command line."""
    a = arguments
    return [*a.models, a.output, *filter(None, [a.config]), *a.rules, *a.target, *a.device]


def tell(lines: Iterable[str], files: Iterable[str], console: Console) -> None:
    """What the report says, in brief, on standard error; on standard output where it is."""
    for line in lines:
        console.note(line)
    for file in files:
        console.line(file)
