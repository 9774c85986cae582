"""Two models side by side: which operators changed, what that costs, and what became of the
weights.

``match`` finds out which operator is which, ``settings`` what is set about it, ``weights`` what its
tensors hold, and ``headlines`` what a person would say first about all that.
"""

from __future__ import annotations

from analyzer.compare.compare import compare
from analyzer.compare.record import (
    Change,
    Comparison,
    Difference,
    Headline,
    Retyped,
    WeightChange,
    WeightComparison,
)

__all__ = ["Change", "Comparison", "Difference", "Headline", "Retyped", "WeightChange",
           "WeightComparison", "compare"]  # fmt: skip
