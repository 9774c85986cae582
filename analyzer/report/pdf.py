"""PDF: the same page on paper, tagged for accessibility, with the complete JSON attached."""

from __future__ import annotations

import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from analyzer.errors import OutputError
from analyzer.report.content import PDF
from analyzer.report.deflate import deflating_lightly
from analyzer.report.faces import font_config
from analyzer.report.first_words import hanging_spaces
from analyzer.report.fitting import fit
from analyzer.report.hangul import whole_words
from analyzer.report.later import imported_later
from analyzer.report.quicker import quicker
from analyzer.report.rendering import render as render_page
from analyzer.report.sheet import Report
from analyzer.report.tags import mend
from analyzer.sanitise import widths
from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.report.result import Options, Result

VARIANT = "pdf/ua-1"
_UNUSED = re.compile(
    r"(?m)^(?:::(?:foot)?note-|(?::is\()?(?:button|input|select|textarea|colgroup, col,)"
    r"|[^{\n]*\[dir\b)"
    r"[^{]*\{[^}]*\}$"
)
"""Rules of WeasyPrint's own style sheet about what no page on paper has: footnotes, directions of
writing, tables that hide, and fields of forms. Each is tried at each element."""
_STYLE = re.compile(r"(?<=<style>)[^<]*(?=</style>)")
"""Text of a style sheet."""
_LINK = re.compile(r' href="#([\w-]+)"')
_ROW = re.compile(r'<tr id="([\w-]+)"')
UNDATED = datetime(1980, 1, 1, tzinfo=UTC)
"""Date of the attachment when none is given: a PDF wants one, and *now* would differ each time."""


def render(subject: Result | Report, options: Options) -> bytes:
    """PDF/UA-1, as far as checkers can tell; the same subject and options give the same bytes on
    the same machine."""
    report = Report.of(subject)
    return write(render_page(report.sheet, options, PDF), report.json, options)


def write(
    page: str,
    data: bytes,
    options: Options,
    name: str = "report.json",
    about: str = "Everything in this report, and every operator, as JSON",
) -> bytes:
    """A page of HTML on paper, with the ``data`` that it is made of attached as a file ``name``."""
    weasyprint = load_weasyprint()
    from weasyprint.text.fonts import FontConfiguration

    nothing = fetcher()
    date = options.created or UNDATED
    facts = weasyprint.Attachment(
        string=data,
        name=name,
        description=about,
        created=date,
        modified=date,
        relationship="Data",
        url_fetcher=nothing,
    )
    # One for all layouts: each would look for the faces of the system and measure them anew.
    fonts = font_config(page) or FontConfiguration()

    html = _html(weasyprint)
    parse = restyling(lambda text: html(string=text, url_fetcher=nothing, media_type="print"))

    def lay_out(text: str) -> Any:
        return parse(text).render(font_config=fonts, pdf_variant=VARIANT)

    with whole_words(page), hanging_spaces(), quicker(), deflating_lightly():
        written: bytes = fit(linked(page), lay_out).write_pdf(
            pdf_variant=VARIANT, attachments=[facts], finisher=mend
        )
    return written


def linked(page: str) -> str:
    """``page`` whose rows have a name only where a link leads there.

    To WeasyPrint each name is a style of its own, for the row and for all that is in it.
    """
    wanted = {*_LINK.findall(page)}
    return _ROW.sub(lambda found: found[0] if found[1] in wanted else "<tr", page)


def restyling(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """``parse``, which makes a ``weasyprint.HTML`` of a page, and does no more than change the text
    of its first style sheet where the next page differs in that alone."""
    sources: dict[str, Any] = {}

    def parsed(text: str) -> Any:
        style = _STYLE.search(text)
        rest = text[: style.start()] + text[style.end() :] if style else text
        source = sources.get(rest)
        if source is None:
            sources.clear()
            source = sources[rest] = parse(text)
        elif style:
            source.etree_element.find(".//style").text = style[0]
        return source

    return parsed


@cache
def _html(weasyprint: Any) -> Any:
    """``weasyprint.HTML`` without styles of five footnotes for each element of a page.

    They are a fifth of the memory of a layout and a tenth of its time. Where WeasyPrint has
    another inside one day, its own class does.
    """
    inside = weasyprint.html
    if not hasattr(inside, "UA") or not hasattr(weasyprint.HTML, "_ua_stylesheets"):
        return weasyprint.HTML
    common = re.sub(r"(?m)^::marker ", "li::marker ", _UNUSED.sub("", inside.UA))
    sheet = weasyprint.CSS(string=common, counter_style=type(inside.UA_COUNTER_STYLE)())

    class Plain(weasyprint.HTML):  # type: ignore[misc]
        def _ua_stylesheets(self, forms: bool = False) -> list[Any]:
            return [sheet]

    return Plain


TYPES = (
    "PangoFcFontMap *", "FcChar8 **", "FcResult *", "PangoLogAttr[]", "PangoRectangle *",
    "char[]", "char[4]", "unsigned int *", "hb_tag_t[100]", "hb_codepoint_t[]",
)  # fmt: skip
"""Types of C by whose names WeasyPrint calls them; cffi takes 2 ms to read each."""


def prepare_pdf() -> None:
    """Do once what every PDF needs, before a process is forked for each.

    Raises ``OutputError``.
    """
    _html(load_weasyprint())
    from weasyprint.text.ffi import cffi, ffi

    for name in TYPES:
        with suppress(cffi.CDefError, cffi.FFIError):  # another version has others
            ffi.typeof(name)


UNUSED_MODULES = ("fontTools.subset", "fontTools.varLib.instancer")
"""What WeasyPrint cuts fonts with where HarfBuzz is too old to, and makes variable ones plain: half
of the time that it takes to load."""


def load_weasyprint() -> Any:
    """The module, without the search by which cffi would look for Pango under wrong names.

    WeasyPrint tries each library's names of all systems in turn, and for a name that does not
    load ctypes runs ``ldconfig``, ``gcc`` and ``ld``: fifty processes for nothing on Linux,
    where the right name loads by itself.
    """
    from ctypes import util

    search = util.find_library
    if sys.platform == "linux":
        util.find_library = lambda name: None
    try:
        with imported_later(*UNUSED_MODULES):
            import weasyprint
    except (OSError, ImportError) as error:  # cffi finds no Pango, or there is no room for it
        reason = shorten(" ".join(str(error).split()), widths.REASON)
        raise OutputError(
            f"WeasyPrint, which makes PDFs, cannot be loaded: {reason}; "
            "install Pango (README), give it more memory, or choose another --format"
        ) from error
    finally:
        util.find_library = search
    return weasyprint


def fetcher() -> Any:
    """A WeasyPrint ``URLFetcher`` that refuses every address with ``ValueError``.

    The page is complete, so whatever it seems to ask for came in with a model's names.
    """
    from weasyprint.urls import URLFetcher

    class Nothing(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            raise ValueError("a report loads nothing")

    return Nothing(allowed_protocols=())
