"""Contracts of operators on texts and of signal windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import (
    single,
)
from analyzer.operators.contracts.reading import shape_of, whole, wholes
from analyzer.operators.contracts.settings import (
    one_of,
)
from analyzer.operators.contracts.violation import Violation
from analyzer.units import shape as spell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from analyzer.graph.call import Call
    from analyzer.operators.contracts.violation import Contract


def _one_row(call: Call) -> Iterator[Violation]:
    shape = shape_of(call, 0)
    if shape is None or len(shape) == 1:
        return
    if len(shape) != 2 or shape[0] not in (None, 1):
        yield Violation(
            "operand-shape",
            f"X is {spell(shape)}; StringNormalizer takes (texts) or (1, texts)",
            "give X one axis",
        )


def _grams(call: Call) -> Iterator[Violation]:
    """TfIdfVectorizer: counts start the lists of n-grams, each of which has a place."""
    counts, places = wholes(call, "ngram_counts"), wholes(call, "ngram_indexes")
    weights, numbers = call.attr("weights"), wholes(call, "pool_int64s")
    texts = call.attr("pool_strings")
    least, most = whole(call, "min_gram_length"), whole(call, "max_gram_length")
    skips = whole(call, "max_skip_count")
    if least is not None and most is not None and not 1 <= least <= most:
        yield Violation(
            "ngram", f"min_gram_length is {least} and max_gram_length {most}",
            "set 1 ≤ min_gram_length ≤ max_gram_length",
        )  # fmt: skip
    if skips is not None and skips < 0:
        yield Violation("ngram", f"max_skip_count is {skips}", "set it to 0 or more")
    if isinstance(weights, tuple) and places is not None and len(weights) != len(places):
        yield Violation(
            "ngram", f"{len(weights)} weights for {len(places)} n-grams",
            "give one weight for each entry of ngram_indexes",
        )  # fmt: skip
    if numbers and texts:
        yield Violation(
            "ngram", "both pool_int64s and pool_strings are given", "give one of the two"
        )
    pool = len(numbers or texts or ())
    if counts and pool and (min(counts) < 0 or max(counts) > pool):
        yield Violation(
            "ngram", f"ngram_counts {list(counts[:8])} leave the pool of {pool} entries",
            "let ngram_counts say where in the pool the n-grams of each length begin",
        )  # fmt: skip


_SIZE = (single(0, "size"), one_of("periodic", (0, 1)))

TEXT: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "StringNormalizer"): (
        _one_row, one_of("case_change_action", ("NONE", "LOWER", "UPPER")),
        one_of("is_case_sensitive", (0, 1)),
    ),
    ("", "TfIdfVectorizer"): (_grams, one_of("mode", ("TF", "IDF", "TFIDF"))),
    ("", "HannWindow"): _SIZE,
    ("", "HammingWindow"): _SIZE,
    ("", "BlackmanWindow"): _SIZE,
    ("", "STFT"): (single(1, "frame_step"), single(3, "frame_length"), one_of("onesided", (0, 1))),
    ("", "MelWeightMatrix"): tuple(
        single(slot, name)
        for slot, name in enumerate(
            ("num_mel_bins", "dft_length", "sample_rate", "lower_edge_hertz", "upper_edge_hertz")
        )
    ),
}  # fmt: skip
