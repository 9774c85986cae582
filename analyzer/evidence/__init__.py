"""What the weights themselves say: the vocabulary of ``analyzer.weights``, beside ``facts``."""

from __future__ import annotations

from analyzer.evidence.kernel import FilterUse, KernelCore, KernelUse
from analyzer.evidence.separability import (
    CHANNELS,
    DW_PW,
    PW_DW,
    SPATIAL,
    Decoupling,
    LowRank,
    Separability,
)
from analyzer.evidence.value import INTEGERS, IntegerWeights, TensorEvidence, ValueStats
from analyzer.evidence.whole import LayerEvidence, WeightEvidence

__all__ = [
    "CHANNELS",
    "DW_PW",
    "INTEGERS",
    "PW_DW",
    "SPATIAL",
    "Decoupling",
    "FilterUse",
    "IntegerWeights",
    "KernelCore",
    "KernelUse",
    "LayerEvidence",
    "LowRank",
    "Separability",
    "TensorEvidence",
    "ValueStats",
    "WeightEvidence",
]
