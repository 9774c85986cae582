"""Pages about two models, made of the JSON of their comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.cli.apart import made_apart
from analyzer.errors import ConfigError
from analyzer.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.report.compare import Pair
    from analyzer.report.compare.sheet import ComparisonReport
    from analyzer.report.result import Options

FORMATS = ("html", "pdf", "json")
"""What there is of a comparison that was written before."""


def compared_pages(
    json: bytes, source: str, formats: Iterable[str], options: Options, *, debug: bool
) -> tuple[list[str], dict[str, bytes]]:
    """The verdict, and each of ``formats``; raises ``OnnxlintError``."""
    from analyzer.report.compare.sheet import ComparisonReport
    from analyzer.report.compare.words import conclude

    for name in formats:
        if name not in FORMATS:
            raise ConfigError(f"{source}: is the JSON of a comparison, of which there is no "
                              f"{name}; formats are {', '.join(FORMATS)}")  # fmt: skip
    report = ComparisonReport(json, source)
    page = report.sheet.page
    verdict = conclude(page.conclusion, page.headlines)
    made = {name: compared_page(name, report, options, debug=debug) for name in formats}
    return [verdict], made


def compared_page(
    name: str, subject: Pair | ComparisonReport, options: Options, *, debug: bool
) -> bytes:
    """One format; a PDF in a guarded process, unless somebody wants its traceback."""
    from analyzer.report import COMPARE_FORMATS

    if name != "pdf" or debug:
        return COMPARE_FORMATS[name](subject, options)
    return made_apart(lambda: COMPARE_FORMATS[name](subject, options), Limits(), "the PDF")
