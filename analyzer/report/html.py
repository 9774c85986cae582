"""HTML: one file that opens anywhere, asks the network for nothing and works without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.report.content import HTML
from analyzer.report.rendering import render as render_page
from analyzer.report.sheet import Report

if TYPE_CHECKING:
    from analyzer.report.result import Options, Result


_PAINT = re.compile(r' (?:fill|stroke)="#[0-9a-f]{6}"(?=[^<>]* class="(?:[kfhs]-\w+ ?)+")')
"""Fixed colour of a mark whose class has it from the style sheet, in light and dark."""

_NAMED = re.compile(r'(<svg[^<>]* aria-label="([^"]*)"[^<>]*>)\s*<title>\2</title>')
"""A picture that says its name twice, as the PDF needs it."""
_HIDDEN = re.compile(r'(<svg[^<>]* aria-hidden="true"[^<>]*>)<title>[^<]*</title>')
"""One that has a name and stands beside its words."""
_OPTIONAL = re.compile(r"</(?:t[dhr]|thead|li)>(?=\s*</?(?:t[abdhr]|li|ul|ol))")
"""Ends that HTML needs nobody to write: of cells, rows and items before the next."""
_GAP = re.compile(r"\s+(?=</?(?:t[abdhr]|caption|colgroup|section|figure|ul|h[23]|div)[ a-z>])")
"""Space before elements that begin a line of their own."""


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8; the same subject and options give the same bytes."""
    page = render_page(Report.of(subject).sheet, options, HTML)
    for said, instead in (
        (_PAINT, ""),
        (_NAMED, r"\1"),
        (_HIDDEN, r"\1"),
        (_OPTIONAL, ""),
        (_GAP, ""),
    ):
        page = said.sub(instead, page)
    return page.encode("utf-8")
