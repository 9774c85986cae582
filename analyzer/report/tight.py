"""Style sheets and scripts of ours without the spaces that only people need."""

from __future__ import annotations

import re

_TEXT = r""""(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`"""
_STYLE = re.compile(f"({_TEXT})")
_SCRIPT = re.compile(
    rf"({_TEXT}|(?<=[(,=:&|\s])/(?![/*\s])(?:[^/\\\n\[]|\\.|\[[^\]\n]*\])+/[a-z]*)"
)


def tight_style(text: str) -> str:
    """A style sheet; quoted texts stay as they are."""
    return _outside(_STYLE, r"\s*;\s*(?=})|\s*([{};,])\s*|(?<=:) ", text)


def tight_script(text: str) -> str:
    """A script; quoted texts and regular expressions stay as they are, and so do ends of lines
    that can end a statement. Nor are signs joined: ``a - -b`` is not ``a--b``."""
    squeezed = _outside(_SCRIPT, r" *([{}()\[\];,:?=<>*&|]) *| ([+-]) (?![+-])", text)
    # Before a closing brace a statement ends by itself.
    return re.sub(r"(?<=[;{,])\n|\n(?=})", "", squeezed)


def _outside(literal: re.Pattern[str], spaced: str, text: str) -> str:
    """``text`` without the spaces around what ``spaced`` finds outside of literals."""
    parts = literal.split(text)
    parts[::2] = [
        re.sub(spaced, lambda found: next(filter(None, found.groups()), ""), part)
        for part in parts[::2]
    ]
    return "".join(parts)
