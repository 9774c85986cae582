"""What a report does not tell about the machine it was made on."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from analyzer.report.result import Result

GIT = "git:"
"""What a path of a revision begins with."""


def without_folders(result: Result) -> Result:
    """``result`` with the names of files in place of their paths; its command is left alone."""
    facts = result.facts.called(name_of(result.facts.model.path))
    return replace(result, facts=facts, configuration=name_of(result.configuration))


def name_of(path: str) -> str:
    """The last part of a path, a folder's too; of a file of git also its revision.

    >>> name_of("/home/ann/models/net.onnx"), name_of("out/"), name_of("-"), name_of("..")
    ('net.onnx', 'out', '-', '.')
    >>> name_of("git:feature/x:models/net.onnx")
    'git:feature/x:net.onnx'
    """
    if path.startswith(GIT) and path.count(":") > 1:
        revision, _, inside = path.removeprefix(GIT).partition(":")
        return f"{GIT}{revision}:{os.path.basename(inside)}"
    name = os.path.basename(path.rstrip(os.sep))
    return name if name not in ("", "..") or not path else "."


def words_without_folders(words: Iterable[str], paths: Iterable[str]) -> list[str]:
    """A command line in which ``paths``, wherever they stand, are names.

    >>> words_without_folders(["/a/x.onnx", "--config=/b/c.toml"], ["/a/x.onnx", "/b/c.toml"])
    ['x.onnx', '--config=c.toml']
    """
    hidden = sorted({path for path in paths if os.sep in path}, key=len, reverse=True)
    return [_named(word, hidden) for word in words]


def _named(word: str, hidden: Iterable[str]) -> str:
    for path in hidden:
        if word.endswith(path):
            return word.removesuffix(path) + name_of(path)
    return word
