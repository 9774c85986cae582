"""Which configuration holds: the one of the project that we work in.

It is looked for from the working directory upwards, and the folder where it is found is the
project. A folder that a model lies in has no say: whoever sent the model may have sent a
configuration with it, and that could switch the audit off. Only where the project's own file says
``nested = true`` may folders inside the project have files of their own.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli.config.read import MAX_PYPROJECT, PYPROJECT, mentions_us, read_bytes, read_config
from analyzer.cli.config.record import Config
from analyzer.cli.paths import STDIN, absolute, leaves
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("onnxlint.toml", PYPROJECT)
"""In one folder the first wins."""


class Finder:
    """Finds configurations, and reads each file once.

    ``ignored`` collects the files that hold for nothing although they lie above a model.
    """

    def __init__(self) -> None:
        self._here = absolute(".")
        self._read: dict[str, Config | None] = {}
        self._looked: set[str] = set()
        self._project: Config | None = None
        self.ignored: dict[str, None] = {}

    def config(self, model: str) -> Config:
        """The configuration for the file ``model`` (``-``: standard input).

        Raises
        ------
        ConfigError
            A file that holds is wrong; one further up is not used in its place.
        """
        folder = self._here if model == STDIN else os.path.dirname(absolute(model))
        return self._nested(folder) or self.project

    def searching(self, path: str) -> Config:
        """The configuration that says whether a search leaves ``path`` out; nothing is noted."""
        folder = os.path.dirname(absolute(path))
        if not self.project.nested or leaves(folder, os.path.dirname(self.project.path)):
            return self.project
        return self._nested(folder) or self.project

    @property
    def project(self) -> Config:
        """That of the working directory."""
        if self._project is None:
            found = (self._inside(folder) for folder in _upwards(self._here))
            self._project = next(filter(None, found), Config())
        return self._project

    def _nested(self, folder: str) -> Config | None:
        """The nearest configuration above a model that the project allows."""
        project = self.project
        root = os.path.dirname(project.path)
        allowed = project.nested and not leaves(folder, root)
        for place in _upwards(folder):
            if allowed:
                if place == root:
                    return None
                if found := self._inside(place):
                    return found
            elif place in self._looked or _holds(place, self._here):
                return None
            else:
                self._looked.add(place)
                self._note(place)
        return None

    def _inside(self, folder: str) -> Config | None:
        if folder not in self._read:
            self._read[folder] = _read(folder)
        return self._read[folder]

    def _note(self, folder: str) -> None:
        """Remember a configuration that does not hold; nothing in it is interpreted."""
        for name in NAMES:
            path = os.path.join(folder, name)
            if os.path.lexists(path) and (name != PYPROJECT or _is_ours(path)):
                self.ignored[path] = None


def _upwards(folder: str) -> Iterator[str]:
    """``folder`` and every folder that holds it."""
    while True:
        yield folder
        above = os.path.dirname(folder)
        if above == folder:
            return
        folder = above


def _holds(folder: str, path: str) -> bool:
    return os.path.join(path, "").startswith(os.path.join(folder, ""))


def _read(folder: str) -> Config | None:
    for name in NAMES:
        path = os.path.join(folder, name)
        # Whatever has the name is meant: a pipe or a link is an error, not "no settings".
        if os.path.lexists(path):
            if os.path.islink(path):
                raise ConfigError(f"{path}: is a link, which is not followed; put the file itself "
                                  "there, or name it with --config")  # fmt: skip
            if config := read_config(path):
                return config
    return None


def _is_ours(path: str) -> bool:
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    try:
        return mentions_us(read_bytes(path, MAX_PYPROJECT))
    except ConfigError:  # unreadable or huge: it holds for nothing anyway
        return False
