"""The command line as somebody would type it again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from analyzer.cli.console import NAME
from analyzer.report.privacy import words_without_folders

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable


def command_line(arguments: Namespace, private: Iterable[str] = ()) -> str:
    """``onnxlint`` and its arguments, quoted for a shell; part of every report.

    Of the paths ``private`` it has the names alone.
    """
    return shlex.join([NAME, *words_without_folders(arguments.words, private)])
