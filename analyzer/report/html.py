"""HTML: one file that opens anywhere, asks the network for nothing and works without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.content import HTML
from analyzer.report.rendering import render as render_page
from analyzer.report.sheet import Report

if TYPE_CHECKING:
    from analyzer.report.result import Options, Result


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8; the same subject and options give the same bytes."""
    return render_page(Report.of(subject).sheet, options, HTML).encode("utf-8")
