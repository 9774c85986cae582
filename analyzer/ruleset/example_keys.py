"""The key ``examples`` of a rule file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzer.ruleset.keys import Section
from analyzer.ruleset.option_values import typed
from analyzer.ruleset.rule import Example
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.ruleset.document import Item
    from analyzer.ruleset.option import Option, OptionValue

EXPECTATIONS = ("match", "no-match")
MAX_BESIDE = 1 << 20
"""Bytes that one text of hexadecimal digits may spell."""
MAX_FILES = 16
"""Files beside one example."""
_HEX, _TIMES = re.compile(r"(?:[0-9a-fA-F]{2})+"), re.compile(r"[0-9]{1,6}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,60}")


def read_examples(top: Section, options: Mapping[str, Option]) -> tuple[Example, ...]:
    item = top.item("examples", required=True)
    if item is None:
        return ()
    if not isinstance(item.value, list):
        top.error("'examples' must be a list", item.line)
        return ()
    examples = []
    for entry in item.value:
        body = Section(entry, top.errors, "example")
        name = body.line_of_text("name")
        expect = body.choice("expect", EXPECTATIONS)
        model = body.text("model")
        overrides = _overrides(body, options)
        append = _hexadecimal(body, "append", body.text("append", ""))
        beside, targets = _beside(body), body.texts("targets")
        body.finish()
        examples.append(
            Example(name, expect, model, overrides, append, targets, beside, entry.line)
        )
    for wanted in EXPECTATIONS:
        if wanted not in {example.expect for example in examples}:
            top.error(f"'examples' has none with 'expect: {wanted}'", item.line)
    return tuple(examples)


def _hexadecimal(body: Section, key: str, text: str) -> bytes:
    """The bytes that pairs of hexadecimal digits spell; ``00*20`` is twenty of one."""
    parts: list[bytes] = []
    length = 0
    for word in text.split():
        digits, _, times = word.partition("*")
        if not _HEX.fullmatch(digits) or not (not times or _TIMES.fullmatch(times)):
            body.error(f"{key!r} must be pairs of hexadecimal digits, not {word[:20]!r}")
            return b""
        count = int(times or 1)
        length += len(digits) // 2 * count
        if length > MAX_BESIDE:
            body.error(f"{key!r} spells more than {MAX_BESIDE:,} bytes")
            return b""
        parts.append(bytes.fromhex(digits) * count)
    return b"".join(parts)


def _beside(body: Section) -> dict[str, bytes | str]:
    """``{weights.bin: 00*16 4d5a, link.bin: "link weights.bin"}``."""
    item = body.item("beside")
    section = Section(item, body.errors, "beside") if item else None
    files: dict[str, bytes | str] = {}
    if section is None:
        return files
    if len(section.entries) > MAX_FILES:
        section.error(f"more than {MAX_FILES} files")
        return files
    for name in section.entries:
        text = section.text(name)
        if not _FILE.fullmatch(name):
            section.error(f"{quoted(name)} is no plain name of a file")
        elif text.startswith("link "):
            files[name] = text.removeprefix("link ").strip()
        else:
            files[name] = _hexadecimal(section, name, text)
    return files


def _overrides(body: Section, options: Mapping[str, Option]) -> dict[str, OptionValue]:
    item = body.item("options")
    values: dict[str, OptionValue] = {}
    section = Section(item, body.errors, "example options") if item else None
    for name, entry in section.entries.items() if section else ():
        try:
            values[name] = typed(options, name, plain(entry))
        except ValueError as error:
            body.error(str(error), entry.line)
    return values


def plain(item: Item | None) -> OptionValue:
    """A number, a flag, a text or nothing; nothing for anything else."""
    return None if item is None or isinstance(item.value, (list, dict)) else item.value
