"""One linear pass over a TOML file, before a parser sees it: its limits, and where its keys are.

``tomllib`` takes time quadratic in the parts of a dotted key and recursion for each level of
nesting, and says no line of what it has read. A file that came from a stranger is looked at here
first; what this pass accepts is parsed in time linear in its size.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_PARTS = 32
"""Parts of a dotted key."""
MAX_DEPTH = 32
"""Levels of arrays and inline tables in one another."""

Place = tuple[str, ...]
"""Keys from the top of the file, an element of an array of tables by its number from 1."""

# What matches is not tried again in another way, as each token can end where the text does. No
# group is possessive: Python 3.11.2 reads on in the middle of its last turn, which failed.
_TOKEN = re.compile(
    r'''"""(?:\\.|.)*?(?:"""|\Z)|\'\'\'.*?(?:\'\'\'|\Z)'''
    r"""|"(?:[^"\\\n]++|\\.)*"?|'[^'\n]*+'?|\#[^\n]*+|[ \t\r]++|[A-Za-z0-9_-]++|.|\n""",
    re.DOTALL,
)


class TomlScan:
    """Reads ``text`` once; ``lines`` then has the line of every key outside of inline tables."""

    def __init__(self, path: str, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._path, self._line = path, 1
        self._table: Place = ()
        self._elements: dict[Place, int] = {}
        self._parts: list[str] = []
        self._joined = False
        """The next word goes on with a dotted key."""
        self._depth = 0
        self._opened = 0
        """Brackets before the header that is read."""
        self._in_value = False
        for match in _TOKEN.finditer(text):
            self._take(match[0])
        self._end_line()

    def _take(self, token: str) -> None:
        first = token[0]
        if first == "\n":
            if not self._depth:
                self._end_line()
            self._line += 1
            self._parts, self._joined = [], False
        elif first in " \t\r#":
            pass
        elif first == ".":
            self._joined = True
        elif first in "[{" and (self._in_value or first == "{"):
            self._nest(1)
        elif first == "[":
            self._opened += 1
        elif first in "]}":
            if self._depth:
                self._nest(-1)
        elif first == "=":
            self._key()
        elif first == ",":
            self._parts, self._joined = [], False
        else:
            self._word(token)
            self._line += token.count("\n")

    def _word(self, token: str) -> None:
        self._parts = [*self._parts, _bare(token)] if self._joined else [_bare(token)]
        self._joined = False
        if len(self._parts) > MAX_PARTS:
            raise self._error(f"a key of more than {MAX_PARTS} parts")

    def _nest(self, step: int) -> None:
        self._depth += step
        self._parts, self._joined = [], False
        if self._depth > MAX_DEPTH:
            raise self._error(f"more than {MAX_DEPTH} levels of lists and tables in one another")

    def _key(self) -> None:
        if not self._in_value and not self._depth:
            self._note((*self._table, *self._parts))
            self._in_value = True
        self._parts, self._joined = [], False

    def _end_line(self) -> None:
        if self._opened and not self._in_value:
            self._table = tuple(self._parts)
            if self._opened > 1:
                number = self._elements[self._table] = self._elements.get(self._table, 0) + 1
                self._table = (*self._table, str(number))
            self._note(self._table)
        self._opened, self._in_value = 0, False

    def _note(self, place: Place) -> None:
        for length in range(1, len(place) + 1):
            self.lines.setdefault(place[:length], self._line)

    def _error(self, what: str) -> ConfigError:
        return ConfigError(f"{self._path}:{self._line}: {what}; no setting needs that")


def _bare(token: str) -> str:
    return token.strip("\"'") if token[0] in "\"'" else token


def line_of(lines: Mapping[Place, int], place: Place) -> int:
    """The line of ``place``, or of the closest that holds it; 0 if there is none."""
    for length in range(len(place), 0, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return 0
