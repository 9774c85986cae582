"""What scattering counts: the rest of data movement is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call


def scatter(call: Call) -> Work:
    """ScatterElements and ScatterND: one operation per update where a reduction is asked for."""
    if call.attr("reduction", "none") == "none":
        return Work(0, 0, "0")
    return Work(0, call.size(2), f"{call.size(2)}")
