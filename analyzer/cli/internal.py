"""Bugs of ours: one line for everybody, a traceback for those who ask."""

from __future__ import annotations

import errno
import traceback
from typing import TYPE_CHECKING

from analyzer.cli.memory import ran_out

if TYPE_CHECKING:
    from analyzer.cli.console import Console


def describe_bug(error: BaseException, *, debug: bool) -> str:
    """One line: what was raised, and how to see where."""
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.EMFILE, errno.ENFILE):
        return "too many files are open; raise the limit (ulimit -n)"
    if ran_out(error):
        return (
            "there is not enough memory; judge fewer models at once, or raise the limit (ulimit -v)"
        )
    what = " ".join(str(error).split())[:200]
    text = f"internal error: {type(error).__name__}" + (f": {what}" if what else "")
    return text if debug else f"{text}; --debug shows the traceback, please report it"


def report_bug(console: Console, error: BaseException, *, debug: bool) -> None:
    """Say it on standard error."""
    show_traceback(console, error, debug=debug)
    console.error(describe_bug(error, debug=debug))


def show_traceback(console: Console, error: BaseException, *, debug: bool) -> None:
    """The traceback, if asked for."""
    if debug:
        console.raw("".join(traceback.format_exception(error)))
