"""``onnxlint cache``: where ``check`` remembers results, how much that is, and an end of it."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer import units
from analyzer.cli import exits, values
from analyzer.cli.caching.place import Unusable, open_folder
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from analyzer.cli.caching.store import Store
    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment


def configure(parser: ArgumentParser) -> None:
    """Arguments of this command."""
    parser.add_argument("--clear", action="store_true", help="remove what is remembered")
    parser.add_argument(
        "--cache-dir",
        metavar="DIR",
        type=values.file,
        help="the cache there (default: that of check)",
    )


def run(arguments: Namespace, console: Console, environment: Environment) -> int:
    """Show the folder and what is in it, or remove that."""
    place = replace(environment.cache, folder=arguments.cache_dir or environment.cache.folder)
    if not place.folder:
        raise ConfigError("there is no home folder for a cache; name one with --cache-dir")
    console.line(place.folder)
    if not os.path.lexists(place.folder):
        console.line("nothing is remembered")
        return exits.CLEAN
    store = _opened(place.folder)
    if arguments.clear:
        console.line(f"{_entries(store.clear())} removed")
        return exits.CLEAN
    from analyzer.cli.caching.store import MOST_BYTES

    number, size = store.usage()
    console.line(f"{_entries(number)}, {units.size(size)} of {units.size(MOST_BYTES)}")
    return exits.CLEAN


def _opened(folder: str) -> Store:
    from analyzer.cli.caching.store import Store

    try:
        return Store(open_folder(folder, create=False), b"")  # nothing is read or written
    except Unusable as why:
        raise ConfigError(f"{why}; name another folder") from why


def _entries(number: int) -> str:
    return f"{number:,} entr{'y' if number == 1 else 'ies'}"
