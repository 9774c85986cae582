"""Contracts of operators on texts and of signal windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.operators.contracts.parts import rank, single
from analyzer.operators.contracts.reading import differ, integers, shape_of, size_at, whole, wholes
from analyzer.operators.contracts.settings import (
    flag,
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
            "ngram", "both pool_int64s and pool_strings are given", "give one of the two",
            grave=False,  # ONNX Runtime takes the strings
        )  # fmt: skip
    if counts and most is not None and most > len(counts):
        yield Violation(
            "ngram", f"max_gram_length is {most}, ngram_counts has {len(counts)} entries",
            "let ngram_counts say where the n-grams of each length begin",
        )  # fmt: skip
    pool = len(numbers or texts or ())
    if (
        counts
        and pool
        and (list(counts) != sorted(counts) or not 0 <= counts[0] <= counts[-1] <= pool)
    ):
        yield Violation(
            "ngram", f"ngram_counts {list(counts[:8])} leave the pool of {pool} entries or fall",
            "let ngram_counts say where in the pool the n-grams of each length begin",
        )  # fmt: skip


def _framed(call: Call) -> Iterator[Violation]:
    """STFT: frames advance, and a window is as long as its frame."""
    step, length = integers(call, 1), integers(call, 3)
    window = size_at(call, 2, 0)
    if step and step[0] < 1:
        yield Violation("attribute-value", f"frame_step is {step[0]}", "advance by 1 or more")
    elif length and (size_at(call, 0, 1) or length[0]) < length[0]:
        yield Violation(
            "operand-length",
            f"the signal is {size_at(call, 0, 1)} long and a frame {length[0]}",
            "use shorter frames",
        )
    elif length and (length[0] < 1 or differ(window, length[0])):
        yield Violation(
            "operand-length", f"frame_length is {length[0]} and the window {window} long",
            "give both the same length",
        )  # fmt: skip


def _pool(call: Call) -> Iterator[Violation]:
    """TfIdfVectorizer: the pool holds whole n-grams, and each of them has a place."""
    counts, places = wholes(call, "ngram_counts"), wholes(call, "ngram_indexes")
    pool = len(wholes(call, "pool_int64s") or call.attr("pool_strings") or ())
    if not counts or not pool or list(counts) != sorted(counts) or counts[-1] > pool:
        return
    grams = 0
    for n, (start, end) in enumerate(zip(counts, (*counts[1:], pool), strict=True), 1):
        if (end - start) % n:
            yield Violation(
                "ngram", f"{end - start} entries of the pool are no whole {n}-grams",
                "give n entries for each n-gram",
            )  # fmt: skip
            return
        grams += (end - start) // n
    if places is None:
        return
    few = len(places) < grams
    if few or len(places) > grams:
        yield Violation(
            "ngram", f"ngram_indexes has {len(places)} entries for {grams} n-grams",
            "give a place for each n-gram", grave=few,
        )  # fmt: skip


_SIZE = (single(0, "size"), flag("periodic"))

TEXT: Mapping[tuple[str, str], tuple[Contract, ...]] = {
    ("", "StringNormalizer"): (
        _one_row, one_of("case_change_action", ("NONE", "LOWER", "UPPER")),
        flag("is_case_sensitive"),
    ),
    ("", "TfIdfVectorizer"): (_grams, _pool, one_of("mode", ("TF", "IDF", "TFIDF"))),
    ("", "HannWindow"): _SIZE,
    ("", "HammingWindow"): _SIZE,
    ("", "BlackmanWindow"): _SIZE,
    ("", "STFT"): (
        rank(0, "signal", 2, 3), single(1, "frame_step"),
        single(3, "frame_length"), rank(2, "window", 1), flag("onesided"), _framed,
    ),
    ("", "MelWeightMatrix"): tuple(
        single(slot, name)
        for slot, name in enumerate(
            ("num_mel_bins", "dft_length", "sample_rate", "lower_edge_hertz", "upper_edge_hertz")
        )
    ),
}  # fmt: skip
