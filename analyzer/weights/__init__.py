"""Evidence in the weights: separability, dead filters, shrinkable kernels, numeric health."""

from analyzer.evidence import (
    Decoupling,
    FilterUse,
    KernelUse,
    LayerEvidence,
    Separability,
    ValueStats,
    WeightEvidence,
)
from analyzer.weights.evidence import collect
from analyzer.weights.source import WeightSource

__all__ = [
    "Decoupling",
    "FilterUse",
    "KernelUse",
    "LayerEvidence",
    "Separability",
    "ValueStats",
    "WeightEvidence",
    "WeightSource",
    "collect",
]
