"""Which configuration holds for a model: the nearest above it, else the nearest above us."""

from __future__ import annotations

import os

from analyzer.cli.config.read import PYPROJECT, read_config
from analyzer.cli.config.record import Config
from analyzer.cli.paths import STDIN, absolute

NAMES = ("onnxlint.toml", PYPROJECT)
"""In one folder the first wins."""


class Nearest:
    """Finds configurations, and reads each file once."""

    def __init__(self) -> None:
        self._by_folder: dict[str, Config | None] = {}

    def config(self, model: str) -> Config:
        """The configuration for the file ``model`` (``-``: standard input).

        Raises
        ------
        ConfigError
            The nearest file is wrong; one further up is not used in its place.
        """
        here = absolute(".")
        found = self._above(here if model == STDIN else os.path.dirname(absolute(model)))
        return found or self._above(here) or Config()

    def _above(self, folder: str) -> Config | None:
        passed = []
        while folder not in self._by_folder:
            passed.append(folder)
            found, parent = _inside(folder), os.path.dirname(folder)
            if found or parent == folder:
                break
            folder = parent
        else:
            found = self._by_folder[folder]
        self._by_folder |= dict.fromkeys(passed, found)
        return found


def _inside(folder: str) -> Config | None:
    for name in NAMES:
        path = os.path.join(folder, name)
        # Whatever has the name is meant: a pipe or a broken link is an error, not "no settings".
        if os.path.lexists(path) and (config := read_config(path)):
            return config
    return None
