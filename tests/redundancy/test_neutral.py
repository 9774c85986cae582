"""Operators that change nothing: what is claimed is also what onnx's reference computes."""

from __future__ import annotations

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

from tests.golden.text import parse
from tests.redundancy.looks import kinds, surplus

BETWEEN = "g (float[2,3,4,4] x) => (float[2,3,4,4] y) {const} {{ a = Neg (x) {op} y = Neg (b) }}"

NEUTRAL = [
    ("identity", "b = Identity (a)", "", 17),
    ("dropout", "b = Dropout (a)", "", 17),
    ("dropout", "b, m = Dropout (a)", "", 17),
    ("cast", "b = Cast <to = 1> (a)", "", 17),
    ("cast", "b = CastLike (a, x)", "", 19),
    ("transpose", "b = Transpose <perm = [0,1,2,3]> (a)", "", 17),
    ("reshape", "b = Reshape (a, s)", "<int64[4] s = {2,3,4,4}>", 17),
    ("reshape", "b = Reshape (a, s)", "<int64[4] s = {0,-1,4,0}>", 17),
    ("reshape", "b = Squeeze (a)", "", 17),
    ("reshape", "b = Expand (a, s)", "<int64[2] s = {4,1}>", 17),
    ("reshape", "b = Tile (a, s)", "<int64[4] s = {1,1,1,1}>", 17),
    ("selection", "b = Slice (a, s, e)", "<int64[1] s = {0}, int64[1] e = {2}>", 17),
    ("selection", "b = Slice <starts = [0], ends = [99]> (a)", "", 9),
    ("selection", "b = Gather (a, s)", "<int64[2] s = {0,1}>", 17),
    ("selection", "b = Pad (a, s)", "<int64[8] s = {0,0,0,0,0,0,0,0}>", 17),
    ("selection", "b = Concat <axis = 1> (a)", "", 17),
    ("selection", "b = Split <axis = 0> (a, s)", "<int64[1] s = {2}>", 17),
    ("resampling", "b = Resize (a, , s)", "<float[4] s = {1,1,1,1}>", 17),
    ("resampling", "b = Resize (a, , , s)", "<int64[4] s = {2,3,4,4}>", 17),
    ("resampling", "b = MaxPool <kernel_shape = [1,1]> (a)", "", 17),
    ("resampling", "b = AveragePool <kernel_shape = [1,1], strides = [1,1]> (a)", "", 17),
    ("resampling", "b = DepthToSpace <blocksize = 1> (a)", "", 17),
    ("arithmetic", "b = Add (a, s)", "<float s = {0}>", 17),
    ("arithmetic", "b = Sub (a, s)", "<float[1,1] s = {0}>", 17),
    ("arithmetic", "b = Mul (s, a)", "<float[1] s = {1}>", 17),
    ("arithmetic", "b = Div (a, s)", "<float s = {1}>", 17),
    ("arithmetic", "b = Pow (a, s)", "<float s = {1}>", 17),
    ("arithmetic", "b = Clip (a)", "", 17),
    ("arithmetic", "b = Sum (a)", "", 17),
    ("arithmetic", 'b = Einsum <equation = "abcd->abcd"> (a)', "", 17),
]


@pytest.mark.parametrize(("kind", "operator", "constants", "opset"), NEUTRAL)
def test_an_operator_said_to_change_nothing_returns_its_input(
    kind: str, operator: str, constants: str, opset: int
) -> None:
    graph = BETWEEN.format(const=constants, op=operator)
    assert kinds(graph, opset) == {"b": kind}
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 4)).astype(np.float32)
    (y,) = ReferenceEvaluator(parse(graph, opset)).run(None, {"x": x})
    np.testing.assert_array_equal(y, x)


@pytest.mark.parametrize(
    ("operator", "constants", "opset"),
    [
        ("c = Cast <to = 11> (a)  b = Cast <to = 1> (c)", "", 17),
        ("b = Transpose <perm = [0,1,3,2]> (a)", "", 17),
        ("b = Slice (a, s, s, t, s)", "<int64[1] s = {-1}, int64[1] t = {0}>", 17),
        ("b = Gather (a, s)", "<int64[2] s = {1,0}>", 17),
        ("b = Pad (a, s)", "<int64[8] s = {0,0,1,0,0,0,-1,0}>", 17),
        ("b = Sub (s, a)", "<float s = {0}>", 17),
        ("b = Div (s, a)", "<float s = {1}>", 17),
        ("b = Add (a, s)", "<float[3,1,1] s = {0,0,0}>", 17),
        ("b = Clip (a, s)", "<float s = {-1}>", 17),
        ("b = MaxPool <kernel_shape = [3,3], pads = [1,1,1,1]> (a)", "", 17),
        ('b = Einsum <equation = "abcd->abdc"> (a)', "", 17),
        ('b = Resize <coordinate_transformation_mode = "tf_crop_and_resize"> (a, r, s)',
         "<float[8] r = {0,0,0.5,0,1,1,1,1}, float[4] s = {1,1,1,1}>", 17),
    ],
)  # fmt: skip
def test_an_operator_that_nearly_changes_nothing_is_left_alone(
    operator: str, constants: str, opset: int
) -> None:
    found = kinds(BETWEEN.format(const=constants, op=operator), opset)
    assert found == {}


def test_what_is_equal_only_for_the_assumed_batch_is_not_equal() -> None:
    graph = ("g (float[N,4] x) => (float[1,M] y) <int64[2] s = {1,-1}> "
             "{ a = Neg (x)  b = Reshape (a, s)  y = Neg (b) }")  # fmt: skip
    assert kinds(graph) == {}


def test_a_computed_target_that_repeats_the_shape_is_a_shape_that_stays() -> None:
    graph = ("g (float[N,4] x) => (float[N,4] y) "
             "{ a = Neg (x)  s = Shape (a)  b = Reshape (a, s)  y = Neg (b) }")  # fmt: skip
    assert kinds(graph) == {"b": "reshape", "s": "computed-shape"}


def test_an_operator_that_gives_an_input_the_name_of_an_output_stays() -> None:
    assert kinds("g (float[4] x) => (float[4] y) { y = Identity (x) }") == {}
    assert (
        kinds("g (float[4] x) => (float[4] y, float[4] z) { y = Neg (x) z = Identity (y) }") == {}
    )
    assert kinds("g (float[4] x) => (float[4] y) { a = Neg (x) y = Identity (a) }") == {
        "y": "identity"
    }


def test_a_dropout_whose_mask_is_an_output_stays() -> None:
    assert (
        kinds("g (float[4] x) => (float[4] y, bool[4] m) { a = Neg (x) y, m = Dropout (a) }") == {}
    )


def test_the_surplus_names_the_tensor_that_takes_the_place() -> None:
    found = surplus(BETWEEN.format(const="<float s = {1}>", op="b = Mul (s, a)"))
    assert found["b"].by == "a"
    assert found["b"].why == "its other operand is 1"
