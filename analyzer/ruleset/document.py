"""YAML text → plain values that remember their lines.

A deliberately small YAML: no anchors, aliases or tags (an alias bomb cannot be written), only
``true`` and ``false`` are flags (``no`` is a word), duplicate keys are errors, and nesting is
capped before libyaml's own recursion could be reached.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from analyzer.dataclass import dataclass
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sized

MAX_DEPTH = 8
"""Nesting of lists and mappings; rule files need 3."""
MAX_ENTRIES = 256
"""Entries of one list or mapping; the longest shipped one has 60."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?\d[\d_]{0,40}")
_FLOAT = re.compile(r"[-+]?\d[\d_]{0,40}(?:\.\d{0,40})?(?:[eE][-+]?\d{1,3})?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Item:
    """A value of the file."""

    value: Plain | list[Item] | dict[str, Item]
    line: int
    """1-based line of the value, or of its key."""
    text_line: int
    """1-based line of the first character of a text: the line below a ``|``."""

    def line_at(self, line: int) -> int:
        """Line of the file where a 1-based line of the text stands."""
        return self.text_line + line - 1


class MalformedYaml(Exception):  # noqa: N818 - turned into a RuleError by whoever knows the file
    """The text is not the YAML a rule file may use."""

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def read(text: str) -> Item:
    """The one document in ``text``; raises ``MalformedYaml``."""
    try:
        events = yaml.parse(text, Loader=_LOADER)
        for wanted in (yaml.StreamStartEvent, yaml.DocumentStartEvent):
            if not isinstance(next(events), wanted):
                raise MalformedYaml("the file is empty", 1)
        item = _value(next(events), events, 0)
        next(events)
        extra = next(events)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise MalformedYaml(f"not valid YAML: {problem}", mark.line + 1 if mark else 1) from None
    if not isinstance(extra, yaml.StreamEndEvent):
        raise MalformedYaml("more than one document in the file", _line(extra))
    return item


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Item:
    line = _line(event)
    if depth > MAX_DEPTH:
        raise MalformedYaml(f"nested more than {MAX_DEPTH} levels deep", line)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise MalformedYaml("anchors and aliases are not allowed", line)
    if tag := getattr(event, "tag", None):
        raise MalformedYaml(f"the tag {tag[:40]} is not allowed", line)
    if isinstance(event, yaml.ScalarEvent):
        plain = event.implicit[0]
        value = _scalar(event.value) if plain else event.value
        return Item(value, line, line + (event.style in ("|", ">")))
    if isinstance(event, yaml.SequenceStartEvent):
        return Item(_sequence(events, depth), line, line)
    return Item(_mapping(events, depth), line, line)


def _sequence(events: Iterator[yaml.Event], depth: int) -> list[Item]:
    items = []
    while not isinstance(event := next(events), yaml.SequenceEndEvent):
        items.append(_value(event, events, depth + 1))
        _count(items, event)
    return items


def _mapping(events: Iterator[yaml.Event], depth: int) -> dict[str, Item]:
    entries: dict[str, Item] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        line = _line(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise MalformedYaml("a key must be a word", line)
        key = event.value
        item = _value(next(events), events, depth + 1)
        if key in entries:
            raise MalformedYaml(f"duplicate key {quoted(key)}", line)
        entries[key] = Item(item.value, line, item.text_line)
        _count(entries, event)
    return entries


def _count(entries: Sized, event: yaml.Event) -> None:
    if len(entries) > MAX_ENTRIES:
        raise MalformedYaml(f"more than {MAX_ENTRIES} entries in one list or mapping", _line(event))


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _scalar(text: str) -> Plain:
    """A plain scalar; what is not a flag, a number or null is a text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text
