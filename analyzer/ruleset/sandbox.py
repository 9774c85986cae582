"""What a rule computes with, and how its results are written.

A rule is data. Its text is parsed by Jinja2, refused unless a short whitelist allows every part of
it (``whitelist``), and evaluated by functions of our own (``evaluate``): nothing in it is compiled,
no attribute is read that is no field of a fact record, and a message is never rendered twice.

Unknown facts
-------------
``None`` becomes ``UNKNOWN``. A comparison or membership with it is neither true nor false,
arithmetic with it is unknown, and ``and``, ``or``, ``not`` follow Kleene's three-valued logic. So
a condition is true only where the known facts alone make it true; whatever depends on an unknown
fact is *not applicable* and reports nothing. The order of operands does not matter, and nothing
raises. ``is unknown`` asks on purpose. A list may hold unknown elements: its length is known.
"""

from __future__ import annotations

from functools import cache, cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment
from jinja2.lexer import Lexer

from analyzer import units
from analyzer.evidence import DW_PW, PW_DW
from analyzer.language import _, retold, term
from analyzer.sanitise import spaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jinja2.lexer import Token


class UnknownFact:
    """The value of a fact that is not known."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return units.UNKNOWN


UNKNOWN = UnknownFact()
_WORDS, _SENTENCE = 120, 300
"""Characters of a fact in a message, and of one that goes through the filter ``prose``."""
_LISTED = 8
"""Elements that the filter ``list`` writes."""


class _Prose(str):
    """A sentence that a fact consists of, which would lose its sense in the middle."""

    __slots__ = ()


def text(value: object) -> str:
    """A fact inside a message: short, and never a template again."""
    if value is UNKNOWN or value is None:
        return units.unknown()
    if value in (DW_PW, PW_DW):
        return term(str(value))
    said = retold(value) if isinstance(value, str) else str(value)
    return units.shorten(said, _SENTENCE if isinstance(value, _Prose) else _WORDS)


def number(value: object) -> bool:
    """Whether ``value`` is a finite number; a flag is none."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _prefixed(value: float) -> str:
    """``568.7 M`` or ``512 ``: a unit can be written right behind it."""
    scaled = units.si(value)
    return scaled if " " in scaled else f"{scaled} "


def _change(value: float) -> str:
    """``+568.7 M`` or ``-512 ``."""
    return ("" if value < 0 else "+") + _prefixed(value)


def as_name(value: object) -> object:
    """``value``, with its white space to be seen in a message, which has one space at a time.

    A space at an end stays: that is how what may be empty keeps its distance.
    """
    return spaced(value, ends=False) if isinstance(value, str) else value


def _listed(items: tuple[object, ...]) -> str:
    """``a, b and 3 more``."""
    named = ", ".join(text(as_name(item)) for item in items[:_LISTED])
    if len(items) <= _LISTED:
        return named
    return _("{names} and {n} more", names=named, n=f"{len(items) - _LISTED:,}")


class Filter(NamedTuple):
    """How a message writes a fact."""

    takes: str
    """``number``, ``list`` or ``text``."""
    write: Callable[[Any], str]
    meaning: str


FILTERS: Mapping[str, Filter] = {
    "si": Filter("number", _prefixed, "With a prefix, ready for a unit: 568.7 M."),
    "change": Filter("number", _change, "The same of a difference, with its sign: +568.7 M."),
    "count": Filter("number", units.count, "In full, with separators: 1,000."),
    "percent": Filter("number", units.percent, "A share in percent: 11.5 %."),
    "times": Filter("number", units.times, "A factor: 8.7×."),
    "number": Filter("number", units.number, "With the digits that matter."),
    "bytes": Filter("number", units.size, "A size in bytes: 196 KiB."),
    "shape": Filter("list", units.shape, "Sizes: 1×3×224×224."),
    "list": Filter("list", _listed, "The first eight elements: a, b, c."),
    "named": Filter("text", units.named, "A name, in quotation marks where it is input or output."),
    "prose": Filter("text", _Prose, "A sentence, which is not cut short after 120 characters."),
}
"""The closed set of message filters."""


class _Literally(Lexer):
    """A backslash in a text is a backslash, as regular expressions want it."""

    def wrap(
        self, stream: Iterable[tuple[int, str, str]], name: Any = None, filename: Any = None
    ) -> Iterator[Token]:
        escaped = (
            (line, token, value.replace("\\", "\\\\") if token == "string" else value)
            for line, token, value in stream
        )
        return super().wrap(escaped, name, filename)


class _Grammar(Environment):
    @cached_property
    def lexer(self) -> Lexer:
        return _Literally(self)


@cache
def environment() -> Environment:
    """What parses all rules; nothing is ever compiled or rendered in it."""
    return _Grammar(optimized=False, autoescape=True, cache_size=0)
