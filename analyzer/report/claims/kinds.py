"""What one wants to know of recurrent networks, forests, decoders and quantised models."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from analyzer.operators import find
from analyzer.patterns.quantised import quantisation_of
from analyzer.report.claims.record import Claim
from analyzer.smaller.cache import cache as cache_of
from analyzer.smaller.forest import forest as forest_of
from analyzer.smaller.recurrent import recurrent as recurrent_of

if TYPE_CHECKING:
    from analyzer.facts import Node
    from analyzer.report.result import Result

PACKED = ("int2", "int4")
CONVERSIONS = ("quantize", "dequantize")
"""Roles of what stands between numbers and the integers that stand for them."""


def recurrent(result: Result) -> Claim | None:
    """What one time step costs, and whether the model can be fed step by step."""
    found = result.facts.once(recurrent_of)
    if found is None:
        return None
    totals = result.facts.totals
    by = Counter(layer.operator for layer in found.layers)
    return Claim(
        "recurrent",
        {
            "operators": tuple(by),
            "counts": tuple(by.values()),
            "layers": len(found.layers),
            "steps": tuple(sorted({layer.steps for layer in found.layers})),
            "share": found.macs / totals.whole if totals.whole else None,
            "macs_per_step": found.macs_per_step,
            "state_bytes": found.state_bytes,
            "bidirectional": len(found.bidirectional),
        },
        ("nodes", "totals.macs"),
    )


def forest(result: Result) -> Claim | None:
    """How large a forest is, and what a sample costs in it."""
    found = result.facts.once(forest_of)
    if found is None:
        return None
    return Claim(
        "forest",
        {
            "operators": found.operators,
            "trees": len(found.trees),
            "nodes": found.nodes,
            "leaves": found.leaves,
            "depth": found.depth,
            "comparisons": found.comparisons,
            "mean_comparisons": found.mean_comparisons,
            "bytes": found.bytes,
        },
        ("nodes",),
    )


def cache(result: Result) -> Claim | None:
    """What a decoder keeps of earlier tokens."""
    found = result.facts.once(cache_of)
    if found is None:
        return None
    return Claim(
        "cache",
        {
            "tensors": found.tensors,
            "token_bytes": found.token_bytes,
            "tokens": found.tokens,
            "bytes": found.bytes,
        },
        ("inputs", "outputs", "assumptions"),
    )


def quantised(result: Result) -> Claim | None:
    """How much of a quantised model is computed in integers, and what lies between them."""
    found, nodes = quantisation_of(result.facts), result.facts.nodes
    narrow = any(name in result.facts.totals.macs_by_precision for name in PACKED)
    if not found.integer_macs or found.float_share is None or narrow:
        return None  # weights of few bits are mostly multiplied in floating point
    return Claim(
        "quantised",
        {
            "integer_macs": found.integer_macs,
            "float_macs": found.float_macs,
            "share": 1 - found.float_share,
            "float_layers": found.float_layers,
            "float_forms": found.float_forms,
            "unaligned": found.unaligned,
            "signed_forms": found.signed_forms,
            "left_on_x86": found.left_on_x86,
            "conversions": sum(map(_is_conversion, nodes)),
            "islands": found.islands,
            "island_operators": found.island_operators,
            "island_types": found.island_types,
        },
        ("totals.macs_by_precision", "nodes"),
    )


def _is_conversion(node: Node) -> bool:
    record = find(node.domain, node.op_type)
    return record is not None and record.role in CONVERSIONS
