"""What operators, bodies and loops need of the shape pass they are a part of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx

    from analyzer.arrays import Elements
    from analyzer.graph.scope import Program
    from analyzer.shapes.frame import Frame
    from analyzer.shapes.instance import Instance
    from analyzer.shapes.stated import Bindings
    from analyzer.shapes.types import Type

MAX_UNROLLED = 1 << 13
"""Operators typed iteration by iteration in a whole model: less than half a second."""


class Session(ABC):
    """State of one pass over a program."""

    def __init__(self, program: Program, bindings: Bindings, *, use_cpp: bool) -> None:
        self.program: Program = program
        self.bindings: Bindings = bindings
        self.use_cpp = use_cpp
        """False leaves everything unknown that only onnx's C++ could tell."""
        self.counted = 0
        """Operators evaluated to count iterations of loops."""
        self.unrolling = MAX_UNROLLED
        """Operators that may still be typed once for each iteration of a loop."""
        self.answers: dict[tuple[object, ...], dict[int, Type]] = {}
        """What onnx said of operators so far: types by output slot."""

    @abstractmethod
    def run_scope(
        self,
        index: int,
        path: str,
        types: Mapping[str, Type],
        values: Mapping[str, Elements],
        parent: Frame | None,
        attributes: Mapping[str, onnx.AttributeProto],
    ) -> Instance:
        """Infer one scope given the types (and perhaps values) of its inputs."""
