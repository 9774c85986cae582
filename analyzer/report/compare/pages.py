"""HTML and PDF about two models: made of the JSON of the comparison alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.language import speaking
from analyzer.report.compare.content import build
from analyzer.report.compare.sheet import ComparisonReport
from analyzer.report.content import HTML, PDF
from analyzer.report.pdf import write
from analyzer.report.rendering import environment
from analyzer.report.webface import with_letters

if TYPE_CHECKING:
    from analyzer.report.compare.pair import Pair
    from analyzer.report.content import Medium
    from analyzer.report.result import Options


def html(subject: Pair | ComparisonReport, options: Options) -> bytes:
    """UTF-8; the same subject and options give the same bytes."""
    report = ComparisonReport.of(subject)
    return with_letters(_page(report, options, HTML), report.sheet.page.lang).encode("utf-8")


def pdf(subject: Pair | ComparisonReport, options: Options) -> bytes:
    """The same on paper, with the JSON of the comparison attached."""
    report = ComparisonReport.of(subject)
    return write(_page(report, options, PDF), report.json, options)


def _page(report: ComparisonReport, options: Options, medium: Medium) -> str:
    with speaking(report.sheet.page.lang):
        names = build(report.sheet, options, medium)
        return environment().get_template("compare.html.j2").render(names)
