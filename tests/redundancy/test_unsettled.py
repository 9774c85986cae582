"""What is computed from constants and yet is none: nothing stores it, or runs differ."""

from __future__ import annotations

import pytest

from tests.redundancy.looks import kinds

MOMENTUM = (
    "r, h = ai.onnx.preview.training.Momentum <alpha = 0.9, beta = 0.1, norm_coefficient = 0.0, "
    'mode = "standard"> (c, i, c, c, c)'
)
READS = "g (float[2] x) => (float[] y) <float[2] c = {{1, 2}}{more}> {{ {op} y = Add (x, r) }}"


@pytest.mark.parametrize(
    ("op", "more"),
    [
        ("r = RandomNormalLike (c)", ""),
        ("r = RandomUniformLike (c)", ""),
        ("r = Bernoulli (c)", ""),
        ("s = SequenceConstruct (c, c) r = SequenceAt (s, i)", ", int64 i = {0}"),
        ("r = com.microsoft.SampleOp (c)", ""),
        (MOMENTUM, ", int64 i = {0}"),
        ("r = Dropout (c, p, t)", ", float p = {0.5}, bool t = {1}"),
    ],
)  # fmt: skip
def test_what_no_file_could_hold_is_not_said_to_fold(op: str, more: str) -> None:
    assert "foldable" not in kinds(READS.format(op=op, more=more), 18).values()


def test_what_a_file_could_hold_is() -> None:
    assert kinds(READS.format(op="r = Exp (c)", more=""), 18) == {"r": "foldable"}
    # older than what Dropout says of training
    assert kinds(READS.format(op="r = Exp (c)", more=""), 6) == {"r": "foldable"}


@pytest.mark.parametrize(
    ("op", "more", "opset", "folds"),
    [
        ("r = Dropout (c)", "", 18, True),
        ("r = Dropout (c, p, t)", ", float p = {0.5}, bool t = {0}", 18, True),
        ("r = Dropout (c, p, t)", ", float p = {0.5}, bool t = {1}", 12, False),
        ("r = Dropout <ratio = 0.5> (c)", "", 7, True),
        ("r = Dropout <ratio = 0.5> (c)", "", 6, False),
        ("r = Dropout <ratio = 0.5, is_test = 1> (c)", "", 6, True),
    ],
)
def test_what_is_dropped_of_a_constant_is_drawn_in_training_alone(
    op: str, more: str, opset: int, folds: bool
) -> None:
    assert ("foldable" in kinds(READS.format(op=op, more=more), opset).values()) == folds
