"""How much it is to do at once what one command does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.report.view.options.form import LEVELS, impact_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from analyzer.report.view.action import Action
    from analyzer.report.view.options.before import Tool
    from analyzer.report.view.options.form import Level


def impact_together(asks: Collection[Action], tool: Tool) -> Level:
    """That of the best of them, or of the bytes that all save which ``tool`` is run for, without
    what a runtime saves itself."""
    done = [ask for ask in asks if ask.tool == tool]
    sums = (
        (
            sum(ask.traffic - ask.traffic_loaded for ask in done),
            max((ask.traffic_now for ask in done), default=0),
        ),
        (sum(ask.stored for ask in done), max((ask.stored_now for ask in done), default=0)),
    )
    levels = [ask.impact for ask in asks]
    levels += [impact_of(0, 0, saved, whole) for saved, whole in sums]
    return min(levels, key=LEVELS.index)
