"""Pages and pictures made in a guarded process: what draws them is C that reads a model's names."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

from analyzer.errors import OnnxlintError, OutputError
from analyzer.model.child import can_fork
from analyzer.model.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.model.guard import Progress
    from analyzer.model.limits import Limits

PAGES = 1_000_000
"""Objects after which garbage is looked for among what a page is made of: more than twenty pages
are."""


def made_apart(make: Callable[[], bytes], limits: Limits, what: str) -> bytes:
    """What ``make`` returns, in a process of its own where there can be one.

    Pango, HarfBuzz and GLib end the process where they get no memory or no thread.

    Raises
    ------
    OutputError
        ``what`` cannot be made.
    """
    if not can_fork():
        return make()

    def paint(progress: Progress) -> bytes | str:
        progress.expect(0)  # a page is one item, however long it takes
        gc.freeze()  # looking for garbage among what we inherited would copy all of it
        gc.set_threshold(PAGES, *gc.get_threshold()[1:])
        gc.enable()
        try:
            return make()
        except OnnxlintError as error:
            return str(error)

    painted = guarded(paint, limits=limits)
    if isinstance(painted, bytes):
        return painted
    if isinstance(painted, str):
        raise OutputError(painted)
    if painted.kind == "error":  # a bug of ours, or of a library
        raise RuntimeError(painted.detail)
    reason = f"{what} cannot be made: its process {painted.detail}"
    raise OutputError(f"{reason}; choose another --format, or allow it more (ulimit -a)")
