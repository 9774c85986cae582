"""Text that shows what it is, and that nobody obeys.

A terminal obeys control characters, a reader's eye what it cannot see, and a CI system the lines
of its log. All three are answered in one way: the character is written as a visible escape.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from analyzer.units import shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LIMIT = 120
"""Longest name shown; the JSON has all of it."""
KEPT = 4 * LIMIT
"""Longest text of which is kept what was made of it: a page shows a name dozens of times."""
MARKS = 6
"""Accents that one letter may carry; no script needs more, and more cover the lines above."""

BLANK = (
    "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef"  # default-ignorable: fillers and variation selectors
    "\u2800\ufffc\U00013441\U00013442\U00016fe4\U0001d159"  # blank in every font
)
"""Characters that Python calls printable and nobody sees, as a regular expression's class; what
else is not seen (Cc, Cf, Cs, Co, Cn, Zl, Zp, Zs but the space) ``str.isprintable`` knows."""

# Expressions with letters from far apart take milliseconds to compile: those are texts, which
# ``re`` compiles where a run first needs them.
_UNSEEN = f"[{BLANK}]"
_RARE = "[\u0300-\u1fff\u20d0-\u20ff\u2800-\U0010ffff]"
"""Where marks and blank characters are, and not the arrows and dashes of our own lines."""

# .NET compares by culture where nobody says otherwise, and so does GitHub's runner: marks without
# a weight may stand between the characters of a command.
_BETWEEN = r"[^\x00-\x7f]*"
_ANYWHERE = (
    # ##[error] (GitHub, Azure), ##vso[ (Azure), ##teamcity[: anywhere in a line
    rf"#(?={_BETWEEN}#[^\x00-/:-@\[-^`{{-\x7f]*\[)"
    # GitLab and Travis fold what is between two of these ("\\t" ends in a t in many a syntax)
    r"|s(?=ection_(?:start|end):)|r(?<=tr)(?=avis_(?:fold|time):)"
)
_FIRST = re.compile(
    # ::error:: (GitHub), after as much white space as anybody likes
    rf" *(?::(?={_BETWEEN}:)"
    # "--- ", "+++ ", "~~~ " begin a group of lines at Buildkite, "^^^ +++" opens it
    r"|-(?=--(?: |\Z))|\+(?=\+\+(?: |\Z))|~(?=~~(?: |\Z))|\^(?=\^\^(?: |\Z)))"
)
_RUNS = r"(?<= )\s+|[^\S ]"
_SPACES = rf"\A\s+|\s+\Z|{_RUNS}"
_COLOUR = r"(\x1b\[[0-9;]{1,4}m)"
"""What ``report.style`` writes."""


def clean(text: str) -> str:
    r"""``text`` with every character that is not plainly visible written as an escape.

    The first character of a CI system's command is, too; so are accents without a letter, and
    those that pile up. What is clean stays as it is.

    >>> clean("a\x1b[31m\u202egpj.exe")
    'a\\x1b[31m\\u202egpj.exe'
    >>> clean("\xa0::error::x"), clean("::error::x"), clean("a ##[error]x"), clean("a::b")
    ('\\xa0::error::x', '\\x3a:error::x', 'a \\x23#[error]x', 'a::b')
    """
    if not text.isprintable() or (not text.isascii() and re.search(_RARE, text)):
        text = _seen(text)
    text = without_commands(text, escape)
    return _FIRST.sub(_last, text, 1) if _FIRST.match(text) else text


def label(text: str, limit: int = LIMIT) -> str:
    r"""A name: ``clean``, with spaces that nobody sees escaped, shortened in the middle to
    ``limit`` characters.

    >>> label("layer" * 50, 11), label(" a  b ")
    ('layer…layer', '\\x20a \\x20b\\x20')
    """
    return shorten(spaced(clean(shorten(text, 4 * limit))), limit)


def spaced(text: str, *, ends: bool = True) -> str:
    r"""``text`` with all white space as escapes but single spaces within it: a name that is to
    stand in a sentence, which a page sets anew. ``ends=False`` leaves one at each end as well.

    >>> spaced("a b"), spaced(" a  b\n"), spaced(" a  b", ends=False)
    ('a b', '\\x20a \\x20b\\x0a', ' a \\x20b')
    """
    if " ".join(text.split()) == text:
        return text
    pattern = _SPACES if ends else _RUNS
    return re.sub(pattern, lambda run: "".join(map(escape, run[0])), text)


def line(text: str) -> str:
    r"""``text`` as one line of a log or a terminal, ``clean`` but for the colours in it.

    Whatever was put into it, however it was put together, it is one line and no command.

    >>> line("\x1b[1ma\x1b[0m"), line("\x1b[1m::error::a\n\x1b[0m"), line("#" + "#[error]")
    ('\x1b[1ma\x1b[0m', '\x1b[1m\\x3a:error::a\\x0a\x1b[0m', '\\x23#[error]')
    """
    if "\x1b" not in text:
        return clean(text)
    parts = re.split(_COLOUR, text)
    parts[::2] = map(clean, parts[::2])
    return "".join(parts)


def encode_lines(texts: Iterable[str]) -> bytes:
    r"""The one way from text to the bytes of a text format: each of ``texts`` is a ``line``.

    >>> encode_lines(["a", "b\n::error::c"])
    b'a\nb\\x0a::error::c\n'
    """
    return "".join(f"{line(text)}\n" for text in texts).encode("utf-8")


def encode_text(text: str) -> bytes:
    r"""``text`` of several lines of ours, which end in ``\n``, through ``encode_lines``.

    >>> encode_text("a\n  b\n")
    b'a\n  b\n'
    """
    return encode_lines(text.removesuffix("\n").split("\n"))


def without_commands(text: str, escaped: Callable[[str], str]) -> str:
    """``text`` without what a CI system obeys anywhere in a line, the first character of each
    being ``escaped`` in the manner of the text's own syntax."""
    if ("#" in text and "[" in text) or "section_" in text or "travis_" in text:
        return re.sub(_ANYWHERE, lambda found: escaped(found[0]), text)
    return text


def escape(char: str) -> str:
    r"""One character as its escape.

    >>> escape("\a"), escape("\u200b"), escape("\U000e0041")
    ('\\x07', '\\u200b', '\\U000e0041')
    """
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _last(found: re.Match[str]) -> str:
    return found[0][:-1] + escape(found[0][-1])


def _seen(text: str) -> str:
    """``text`` with what nobody sees, and accents that are no accents, as escapes."""
    return (_made_seen if len(text) > KEPT else _kept_seen)(text)


def _made_seen(text: str) -> str:
    letters = set(text)
    escapes = {char: own for char in letters if (own := _escape_of(char)) != char}
    if not escapes:
        return text
    if None not in escapes.values():
        return text.translate({ord(char): escaped for char, escaped in escapes.items()})
    shown: list[str] = []
    marks = MARKS
    for char in text:
        if char not in escapes:
            shown.append(char)
            marks = MARKS if char == " " else 0
        elif (escaped := escapes[char]) is not None:
            shown.append(escaped)
            marks = MARKS
        else:
            marks += 1
            shown.append(char if marks <= MARKS else escape(char))
    return "".join(shown)


_kept_seen = lru_cache(maxsize=1024)(_made_seen)


@lru_cache(maxsize=4096)
def _escape_of(char: str) -> str | None:
    """What is shown of a character: itself, or its escape; ``None`` for an accent, which may be
    either."""
    from unicodedata import category  # for letters that few names have

    if not char.isprintable() or (char > "\u02ff" and re.match(_UNSEEN, char)):
        return escape(char)
    return None if char > "\u02ff" and category(char)[0] == "M" else char
