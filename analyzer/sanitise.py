"""The one place where text from a model file becomes fit to show.

A model's names may hold terminal control bytes, bidirectional overrides that reorder what a
reader sees, commands that a CI system obeys, or a hundred thousand characters. Every format
passes them through ``clean`` or ``label`` and then through the escaper of its own syntax (HTML,
CSV, JSON).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.units import UNSAFE, shorten

if TYPE_CHECKING:
    import re

LIMIT = 120
"""Longest name shown; the JSON has all of it."""
CELL = 32_767
"""Longest text of a cell: spreadsheets cut off what is longer."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip


def clean(text: str) -> str:
    r"""``text`` with every character that is not plainly visible written as an escape.

    The first character of a CI system's command is, too.

    >>> clean("a\x1b[31m\u202egpj.exe")
    'a\\x1b[31m\\u202egpj.exe'
    >>> clean("::error::x"), clean("a ##[error]x"), clean("a::b")
    ('\\x3a:error::x', 'a \\x23#[error]x', 'a::b')
    """
    return UNSAFE.sub(_escape, text)


def label(text: str, limit: int = LIMIT) -> str:
    """``clean`` text, shortened in the middle to ``limit`` characters.

    >>> label("layer" * 50, 11)
    'layer…layer'
    """
    return shorten(clean(shorten(text, 4 * limit)), limit)


def csv_cell(text: str) -> str:
    """``clean`` text that no spreadsheet takes for a formula.

    >>> csv_cell("=cmd|' /C calc'!A0"), csv_cell("conv1")
    ("'=cmd|' /C calc'!A0", 'conv1')
    """
    cell = ("'" if text.lstrip(" ").startswith(_FORMULA) else "") + clean(text)
    return shorten(cell, CELL)


def _escape(match: re.Match[str]) -> str:
    before, code = match[0][:-1], ord(match[0][-1])
    if code < 0x100:
        return f"{before}\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
