"""Element-wise operators and activations: FLOPs per output element, no MACs.

Each constant counts the operations in the equation beside it, which is the operator's definition
in the ONNX specification; see :mod:`analyzer.operators.formula` for what counts as one operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Formula, Work, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

GELU, GELU_TANH, SIGMOID = 5, 8, 4
"""½·x·(1 + erf(x/√2)); ½·x·(1 + tanh(c·(x + 0.044715·x³))); 1/(1 + e⁻ˣ)."""


def chosen(equation: str, flops: Callable[[Call], int]) -> Formula:
    """A rule whose operations per output element depend on attributes or optional inputs."""

    def count(call: Call) -> Work:
        each, size = flops(call), call.out_size()
        return Work(0, each * size, f"{each} · {size}")

    return Formula(count, flops=equation)


def bounds(call: Call) -> int:
    """Bounds of Clip: always two as attributes (before opset 11), else those that are given."""
    return 2 if call.version < 11 else given(call, 1) + given(call, 2)


def gelu(call: Call) -> int:
    return GELU_TANH if call.attr("approximate", "none") == "tanh" else GELU


def swish(call: Call) -> int:
    return SIGMOID + 1 + int(call.attr("alpha", 1.0) != 1.0)


def operands(call: Call) -> int:
    return sum(t is not None for t in call.inputs)
