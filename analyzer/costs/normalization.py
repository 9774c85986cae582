"""Normalisations, softmax and losses: FLOPs per element, no MACs.

Work done once per row or channel (adding ε, the square root) is left out: it is at most a few
operations against hundreds per row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.formula import Formula, Work, given, per_input

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


def _batch(call: Call) -> int:
    """Folded at inference; older opsets show training by their extra outputs."""
    extra = call.version < 14 and any(output is not None for output in call.outputs[1:])
    return LAYER_NORM if extra or call.attr("training_mode", 0) else 2


def _losses(call: Call) -> Work:
    """Softmax cross entropy: log-softmax of the scores, then pick, weight and reduce."""
    size, targets = call.size(0), call.size(1)
    other = SOFTMAX * size + targets * (2 + given(call, 2))
    return Work(0, other, f"5 · {size} + {2 + given(call, 2)} · {targets}")


def _likelihood(call: Call) -> Work:
    targets, each = call.size(1), 2 + given(call, 2)
    return Work(0, targets * each, f"{each} · {targets}")


STANDARDISE = "mean, subtract, square, variance, divide"

RULES: dict[str, Formula] = {
    "BatchNormalization": normalise(
        "2·|X|   [scale and shift per channel, folded]; training: 7·|X|", _batch
    ),
    "InstanceNormalization": per_input(LAYER_NORM, f"{STANDARDISE}, scale, shift"),
    "GroupNormalization": per_input(LAYER_NORM, f"{STANDARDISE}, scale, shift"),
    "LayerNormalization": normalise(
        f"6·|X| + |X| if bias   [{STANDARDISE}, scale, shift]",
        lambda call: LAYER_NORM - 1 + given(call, 2),
    ),
    "RMSNormalization": per_input(RMS_NORM, "square, mean, divide, scale"),
    "MeanVarianceNormalization": per_input(5, STANDARDISE),
    "LpNormalization": per_input(3, "power, sum, divide"),
    "LRN": normalise(
        "(size + 5)·|X|   [x / (bias + α/size · Σx²)^β]", lambda call: call.attributes["size"] + 5
    ),
    "Softmax": per_input(SOFTMAX, "maximum, subtract, exp, sum, divide"),
    "LogSoftmax": per_input(SOFTMAX, "maximum, subtract, exp, sum, subtract"),
    "Hardmax": per_input(1, "maximum"),
    "SoftmaxCrossEntropyLoss": Formula(
        _losses, flops="5·|X| + 2·|targets| + |targets| if weights   [log-softmax, negate, sum]"
    ),
    "NegativeLogLikelihoodLoss": Formula(
        _likelihood, flops="2·|targets| + |targets| if weights   [negate, sum]"
    ),
}
