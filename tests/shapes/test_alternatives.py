"""Sizes of published models that are tried where the usual ones contradict a graph's constants."""

from __future__ import annotations

import pytest

from tests.golden.text import facts

IMAGES = (640, 320, 256, 512, 416, 299, 384, 192, 112, 96, 64, 32, 28)
"""Sides: YOLO, SSD, Inception, … MNIST; 224 is the usual one."""
LENGTHS = (512, 384, 256, 77, 64, 32, 16, 16000, 1, 2)
"""Steps: BERT, CLIP, a second of speech, …; 128 is the usual one."""


def found(graph: str) -> tuple[int | None, ...] | None:
    (first, *_) = facts(graph).inputs
    return first.shape


def added(shape: str, *sizes: int) -> str:
    """A graph that adds a constant to its input."""
    listed = ",".join(map(str, sizes))
    return (
        f"g (float[{shape}] x) => (float[] y) {{ s = Constant <value_ints = [{listed}]> () "
        "c = ConstantOfShape (s) y = Add (x, c) }"
    )


def summed(name: str, shape: str, steps: int) -> str:
    """A graph that multiplies its input by a constant, over its last axis."""
    return (
        f"g (float[{shape}] {name}) => (float[] y) {{ s = Constant <value_ints = [1,{steps},4]> () "
        f"c = ConstantOfShape (s) y = MatMul ({name}, c) }}"
    )


@pytest.mark.parametrize("side", [224, *IMAGES])
def test_an_image_has_the_side_that_its_constants_go_with(side: int) -> None:
    assert found(added("1,3,H,W", 1, 3, side, side)) == (1, 3, side, side)


@pytest.mark.parametrize("length", [128, *LENGTHS])
def test_a_sequence_is_as_long_as_what_it_is_multiplied_with(length: int) -> None:
    assert found(summed("x", "1,8,S", length)) == (1, 8, length)


def test_half_a_minute_of_frames_is_what_whisper_takes() -> None:
    assert found(summed("mel", "1,80,T", 3000)) == (1, 80, 3000)


def test_a_batch_of_128_is_tried_last() -> None:
    assert found(added("N,3", 128, 3)) == (1, 3)  # one goes with any
    graph = (
        "g (float[N,3] x) => (float[] y) { s = Constant <value_ints = [4,128]> () "
        "c = ConstantOfShape (s) y = MatMul (c, x) }"
    )
    assert found(graph) == (128, 3)


def test_sizes_that_no_published_model_has_are_not_tried() -> None:
    assert found(added("1,3,H,W", 1, 3, 333, 333)) == (1, 3, 224, 224)
    assert found(summed("x", "1,8,S", 333)) == (1, 8, 128)
