"""Style sheets and scripts of ours without the spaces that only people need."""

from __future__ import annotations

import re
from itertools import groupby

from analyzer.report.briefly import tokens

_TEXT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
_STYLE = re.compile(r"\s*;\s*(?=})|\s*([{};,])\s*|(?<=:) ")
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
    return re.sub(r"(?<=[;{,])\n|\n(?=})", "", "".join(parts))


def _closed(spaced: re.Pattern[str], text: str) -> str:
    """``text`` without the spaces around what ``spaced`` finds."""
    return spaced.sub(lambda found: next(filter(None, found.groups()), ""), text)
