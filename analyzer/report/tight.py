"""Style sheets and scripts of ours without the spaces that only people need."""

from __future__ import annotations

import re
from itertools import groupby

from analyzer.report.briefly import tokens

_TEXT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
_OPENS, _CLOSES = ("{", "(", "["), ("}", ")", "]")
_GO_ON = (";", ",", ".")
"""Signs with which no statement begins."""
_STYLE = re.compile(r"\s*;\s*(?=})|\s*([{};,>])\s*|(?<=:) ")
_SCRIPT = re.compile(r" *([{}()\[\];,:?=<>*&|]) *| ([+-]) (?![+-])")


def tight_style(text: str) -> str:
    """A style sheet; quoted texts stay as they are."""
    parts = _TEXT.split(text)
    parts[::2] = [_closed(_STYLE, part) for part in parts[::2]]
    return "".join(parts)


def tight_script(text: str) -> str:
    """A script; quoted texts and regular expressions stay as they are, and so do ends of lines
    that can end a statement. Nor are signs joined: ``a - -b`` is not ``a--b``."""
    parts = []
    for is_text, same in groupby(tokens(text), key=lambda token: token.kind == "text"):
        part = "".join(token.text for token in same)
        parts.append(part if is_text else _closed(_SCRIPT, part))
    # Before a closing brace a statement ends by itself.
    return _joined(re.sub(r"(?<=[;{,])\n|\n(?=})", "", "".join(parts)))


def _joined(script: str) -> str:
    """``let a=1,b=2;`` for ``const a=1;const b=2;``: whoever writes to a constant is told so by
    the tests, and no browser needs to be."""
    found: list[str] = []
    declares = [False]  # whether the statement within each open bracket is a declaration
    begins = True  # whether one may begin here
    for token in tokens(script):
        text, is_const = token.text, token.text == "const"
        if text.isspace():
            found.append("" if found[-1:] == [""] else text)
            begins = begins or "\n" in text
            continue
        joins = is_const and begins and declares[-1] and found[-1:] == [";"]
        if begins and text not in _GO_ON:
            declares[-1] = is_const
        if joins:
            found[-1] = ","
        found.append("" if joins else "let" if is_const else text)
        if text in _OPENS:
            declares.append(False)
        elif text in _CLOSES:
            declares.pop()
        begins = text in (";", "{", "}")
    return "".join(found)


def _closed(spaced: re.Pattern[str], text: str) -> str:
    """``text`` without the spaces around what ``spaced`` finds."""
    return spaced.sub(lambda found: next(filter(None, found.groups()), ""), text)
