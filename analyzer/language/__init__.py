"""The language in which people are spoken to.

English stands in the code, and a catalogue (``analyzer/locale/LANGUAGE``) says what it is in
another language; what it does not have stays English. What a program reads (keys, ids, codes,
units) is the same in all.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Language = Literal["en", "ko"]
"""As ``--lang`` and HTML name it (ISO 639-1)."""
LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"
COUNTED = "counted"
"""Context of nouns after a number, which is ``{n}`` in their translation."""
TERM = "term"
"""Context of words by which facts name kinds."""
RULE = "rule"
"""Context of the names of rules, as words."""

_S = TypeVar("_S", bound=str)
_SPOKEN: ContextVar[Language] = ContextVar("language", default=ENGLISH)


def spoken() -> Language:
    """The language that holds."""
    return _SPOKEN.get()


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak ``language`` until the block ends."""
    before = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def _(text: str, /, **values: object) -> str:
    """``text`` in the language that holds, with ``values`` in place of ``{names}``.

    >>> _("{count} of {total}", count=2, total=3)
    '2 of 3'
    >>> with speaking("ko"):
    ...     _("Contents")
    '목차'
    """
    told = translated(text)
    return told.format_map(values) if values else told


def term(text: str) -> str:
    """A word of ``terms.TERMS``, by which facts and rules name a kind; names stay themselves."""
    return translated(text, TERM)


def rule_name(name: str) -> str:
    """The name of a rule as words: ``separable candidate``."""
    return translated(name.replace("-", " "), RULE)


def mark(text: _S) -> _S:
    """``text``, a constant that ``_`` translates where it is shown."""
    return text


def ngettext(one: str, many: str, n: int, /, **values: object) -> str:
    """``_(one)`` where ``n`` is 1, else ``_(many)``; ``{n}`` is among the values."""
    if _SPOKEN.get() == ENGLISH:
        told = one if n == 1 else many
    else:
        told = translated(one, fallback=one if n == 1 else many)
    return told.format_map({"n": f"{n:,}", **values})


def translated(text: str, context: str = "", fallback: str | None = None) -> str:
    """What the catalogue of pages has for ``text``; else ``fallback``, else ``text`` itself."""
    language = _SPOKEN.get()
    if language == ENGLISH:
        return text if fallback is None else fallback
    from analyzer.language.catalogue import catalogue, squeezed

    told = catalogue(language, "pages").get((context, squeezed(text)))
    return told or (text if fallback is None else fallback)


def series(parts: Sequence[str]) -> str:
    """``a, b and c``.

    >>> series(["a", "b", "c"]), series(["a"]), series([])
    ('a, b and c', 'a', '')
    """
    if len(parts) < 2:
        return "".join(parts)
    return _("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])


def retold(text: str) -> str:
    """A sentence that a fact holds, in the language that is spoken."""
    language = _SPOKEN.get()
    if language == ENGLISH:
        return text
    from analyzer.language.phrases import retell

    return retell(text, language)


def counted(n: int, one: str, many: str, digits: str = "") -> str:
    """A number and its noun, singular and plural in English; ``digits`` is how it is written.

    >>> counted(1, "layer", "layers"), counted(1200, "layer", "layers")
    ('1 layer', '1,200 layers')
    """
    if _SPOKEN.get() != ENGLISH:
        told = translated(one, COUNTED, "")
        if told:
            return told.format_map({"n": digits or f"{n:,}"})
    return f"{digits or f'{n:,}'} {one if n == 1 else many}"


def rule_words(language: Language, rule: str, key: str, text: str) -> str:
    """What the file of rule ``rule`` says under ``key``, in ``language``; else ``text``."""
    if language == ENGLISH:
        return text
    from analyzer.language.catalogue import catalogue, squeezed

    found = catalogue(language, f"rules/{rule[:3]}").get((f"{rule} {key}", squeezed(text)))
    return found or text
