"""Jinja2 at work: the one template set for HTML and PDF."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import pass_context
from markupsafe import Markup, escape

from analyzer import units
from analyzer.language import Language, speaking, spoken, term, translated
from analyzer.language.equations import equation
from analyzer.report.faces import MONO, PRINTED, SCREEN, printed, stack
from analyzer.report.keeping import Kept
from analyzer.report.nouns import noun
from analyzer.report.script import needed, script, words
from analyzer.report.tight import tight_style
from analyzer.report.tips import brief_titles
from analyzer.report.view import kinds
from analyzer.report.view.elided import elided, is_alike
from analyzer.resources import templates_dir
from analyzer.sanitise import clean, label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2.runtime import Context

    from analyzer.report.content import Medium, Shared
    from analyzer.report.result import Options
    from analyzer.report.sheet import Sheet

_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_SUBSCRIPT = re.compile(r"(?<![A-Za-z0-9])([A-Z])_([A-Za-z])(?![A-Za-z0-9_])")
_UNIT = re.compile(
    r"[\d.,]*\d (?:[kMGTPE]?(?:MAC|FLOP)s?|[KMGTPE]i?B|[kMGTPE]|B|%|ms|µs|ns|s|dB|FLOP/B)(?!\w)"
)
"""A number with its unit."""
_SEAM = re.compile(r"(?<=\w)(?:[/._]|::)(?!onnx$)(?=\d*[A-Za-z])|(?<=[a-z]{2})(?=[A-Z][A-Za-z]{2})")
"""Where a name may go on in the next line: after a sign, as long as letters follow that are no
ending, and between a word and the next one that begins with a capital."""
_LONG = re.compile(r"\S{13,}")
"""A name that may have to."""
_THERE = "\u200b"
"""The same place on paper, where ``<wbr>`` counts for nothing within code."""
_MONO = ("DejaVu Sans Mono", "Liberation Mono", "monospace")


def render(sheet: Sheet, options: Options, medium: Medium) -> str:
    """The report as one HTML document, in the language of its page."""
    return "".join(pieces(sheet, options, medium))


def pieces(
    sheet: Sheet, options: Options, medium: Medium, known: Shared | None = None
) -> Iterator[str]:
    """The same piece by piece, for whoever may not want to see the end."""
    from analyzer.report.content import build  # what draws reports is not loaded for other pages

    with speaking(sheet.page.lang):
        names = build(sheet, options, medium, known)
        yield from environment().get_template("report.html.j2").generate(names)


@cache
def environment() -> jinja2.Environment:
    """Everything is escaped, a misspelt variable is an error, templates come from the package."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates_dir()),
        bytecode_cache=Kept(),
        autoescape=True,  # select_autoescape() would not escape *.html.j2
        finalize=_shown,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        extensions=["jinja2.ext.i18n"],
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.policies["json.dumps_function"] = _dumped
    env.policies["json.dumps_kwargs"] = {}
    env.filters |= {
        "si": units.si,
        "size": units.size,
        "count": _count,
        "places": units.places,
        "coefficients": _coefficients,
        "term": _term,
        "equation": equation,
        "letters": units.letters,
        "percent": units.percent,
        "times": units.times,
        "seconds": units.seconds,
        "number": units.number,
        "shape": units.shape,
        "span": lambda ends: units.span(*ends),
        "label": label,
        "tips": brief_titles,
        "kept": _kept,
        "narrow": _narrow,
        "noun": noun,
        "parted": _parted_here,
        "elided": elided,
    }
    env.tests["alike"] = is_alike
    env.filters |= {"prose": _prose, "key": _key}
    env.globals |= {
        "inline": _inline_in_language,
        "csp": csp_hash,
        "script": script,
        "needed": needed,
    }
    env.globals |= {"spoken": words, "faces": printed}
    env.globals |= {"_": _told, "gettext": _told, "ngettext": _counted}
    return env


@jinja2.pass_context
def _term(_context: object, word: str) -> str:
    """A term in the language of the page: without a context, that of a word that a template states
    would be settled when the template is compiled."""
    return term(word)


def _shown(value: Any) -> Any:
    """What a template shows: text made ``clean``, if somebody forgot, markup of ours as it is.
    Numbers as they are are coordinates, which do without a fraction of nothing."""
    if type(value) is float and value.is_integer():
        return int(value)
    return clean(value) if type(value) is str else value


def _dumped(data: Any) -> str:
    """``tojson``: what a script shows is made ``clean`` as what a template shows."""
    return json.dumps(_cleaned(data), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _cleaned(data: Any) -> Any:
    if isinstance(data, str):
        return clean(data)
    if isinstance(data, (list, tuple)):  # nearly all are numbers
        return [value if type(value) is int else _cleaned(value) for value in data]
    if isinstance(data, Mapping):
        return {clean(key): _cleaned(value) for key, value in data.items()}
    return data


def _told(text: str, /, **values: object) -> Markup:
    """``{% trans %}``: words of ours, and ``values`` in them as a template shows them."""
    return _filled(translated(text), values)


def _counted(one: str, many: str, n: int, /, **values: object) -> Markup:
    """``{% trans %}`` with ``{% pluralize %}``."""
    return _filled(translated(one, fallback=one if n == 1 else many), values)


def _filled(text: str, values: Mapping[str, object]) -> Markup:
    return Markup(text) % {name: _shown(value) for name, value in values.items()}


def _kept(text: str) -> Markup:
    """Text in which no line ends between a number and its unit."""
    return _with_units(str(escape(clean(str(text)))))


def _with_units(shown: str) -> Markup:
    """A range that is written without spaces may go on in the next line behind its sign."""
    units_kept = _UNIT.sub(r'<span class="u">\g<0></span>', shown)
    return Markup(units_kept.replace("~<span", "~<wbr><span"))


def _parted(text: str, *, on_paper: bool = False) -> Markup:
    """Text with names that are parted between their parts, not within them."""
    shown = _LONG.sub(lambda name: _SEAM.sub(rf"\g<0>{_THERE}", name[0]), clean(str(text)))
    return Markup(str(escape(shown)).replace(_THERE, _THERE if on_paper else "<wbr>"))


@pass_context
def _parted_here(context: Context, text: str) -> Markup:
    """The same on the page that is made."""
    medium = context.get("medium")
    return _parted(
        text, on_paper=bool(context.get("print")) if medium is None else medium.name == "pdf"
    )


@pass_context
def _narrow(context: Context, text: str) -> Markup:
    """``parted`` and ``kept``: text for a narrow place."""
    return _with_units(str(_parted_here(context, text)))


def _inline_in_language(name: str) -> Markup:
    return _inline(name, spoken())


@cache
def _inline(name: str, language: Language) -> Markup:
    """A style sheet of ours, with no data in it, to be placed in its element as is."""
    template = environment().get_template(name)
    text = template.render(
        kinds=kinds.COLORS,
        palette=kinds.PALETTE,
        language=language,
        variables={key: f"var(--{key})" for key in (*kinds.PALETTE, "mono")},
        fixed={key: light for key, (light, _) in kinds.PALETTE.items()}
        | {"mono": Markup(stack(_MONO))},
        printed=Markup(stack(PRINTED[language])),
        screen=Markup(stack(SCREEN[language])),
        mono=Markup(stack(MONO)),
    )
    return Markup(tight_style(text))


def _prose(text: str) -> Markup:
    """Sentences of a rule: ``D_G`` gets its subscript, words in backquotes are code."""
    marked = _SUBSCRIPT.sub(r"\1<sub>\2</sub>", str(escape(clean(str(text)))))
    return Markup(re.sub(r"`+([^`]+)`+", lambda found: _code(found[1]), marked))


def _code(text: str) -> str:
    """Code that is escaped already; no line ends within an option of a command."""
    whole = _OPTION.sub(r'<span class="u">\g<0></span>', text)
    return f"<code>{whole}</code>"


def _key(share: float) -> str:
    """What a column of shares sorts by: its last digits are those of the machine's LAPACK."""
    return f"{share:.6g}"


def _count(value: int | None) -> str:
    """All digits, unless they would break out of their column."""
    return units.si(value) if value is not None and value >= 10**15 else units.count(value)


def _coefficients(n: int) -> str:
    """Numbers in attributes, where those of tensors are counted without a noun."""
    return units.many(n, "coefficient")


def csp_hash(text: str) -> Markup:
    """Content Security Policy source that allows exactly ``text``."""
    digest = b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return Markup(f"'sha256-{digest}'")
