"""The groups of facts that several sorts of subjects bring, and spelling hints."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from analyzer import evidence, facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

COMMON: Mapping[str, type] = {
    "model": facts.ModelInfo,
    "totals": facts.Totals,
    "parameters": facts.Parameters,
    "memory": facts.Memory,
    "separable": facts.Separable,
    "ceiling": facts.Ceiling,
    "conformance": facts.Conformance,
}
"""Groups about the whole model, visible to every rule."""

LAYER: Mapping[str, type] = {
    "weights": evidence.ValueStats,
    "filters": evidence.FilterUse,
    "kernel": evidence.KernelUse,
    "separability": evidence.Separability,
    "low_rank": evidence.LowRank,
    "core": evidence.KernelCore,
    "integers": evidence.IntegerWeights,
}
"""Groups about a layer's trained weights; all unknown where those were not read."""

STORED: Mapping[str, type] = {"weights": evidence.ValueStats, "stored": evidence.TensorEvidence}
"""Groups about a tensor that the file stores; all unknown of other tensors."""

AUDIT: Mapping[str, type] = {"audit": evidence.WeightEvidence}
"""The group about all weights together, visible beside those about some."""

EVIDENCE = frozenset({*LAYER, *STORED, *AUDIT})
"""Groups for which trained weights have to be read."""

STATISTICS = frozenset({"statistics"})
"""Fields of other groups for which they have to be."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``, did you mean 'ratio'?`` or nothing.

    >>> did_you_mean("ratoi", ["ratio", "macs"])
    ", did you mean 'ratio'?"
    """
    close = get_close_matches(word[:80], sorted(known), n=1)
    return f", did you mean '{close[0]}'?" if close else ""
