"""ai.onnx.ml: linear models and support vectors have MACs, trees and encoders have not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.graph.call import Unknown
from analyzer.operators.formula import Work

if TYPE_CHECKING:
    from analyzer.graph.call import Call

KERNEL = {"LINEAR": 0, "POLY": 3, "RBF": 3, "SIGMOID": 3}
"""FLOPs per kernel value after its dot product: γ·x, + c₀, and the power or transcendental."""


def _rows(call: Call) -> tuple[int, int]:
    """Samples and features of ``(N, F)`` or ``(F)``."""
    shape = call.shape(0)
    if len(shape) not in (1, 2):
        raise Unknown(f"samples of rank {len(shape)}")
    return (shape[0] if len(shape) == 2 else 1), shape[-1]


def linear(call: Call) -> Work:
    """MACs = samples · features · targets; the coefficients are one row of features per target."""
    rows, features = _rows(call)
    coefficients = len(call.attributes["coefficients"])
    if features and coefficients % features:
        raise Unknown(f"{coefficients} coefficients for {features} features")
    bias = rows * len(call.attr("intercepts", ()))
    return Work(rows * coefficients, bias, f"{rows} · {coefficients}")


def svm(call: Call) -> Work:
    """MACs = N·S·F for the kernel against S support vectors, then N times the dual coefficients.

    Without support vectors the model is linear and its coefficients are a weight matrix. The RBF
    distance counts as its multiply-accumulate plus one subtraction per feature.
    """
    rows, features = _rows(call)
    vectors, weights = len(call.attr("support_vectors", ())), len(call.attributes["coefficients"])
    bias = rows * len(call.attr("rho", ()))
    if not vectors:
        return Work(rows * weights, bias, f"{rows} · {weights}")
    if not features or vectors % features:
        raise Unknown(f"{vectors} support vector values for {features} features")
    kernel = (call.attr("kernel_type") or "LINEAR").upper()
    if kernel not in KERNEL:
        raise Unknown(f"kernel {kernel} is not known")
    other = bias + rows * (vectors // features * KERNEL[kernel])
    other += rows * vectors if kernel == "RBF" else 0
    return Work(rows * (vectors + weights), other, f"{rows} · ({vectors} + {weights})")
