"""Entry point of the shape pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.shapes.infer import Inference

if TYPE_CHECKING:
    from analyzer.graph.program import Program
    from analyzer.shapes.bindings import Bindings
    from analyzer.shapes.result import Shapes


def infer_shapes(program: Program, bindings: Bindings) -> Shapes:
    """Types of every value of every scope; see ``analyzer.shapes.infer``."""
    return Inference(program, bindings).run()
