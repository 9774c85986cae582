"""What a search for models leaves out: the stores of tools, and what a project names."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from analyzer.cli.config.globs import ANY, WILD, Glob, path_within
from analyzer.cli.paths import TOOLS, absolute
from analyzer.sanitise import widths
from analyzer.sanitise.widths import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.cli.config.table import ConfigTable


class PathPattern(NamedTuple):
    """What one entry of ``exclude`` means."""

    text: str
    """A name, of a file or a folder anywhere, or a path with ``/``; both may be globs."""
    folder: str = ""
    """Where its paths begin, absolute."""


DEFAULT = tuple(PathPattern(name) for name in TOOLS)


class Exclusion:
    """Several patterns, as one question about paths."""

    def __init__(self, patterns: Iterable[PathPattern]) -> None:
        names, self._globs = set(), []
        for text, folder in patterns:
            clean = plain_form(text)
            if "/" in clean:
                self._globs.append((Glob(clean), folder))
            else:
                names.add(clean)
        self._wild = sorted(name for name in names if not WILD.isdisjoint(name))
        self._names = names.difference(self._wild)

    def leaves_out(self, path: str) -> bool:
        """Whether a file or folder is meant itself, not only a folder that it is in."""
        name = os.path.basename(path)
        if name in self._names or any(fnmatchcase(name, wild) for wild in self._wild):
            return True
        for glob, folder in self._globs:
            near = path_within(path, folder)
            if near is not None and glob.matches(near):
                return True
        return False

    def holds(self, path: str, root: str) -> bool:
        """Whether a path, or a folder below ``root`` that it is in, is meant."""
        near = path_within(path, root)
        if near is None:
            return self.leaves_out(path)
        place = root
        for name in near.split("/"):
            place = os.path.join(place, name)
            if self.leaves_out(place):
                return True
        return False


def plain_form(text: str) -> str:
    """A pattern without what says the same: ``./a/``, ``a/**`` and ``a`` mean all that is in a.

    >>> plain_form("./old/**"), plain_form("models/old/"), plain_form("**/old")
    ('old', 'models/old', 'old')
    """
    clean = text.removeprefix("./").strip("/").removesuffix(f"/{ANY}").rstrip("/")
    name = clean.removeprefix(f"{ANY}/")
    return clean if "/" in name else name


def read_patterns(table: ConfigTable, key: str, folder: str) -> tuple[PathPattern, ...]:
    """What a key of the configuration in ``folder`` states; its mistakes go to the table."""
    texts = table.texts(key)
    for text in texts:
        if not text.strip("./"):
            table.error(
                key,
                f"{quoted(text, widths.NAME)} would leave out everything; name a file or a folder",
            )
        elif not Glob(text).is_inside:
            table.error(key, f"{quoted(text, widths.NAME)} leads out of the project; paths begin "
                        'at the folder of this file, as in "models/old"')  # fmt: skip
    return tuple(PathPattern(text, folder) for text in texts)


def spelled(text: str) -> PathPattern:
    """A pattern of the command line, whose paths begin at the working directory."""
    here = absolute(".")
    if os.path.isabs(text) or os.pardir in text.split("/"):
        return PathPattern(os.path.normpath(os.path.join(here, text)), "/")
    return PathPattern(text, here)
