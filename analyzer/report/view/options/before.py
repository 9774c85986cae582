"""What has to be done to a file before something else can be done with it."""

from __future__ import annotations

from typing import Literal

from analyzer.restore import record

Tool = Literal["", "onnxslim", "onnxruntime"]
"""By ``Rule.tool``, what takes out what a rule names."""


@record
class Before:
    """One thing that comes first."""

    text: str
    """What to do, in words; empty where what it is needed for says so."""
    rules: tuple[str, ...] = ()
    """Rules that ask for it."""
    tool: Tool = ""
    """The command that does it, whatever rule that is run for."""
