"""Contracts of fused normalisation, biases and embeddings in ``com.microsoft``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analyzer.operators.contracts.normalization import per_last
from analyzer.operators.contracts.parts import (
    fits,
    indices_in_range,
    rank,
    same_shape,
    same_size,
    size_of,
    stretches_to,
    vector,
)
from analyzer.operators.contracts.reading import differ, shape_of, size_at
from analyzer.operators.contracts.settings import (
    divides,
    flag,
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _skip(call: Call) -> Iterator[Violation]:
    """The skip is as the input, or without batch or with a batch of 1 beside three axes."""
    data, skip = shape_of(call, 0), shape_of(call, 1)
    if data is None or skip is None:
        return
    allowed = [data]
    if len(data) == 3:
        allowed += [(1, *data[1:]), data[1:]]
    for wrong in fits("skip-shape", "skip", skip, *allowed, what="as the input"):
        # A runtime reads the skip from its begin, so that only its last two axes must agree.
        same = len(data) == len(skip) == 3 and not any(map(differ, data[1:], skip[1:]))
        yield replace(wrong, grave=not same)


def _halves(call: Call) -> Iterator[Violation]:
    size = size_at(call, 0, -1)
    if size is not None and size % 2:
        yield Violation(
            "divisibility",
            f"the input ({spell(shape_of(call, 0))}) has {size} channels, which is no even number",
            "give the last axis an even size",
        )


def _embedding(call: Call) -> Iterator[Violation]:
    """Indices (batch, length), tables (entries, width), gain and shift (width)."""
    ids = shape_of(call, 0)
    if ids is not None and len(ids) == 2:
        for slot, name in ((1, "segment_ids"), (7, "mask")):
            yield from fits("operand-shape", name, shape_of(call, slot), ids, what="as input_ids")
        if call.op_type == "EmbedLayerNormalization":
            yield from fits(
                "positions", "position_ids", shape_of(call, 8), ids, (1, ids[1]),
                what="batch or 1, length",
            )  # fmt: skip
    width = size_at(call, 2, 1)
    for slot, name in ((3, "position_embedding"), (4, "segment_embedding")):
        yield from fits(
            "embedding-width", name, shape_of(call, slot), (None, width), what="entries, width"
        )


_TABLES = (
    rank(0, "input_ids", 2), rank(2, "word_embedding", 2), _embedding,
    vector(5, "gamma", size_of(2, 1), "the width", code="norm-length"),
    vector(6, "beta", size_of(2, 1), "the width", code="norm-length"),
)  # fmt: skip

CONTRIB_NORMALISATION: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("com.microsoft", op): contracts
    for op, contracts in {
        "SkipLayerNormalization": (
            rank(0, "input", 2, 3), _skip, *per_last((2, "gamma"), (3, "beta"), (4, "bias")),
        ),
        "SkipSimplifiedLayerNormalization": (
            rank(0, "input", 2, 3), _skip, *per_last((2, "gamma"), (3, "bias")),
        ),
        "EmbedLayerNormalization": (
            *_TABLES, flag("mask_index_type"),
            indices_in_range(0, "input_ids", size_of(2, 0), "word_embedding", least=0),
            indices_in_range(1, "segment_ids", size_of(4, 0), "segment_embedding", least=0),
        ),
        "QEmbedLayerNormalization": _TABLES,
        "GroupNorm": (rank(0, "X", 4),),
        "SkipGroupNorm": (
            rank(0, "X", 4), divides("groups", 0, "X", -1, "channels"),
            *per_last((1, "gamma"), (2, "beta"), (4, "bias")), one_of("activation", (0, 1)),
        ),
        "BiasGelu": per_last((1, "B")),
        "FastGelu": per_last((1, "bias")),
        "GemmFastGelu": per_last((2, "bias"), of=1),
        "BiasSplitGelu": (rank(0, "X", 3), _halves, *per_last((1, "bias"))),
        "BiasDropout": (stretches_to(1, "bias", 0, "data"), same_shape(0, "data", 2, "residual")),
        "BiasAdd": (rank(0, "X", 3), same_shape(0, "X", 2, "skip")),
        "CDist": (rank(0, "A", 2), rank(1, "B", 2), same_size(0, "A", 1, 1, "B", 1)),
    }.items()
}  # fmt: skip
