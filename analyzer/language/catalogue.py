"""Catalogues of translations: gettext's PO files, read as they are.

They are texts that people edit and compare, so they ship as such; of the format this is what
ours use: ``msgctxt``, ``msgid``, ``msgid_plural``, ``msgstr`` and comments, of which ``fuzzy``
says that a translation is in doubt and not to be used.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LOCALE = Path(__file__).resolve().parent.parent / "locale"
"""Folder of the catalogues, one folder a language."""

_LINE = re.compile(r'(?:(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)\s+)?"(.*)"')
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {"n": "\n", "t": "\t"}


class Translation(NamedTuple):
    """One text and what it is in the catalogue's language."""

    context: str
    """What tells equal texts apart; empty for most."""
    text: str
    plural: str
    """Empty where nothing is counted."""
    told: str
    """Empty where nobody has translated it."""
    fuzzy: bool = False


def entries(text: str) -> Iterator[Translation]:
    """The entries of a PO file without its header.

    Raises
    ------
    ValueError
        A line that is none of the format.
    """
    fields: dict[str, str] = {}
    key, fuzzy = "", False
    for number, line in enumerate([*text.splitlines(), ""], 1):
        line = line.strip()
        if not line or line.startswith("#"):
            if fields.get("msgid"):
                yield _entry(fields, fuzzy)
            if fields:
                fields, fuzzy = {}, False
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        found = _LINE.fullmatch(line)
        if found is None or not (found[1] or key):
            raise ValueError(f"line {number} is no line of a catalogue: {line[:60]}")
        key = found[1] or key
        fields[key] = fields.get(key, "") + _ESCAPE.sub(
            lambda escape: _ESCAPED.get(escape[1], escape[1]), found[2]
        )


def _entry(fields: Mapping[str, str], fuzzy: bool) -> Translation:
    told = fields.get("msgstr") or fields.get("msgstr[0]", "")
    plural = fields.get("msgid_plural", "")
    return Translation(fields.get("msgctxt", ""), fields["msgid"], plural, told, fuzzy)


def squeezed(text: str) -> str:
    """``text`` by which it is looked up: where its lines break says nothing."""
    return " ".join(text.split())


@cache
def catalogue(language: str, name: str) -> Mapping[tuple[str, str], str]:
    """Translations by context and text, lines joined; empty where there is no such catalogue."""
    file = LOCALE / language / f"{name}.po"
    if not file.is_file():
        return {}
    return {
        (entry.context, squeezed(entry.text)): entry.told
        for entry in entries(file.read_text("utf-8"))
        if entry.told and not entry.fuzzy
    }
