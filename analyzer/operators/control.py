"""Operators that run subgraphs, handle sequences and strings, search boxes, or belong to a runtime.

The cost of a subgraph is counted by the analysis itself.
"""

from __future__ import annotations

from typing import Any

from analyzer.operators.counts.detection import data_dependent
from analyzer.operators.counts.fused import embed, quantised_embed
from analyzer.operators.formula import (
    FREE,
    ORT,
    UNDESCRIBED,
    Formula,
    Work,
    per_element,
    sourced,
    uncounted,
)
from analyzer.operators.record import (
    BIAS,
    BOUND,
    DATA,
    GAIN,
    INDEX,
    MASK,
    MICROSOFT,
    SCALE,
    SHAPE,
    STATE,
    TABLE,
    ZERO_POINT,
    Nature,
    Operand,
    Operator,
    weight,
)
from analyzer.operators.results.common import embedded, same, warped
from analyzer.operators.results.product import multiplied

CONTROL, SEQUENCE, RUNTIME = Nature.CONTROL, Nature.SEQUENCE, Nature.RUNTIME
COMPILED = uncounted("a compiled subgraph of another runtime")
GENERATION = uncounted("its decoder runs a number of times that depends on the data")
EMBEDDED = ("Gather", "Add", "LayerNormalization")
QUANT_TABLES = (SCALE, SCALE, SCALE, SCALE, SCALE, *(ZERO_POINT,) * 5)


def _control(what: str) -> Formula:
    return Formula(None, what, what, reason="counted from its subgraphs", control=True)


def _sequence(name: str, inputs: tuple[Operand, ...] = (DATA,), **more: Any) -> Operator:
    return Operator(name, SEQUENCE, inputs, FREE, **more)


def _contrib(name: str, inputs: tuple[Operand, ...], cost: Formula = FREE, **more: Any) -> Operator:
    return Operator(name, RUNTIME, inputs, sourced(cost, ORT), MICROSOFT, **more)


OPERATORS = (
    # subgraphs
    Operator("If", CONTROL, (MASK,), _control("the larger branch")),
    Operator("Loop", CONTROL, (INDEX, MASK, STATE), _control("body × trip count"), repeat=1),
    Operator(
        "Scan", CONTROL, (INDEX, STATE), _control("body × scan length"), repeat=1, until=8
    ),
    Operator("Scan", CONTROL, (STATE,), _control("body × scan length"), repeat=1, since=9),
    Operator(
        "SequenceMap", CONTROL, (DATA, DATA), _control("body × sequence length"), repeat=1
    ),
    # sequences, optionals and strings
    _sequence("SequenceAt", (DATA, INDEX)),
    _sequence("SequenceConstruct", repeat=1),
    _sequence("SequenceEmpty", ()),
    _sequence("SequenceErase", (DATA, INDEX)),
    _sequence("SequenceInsert", (DATA, DATA, INDEX)),
    _sequence("SequenceLength"),
    _sequence("SplitToSequence", (DATA, SHAPE)),
    _sequence("ConcatFromSequence"),
    _sequence("Optional"),
    _sequence("OptionalGetElement"),
    _sequence("OptionalHasElement"),
    _sequence("RegexFullMatch"),
    _sequence("StringConcat", (DATA, DATA)),
    _sequence("StringNormalizer"),
    _sequence("StringSplit"),
    Operator(
        "TfIdfVectorizer", SEQUENCE, (DATA,),
        per_element(1, "weight · count; finding the n-grams is a search"),
    ),
    # boxes and regions
    Operator(
        "NonMaxSuppression", Nature.DETECTION, (DATA, DATA, BOUND, BOUND, BOUND),
        data_dependent("the boxes decide how many overlaps are computed"),
    ),
    Operator(
        "MaxRoiPool", Nature.DETECTION, (DATA, INDEX),
        data_dependent("the regions decide how large the pools are"),
    ),
    # com.microsoft: embeddings
    Operator(
        "EmbedLayerNormalization", Nature.EMBEDDING,
        (INDEX, INDEX, TABLE, TABLE, TABLE, GAIN, BIAS, MASK, INDEX),
        sourced(Formula(embed, flops="8·|Y| + |Y| if segments"), ORT), MICROSOFT,
        shape=embedded, role="embedding", tags=("fused",), fuses=EMBEDDED,
    ),
    Operator(
        "QEmbedLayerNormalization", Nature.EMBEDDING,
        (INDEX, INDEX, TABLE, TABLE, TABLE, GAIN, BIAS, MASK, *QUANT_TABLES),
        sourced(Formula(quantised_embed, flops="12·|Y|, 15·|Y| with segments"), ORT), MICROSOFT,
        shape=embedded, role="embedding", tags=("fused", "quantized"), fuses=EMBEDDED,
    ),
    Operator(
        "SparseToDenseMatMul", Nature.PRODUCT, (DATA, weight("K", "N")), UNDESCRIBED, MICROSOFT,
        shape=multiplied(1, 1), role="product",
    ),
    # com.microsoft: what only the runtime knows
    _contrib(
        "BeamSearch", (INDEX, INDEX, INDEX, INDEX, INDEX, BOUND, BOUND, MASK, MASK, MASK, INDEX,
                       INDEX),
        GENERATION,
    ),
    _contrib(
        "WhisperBeamSearch",
        (DATA, INDEX, INDEX, INDEX, INDEX, BOUND, BOUND, MASK, MASK, MASK, INDEX, INDEX, INDEX,
         INDEX, BOUND),
        GENERATION,
    ),
    _contrib("GreedySearch", (INDEX, INDEX, INDEX, BOUND, MASK, MASK, MASK), GENERATION),
    _contrib(
        "Sampling", (INDEX, INDEX, INDEX, BOUND, MASK, MASK, MASK, MASK, INDEX), GENERATION
    ),
    _contrib("EPContext", (DATA,), COMPILED, repeat=1),
    _contrib("Snpe", (DATA,), COMPILED, repeat=1),
    _contrib("SampleOp", (DATA,), shape=same),
    _contrib("IsAllFinite", (DATA,), repeat=1),
    _contrib("ConvStateReplay", (STATE, STATE, STATE, INDEX)),
    _contrib("RemovePadding", (DATA, INDEX)),
    _contrib("RestorePadding", (DATA, INDEX)),
    _contrib("MurmurHash3", (INDEX,)),
    _contrib("NGramRepeatBlock", (INDEX, DATA)),
    _contrib("NGramHashMapping", (INDEX,) * 7),
    _contrib("VarlenNGramHashMapping", (INDEX,) * 10),
    _contrib("Tokenizer", (DATA,)),
    _contrib("BifurcationDetector", (INDEX,) * 4),
    _contrib("PackedSparseAttentionIndexerMerge", (INDEX,) * 7),
    _contrib("SpeculativePrefixCommit", (INDEX,) * 7),
    _contrib(
        "DynamicTimeWarping", (DATA,),
        Formula(
            lambda call: Work(0, 3 * call.size(0), f"3 · {call.size(0)}"),
            flops="3·|X|   [cost + min of three]",
        ),
        shape=warped,
    ),
)  # fmt: skip
