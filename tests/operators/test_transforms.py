"""Transforms by the operation count of FFTW, 2.5·N·⌈log₂N⌉ for real and 5·N·⌈log₂N⌉ for complex
numbers, and the rows of classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.operators import find
from analyzer.operators.record import Operator

Shape = tuple[int, ...] | None
MS = "com.microsoft"
FRAMES = (2, 7, 9, 2)
"""Two signals in seven frames."""


def known(domain: str, name: str) -> Operator:
    record = find(domain, name, 17 if not domain else 1)
    assert record is not None
    return record


def call(
    domain: str, name: str, shapes: tuple[Shape, ...], result: Shape,
    values: dict[int, int] | None = None, **attributes: Any,
) -> Call:  # fmt: skip
    given = values or {}
    return Call(
        name, domain, 17 if not domain else 1, attributes,
        tuple(s if s is None else Tensor(f"x{i}", "float32", s) for i, s in enumerate(shapes)),
        (Tensor("y", "float32", result),),
        tuple(np.array(given[i]) if i in given else None for i in range(len(shapes))),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("shapes", "values", "each"),
    [
        (((2, 64, 1), (), (16,)), {1: 8}, 160 + 16),
        (((2, 64), (), (16,)), {1: 8}, 160 + 16),
        (((2, 64, 1), (), None, ()), {1: 8, 3: 16}, 160),
        (((2, 64, 2), (), (16,), ()), {1: 8, 3: 16}, 320 + 32),
        (((2, 64, 1), (), (16,), ()), {1: 8}, 160 + 16),
        (((2, 64, 1), (), None), {1: 8}, None),
    ],
)
def test_each_frame_is_multiplied_by_the_window_and_transformed(
    shapes: tuple[Shape, ...], values: dict[int, int], each: int | None
) -> None:
    cost = known("", "STFT").cost.cost(call("", "STFT", shapes, FRAMES, values))
    assert cost.macs == 0
    assert cost.flops == (None if each is None else 2 * 7 * each)
    assert cost.reason == ("" if each else "FLOPs: frame_length is computed at run time")


@pytest.mark.parametrize(
    ("name", "taken", "made", "axes", "flops"),
    [
        ("Rfft", (2, 8, 8), (2, 8, 5, 2), 1, 16 * 60),
        ("Rfft", (2, 8, 8), (2, 8, 5, 2), 2, 2 * 960),
        ("Irfft", (2, 8, 5, 2), (2, 8, 8), 1, 16 * 60),
        ("Irfft", (2, 8, 5, 2), (2, 8, 8), 2, 2 * 960),
    ],
)
def test_halves_of_spectra_are_of_the_axes_of_the_real_side(
    name: str, taken: Shape, made: Shape, axes: int, flops: int
) -> None:
    cost = known(MS, name).cost.cost(call(MS, name, (taken,), made, signal_ndim=axes))
    assert (cost.macs, cost.flops) == (0, flops)
    if axes == 1:
        assert known(MS, name).cost.cost(call(MS, name, (taken,), made)).flops == flops


@pytest.mark.parametrize(
    ("shape", "attributes", "label", "rows", "classes"),
    [
        ((3, 4), {"classlabels_ints": (1, 2, 3)}, "int64", 3, 3),
        ((4,), {"classlabels_ints": (1, 2, 3)}, "int64", 1, 3),
        ((3, 4), {"classlabels_strings": ("a", "b")}, "string", 3, 2),
        ((3, 4), {"classlabels_strings": (), "classlabels_ints": (1,) * 4}, "int64", 3, 4),
        ((3, 4), {}, "int64", 3, None),
    ],
)
def test_a_classifier_gives_a_label_and_scores_for_each_row(
    shape: Shape, attributes: dict[str, Any], label: str, rows: int, classes: int | None
) -> None:
    record = known("ai.onnx.ml", "LinearClassifier")
    assert record.shape is not None
    made = record.shape(call("ai.onnx.ml", "LinearClassifier", (shape,), None, **attributes))
    assert [(t.dtype, t.shape) for t in made] == [(label, (rows,)), ("float32", (rows, classes))]
