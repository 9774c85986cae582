"""HTML: one file that opens anywhere, asks the network for nothing and works without scripts."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from analyzer.report.cells import together
from analyzer.report.content import SHORTER, shared
from analyzer.report.rendering import pieces
from analyzer.report.sheet import Report
from analyzer.report.webface import with_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analyzer.report.result import Options, Result
    from analyzer.report.sheet import Sheet


_PAINT = re.compile(r' (?:fill|stroke)="#[0-9a-f]{6}"(?=[^<>]* class="(?:[kfhs]-\w+ ?)+")')
"""Fixed colour of a mark whose class has it from the style sheet, in light and dark."""

_NAMED = re.compile(r'(<svg[^<>]* aria-label="([^"]*)"[^<>]*>)\s*<title>\2</title>')
"""A picture that says its name twice, as the PDF needs it."""
_HIDDEN = re.compile(r'(<svg[^<>]* aria-hidden="true"[^<>]*>)<title>[^<]*</title>')
"""One that has a name and stands beside its words."""
_OPTIONAL = re.compile(r"</(?:t[dhr]|thead|tbody|li)>(?=\s*</?(?:t[abdhr]|li|ul|ol))")
"""Ends that HTML needs nobody to write: of cells, rows and items before the next."""
_FACE = re.compile(
    r'(<svg class="chart[^<>]*|<g(?= font-family="[^"]*" font-size="9")) font-family="[^"]*"'
    r'(?: font-size="11")?'
)
"""Letters of charts and of the network drawn, which the style sheet has."""
_TITLE = re.compile(
    r'(<text [^<>]*) font-size="10.5" font-weight="bold"(?=[^<>]* class="f-(?:on|ink)">)'
)
"""Letters of the first line of a box of the network drawn, which the style sheet has."""
_USUAL = re.compile(r'(<text [^<>]*) class="f-muted"(?=>)|(<line [^<>]*) class="s-rule"(?=/>)')
"""The usual colour of words and lines of a chart, which the style sheet gives to all of them."""
_NAMELESS = re.compile(
    r'<div class="scroll" role="group" aria-label="[^"]*"'
    r'(?= tabindex="0">\s*<(?:table[^<>]*>\s*<caption|svg class="chart"))'
)
"""What is wider than the page; the script takes its name from the caption, or from the chart."""
_FOR_TESTS = re.compile(r" data-fixed| data-page(?=>)(?<!<li data-page)")
"""Marks of sentences that are about no model; search needs those of items of a list."""
_GAP = re.compile(r"\s+(?=</?(?:t[abdhr]|caption|colgroup|section|figure|ul|h[23]|div)[ a-z>])")
"""Space before elements that begin a line of their own."""
_UNIT = re.compile(r'<span class="u">([^<> ]*) ([^<>]*)</span>')
"""A number with its unit, which a space without a break holds together in fewer bytes."""
_QUOTED = re.compile(
    r" (class|id|scope|role|aria-labelledby|tabindex|data-\w+|[xy][12]?|width|height|r[xy]?|"
    r'text-anchor|fill-opacity|(?:font|stroke)-\w+)="([\w.,-]+)"(?=[ >])'
)
"""Values that are one word, which need no quotes."""
_LINK = re.compile(r' href="(#(?:y|n|box|rule|form)-?[\w-]+)"(?=[ >])')
"""Links to a row or a note, of which there are hundreds."""
_ELEMENT = re.compile(rb"<[a-z]")
_LASTING = re.compile(r'<(?!title|col|a |span class="u")[a-z]')
"""Elements that a page has still when it is brief."""


MOST_ELEMENTS, MOST_BYTES = 4_800, 1_150_000
"""What a page may hold before scripts add rows, tiles and buttons of theirs: up to 6,000 elements
and 1.2 MB are shown at once by any browser."""
SOME = 500
"""Pieces of a page that are looked at together."""


def render(subject: Result | Report, options: Options) -> bytes:
    """UTF-8; the same subject and options give the same bytes."""
    sheet = Report.of(subject).sheet
    known = shared(sheet, options)
    for medium in SHORTER[:-1]:
        whole = _whole(pieces(sheet, options, medium, known))
        if whole is None:
            continue
        page = _finished(whole, sheet)
        if len(page) <= MOST_BYTES and len(_ELEMENT.findall(page)) <= MOST_ELEMENTS:
            return page
    return _finished("".join(pieces(sheet, options, SHORTER[-1], known)), sheet)


def _whole(found: Iterator[str]) -> str | None:
    """What ``found`` makes up; ``None`` as soon as it is sure to have too many elements."""
    parts, left = [], MOST_ELEMENTS
    while left >= 0 and (some := "".join(islice(found, SOME))):
        parts.append(some)
        left -= max(0, len(_LASTING.findall(some)) - 1)  # the last may go on in the next piece
    return "".join(parts) if left >= 0 else None


def _finished(page: str, sheet: Sheet) -> bytes:
    return with_letters(_brief(page), sheet.page.lang).encode("utf-8")


def _brief(page: str) -> str:
    """``page`` without what browsers do not need."""
    head, body = page.split("<body>", 1)
    body, script, code = body.partition("<script")
    for said, instead in (
        (_PAINT, ""),
        (_FACE, r"\1"),
        (_NAMED, r"\1"),
        (_HIDDEN, r"\1"),
        (_UNIT, r"\1&nbsp;\2"),
        (_TITLE, r"\1"),
        (_USUAL, r"\1\2"),
        (_FOR_TESTS, ""),
        (_NAMELESS, '<div class="scroll"'),
        (_OPTIONAL, ""),
        (_GAP, ""),
        (_QUOTED, r" \1=\2"),
        (_LINK, r" href=\1"),
    ):
        body = said.sub(instead, body)
    body = together(body.replace("&#39;", "'"))
    return f"{head}<body>{body}{script}{code}"
