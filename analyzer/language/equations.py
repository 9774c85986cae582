"""Words in equations of operators and in what the equations are taken from.

Symbols and names of functions (``|Y|``, ``max``, ``softmax``) are the same in all languages.
"""

from __future__ import annotations

import re

from analyzer.language import ENGLISH, _, spoken, translated

EQUATION = "equation"
"""Context of such words."""
WORDS = (
    # conditions and parts
    "training", "larger branch", "activation", "residual", "segments", "weights",
    "bias", "biases", "scale", "mask", "zero point", "peepholes", "window", "normalised", "rotary",
    "sum", "else", "two bounds", "number of bounds", "folded", "product", "d resized axes",
    "d axes",
    "scale and shift per channel", "with segments", "with a reduction", "tanh form",
    "scaling, shift and clamp", "nearest", "linear", "cubic", "operands", "matrices", "rows",
    "transforms", "frames", "real input half", "outputs", "trip count", "scan length",
    "sequence length", "body", "tokens", "words", "targets", "positions", "others",
    # what is done one after the other
    "mean", "subtract", "square", "variance", "divide", "shift", "power", "maximum", "minimum",
    "negate", "then", "cost", "min of three", "offset", "threshold", "replaced value", "slope",
    "layer normalisation", "layer norm", "RMS norm", "rotation at full width",
    "overlapping columns are added", "6 per complex product of two values",
    "finding the n-grams is a search", "weight", "count", "running",
    "sizes of all distinct labels", "0 with one operand", "with a stream mix", "with gate_weight",
    "delta rules", "RBF also F subtractions", "rotated part of X", "dual coefficients",
    "decay, delta and scale of the recurrence", "gated values", "with moments V, H of", "euclidean",
    "in d dimensions", "bias, sums, two sigmoids and the gate", "SiLU, product, RMS norm",
    # where nobody knows
    "unknown", "unknown for sampling_ratio s = 0", "sampled taps",
    "unknown with score or probability graphs", "the data decide how deep each tree is followed",
    "the regions decide how large the pools are",
    "the boxes decide how many overlaps are computed",
    # sources
    "ONNX operator specification", "control flow, functions", "ONNX Runtime contrib operators",
    "ONNX Runtime, once experimental in ONNX", "ONNX RNN, GRU, LSTM equations",
    "evaluated literally", "a table computed once from scalars", "gated delta rule",
    "gated relative position bias", "moves, selects or relabels data",
)  # fmt: skip
_WORD = re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})(?![\w-])")
_IF = re.compile(r"\bif (zero point|[^\s\])+;]+(?: and [^\s\])+;]+)?)")


def equation(text: str) -> str:
    """``text``, an equation or its source, with its words in the language that holds.

    >>> from analyzer.language import speaking
    >>> with speaking("ko"):
    ...     equation("6·|X| + |X| if bias   [mean, divide]")
    '6·|X| + |X| (조건: 편향)   [평균, 나누기]'
    """
    if spoken() == ENGLISH:
        return text
    return _WORD.sub(lambda found: translated(found[0], EQUATION), _IF.sub(_condition, text))


def _condition(found: re.Match[str]) -> str:
    return _("if {what}", what=found[1])
