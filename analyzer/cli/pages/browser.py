"""The reader's browser, where there is one to open."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cli.paths import absolute

if TYPE_CHECKING:
    from analyzer.cli.console import Console
    from analyzer.cli.environment import Environment


def open_page(path: str, console: Console, environment: Environment) -> None:
    """Show the page at ``path``, or say why not: never in CI, never without a screen."""
    if environment.unseen:
        console.note(f"--open: {path} is not opened: {environment.unseen}")
        return
    import webbrowser

    try:
        opened = webbrowser.open(Path(absolute(path)).as_uri())
    except (OSError, ValueError, webbrowser.Error):  # ValueError: no absolute path
        opened = False
    if not opened:
        console.note(f"--open: {path} is not opened: no browser was found; BROWSER names one")
