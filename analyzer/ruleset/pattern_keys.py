"""The keys ``match``, ``unless`` and ``through`` of a rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.dataclass import dataclass
from analyzer.graph.values import Value
from analyzer.ruleset.calls import FUNCTIONS, QUANTIFIERS
from analyzer.ruleset.fields import EVIDENCE
from analyzer.ruleset.kinds import ANY, Kind
from analyzer.ruleset.pattern import (
    check_pattern,
    operator_type,
    parse_pattern,
    unknown_operators,
)
from analyzer.ruleset.subjects import groups
from analyzer.ruleset.trees import Refused
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from analyzer.ruleset.document import Item
    from analyzer.ruleset.keys import Section
    from analyzer.ruleset.pattern import Pattern

MAX_PATTERNS = 32
"""Alternatives of one rule."""


@dataclass(frozen=True, slots=True)
class Patterns:
    """What a rule file says about several operators."""

    asked: bool
    """Whether it has the key ``match``, readable or not."""
    match: tuple[Pattern, ...] = ()
    unless: tuple[Pattern, ...] = ()

    def groups(self) -> dict[str, Kind]:
        """The kind of each metavariable, as an expression sees it."""
        kinds: dict[str, Kind] = {}
        for pattern in self.match:
            kinds.update(dict.fromkeys(pattern.settings, ANY))
            kinds.update(dict.fromkeys(pattern.tensors, Value))
        return kinds


def read_patterns(top: Section, *, trusted: bool) -> Patterns:
    """The patterns of a rule, every error noted at its line of the file.

    ``trusted`` leaves out what takes long to look for, in a file that a test has looked at.
    """
    through = _through(top, trusted=trusted)
    reserved = {*groups("node"), *FUNCTIONS, *QUANTIFIERS, *EVIDENCE, "option"}
    match = list(_patterns(top, "match", through))
    unless = list(_patterns(top, "unless", through))
    asked = "match" in top.entries
    if not trusted:
        bound = set.intersection(*(set(p.names) for p, _ in match)) if match else set[str]()
        for pattern, item in match:
            _check(top, "match", pattern, item, reserved, ())
        for pattern, item in unless if match else ():
            _check(top, "unless", pattern, item, reserved, bound)
        _clashes(top, [pattern for pattern, _ in match])
    for key in ("unless", "through"):
        if key in top.entries and not asked:
            top.error(f"{key!r} needs 'match'", top.entries[key].line)
    if asked and "applies-to" in top.entries:
        top.item("applies-to")
        what = "'match' says what the rule applies to: leave out 'applies-to'"
        top.error(what, top.entries["applies-to"].line)
    return Patterns(asked, tuple(p for p, _ in match), tuple(p for p, _ in unless))


def _texts(top: Section, key: str) -> Iterator[Item]:
    """The text of a key, or each of its list."""
    item = top.item(key)
    if item is None:
        return
    items = item.value if isinstance(item.value, list) else [item]
    texts = [text for text in items if isinstance(text.value, str) and text.value.strip()]
    if len(texts) < len(items) or not items:
        top.error(f"{key!r} must be a pattern or a list of patterns", item.line)
    elif len(items) > MAX_PATTERNS:
        top.error(f"{key!r} has more than {MAX_PATTERNS} patterns", item.line)
    else:
        yield from texts


def _patterns(
    top: Section, key: str, through: frozenset[tuple[str, str]]
) -> Iterator[tuple[Pattern, Item]]:
    """Those that can be read, with what they were read from."""
    for item in _texts(top, key):
        try:
            yield parse_pattern(str(item.value), through), item
        except Refused as refused:
            top.error(f"{key!r}: {refused}", item.line_at(refused.line))


def _check(
    top: Section,
    key: str,
    pattern: Pattern,
    item: Item,
    reserved: Collection[str],
    bound: Collection[str],
) -> None:
    try:
        check_pattern(pattern, reserved, bound)
    except Refused as refused:
        top.error(f"{key!r}: {refused}", item.line_at(refused.line))


def _through(top: Section, *, trusted: bool) -> frozenset[tuple[str, str]]:
    item = top.item("through")
    if item is None:
        return frozenset()
    operators = [operator_type(word) for word in top.words(item, "through")]
    for what in () if trusted else unknown_operators(operators):
        top.error(f"'through': {what}", item.line)
    return frozenset(operators)


def _clashes(top: Section, patterns: list[Pattern]) -> None:
    """A name that is a tensor in one alternative and an attribute's value in another."""
    tensors = {name for pattern in patterns for name in pattern.tensors}
    settings = {name for pattern in patterns for name in pattern.settings}
    for name in sorted(tensors & settings):
        what = f"{quoted(name)} cannot be both a tensor and an attribute's value"
        top.error(f"'match': {what}", top.entries["match"].line)
