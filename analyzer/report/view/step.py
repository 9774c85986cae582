"""One step of what to do first: the record."""

from __future__ import annotations

from typing import Literal

from analyzer.report.view.options.before import Tool
from analyzer.report.view.options.form import Level
from analyzer.restore import record


@record
class ActionStep:
    """One thing to do, or several of which one is to be chosen."""

    ids: tuple[str, ...]
    """Rules and forms, the one that comes first by the order of ``first``; of several each
    changes what the others change, so that what they save does not add up."""
    tool: Tool = ""
    """Of clean-ups, which change next to nothing and stand in one step, and of what the same
    command does, what undoes most of it; empty for other steps."""
    needs: str = ""
    """Of clean-ups, the rule whose remedy has to be followed before the command is run."""
    impact: Level | Literal[""] = ""
    """Of what the same command does, all of it together; empty for other steps, whose impact is
    that of the best."""
    operators: int = 0
    """Operators that ``tool`` takes out, as far as is known."""
