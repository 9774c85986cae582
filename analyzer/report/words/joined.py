"""Parts of a sentence that follow one another."""

from __future__ import annotations

from analyzer.language import _


def followed(text: str, more: str) -> str:
    return _("{text}; {more}", text=text, more=more)
