"""Output types of operators that onnx has no schema for (``com.microsoft`` and relatives).

Source: ONNX Runtime's operator documentation ("Contrib Operators"). Each rule
returns output types in order; it raises ``Unknown`` where an input shape it
needs is unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.shapes.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from analyzer.graph.call import Call

Rule = "Callable[[Call], list[Type]]"


def same(call: Call) -> list[Type]:
    """First output like the first input."""
    x = call.input(0)
    return [Type(x.dtype, x.shape)] if x else []


RULES: Mapping[tuple[str, str], Callable[[Call], list[Type]]] = {
    ("com.microsoft", name): same
    for name in ("FastGelu", "QuickGelu", "BiasGelu", "Gelu", "RotaryEmbedding", "BiasAdd")
}
"""Rule by (domain, operator)."""
