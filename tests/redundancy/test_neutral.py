"""Operators that change nothing: what is claimed is also what onnx's reference computes."""

from __future__ import annotations

import numpy as np
import pytest
from onnx.reference import ReferenceEvaluator

from tests.each import each
from tests.golden.text import parse
from tests.redundancy.looks import kinds, surplus

BETWEEN = "g (float[2,3,4,4] x) => (float[2,3,4,4] y) {const} {{ a = Neg (x) {op} y = Neg (b) }}"
MAPS_OF_ONE = BETWEEN.replace("4,4", "1,1")
PLAIN = BETWEEN.replace("3,4,4", "3")

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
    ("dropout", "b = Dropout (a, r, t)", "<float r = {0.5}, bool t = {0}>", 17),
    ("cast", "b = Cast <to = 1> (a)", "", 9),
    (
        "selection",
        "b = Slice (a, s, e, d, i)",
        "<int64[1] s = {0}, int64[1] e = {3}, int64[1] d = {1}, int64[1] i = {1}>",
        17,
    ),
    ("selection", "b = Gather <axis = -3> (a, s)", "<int64[3] s = {0,1,2}>", 17),
    ("selection", "b = Pad <pads = [0,0,0,0,0,0,0,0]> (a)", "", 2),
    ("selection", "b = Pad (a, s)", "<int64[8] s = {0,0,0,0,0,0,0,0}>", 11),
    ("resampling", "b = Upsample (a, s)", "<float[4] s = {1,1,1,1}>", 9),
    ("resampling", "b = SpaceToDepth <blocksize = 1> (a)", "", 17),
    ("resampling", "b = ReduceSum <noop_with_empty_axes = 1> (a)", "", 17),
    ("arithmetic", "b = Max (a)", "", 17),
    ("arithmetic", "b = Min (a)", "", 17),
    ("arithmetic", "b = Mean (a)", "", 17),
    (
        "arithmetic",
        "b = Clip (a, l, h)",
        "<float l = {-3.4028235e38}, float h = {3.4028235e38}>",
        17,
    ),
]
NEUTRAL_IF_SMALL = [
    ("resampling", "b = GlobalAveragePool (a)", "", 17),
    ("resampling", "b = GlobalMaxPool (a)", "", 17),
    ("resampling", "b = ReduceMean <axes = [2,-1]> (a)", "", 17),
    ("resampling", "b = ReduceSum (a, s)", "<int64[2] s = {-2,3}>", 17),
    ("resampling", "b = ReduceMax <axes = [2]> (a)", "", 17),
    ("resampling", "b = ReduceMin <axes = [-1]> (a)", "", 17),
    ("resampling", "b = ReduceProd <axes = [3,2]> (a)", "", 17),
]
CASES = [
    *((BETWEEN, *case) for case in NEUTRAL),
    *((MAPS_OF_ONE, *case) for case in NEUTRAL_IF_SMALL),
    (PLAIN, "reshape", "b = Flatten (a)", "", 17),
    (PLAIN, "reshape", "b = Flatten <axis = -1> (a)", "", 17),
]
WHY = {
    "Identity": "it hands its input on",
    "Dropout": "it drops nothing when the model runs",
    "Cast CastLike": "its input is float32 already",
    "Transpose": "its permutation keeps every axis in place",
    "Reshape Squeeze Expand": "its input has the shape (2×3×4×4) already",
    "Flatten": "its input has two axes already",
    "Tile": "every axis is repeated once",
    "Slice": "it takes all of (2×3×4×4)",
    "Gather": "it takes all 2 in their order",
    "Pad": "all its pads are 0",
    "Concat Sum Max Min Mean": "it joins one tensor",
    "Split": "it makes one part, which is the whole",
    "Resize Upsample": "every scale is 1",
    "MaxPool AveragePool": "its window is one element",
    "GlobalAveragePool GlobalMaxPool": "its map is one position",
    "DepthToSpace SpaceToDepth": "its blocks have side 1",
    "Add Sub": "its other operand is 0",
    "Mul Div Pow": "its other operand is 1",
    "Clip": "it has no bounds",
    "Einsum": "its equation moves nothing",
    "ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd":
        "the axes that it reduces have one element",
}  # fmt: skip
WORDS = {op: why for ops, why in WHY.items() for op in ops.split()} | {
    "b = Gather <axis = -3> (a, s)": "it takes all 3 in their order",
    "b = ReduceSum <noop_with_empty_axes = 1> (a)": "it reduces no axis",
}


@each(("between", "kind", "operator", "constants", "opset"), CASES)
def test_an_operator_said_to_change_nothing_returns_its_input(
    between: str, kind: str, operator: str, constants: str, opset: int
) -> None:
    graph = between.format(const=constants, op=operator)
    why = WORDS.get(operator) or WORDS[operator.partition(" = ")[2].split()[0]]
    found = surplus(graph, opset)
    assert {place: (each.kind, each.why) for place, each in found.items()} == {"b": (kind, why)}
    model = parse(graph, opset)
    shape = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
    x = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    (y,) = ReferenceEvaluator(model).run(None, {"x": x})
    np.testing.assert_array_equal(y, x)


@each(
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
        ("b = Dropout (a, r, t)", "<float r = {0.5}, bool t = {1}>", 17),
        ("b = Dropout (a)", "", 6),
        ("b = Reshape (a, s)", "<int64[4] s = {2,4,4,3}>", 17),
        ("b = Flatten (a)", "", 17),
        ("b = Tile (a, s)", "<int64[4] s = {1,1,1,2}>", 17),
        ("b = Expand (a, s)", "<int64[5] s = {1,1,1,1,1}>", 17),
        ("b = Slice (a, s, e)", "<int64[1] s = {0}, int64[1] e = {1}>", 17),
        ("b = Gather <axis = 1> (a, s)", "<int64[2] s = {0,1}>", 17),
        ("b = Concat <axis = 1> (a, a)", "", 17),
        ("b, c = Split <axis = 0> (a)", "", 17),
        ("b = Upsample (a, s)", "<float[4] s = {1,1,2,2}>", 9),
        ("b = AveragePool <kernel_shape = [1,1], strides = [2,2]> (a)", "", 17),
        ("b = MaxPool <kernel_shape = [1,1], pads = [1,1,1,1]> (a)", "", 17),
        ("b = GlobalAveragePool (a)", "", 17),
        ("b = ReduceMean <axes = [0]> (a)", "", 17),
        ("b = ReduceMean <axes = [2,3], keepdims = 0> (a)", "", 17),
        ("b = ReduceSum (a)", "", 17),
        ("b = DepthToSpace <blocksize = 2> (a)", "", 17),
        ("b = Sum (a, a)", "", 17),
        ("b = Clip (a, l, h)", "<float l = {-3.4028235e38}, float h = {1}>", 17),
        ('b = Einsum <equation = "aacd->aacd"> (a)', "", 17),
    ],
)  # fmt: skip
def test_an_operator_that_nearly_changes_nothing_is_left_alone(
    operator: str, constants: str, opset: int
) -> None:
    found = kinds(BETWEEN.format(const=constants, op=operator), opset)
    assert found == {}


SHAPED = "g (float[{shape}] x) => (float[] y) {const} {{ a = Neg (x) {op} y = Neg (b) }}"
"""As above, where it depends on the shape."""
CUT = "int64[1] s = {0}, int64[1] e = {9223372036854775807}, int64[1] i = {1}"
ONE = "<int64[1] s = {1}>"

NEUTRAL_FOR = [
    *(("resampling", f"b = {op} <axes = [1,-1]> (a)", "", 11, "2,1,4,1")
      for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd")),
    *(("resampling", f"b = {op} (a, s)", ONE, 18, "2,1,4")
      for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd")),
    ("resampling", "b = ReduceSum (a, s)", "<int64[1] s = {-2}>", 13, "2,1,4"),
    ("resampling", "b = ReduceMean (a)", "", 17, "1,1,1"),
    ("resampling", "b = ReduceMean (a)", "", 18, "1,1"),
    ("resampling", "b = ReduceMax <noop_with_empty_axes = 1> (a)", "", 18, "2,3"),
    ("resampling", "b = GlobalAveragePool (a)", "", 17, "2,3,1,1"),
    ("resampling", "b = GlobalMaxPool (a)", "", 17, "2,3,1,1"),
    ("resampling", "b = SpaceToDepth <blocksize = 1> (a)", "", 17, "2,3,4,4"),
    ("resampling", "b = Upsample (a, s)", "<float[4] s = {1,1,1,1}>", 9, "2,3,4,4"),
    ("reshape", "b = Flatten (a)", "", 17, "2,3"),
    ("reshape", "b = Flatten <axis = -1> (a)", "", 17, "2,3"),
    ("reshape", "b = Expand (a, s)", "<int64[3] s = {2,1,4}>", 17, "2,1,4"),
    ("selection", "b = Gather <axis = -2> (a, s)", "<int64[3] s = {0,1,2}>", 17, "2,3,4"),
    ("selection", "b = Pad <pads = [0,0,0,0]> (a)", "", 10, "2,3"),
    ("selection", "b = Slice (a, s, e, i, t)", f"<{CUT}, int64[1] t = {{1}}>", 17, "2,3"),
    ("arithmetic", "b = Clip <min = -3.4028234663852886e38> (a)", "", 10, "2,3"),
    ("arithmetic", "b = Clip (a, , h)", "<float h = {3.4028234663852886e38}>", 17, "2,3"),
    *(("arithmetic", f"b = {op} (a)", "", 17, "2,3") for op in ("Max", "Min", "Mean")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "operator", "constants", "opset", "shape"), NEUTRAL_FOR)
def test_for_some_shapes_an_operator_returns_its_input(
    kind: str, operator: str, constants: str, opset: int, shape: str
) -> None:
    graph = SHAPED.format(shape=shape, const=constants, op=operator)
    assert kinds(graph, opset) == {"b": kind}
    x, y = _run(graph, opset, shape)
    np.testing.assert_array_equal(y, x)


@each(
    ("operator", "constants", "opset", "shape"),
    [
        ("b = ReduceMean <axes = [0]> (a)", "", 17, "2,1,4"),
        ("b = ReduceMean <axes = [0,1]> (a)", "", 17, "2,1,4"),
        ("b = ReduceMax <axes = [1], keepdims = 0> (a)", "", 17, "2,1,4"),
        ("b = ReduceSum (a)", "", 17, "2,1,4"),
        ("b = ReduceSum (a, s)", "<int64[1] s = {0}>", 17, "2,1,4"),
        ("b = ReduceMin (a, s)", "<int64[2] s = {1,2}>", 18, "2,1,4"),
        ("b = ReduceProd (a)", "", 18, "2,1"),
        ("b = GlobalAveragePool (a)", "", 17, "2,3,1,2"),
        ("b = SpaceToDepth <blocksize = 2> (a)", "", 17, "2,3,4,4"),
        ("b = Upsample (a, s)", "<float[4] s = {1,1,2,1}>", 9, "2,3,4,4"),
        ("b = Flatten (a)", "", 17, "2,3,1"),
        ("b = Flatten <axis = 0> (a)", "", 17, "2,3"),
        ("b = Expand (a, s)", "<int64[3] s = {1,1,1}>", 17, "2,3"),
        ("b = Tile (a, s)", "<int64[2] s = {1,2}>", 17, "2,3"),
        ("b = Gather (a, s)", "<int64[1] s = {0}>", 17, "2,3"),
        ("b = Gather (a, s)", "<int64[3] s = {0,1,1}>", 17, "2,3"),
        ("b = Pad <pads = [0,1,0,0]> (a)", "", 10, "2,3"),
        ("b = Slice (a, s, e, i, t)", f"<{CUT}, int64[1] t = {{2}}>", 17, "2,3"),
        ("b = Slice (a, s, e)", "<int64[1] s = {1}, int64[1] e = {9}>", 17, "2,3"),
        ("b = Clip <min = 0.0> (a)", "", 10, "2,3"),
        ("b = Clip (a, , h)", "<float h = {0}>", 17, "2,3"),
        ("b = Concat <axis = 0> (a, a)", "", 17, "2,3"),
        ("b = Sum (a, a)", "", 17, "2,3"),
    ],
)  # fmt: skip
def test_for_others_the_same_operator_does_not(
    operator: str, constants: str, opset: int, shape: str
) -> None:
    graph = SHAPED.format(shape=shape, const=constants, op=operator)
    assert kinds(graph, opset) == {}
    assert not np.array_equal(*_run(graph, opset, shape))


def _run(graph: str, opset: int, shape: str) -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(0).normal(size=[*map(int, shape.split(","))]).astype(np.float32)
    (y,) = ReferenceEvaluator(parse(graph, opset)).run(None, {"x": x})
    return x, np.asarray(y)


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
