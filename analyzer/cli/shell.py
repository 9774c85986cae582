"""The command line as somebody would type it again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from analyzer.cli.console import NAME

if TYPE_CHECKING:
    from argparse import Namespace


def command_line(arguments: Namespace) -> str:
    """``onnxlint`` and its arguments, quoted for a shell; part of every report."""
    return shlex.join([NAME, *arguments.words])
