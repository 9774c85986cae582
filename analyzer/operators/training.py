"""Losses, and the optimiser steps of ai.onnx.preview.training: FLOPs, no MACs."""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.normalization import likelihood, losses
from analyzer.operators.counts.training import step
from analyzer.operators.formula import Formula, uncounted
from analyzer.operators.record import BOUND, DATA, INDEX, Nature, Operator

TRAINING, LOSS = Nature.TRAINING, Nature.LOSS
GRADIENT = uncounted("a gradient's cost is that of the backward graph")


def _steps(domain: str) -> tuple[Operator, ...]:
    """Learning rate, number of updates, then tensors, gradients and states."""

    def update(name: str, cost: Formula, **more: Any) -> Operator:
        return Operator(name, TRAINING, (BOUND, INDEX, DATA), cost, domain, repeat=1, **more)

    return (
        update("Adagrad", step(9, 1, "X − R·G' / (√(H + G'²) + ε), G' = λ·X + G")),
        update(
            "Adam", step(15, 2, "(1 − λ₂)·(X − R·V / (√H + ε)) with moments V, H of G' = λ·X + G")
        ),
        update("Momentum", step(7, 1, "X − R·V, V = α·V + β·G', G' = λ·X + G; nesterov: 9·|X|")),
        Operator("Gradient", TRAINING, (DATA,), GRADIENT, domain, repeat=1),
    )


OPERATORS = (
    Operator(
        "SoftmaxCrossEntropyLoss", LOSS, (DATA, INDEX, BOUND),
        Formula(
            losses,
            flops="5·|X| + 2·|targets| + |targets| if weights   [log-softmax, negate, sum]",
        ),
    ),
    Operator(
        "NegativeLogLikelihoodLoss", LOSS, (DATA, INDEX, BOUND),
        Formula(likelihood, flops="2·|targets| + |targets| if weights   [negate, sum]"),
    ),
    *_steps("ai.onnx.preview.training"),
    *_steps("ai.onnx.training"),
)  # fmt: skip
