"""Shape arithmetic in the graph, evaluated as far as it is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from analyzer.shapes.fold import FOLDS, fold, shape_value
from analyzer.shapes.fold_inputs import NotFoldable, ints, listed, need, whole
from tests.each import each
from tests.golden.text import facts


def run(op: str, *inputs: Any, version: int = 18, **attributes: Any) -> Any:
    arrays = [None if v is None else np.asarray(v) for v in inputs]
    found = fold(op, attributes, arrays, version)
    return None if found is None else [array.tolist() for array in found]


CASES: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]] = [
    ("Div", ([-7, 7], [2, -2]), {}, [[-3, -3]]),  # toward zero, as C divides
    ("Mod", ([-7, 7], [3, 3]), {}, [[2, 1]]),  # sign of the divisor
    ("Mod", ([-7, 7], [3, 3]), {"fmod": 1}, [[-1, 1]]),  # sign of the dividend
    ("Slice", ([1, 2, 3, 4], [-1], [-9], [0], [-1]), {}, [[4, 3, 2, 1]]),
    ("Slice", ([1, 2, 3, 4], [1], [2**63 - 1]), {}, [[2, 3, 4]]),
    ("Split", ([1, 2, 3, 4, 5],), {"num_outputs": 2}, [[1, 2, 3], [4, 5]]),
    ("Reshape", ([[1, 2, 3], [4, 5, 6]], [0, -1]), {}, [[[1, 2, 3], [4, 5, 6]]]),
    ("Gather", ([8, 9, 10], [-1, 0]), {"axis": 0}, [[10, 8]]),
    ("Range", (2, 9, 3), {}, [[2, 5, 8]]),
    ("ReduceProd", ([2, 3, 4], [0]), {"keepdims": 0}, [24]),
    ("Where", ([True, False], [1, 2], [3, 4]), {}, [[1, 4]]),
    ("Cast", ([1.9, -1.9],), {"to": 7}, [[1, -1]]),
    ("Squeeze", ([[5]], [0]), {}, [[5]]),
    ("ConstantOfShape", ([2],), {"value": np.array([7])}, [[7, 7]]),
    ("ScatterND", ([0, 0, 0], [[1]], [5]), {}, [[0, 5, 0]]),
    ("CumSum", ([1, 2, 3], 0), {}, [[1, 3, 6]]),
    ("Reciprocal", ([0.5, 4.0],), {}, [[2.0, 0.25]]),
    ("Sum", ([1, 2], [3, 4], [5, 6]), {}, [[9, 12]]),
    ("OneHot", ([1, -1, 3], 3, [0, 7]), {}, [[[0, 7, 0], [0, 0, 7], [0, 0, 0]]]),
    ("OneHot", ([1, 0], 2, [0, 7]), {"axis": 0}, [[[0, 7], [7, 0]]]),
    ("NonZero", ([0, 3, 0, 5],), {}, [[[1, 3]]]),
]


@each(("op", "inputs", "attributes", "expected"), CASES)
def test_value(op: str, inputs: tuple[Any, ...], attributes: dict[str, Any], expected: Any) -> None:
    assert run(op, *inputs, **attributes) == expected


def test_a_resize_to_a_shorter_side_is_followed_in_single_precision() -> None:
    """As torchvision's detectors scale their input: ⌊100 · (96 · 1/100)⌋ and ⌊130 · 0.96⌋."""
    found = facts(
        "g (float[1,3,H,W] x) => (float[1,3,h,w] y) <float shorter = {96}> {"
        " sides = Shape <start = 2> (x)  both = Cast <to = 1> (sides)"
        " least = ReduceMin <keepdims = 0> (both)  part = Reciprocal (least)"
        " scale = Mul (shorter, part)  scaled = Mul (both, scale)  floor = Floor (scaled)"
        " front = Shape <end = 2> (x)  back = Cast <to = 7> (floor)"
        " sizes = Concat <axis = 0> (front, back)"
        ' y = Resize (x, "", "", sizes) }',
        shapes={"x": (1, 3, 100, 130)},
    )
    assert found.outputs[0].shape == (1, 3, 96, 124)


def test_unknown_elements_move_and_spread() -> None:
    partial = shape_value((None, 3, 8), {})
    assert run("Gather", partial, [1, 2]) == [[3, 8]]
    assert run("Gather", partial, [0, 2]) == [[None, 8]]
    assert run("Mul", partial, [2, 2, 2]) == [[None, 6, 16]]
    assert run("Concat", partial[1:], [5], axis=0) == [[3, 8, 5]]
    assert run("ReduceProd", partial) is None


@pytest.mark.parametrize(
    ("op", "inputs"),
    [
        ("Div", ([4], [0])),
        ("Reshape", ([1, 2, 3], [2, 2])),
        ("Gather", ([1, 2], [5])),
        ("Range", (0, 5, 0)),
        ("Conv", ([1], [2])),
    ],
)
def test_what_does_not_fit_stays_unknown(op: str, inputs: tuple[Any, ...]) -> None:
    assert run(op, *inputs) is None


@pytest.mark.parametrize(("value", "to"), [("1", 1), (1, 8)])
def test_texts_are_not_cast(value: str | int, to: int) -> None:
    assert run("Cast", [value], to=to) is None


def test_a_declared_bomb_is_never_evaluated() -> None:
    found = facts(
        "g (float[1] x) => (float[] y) { s = Constant <value_ints = [1000000, 1000000, 1000000]> ()"
        "  y = Expand (x, s) }"
    )
    assert found.outputs[0].shape == (10**6, 10**6, 10**6)


def test_known_dimensions_survive_unknown_ones() -> None:
    # how many elements are not zero depends on data; that there are 3 columns does not
    found = facts(
        "g (float[9] x, float[3,5] w) => (float[] y) { n = NonZero (x)  t = Transpose (n)  "
        "f = Cast <to = 1> (t)  s = Shape <start = 0, end = 1> (f)  "
        "three = Constant <value_ints = [3]> ()  r = Concat <axis = 0> (s, three)  "
        "e = Expand (f, r)  y = MatMul (e, w) }"
    )
    assert found.outputs[0].shape == (None, 5)
    assert found.totals.unknown_nodes == 1


def test_nothing_is_made_of_operands_that_are_missing() -> None:
    """Nor of a constant whose tensor is not at hand."""
    for op, function in FOLDS.items():
        for inputs in ((), (None,), (None, np.array([1]))):
            if op not in ("Constant", "Concat") or inputs:
                assert fold(op, {}, inputs, 18) is None, op
        needs = op not in ("Constant", "Concat", "Range")
        if needs:
            with pytest.raises(NotFoldable):
                function({}, (None,), 18)
    for op in ("Slice", "Unsqueeze", "Reshape"):
        with pytest.raises(NotFoldable):
            FOLDS[op]({}, (np.array([1, 2]),), 18)
    with pytest.raises(NotFoldable):
        FOLDS["Constant"]({"value": TensorProto()}, (), 18)


STATED: tuple[tuple[dict[str, Any], Any, str], ...] = (
    ({"value": np.array([1.5], np.float16)}, [1.5], "float16"), ({"value_int": 3}, 3, "int64"),
    ({"value_ints": [3, 4]}, [3, 4], "int64"), ({"value_float": 0.5}, 0.5, "float32"),
    ({"value_floats": [0.5, 2]}, [0.5, 2], "float32"), ({"value_string": b"a"}, None, ""),
    ({"sparse_value": 1}, None, ""), ({}, None, ""),
    ({"value_int": 1, "value_float": 2.0}, None, ""),
)  # fmt: skip


@pytest.mark.parametrize(("attributes", "numbers", "dtype"), STATED)
def test_a_constant_is_what_its_one_attribute_says(
    attributes: dict[str, Any], numbers: Any, dtype: str
) -> None:
    made = fold("Constant", attributes, (), 18)
    told = None if made is None else (made[0].tolist(), str(made[0].dtype))
    assert told == ((numbers, dtype) if dtype else None)


@pytest.mark.parametrize("side", [2**62 - 1, 2**62])
def test_a_number_of_elements_is_known_as_far_as_64_bits_hold_it(side: int) -> None:
    found = facts(
        f"g (float[{side},2] x) => (float[] y) <int64[1] half = {{{2**62}}}> {{ n = Size (x)  "
        "one = Constant <value_ints = [1]> ()  k = Reshape (n, one)  m = Sub (k, half)  "
        "y = ConstantOfShape (m) }"
    )
    assert found.problems == ()
    assert found.outputs[0].shape == (2 * side - 2**62 if side < 2**62 else None,)


def test_operands_are_taken_where_they_are_known_and_whole() -> None:
    partial, known = np.array([1, None], object), np.array([[1], [2]])
    inputs = (known, partial, None)
    assert whole(inputs, 0) is known
    assert need(inputs, 1) is partial
    assert ints(inputs, 0, {"axes": [9]}, "axes") == listed(inputs, 0, {}, "axes") == [1, 2]
    assert ints(inputs, 2, {"axes": [9]}, "axes") == listed(inputs, 3, {"axes": [9]}, "axes") == [9]
    assert ints(inputs, 2, {}, "axes") is None
    for asked in (
        lambda: whole(inputs, 1), lambda: whole(inputs, 2), lambda: need(inputs, 2),
        lambda: need(inputs, 3), lambda: listed(inputs, 2, {}, "axes"),
        lambda: ints(inputs, 1, {"axes": [9]}, "axes"),
    ):  # fmt: skip
        with pytest.raises(NotFoldable):
            asked()
