"""Equations of operators speak the language of the page; symbols and functions are the same."""

from __future__ import annotations

import re

from analyzer.costs.bodies import SOURCE
from analyzer.language import speaking
from analyzer.language.equations import equation
from analyzer.operators import FAMILIES
from tests.each import each

NAMES = {
    "max", "min", "exp", "log", "erf", "tanh", "sigmoid", "softmax", "softcap", "round", "saturate",
    "mod", "sign", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh",
    "atanh", "gelu", "log-softmax", "RMS", "RBF", "MACs", "FLOPs", "SiLU", "relu", "nesterov",
    "approximate", "gate", "kernel", "size", "skip", "start",
}  # fmt: skip
"""Functions, what everybody calls so, and names of inputs and attributes."""


@each(
    "text, told",
    [
        ("6·|X| + |X| if bias   [mean, subtract]", "6·|X| + |X| (조건: 편향)   [평균, 빼기]"),
        ("|Y| if C and β≠1", "|Y| (조건: C and β≠1)"),
        ("|Y| + |Y| if zero point   [(x − z) · s]", "|Y| + |Y| (조건: 영점)   [(x − z) · s]"),
        ("5·|X|   [maximum, exp, sum]", "5·|X|   [최댓값, exp, 합]"),
        ("B·H·(6 + 1 if mask + 3 if softcap)", "B·H·(6 + 1 (조건: 마스크) + 3 (조건: softcap))"),
        ("|gate| · scales", "|gate| · scales"),
        (SOURCE, "ONNX 연산자 명세 (제어 흐름, 함수)"),
    ],
)
def test_words_are_told_and_symbols_stay(text: str, told: str) -> None:
    assert equation(text) == text
    with speaking("ko"):
        assert equation(text) == told


def test_no_word_of_the_printed_equations_is_left() -> None:
    costs = [record.cost for family in FAMILIES for record in family]
    shown = {text for cost in costs for text in (cost.macs, cost.flops)}
    with speaking("ko"):
        told = {text: equation(text) for text in shown}
    left = {text: words for text, words in ((text, rest(told[text])) for text in shown) if words}
    assert left == {}


def rest(text: str) -> set[str]:
    """Words that are neither names of functions nor symbols: these stand in bars or have a digit,
    a capital or one sign beside them."""
    return {
        word
        for word in re.findall(r"(?<![\w|·(-])[a-z][a-z-]{3,}(?![\w(|'])", text)
        if word not in NAMES
    }
