"""A TOML table under inspection: typed access that collects every error instead of the first."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from analyzer.cli.config.scan import line_of
from analyzer.errors import ConfigError
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted
from analyzer.units import shorten, spell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import date

    from analyzer.cli.config.scan import Place

MOST = 2**63 - 1


MOST_ERRORS = 50
"""Mistakes of a file that are listed; whoever has more has the wrong file."""


class Errors:
    """Everything that is wrong with a file, a line each: ``file:line: key: what``.

    Parameters
    ----------
    path
        The file.
    lines
        Where its keys are, by ``analyzer.cli.config.scan``.
    """

    def __init__(self, path: str, lines: Mapping[Place, int]) -> None:
        self._path, self._lines = path, lines
        self._found: list[tuple[int, str]] = []

    def add(self, place: Place, what: str) -> None:
        """Note that what stands at ``place`` is wrong."""
        line = line_of(self._lines, place)
        self._found.append((line, f"{self._path}{f':{line}' if line else ''}: {what}"))

    def finish(self) -> None:
        """Raise one ``ConfigError`` if there were any, in the order of the file."""
        found = [text for _, text in sorted(self._found, key=itemgetter(0))]
        shown, more = found[:MOST_ERRORS], len(found) - MOST_ERRORS
        if more > 0:
            shown.append(f"{self._path}: and {more:,} more error{'s' * (more > 1)}")
        if shown:
            raise ConfigError(*shown)


class ConfigTable:
    """One table; what is wrong with it goes to ``errors``.

    Parameters
    ----------
    values
        As ``tomllib`` reads them.
    errors
        Shared by all tables of a file.
    place
        Keys of this table in the file.
    """

    def __init__(self, values: Mapping[str, Any], errors: Errors, place: Place = ()) -> None:
        self._values, self._errors = values, errors
        self.place: Place = place
        self._known: list[str] = []

    def error(self, key: str, what: str) -> None:
        """Note that the value of ``key`` is wrong."""
        place = (*self.place, key)
        self._errors.add(place, f"{spelled(place)}: {what}")

    def text(self, key: str, default: str = "") -> str:
        return str(self._take(key, default, lambda v: isinstance(v, str), "a text"))

    def flag(self, key: str, default: bool = False) -> bool:
        return bool(self._take(key, default, lambda v: isinstance(v, bool), "true or false"))

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        wanted = f"one of {', '.join(allowed)}"
        return str(self._take(key, default, lambda v: isinstance(v, str) and v in allowed, wanted))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._take(key, (), _is_texts, 'a list of texts, such as ["a", "b"]'))

    def anything(self, key: str) -> Any:
        """A value that somebody else is to look at; ``None`` if absent."""
        return self._take(key, None, lambda _: True, "anything")

    def text_or_texts(self, key: str) -> tuple[str, ...]:
        """A text, or a list of them."""
        value = self._take(key, (), _is_text_or_texts, "a text, or a list of texts")
        return (value,) if isinstance(value, str) else tuple(value)

    def day(self, key: str) -> date | None:
        """A TOML date, or a text that spells one."""
        from datetime import date, datetime

        value = self._take(key, None, lambda v: isinstance(v, (date, str)), "a date")
        if isinstance(value, str):
            try:
                return date.fromisoformat(value)
            except ValueError:
                self.error(key, f"must be a date such as 2026-12-31, not {quoted(value)}")
        elif isinstance(value, datetime):
            return value.date()
        elif isinstance(value, date):
            return value
        return None

    def counts(self, key: str) -> dict[str, int]:
        """A table of whole numbers from 0 by free names."""
        return dict(self._pairs(key, _is_count, "a whole number from 0"))

    def shapes(self, key: str) -> dict[str, tuple[int, ...]]:
        """A table of lists of whole numbers by free names."""
        pairs = self._pairs(key, _is_shape, "a list of sizes, such as [1, 3, 224, 224]")
        return {name: tuple(value) for name, value in pairs}

    def words(self, key: str) -> dict[str, str]:
        """A table of texts by free names."""
        return dict(self._pairs(key, lambda v: isinstance(v, str), "a text"))

    def tables(self, key: str) -> dict[str, Mapping[str, object]]:
        """A table of tables by free names."""
        return dict(self._pairs(key, lambda v: isinstance(v, dict), "a table"))

    def table(self, key: str) -> ConfigTable:
        """A table to be inspected; empty if absent."""
        values = self._take(key, {}, lambda v: isinstance(v, dict), "a table")
        return ConfigTable(values, self._errors, (*self.place, key))

    def list_of_tables(self, key: str) -> list[ConfigTable]:
        values = self._take(key, [], _is_tables, f"a list of tables, each under [[{key}]]")
        return [
            ConfigTable(value, self._errors, (*self.place, key, str(index)))
            for index, value in enumerate(values, 1)
        ]

    def named_tables(self, key: str) -> list[tuple[str, ConfigTable]]:
        """Tables by free names, each to be inspected."""
        return [
            (name, ConfigTable(value, self._errors, (*self.place, key, name)))
            for name, value in self.tables(key).items()
        ]

    def axes(self, key: str) -> str | list[list[str]] | None:
        """The text ``x``, or a list of texts, or a list of those; ``None`` if absent."""
        wanted = '"x", a list of texts such as ["x.d0", "2 * x.d1"], or a list of such lists'
        value = self._take(key, None, _is_axes, wanted)
        if isinstance(value, list) and value and isinstance(value[0], str):
            return [value]
        found: str | list[list[str]] | None = value
        return found

    def finish(self, elsewhere: Mapping[str, str] = {}) -> None:
        """Every key that nobody asked for is an error; ``elsewhere`` says what of those that
        belong into another table."""
        from analyzer.ruleset.fields import did_you_mean

        for key in self._values:
            if key in elsewhere:
                self.error(key, elsewhere[key])
            elif key not in self._known:
                hint = did_you_mean(key, self._known) or f"; known are {', '.join(self._known)}"
                self.error(key, f"unknown key{hint}")

    def has(self, key: str) -> bool:
        return key in self._values

    def _take(self, key: str, default: Any, fits: Callable[[Any], bool], wanted: str) -> Any:
        self._known.append(key)
        if key not in self._values:
            return default
        value = self._values[key]
        if fits(value):
            return value
        self.error(key, f"must be {wanted}, not {spell(value)}")
        return default

    def _pairs(self, key: str, fits: Callable[[Any], bool], wanted: str) -> list[tuple[str, Any]]:
        inner = self._take(key, {}, lambda v: isinstance(v, dict), "a table")
        table = ConfigTable(inner, self._errors, (*self.place, key))
        pairs = [(name, table._take(name, None, fits, wanted)) for name in inner]
        return [(name, value) for name, value in pairs if value is not None]


def spelled(place: Place) -> str:
    """``suppress[2].reason``: a place as the file would write it."""
    text = ""
    for part in place:
        text += f"[{part}]" if part.isdecimal() else f".{shorten(part, widths.NAME)}"
    return text.removeprefix(".")


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MOST


def _is_shape(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_count, value))


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) for v in value)


def _is_text_or_texts(value: Any) -> bool:
    return isinstance(value, str) or _is_texts(value)


def _is_axes(value: Any) -> bool:
    if value == "x":
        return True
    return bool(value) and (
        _is_texts(value) or (isinstance(value, list) and all(v and _is_texts(v) for v in value))
    )


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, dict) for v in value)
