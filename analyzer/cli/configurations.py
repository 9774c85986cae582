"""The configuration files that hold in one run, each read once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from analyzer.cli.config.exclude import Exclusion
from analyzer.cli.config.find import Finder
from analyzer.cli.config.layers import merged
from analyzer.cli.config.read import read_config
from analyzer.cli.config.record import Config
from analyzer.cli.options import said_by
from analyzer.cli.paths import STDIN, absolute
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping


class Configurations:
    """What ``--config`` names, or what is found from the working directory upwards; or none.

    Raises ``ConfigError`` where the file that was named is wrong.
    """

    def __init__(self, arguments: Namespace) -> None:
        self._finder = Finder()
        self._only: Config | None = None
        if arguments.no_config:
            self._only = Config()
        elif arguments.config:
            self._only = read_config(arguments.config)
            if self._only is None:
                raise ConfigError(f"{arguments.config}: has no [tool.onnxlint] table")
        self._said = said_by(arguments)
        self._rules: dict[str, tuple[bool, Exclusion]] = {}

    @property
    def ignored(self) -> Mapping[str, None]:
        """Files that hold for nothing although they lie above a model."""
        return self._finder.ignored

    def of(self, model: str) -> Config:
        """The configuration for a model; raises ``ConfigError``."""
        return self._only or self._finder.config(model)

    def leaves_out(self, path: str) -> bool:
        """Whether a search that comes across a file or folder leaves it out."""
        return self._rule(self._searching(path))[1].leaves_out(path)

    def refuses(self, path: str) -> bool:
        """Whether one that somebody named is left out as well, as ``force-exclude`` says."""
        if path == STDIN:
            return False
        file = self._searching(path)
        forced, exclusion = self._rule(file)
        return forced and exclusion.holds(path, os.path.dirname(file.path) or absolute("."))

    def _searching(self, path: str) -> Config:
        """The file that holds for a search; who judges a model says what is wrong with its own."""
        try:
            return self._only or self._finder.searching(path)
        except ConfigError:
            return Config()

    def _rule(self, file: Config) -> tuple[bool, Exclusion]:
        """Whether ``file`` and the command line leave out what is named as well, and what."""
        if file.path not in self._rules:
            config = merged(file, self._said)
            patterns = (*config.exclude, *config.extend_exclude)
            self._rules[file.path] = config.force_exclude, Exclusion(patterns)
        return self._rules[file.path]
