"""Small constants are evaluated as ONNX's reference evaluator does, or not at all."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from analyzer.facts import Tensor
from analyzer.graph.call import Call, Unknown
from analyzer.shapes.fold import FOLDS, fold
from analyzer.shapes.fold_inputs import ints, optional
from analyzer.shapes.partial import PARTIAL_RULES
from tests.each import each

L, F = np.int64, np.float32
GRID = np.arange(24, dtype=L).reshape(2, 3, 4)
REALS = np.array([[-2.5, -1.0, -0.5], [0.5, 1.5, 3.0]], F)
SIGNED = np.array([-7, 7, 5, -4], L)


def i(*values: int) -> Any:
    return np.array(values, L)


def f(*values: float) -> Any:
    return np.array(values, F)


Case = tuple[str, tuple[Any, ...], dict[str, Any], int]
CASES: list[Case] = [
    *((op, (SIGNED, i(3, -3, 5, -2)), {}, 18)
      for op in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Equal", "Less", "LessOrEqual",
                 "Greater", "GreaterOrEqual", "Mod")),
    *((op, (f(1.5, -2.0, 2.0), f(1.5, 2.0, -0.5)), {}, 18)
      for op in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Equal", "Less", "LessOrEqual",
                 "Greater", "GreaterOrEqual")),
    *((op, (np.array([True, True, False, False]), np.array([True, False, True, False])), {}, 18)
      for op in ("And", "Or", "Xor")),
    ("Add", (GRID, i(1, 2, 3, 4)), {}, 18),
    ("Sum", (i(1, 2), i(3, 4), i(5, 6)), {}, 18), ("Max", (i(1, 9), i(3, 4), i(5, 6)), {}, 18),
    ("Div", (i(7, -7, 6), i(2, 2, -4)), {}, 18),
    ("Mod", (SIGNED, i(3, -3, 5, -2)), {"fmod": 1}, 18),
    ("Mod", (f(5.5, -5.5), f(2, 2)), {"fmod": 1}, 18),
    ("Pow", (f(2, 9), f(3, 0.5)), {}, 18), ("Pow", (i(2, 3), i(3, 2)), {}, 18),
    *((op, (REALS,), {}, 18) for op in ("Relu", "Neg", "Abs", "Sign", "Floor", "Ceil", "Round",
                                        "Reciprocal", "Exp")),
    *((op, (np.abs(REALS),), {}, 18) for op in ("Sqrt", "Log")),
    *((op, (SIGNED,), {}, 18) for op in ("Neg", "Abs", "Sign", "Relu")),
    ("Not", (np.array([True, False]),), {}, 18),
    ("Clip", (REALS, np.array(-1, F), np.array(1, F)), {}, 18),
    ("Clip", (REALS, np.array(-1, F)), {}, 18), ("Clip", (REALS,), {}, 18),
    ("Clip", (REALS,), {"min": -1.0, "max": 0.5}, 6),
    *((op, (GRID, i(1)), {"keepdims": keep}, 18) for keep in (0, 1)
      for op in ("ReduceProd", "ReduceSum", "ReduceMax", "ReduceMin")),
    *((op, (REALS,), {"axes": [1]}, 11) for op in ("ReduceProd", "ReduceSum", "ReduceMax",
                                                  "ReduceMin", "ReduceMean")),
    ("ReduceSum", (GRID, i(0, -1)), {}, 13), ("ReduceSum", (GRID,), {"keepdims": 0}, 13),
    ("ReduceMean", (REALS, i(0)), {}, 18), ("ReduceMax", (REALS,), {"axes": [0]}, 13),
    ("ReduceSum", (GRID,), {"noop_with_empty_axes": 1}, 13),
    *((op, (f(1, 5, 2, -3),), {"keepdims": keep}, 18) for keep in (0, 1)
      for op in ("ArgMax", "ArgMin")),
    *((op, (GRID,), {"axis": axis}, 18) for axis in (1, -1) for op in ("ArgMax", "ArgMin")),
    ("CumSum", (GRID, np.array(1)), {}, 18), ("CumSum", (GRID, np.array(-1)), {}, 18),
    ("Identity", (GRID,), {}, 18),
    ("Cast", (f(1.9, -1.9),), {"to": 7}, 18), ("Cast", (i(1, 0),), {"to": 9}, 18),
    ("Cast", (i(1, 300),), {"to": 1}, 18), ("CastLike", (f(1.9), i(0)), {}, 18),
    ("Gather", (GRID, i(1, -1)), {}, 18), ("Gather", (GRID, np.array(1)), {"axis": 2}, 18),
    ("Gather", (GRID, np.array([[0, 1]])), {"axis": -2}, 18),
    ("Slice", (GRID, i(1), i(3)), {}, 18), ("Slice", (GRID, i(0, 1), i(9, 3)), {}, 18),
    ("Slice", (GRID, i(1), i(4), i(2)), {}, 18), ("Slice", (GRID, i(0), i(4), i(-1), i(2)), {}, 18),
    ("Slice", (GRID, i(3), i(0), i(2), i(-1)), {}, 18),
    ("Slice", (GRID, i(-1), i(-9), i(2), i(-2)), {}, 18),
    ("Slice", (GRID, i(-1), i(-5), i(2), i(-1)), {}, 18),
    ("Slice", (GRID, i(-1), i(-4), i(2), i(-1)), {}, 18),
    ("Slice", (GRID,), {"starts": [1], "ends": [3], "axes": [1]}, 9),
    ("Slice", (GRID,), {"starts": [1], "ends": [2]}, 9),
    ("Split", (i(1, 2, 3, 4, 5), i(2, 3)), {}, 18), ("Split", (GRID, i(1, 3)), {"axis": -1}, 18),
    ("Split", (i(1, 2, 3, 4, 5),), {"num_outputs": 2}, 18),
    ("Split", (GRID,), {"num_outputs": 3, "axis": 1}, 18),
    ("Split", (i(1, 2, 3),), {"split": [1, 2]}, 11),
    ("Concat", (i(1), i(2, 3)), {"axis": 0}, 18), ("Concat", (GRID, GRID), {"axis": -2}, 18),
    ("Unsqueeze", (GRID, i(0, -1)), {}, 18), ("Unsqueeze", (i(1, 2),), {"axes": [1]}, 11),
    ("Squeeze", (GRID[:1], i(0)), {}, 18), ("Squeeze", (GRID[:1, :, :1],), {}, 18),
    ("Squeeze", (GRID[:1, :, :1],), {"axes": [2]}, 11),
    ("Reshape", (GRID, i(4, -1)), {}, 18), ("Reshape", (GRID, i(0, 0, 2, 2)), {}, 18),
    ("Reshape", (np.zeros((0, 3), L), i(0, 5)), {"allowzero": 1}, 18),
    *(("Flatten", (GRID,), {"axis": axis}, 18) for axis in (0, 1, 2, 3, -1, -2)),
    ("Flatten", (GRID,), {}, 18),
    ("Transpose", (GRID,), {}, 18), ("Transpose", (GRID,), {"perm": [1, 2, 0]}, 18),
    ("Expand", (i(1, 2), i(3, 2)), {}, 18), ("Expand", (GRID[:, :1], i(3, 1)), {}, 18),
    ("ConstantOfShape", (i(2, 3),), {}, 18),
    ("Range", (np.array(2), np.array(9), np.array(3)), {}, 18),
    ("Range", (np.array(9), np.array(2), np.array(-3)), {}, 18),
    ("Range", (np.array(0.5, F), np.array(2, F), np.array(0.5, F)), {}, 18),
    ("Where", (np.array([True, False]), i(1, 2), i(3, 4)), {}, 18),
    ("Tile", (GRID, i(1, 2, 1)), {}, 18), ("NonZero", (i(0, 3, 0, 5),), {}, 18),
    ("NonZero", (GRID,), {}, 18),
    *(("OneHot", (np.array([[0, 2], [-1, 1]]), np.array(3), i(0, 7)), {"axis": axis}, 18)
      for axis in (0, 1, 2, -1, -2, -3)),
    ("ScatterND", (GRID, np.array([[0, 1, 2], [1, 2, 3]]), i(99, 98)), {}, 18),
    ("ScatterND", (GRID, np.array([[0, 1]]), np.array([[9, 8, 7, 6]])), {}, 18),
    ("ScatterElements", (GRID, np.array([[[1, 0, 1, 0]]]), np.array([[[9, 8, 7, 6]]])), {}, 18),
    ("ScatterElements", (GRID, np.array([[[3]]]), np.array([[[9]]])), {"axis": 2}, 18),
]  # fmt: skip


def named(case: Case) -> str:
    op, inputs, attributes, version = case
    return f"{op}-{version}-{[a.shape for a in inputs]}-{attributes}"


@each("case", CASES, ids=named)
def test_a_constant_is_what_the_reference_makes_of_it(case: Case) -> None:
    op, inputs, attributes, version = case
    parts = len(inputs[1]) if op == "Split" and len(inputs) > 1 else 1
    count = attributes.get("num_outputs", len(attributes.get("split", range(parts))))
    names = [f"i{slot}" for slot in range(len(inputs))]
    results = [f"o{slot}" for slot in range(count)]
    graph = helper.make_graph(
        [helper.make_node(op, names, results, **attributes)], "g",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype),
                                       array.shape)
         for name, array in zip(names, inputs, strict=True)],
        [helper.make_tensor_value_info(name, TensorProto.UNDEFINED, None) for name in results],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", version)])
    wanted = ReferenceEvaluator(model).run(None, dict(zip(names, inputs, strict=True)))
    found = fold(op, attributes, inputs, version)
    assert found is not None
    for ours, theirs in zip(found, wanted, strict=True):
        assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
        np.testing.assert_array_equal(ours, theirs)


def test_every_operator_that_is_evaluated_is_compared() -> None:
    assert {case[0] for case in CASES} | {"Constant"} == FOLDS.keys()


@pytest.mark.parametrize(
    ("attributes", "value"),
    [
        ({"value": np.array([1, 2], np.int8)}, np.array([1, 2], np.int8)),
        ({"value_int": 3}, np.array(3, L)), ({"value_ints": (1, 2)}, i(1, 2)),
        ({"value_float": 0.5}, np.array(0.5, F)), ({"value_floats": (0.5, 2)}, f(0.5, 2)),
    ],
)  # fmt: skip
def test_a_constant_is_its_attribute(attributes: dict[str, Any], value: Any) -> None:
    folded = fold("Constant", attributes, [], 18)
    assert folded is not None
    (found,) = folded
    assert found.dtype == value.dtype
    np.testing.assert_array_equal(found, value)


@each(
    ("op", "inputs", "attributes"),
    [
        ("Constant", (), {}), ("Constant", (), {"value": "text"}),
        ("ConstantOfShape", (i(2),), {"value": "text"}),
        ("CumSum", (i(1, 2), np.array(0)), {"exclusive": 1}),
        ("CumSum", (i(1, 2), np.array(0)), {"reverse": 1}),
        ("ArgMax", (i(1, 2),), {"select_last_index": 1}),
        ("ScatterND", (i(1, 2), np.array([[0]]), i(3)), {"reduction": "add"}),
        ("ScatterElements", (i(1, 2), i(0), i(3)), {"reduction": "add"}),
        ("OneHot", (i(0), np.array(3), i(0, 1)), {"axis": 2}),
        ("OneHot", (i(0), np.array(3), i(0, 1)), {"axis": -3}),
        ("Split", (i(1, 2),), {}), ("Split", (i(1, 2),), {"num_outputs": 0}),
        ("Split", (i(1, 2),), {"num_outputs": -1}), ("Unsqueeze", (i(1, 2),), {}),
        ("Slice", (i(1, 2),), {"starts": (0,)}), ("Slice", (i(1, 2), None, i(1)), {}),
        ("Reshape", (i(1, 2), None), {}), ("Cast", (i(1),), {"to": 99}), ("Cast", (i(1),), {}),
        ("Mod", (i(1), i(0)), {}), ("Div", (i(1), i(0)), {}),
        ("Neg", (np.array([1, None], object),), {}),
        ("Cast", (np.array([1, None], object),), {"to": 1}),
    ],
)  # fmt: skip
def test_what_is_not_evaluated_is_unknown(
    op: str, inputs: tuple[Any, ...], attributes: dict[str, Any]
) -> None:
    assert fold(op, attributes, inputs, 18) is None


def test_sizes_that_are_partly_known_stay_sizes_as_other_integers() -> None:
    part = np.array([1, None], object)
    for to in (7, 6, 12):  # int64, int32, uint32
        assert [list(found) for found in fold("Cast", {"to": to}, [part], 18) or ()] == [[1, None]]
    assert fold("Div", {}, [f(1.0), f(0.0)], 18) == [f(np.inf)]


def test_lists_come_from_inputs_before_attributes() -> None:
    assert ints([i(5), i(1, 2)], 1, {"axes": (3,)}, "axes") == [1, 2]
    assert ints([i(5)], 1, {"axes": (3,)}, "axes") == [3]
    assert ints([i(5), None], 1, {}, "axes") is None
    assert optional([i(5)], 1) is None


Dims = tuple[int | None, ...]
U = None
PARTIAL: list[tuple[str, Dims | None, tuple[Any, ...], dict[str, Any], Dims]] = [
    ("Reshape", (2, 3, 4), (6, U), {}, (6, U)),
    ("Reshape", (2, U, 4), (0, 0, U), {}, (2, U, U)),
    ("Reshape", (2,), (0, 0, U), {}, (2, U, U)),
    ("Reshape", (2, 3, 4), (U, -1, 4), {}, (U, U, 4)),
    ("Reshape", U, (0, U, 4), {}, (U, U, 4)),
    ("Reshape", (2, 3, 4), (0, U), {"allowzero": 1}, (0, U)),
    ("Expand", (3, 1), (2, U, 4), {}, (2, 3, 4)),
    ("Expand", (3, 1), (U, 1), {}, (3, 1)),
    ("Expand", (2, 1, 4), (U,), {}, (2, 1, 4)),
    ("Expand", (2, 1, 1), (U,), {}, (2, 1, U)),
    ("Expand", (1,), (5, U, 1), {}, (5, U, 1)),
    ("Expand", (U, 7), (5, 1, U), {}, (5, U, 7)),
    ("ConstantOfShape", U, (5, U), {}, (5, U)),
]


@each(("op", "data", "target", "attributes", "shape"), PARTIAL)
def test_known_sizes_of_a_target_are_kept(
    op: str, data: Dims | None, target: tuple[Any, ...], attributes: dict[str, Any], shape: Dims
) -> None:
    sizes = np.array(target, object)
    tensors = (Tensor("x", "float16", data), Tensor("s", "int64", (len(target),)))
    known = (sizes, None) if op == "ConstantOfShape" else (None, sizes)
    found = PARTIAL_RULES[op](Call(op, "", 18, attributes, tensors, (), known))
    assert found.shape == shape
    assert found.dtype == ("float32" if op == "ConstantOfShape" else "float16")


def test_a_filler_of_a_partly_known_shape_has_its_value_s_type() -> None:
    sizes = (np.array([2, None], object),)
    for value, dtype in ((np.array([1], np.int8), "int8"), ("text", None)):
        call = Call("ConstantOfShape", "", 18, {"value": value}, (Tensor("s"),), (), sizes)
        assert PARTIAL_RULES["ConstantOfShape"](call).dtype == dtype


@pytest.mark.parametrize("op", ["Reshape", "Expand"])
def test_without_a_target_nothing_is_known(op: str) -> None:
    call = Call(op, "", 18, {}, (Tensor("x", "float32", (2,)), Tensor("s")), (), (None, None))
    with pytest.raises(Unknown, match="contents of input 1 are unknown"):
        PARTIAL_RULES[op](call)


def test_what_is_expanded_has_a_rank() -> None:
    call = Call("Expand", "", 18, {}, (Tensor("x"), Tensor("s")), (), (None, np.array([2, None])))
    with pytest.raises(Unknown, match="rank of the input is unknown"):
        PARTIAL_RULES["Expand"](call)
