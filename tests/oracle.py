"""Who obeys a line of a log: what CI systems look for, each in its own way.

Written from their sources and manuals and not from ours: GitHub's runner (``ActionCommand.cs``),
Azure's agent (``Command.cs``), TeamCity ("Service Messages"), Buildkite's agent
(``header_times_streamer.go``), GitLab ("Custom collapsible sections") and Travis. Each is given
more than it takes: any white space before, colours and what .NET does not compare removed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

_COLOURS = re.compile(r"\x1b\[[0-9;]*[mK]")
_GITHUB = re.compile(r"::")
_GITHUB_OLD = re.compile(r"##\[")
_AZURE = re.compile(r"##(?:vso)?\[", re.IGNORECASE)
_TEAMCITY = re.compile(r"##teamcity\[", re.IGNORECASE)
_BUILDKITE = re.compile(r"(?:---|\+\+\+|~~~)(?:\s|\Z)|\^\^\^(?:\s+\+\+\+|\s*\Z)")
_GITLAB = re.compile(r"section_(?:start|end):\d+:")
_TRAVIS = re.compile(r"travis_(?:fold|time):")


_MARKS = ("#", "::", "---", "+++", "~~~", "^^^", "section_", "travis_", "\x1b")
_PARTED = re.compile(r":[^ -~\n]")
"""What has no weight may stand between two colons."""


def obeyed(text: str) -> list[str]:
    """Every line of ``text`` that some system takes for a command, and which."""
    if not any(mark in text for mark in _MARKS) and not _PARTED.search(text):
        return []  # none can be one, whatever of it is left out
    # Python ends a line at all that some system does.
    return [f"{who}: {line!r}" for line in text.splitlines() for who in _systems(line)]


def unseen(text: str) -> list[str]:
    """What a text must not hold raw: controls but the end of a line, and what has no shape."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return []
    return sorted(c for c in set(text) if c != "\n" and not _visible(c))


@cache
def _visible(char: str) -> bool:
    if char == " ":
        return True
    return unicodedata.category(char)[0] not in "CZ" and not ignorable(char)


def ignorable(char: str) -> bool:
    """Default_Ignorable_Code_Point of Unicode 15, and a blank that is none."""
    code = ord(char)
    return (
        code in {0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0, 0x2800}
        or 0x180B <= code <= 0x180F
        or 0x200B <= code <= 0x200F
        or 0x202A <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xFE00 <= code <= 0xFE0F
        or 0xFFF0 <= code <= 0xFFFB
        or 0x1BCA0 <= code <= 0x1BCA3
        or 0x1D173 <= code <= 0x1D17A
        or 0xE0000 <= code <= 0xE0FFF
    )


@lru_cache(maxsize=20_000)  # the lines of a page are those of the page before, but for a few
def _systems(line: str) -> set[str]:
    found: set[str] = set()
    plain = _COLOURS.sub("", line)
    for text in {line, plain}:
        bare = text.strip()  # all of Unicode's white space, as Python has it: more than .NET's
        found |= {"Buildkite"} if _BUILDKITE.match(text) or _BUILDKITE.match(bare) else set()
        found |= {"TeamCity"} if _TEAMCITY.search(text) else set()
        found |= {"GitLab"} if _GITLAB.search(text) else set()
        found |= {"Travis"} if _TRAVIS.search(text) else set()
        for same in {text, bare, _compared(text), _compared(bare)}:
            found |= {"GitHub"} if _GITHUB.match(same) else set()
            found |= {"GitHub's old commands"} if _GITHUB_OLD.search(same) else set()
            found |= {"Azure"} if _AZURE.search(same) else set()
    return found


def _compared(line: str) -> str:
    """What .NET's comparison by culture leaves of ``line``: nothing that has no weight."""
    if line.isascii() or not ("#" in line or ":" in line):
        return line
    return line.translate(dict.fromkeys(ord(c) for c in set(line) if _weightless(c))).strip()


@cache
def _weightless(char: str) -> bool:
    return ignorable(char) or unicodedata.category(char) in {"Mn", "Me", "Mc", "Cf", "Cc"}
