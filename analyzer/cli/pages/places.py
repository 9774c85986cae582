"""Where the reports of models go, and what their models are called there.

Names are as short as they can be told apart, and hold nothing of the folders above those that were
named: a report is passed on.
"""

from __future__ import annotations

import os
import re
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.paths import STDIN, absolute
from analyzer.report.privacy import name_of
from analyzer.sanitise import file_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

INDEX = "index"
"""Stem of the index, which no report takes."""


class ReportPlace(NamedTuple):
    """One model."""

    shown: str
    """Its path as the reader is to see it."""
    stem: str
    """Path of its files below the folder of all reports, without their ends."""


def stem_of(path: str) -> str:
    """Name of the files about one model, without their ends."""
    return _ours(os.path.splitext(os.path.basename(path))[0]) if path != STDIN else "stdin"


def _ours(name: str) -> str:
    """A name that is visible and safe: its bytes are UTF-8 whatever the locale says."""
    text = os.fsencode(name).decode("utf-8", "surrogateescape")
    return os.fsdecode(file_name(text).encode("utf-8", "surrogateescape"))


def places_of(models: Sequence[str], named: Iterable[str]) -> dict[str, ReportPlace]:
    """A place for each of ``models``, which were found at or below the paths ``named``.

    Paths begin at the named folder; where that leaves two alike, at the folder that all named ones
    have in common.
    """
    roots = roots_of(named)
    near = {path: _below(path, roots) for path in models}
    if len({name.casefold() for name in near.values()}) < len(near):
        common = _common(roots)
        near = {path: _below(path, [common]) for path in models}
    taken = {INDEX}
    places: dict[str, ReportPlace] = {}
    for path, name in near.items():
        *folders, _ = name.split(os.sep)
        stem = os.path.join(*map(_ours, folders), stem_of(path))
        places[path] = ReportPlace(name.replace(os.sep, "/"), _free(stem, taken))
    return places


def roots_of(named: Iterable[str]) -> list[str]:
    """The folders that were named, or hold the files that were, as absolute paths."""
    paths = (absolute(path) for path in named if path != STDIN)
    return [path if os.path.isdir(path) else os.path.dirname(path) for path in paths]


def without_roots(text: str, roots: Iterable[str], named: Iterable[str]) -> str:
    """A message in which what was named has no folders above it.

    >>> without_roots("cannot read /home/ann/nets/a.bin", ["/home/ann/nets"], ["/home/ann/nets"])
    'cannot read a.bin'
    """
    for path in sorted({*roots, *named}, key=len, reverse=True):
        whole = path.rstrip(os.sep)
        if os.sep in whole:
            inside = rf"(?<![\w./-]){re.escape(whole)}(?:{re.escape(os.sep)}(?=[\w.])|(?![\w-]))"
            text = re.sub(inside, partial(_shorter, whole), text)
    return text


def _shorter(whole: str, at: re.Match[str]) -> str:
    return name_of(whole) if at[0] == whole else ""


def _below(path: str, roots: Iterable[str]) -> str:
    """``path`` from the nearest of ``roots`` that it is below."""
    if path == STDIN:
        return path
    whole = absolute(path)
    inside = [root for root in roots if whole.startswith(os.path.join(root, ""))]
    return os.path.relpath(whole, max(inside, key=len)) if inside else os.path.basename(whole)


def _common(roots: Sequence[str]) -> str:
    try:
        return os.path.commonpath(roots)
    except ValueError:  # other drives, or an absolute path among relative ones
        return os.sep


def _free(stem: str, taken: set[str]) -> str:
    """``stem``, or with a number behind it where it is taken, as far as any file system cares."""
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}-{number}"
    taken.add(name.casefold())
    return name


def targets_of(stem: str, folder: str, suffixes: Mapping[str, str]) -> dict[str, str]:
    """Paths of the files of one model, by format."""
    return {name: os.path.join(folder, f"{stem}.{suffix}") for name, suffix in suffixes.items()}
