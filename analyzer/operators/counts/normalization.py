"""Normalisations, softmax and losses: FLOPs per element, no MACs.

Work done once per row or channel (adding ε, the square root) is left out: it is at most a few
operations against hundreds per row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Formula, Work, given

if TYPE_CHECKING:
    from collections.abc import Callable

    from analyzer.graph.call import Call

LAYER_NORM = 7
"""mean, subtract, square, variance, divide, scale, shift."""
RMS_NORM = 4
"""square, mean, divide, scale."""
SOFTMAX = 5
"""maximum, subtract, exp, sum, divide."""


def normalise(equation: str, flops: Callable[[Call], int]) -> Formula:
    """``flops(call)`` operations for every element of the first input."""

    def count(call: Call) -> Work:
        each, size = flops(call), call.size(0)
        return Work(0, each * size, f"{each} · {size}")

    return Formula(count, flops=equation)


def batch(call: Call) -> int:
    """Folded at inference; older opsets show training by their extra outputs."""
    extra = call.version < 14 and any(output is not None for output in call.outputs[1:])
    return LAYER_NORM if extra or call.attr("training_mode", 0) else 2


def losses(call: Call) -> Work:
    """Softmax cross entropy: log-softmax of the scores, then pick, weight and reduce."""
    size, targets = call.size(0), call.size(1)
    other = SOFTMAX * size + targets * (2 + given(call, 2))
    return Work(0, other, f"5 · {size} + {2 + given(call, 2)} · {targets}")


def likelihood(call: Call) -> Work:
    targets, each = call.size(1), 2 + given(call, 2)
    return Work(0, targets * each, f"{each} · {targets}")


STANDARDISE = "mean, subtract, square, variance, divide"
