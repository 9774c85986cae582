"""The one place where text from a model file becomes fit to show.

A model's names may hold terminal control bytes, bidirectional overrides that reorder what a
reader sees, or a hundred thousand characters. Every format passes them through ``clean`` or
``label`` and then through the escaper of its own syntax (HTML, CSV, JSON).
"""

from __future__ import annotations

import re

from analyzer.units import shorten

LIMIT = 120
"""Longest name shown; the JSON has all of it."""

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f"  # C0 and C1 controls: cursor movement, colours, line breaks
    "\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # invisible, bidi, breaks
    "\ufff9-\ufffb\ufdd0-\ufdef\ufffe\uffff"  # annotations and non-characters
    "\ud800-\udfff"  # lone surrogates: bytes that were not UTF-8
    "\U000e0000-\U000e0fff]"  # tags and variation selectors
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # fmt: skip


def clean(text: str) -> str:
    r"""``text`` with every character that is not plainly visible written as an escape.

    >>> clean("a\x1b[31m\u202egpj.exe")
    'a\\x1b[31m\\u202egpj.exe'
    """
    return _UNSAFE.sub(_escape, text)


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
    return ("'" if text.lstrip(" ").startswith(_FORMULA) else "") + clean(text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
