"""Small models, and what they could do without."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.golden.text import facts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from analyzer.surplus import Surplus


def surplus(graph: str, opset: int = 17, functions: str = "") -> Mapping[str, Surplus]:
    """Everything that is found, by place."""
    return {each.place: each for each in facts(graph, opset, functions).structure.surplus}


def kinds(graph: str, opset: int = 17, functions: str = "") -> dict[str, str]:
    """Kind by place."""
    return {place: each.kind for place, each in surplus(graph, opset, functions).items()}
