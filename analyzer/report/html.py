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

_OPTIONAL = re.compile(r"</t[dhr]>(?=\s*</?t)")
"""Ends that HTML needs nobody to write: of cells and rows before the next."""


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8; the same subject and options give the same bytes."""
    page = render_page(Report.of(subject).sheet, options, HTML)
    return _OPTIONAL.sub("", _PAINT.sub("", page)).encode("utf-8")
