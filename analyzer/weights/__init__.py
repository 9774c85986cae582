"""Evidence read from the weights: separability, dead filters, shrinkable kernels, numeric health.

Pure functions over arrays; nothing here opens a file.
"""

from analyzer.weights.records import (
    Decoupling,
    FilterUse,
    KernelUse,
    LayerEvidence,
    Separability,
    ValueStats,
    WeightEvidence,
)

__all__ = [
    "Decoupling",
    "FilterUse",
    "KernelUse",
    "LayerEvidence",
    "Separability",
    "ValueStats",
    "WeightEvidence",
]
