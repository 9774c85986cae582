"""How large records show themselves: at a prompt in a few lines, in a notebook as a table.

Both hold names of the model, which go through the sanitiser first, as in every other output.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from analyzer.sanitise import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    Rows = Sequence[tuple[str, str]]
    """What each line is about, and the line; both may hold anything."""

WIDTH = 90
"""Longest line, without what it is about."""
VALUE = 48
"""Longest text of one field."""


def lines(title: str, rows: Rows) -> str:
    """``rows`` as aligned text below ``title``."""
    width = max((len(what) for what, _ in rows), default=0)
    return "\n".join(
        (label(title, WIDTH), *(f"  {w:<{width}}  {label(v, WIDTH)}" for w, v in rows))
    )


def table(title: str, rows: Rows) -> str:
    """``rows`` as an HTML table, everything escaped."""
    from html import escape  # for notebooks only

    body = "".join(
        f'<tr><th style="text-align:left">{escape(what)}</th>'
        f'<td style="text-align:left">{escape(label(value, WIDTH))}</td></tr>'
        for what, value in rows
    )
    return f"<table><caption>{escape(label(title, WIDTH))}</caption>{body}</table>"


class Brief:
    """A record that says how much it holds, and not all of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return brief(self)


def brief(record: Any) -> str:
    """One line for a record, in which collections are numbers and records in it names.

    >>> from analyzer.facts import Block
    >>> brief(Block("separable", tuple("abcdef"), 9, 4))
    "Block(kind='separable', nodes=6 × str, macs=9, params=4, detail=0 entries)"
    """
    parts = (f"{f.name}={_value(getattr(record, f.name))}" for f in fields(record) if f.repr)
    return f"{type(record).__name__}({', '.join(parts)})"


def _value(value: Any) -> str:
    if isinstance(value, str) and not isinstance(value, Enum):
        return label(repr(value), VALUE)
    if isinstance(value, tuple | list | frozenset | set):
        kinds = dict.fromkeys(type(item).__name__ for item in value)
        return f"{len(value):,} × {'/'.join([*kinds][:3])}" if value else "()"
    if isinstance(value, Mapping):
        return f"{len(value):,} entries"
    if is_dataclass(value):
        return f"{type(value).__name__}(…)"
    if value is None or isinstance(value, int | float | Enum):
        return label(str(value), VALUE)
    return f"<{type(value).__name__}>"
