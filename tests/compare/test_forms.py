"""Settings of operators in their one form, by ONNX's specification of each."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest

from analyzer.compare.differ import spelled
from analyzer.compare.forms import normalised
from analyzer.compare.measure import WeightMeasure
from analyzer.compare.reading import RESIZED
from analyzer.compare.record import WeightChange
from analyzer.compare.settings import (
    COMPUTED,
    LONGEST,
    Stated,
    differences,
    key_of,
    settings_of,
    steered_slots,
)
from analyzer.compare.weights import _fate, _order, _rounding
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from tests.each import each

Settings = dict[str, Any]
Held = Mapping[int, Any]
NONE: Held = MappingProxyType({})


def call(op: str, ends: str, version: int = 17, domain: str = "",
         values: Held = NONE, **attributes: Any) -> Call:  # fmt: skip
    """An operator with shapes as text; ``-`` for an omitted operand, ``?`` for an unknown rank."""
    inputs, _, outputs = ends.partition("->")
    sides: list[tuple[Tensor | None, ...]] = []
    for side in (inputs, outputs):
        shapes = [
            None if word == "?" else tuple(None if s == "N" else int(s) for s in word.split(","))
            for word in side.replace("-", "?").split()
        ]
        words = side.split()
        sides.append(tuple(
            None if word == "-" else Tensor(f"t{n}", "float32", shape)
            for n, (word, shape) in enumerate(zip(words, shapes, strict=True))
        ))  # fmt: skip
    held = tuple(values.get(slot) for slot in range(len(sides[0])))
    return Call(op, domain, version, attributes, sides[0], sides[1], held)


class Line(NamedTuple):
    op: str
    ends: str
    given: Settings
    expected: Settings
    version: int = 17
    domain: str = ""
    values: Held = NONE


UNIT: Settings = {"strides": (1, 1), "dilations": (1, 1), "pads": (0, 0, 0, 0)}
CONV = "1,3,8,8 8,3,3,5 -> 1,8,6,4"
POOL = "1,3,8,8 -> 1,3,7,6"
WINDOWS = [
    Line("Conv", CONV, {}, UNIT),
    Line("Conv", CONV, {"kernel_shape": (3, 5), "group": 1, "auto_pad": "NOTSET"}, UNIT),
    Line("Conv", CONV, {"kernel_shape": (3, 3), "group": 3},
         {"kernel_shape": (3, 3), "group": 3, **UNIT}),
    Line("Conv", CONV, {"pads": (1, 2, 3, 4), "strides": (2, 1), "dilations": (1, 2)},
         {"pads": (1, 2, 3, 4), "strides": (2, 1), "dilations": (1, 2)}),
    Line("Conv", CONV, {"pads": (1, 2, 3, 4), "auto_pad": "VALID"}, UNIT),
    Line("Conv", CONV, {"auto_pad": "SAME_UPPER", "strides": (2, 2)},
         {**UNIT, "strides": (2, 2), "pads": (0, 1, 1, 2)}),
    Line("Conv", CONV, {"auto_pad": "SAME_LOWER", "strides": (2, 2)},
         {**UNIT, "strides": (2, 2), "pads": (1, 2, 0, 1)}),
    Line("Conv", CONV, {"auto_pad": "SAME_UPPER", "dilations": (2, 1)},
         {**UNIT, "dilations": (2, 1), "pads": (2, 2, 2, 2)}),
    Line("Conv", CONV, {"auto_pad": "SAME_UPPER", "strides": (9, 9)},
         {**UNIT, "strides": (9, 9), "pads": (0, 0, 0, 0)}),
    Line("Conv", "1,3,N,8 8,3,3,5 -> ?", {"auto_pad": "SAME_UPPER"},
         {**UNIT, "pads": "SAME_UPPER"}),
    Line("Conv", "? 8,3,3,5 -> ?", {"auto_pad": "SAME_LOWER"}, {**UNIT, "pads": "SAME_LOWER"}),
    Line("Conv", CONV, {"auto_pad": "ELSE", "pads": (1, 1, 1, 1)}, {**UNIT, "auto_pad": "ELSE"}),
    Line("Conv", "? ? -> ?", {"group": 1}, {"group": 1}),
    Line("Conv", "? 8,3,N,5 -> ?", {"group": 1}, {"group": 1}),
    Line("ConvTranspose", "1,8,4,4 8,3,3,3 -> ?", {"auto_pad": "SAME_UPPER"},
         {**UNIT, "pads": "SAME_UPPER"}),
    Line("ConvTranspose", "1,8,4,4 8,3,3,3 -> ?", {"output_padding": (0, 0)}, UNIT),
    Line("ConvTranspose", "1,8,4,4 8,3,3,3 -> ?", {"output_padding": (0, 1)},
         {**UNIT, "output_padding": (0, 1)}),
    Line("MaxPool", POOL, {"kernel_shape": (2, 3), "storage_order": 1},
         {"kernel_shape": (2, 3), **UNIT}),
    Line("MaxPool", f"{POOL} 1,3,7,6", {"kernel_shape": (2, 3), "storage_order": 1},
         {"kernel_shape": (2, 3), "storage_order": 1, **UNIT}),
    Line("MaxPool", POOL, {"strides": (2, 2)}, {"strides": (2, 2)}),
    Line("AveragePool", POOL, {"kernel_shape": (2, 3), "count_include_pad": 1},
         {"kernel_shape": (2, 3), **UNIT}),
    Line("AveragePool", POOL, {"kernel_shape": (2, 3), "count_include_pad": 1, "ceil_mode": 1},
         {"kernel_shape": (2, 3), "count_include_pad": 1, "ceil_mode": 1, **UNIT}),
    Line("AveragePool", POOL,
         {"kernel_shape": (2, 3), "count_include_pad": 1, "pads": (0, 0, 1, 0)},
         {"kernel_shape": (2, 3), "count_include_pad": 1, **UNIT, "pads": (0, 0, 1, 0)}),
    Line("LpPool", POOL, {"kernel_shape": (2, 3), "storage_order": 1},
         {"kernel_shape": (2, 3), "storage_order": 1, **UNIT}),
]  # fmt: skip
THREE = "2,1,4 -> 2,1,4"
AXES = [
    Line("Softmax", "2,3 -> 2,3", {"axis": 2}, {"axis": (2,)}),  # beyond the last
    Line("Softmax", THREE, {"axis": -1}, {"axis": (2,)}),
    Line("Softmax", THREE, {"axis": 1}, {"axis": ()}),
    Line("Softmax", THREE, {"axis": 0}, {"axis": (0, 2)}, 11),
    Line("Softmax", THREE, {"axis": 2}, {"axis": (2,)}, 11),
    Line("Softmax", "? -> ?", {"axis": -1}, {"axis": -1}),
    Line("Softmax", "N,4 -> N,4", {"axis": 0}, {"axis": (0,)}),
    Line("LayerNormalization", THREE, {"axis": -2}, {"axis": 1}),
    Line("LayerNormalization", "? -> ?", {"axis": -2}, {"axis": -2}),
    Line("ReduceMean", THREE, {"axes": (-1, 0)}, {"axes": (0, 2)}),
    Line("ReduceMean", THREE, {}, {"axes": (0, 1, 2)}),
    Line("ReduceMean", THREE, {"axes": ()}, {"axes": (0, 1, 2)}),
    Line("ReduceMean", "? -> ?", {}, {"axes": "all"}),
    Line("ReduceMean", THREE, {"noop_with_empty_axes": 1}, {"axes": ()}),
    Line("ReduceMean", THREE, {"noop_with_empty_axes": 0}, {"axes": (0, 1, 2)}),
    Line("ReduceMean", THREE, {"axes": (1,), "noop_with_empty_axes": 1}, {"axes": (1,)}),
    Line("ReduceSum", "2,1,4 1 -> ?", {}, {}),
    Line("ReduceSum", "2,1,4 0 -> ?", {"axes": ()}, {"axes": (0, 1, 2)}),
    Line("ReduceSum", "2,1,4 - -> ?", {}, {"axes": (0, 1, 2)}),
    Line("Squeeze", "2,1,1 -> 2", {}, {"axes": (1, 2)}),
    Line("Squeeze", "2,1,1 -> 2,1", {"axes": -1}, {"axes": (2,)}),
    Line("Squeeze", "2,1,1 -> 2", {"axes": (-1, 1)}, {"axes": (1, 2)}),
    Line("Squeeze", "2,1,1 1 -> 2,1", {}, {}),
    Line("Squeeze", "? -> 2", {}, {}),
    Line("Unsqueeze", "2,3 1 -> 2,3,1", {"axes": (-1,)}, {"axes": (2,)}),
    Line("OneHot", "2,3 1 2 -> 2,3,5", {"axis": -1}, {"axis": 2}),
    Line("Transpose", THREE, {}, {"perm": (2, 1, 0)}),
    Line("Transpose", THREE, {"perm": (0, 2, 1)}, {"perm": (0, 2, 1)}),
    Line("Transpose", "? -> ?", {}, {}),
    Line("ArgMax", THREE, {"axis": -1, "select_last_index": 0}, {"axis": 2}),
    Line("ArgMin", THREE, {"axis": 1, "select_last_index": 0}, {"axis": 1}),
    Line("ArgMin", THREE, {"axis": 1, "select_last_index": 1}, {"axis": 1, "select_last_index": 1}),
    Line("ArgMax", THREE, {"axis": 1, "select_last_index": 1}, {"axis": 1, "select_last_index": 1}),
    Line("Concat", "2,3 2,3 -> 2,6", {"axis": -1}, {"axis": 1}),
    Line("Concat", "2,3 2,3 -> 2,6", {"axis": -1, "broadcast": 1}, {"axis": 1}),
    Line("Concat", "2,3 2,3 -> 2,6", {"axis": -1, "broadcast": 1}, {"axis": 1, "broadcast": 1},
         1, "com.example"),
    Line("Add", "2,3 3 -> 2,3", {"consumed_inputs": (0, 1), "broadcast": 1}, {}),
]  # fmt: skip


def cuts(*each: tuple[Any, ...]) -> Settings:
    """(axis, start, end, step) of each cut."""
    names = ("axes", "starts", "ends", "steps")
    return {name: tuple(cut[at] for cut in each) for at, name in enumerate(names)}


FAR = 2**31 - 1
SLICES = [
    Line("Slice", "8,9 -> ?", {"starts": (1,), "ends": (4,)}, cuts((0, 1, 4, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (1, -3), "ends": (4, -1)},
         cuts((0, 1, 4, 1), (1, 6, 8, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (-3, 1), "ends": (-1, 4), "axes": (1, 0)},
         cuts((0, 1, 4, 1), (1, 6, 8, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (0, 1), "ends": (8, 10)}, cuts((1, 1, inf, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (1,), "ends": (7,), "axes": (-2,)}, cuts((0, 1, 7, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (0,), "ends": (8,), "steps": (2,)}, cuts((0, 0, inf, 2))),
    Line("Slice", "8,9 -> ?", {"starts": (-1,), "ends": (-9,), "steps": (-1,)},
         cuts((0, 7, -9, -1))),
    Line("Slice", "8,9 -> ?", {"starts": (2,), "ends": (-8,), "steps": (1,)}, cuts((0, 2, 0, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (2,), "ends": (0,), "steps": (1,)}, cuts((0, 2, 0, 1))),
    Line("Slice", "8,9 -> ?", {"starts": (2,), "ends": (-9,), "steps": (1,)}, cuts((0, 2, -9, 1))),
    Line("Slice", "N,9 -> ?", {"starts": (0,), "ends": (FAR,)}, cuts()),
    Line("Slice", "N,9 -> ?", {"starts": (0,), "ends": (FAR - 1,)}, cuts((0, 0, FAR - 1, 1))),
    Line("Slice", "N,9 -> ?", {"starts": (-2,), "ends": (-1,)}, cuts((0, -2, -1, 1))),
    Line("Slice", "? -> ?", {"starts": (1,), "ends": (4,)}, {"starts": (1,), "ends": (4,)}),
    Line("Slice", "8,9 1 -> ?", {"ends": (4,)}, {"ends": (4,)}),
]  # fmt: skip
HALVED = {"scales": (1.0, 0.5)}
OTHERS = [
    Line("Clip", "2 -> 2", {}, {"min": -inf, "max": inf}),
    Line("Clip", "2 -> 2", {"min": 1.0}, {"min": 1.0, "max": inf}),
    Line("Clip", "2 1 - -> 2", {}, {"max": inf}),
    Line("Clip", "2 - 1 -> 2", {}, {"min": -inf}),
    Line("Pad", "2 2 -> 3", {"pads": (0, 1)}, {"pads": (0, 1), "constant_value": 0.0}),
    Line("Pad", "2 2 1 -> 3", {"pads": (0, 1)}, {"pads": (0, 1)}),
    Line("Pad", "2 2 1 -> 3", {"constant_value": 2}, {"constant_value": 2.0}),
    Line("Pad", "2 2 -> 3", {"mode": "edge"}, {"mode": "edge"}),
    Line("Pad", "2 2 -> 3", {"mode": "constant"}, {"mode": "constant", "constant_value": 0.0}),
    Line("Resize", "1,8 - - 2 -> 1,4", {"sizes": (1, 4)}, HALVED),
    Line("Resize", "1,8 - 2 -> 1,4", HALVED, HALVED),
    Line("Resize", "1,N - - 2 -> 1,4", {"sizes": (1, 4), **HALVED}, HALVED),
    Line("Resize", "1,8 - - 2 -> 1,N", {"sizes": (1, 4)}, {"sizes": (1, 4)}),
    Line("Resize", "1,8 2 2 -> 1,4", {**HALVED, "roi": (0, 1), "extrapolation_value": 1.0}, HALVED),
    Line("Resize", "1,8 2 2 -> 1,4",
         {"coordinate_transformation_mode": "tf_crop_and_resize", "roi": (0, 1),
          "extrapolation_value": 1.0},
         {"coordinate_transformation_mode": "tf_crop_and_resize", "roi": (0, 1),
          "extrapolation_value": 1.0}),
    Line("Resize", "1,8 - 2 -> 1,4",
         {"mode": "linear", "cubic_coeff_a": 1.0, "exclude_outside": 1, "nearest_mode": "ceil"},
         {"mode": "linear"}),
    Line("Resize", "1,8 - 2 -> 1,4",
         {"mode": "cubic", "cubic_coeff_a": 1.0, "exclude_outside": 1, "nearest_mode": "ceil"},
         {"mode": "cubic", "cubic_coeff_a": 1.0, "exclude_outside": 1}),
    Line("Resize", "1,8 - 2 -> 1,4", {"cubic_coeff_a": 1.0, "nearest_mode": "ceil"},
         {"nearest_mode": "ceil"}),
    Line("Resize", "1,8 - 2 -> 1,4", {"antialias": 0, "keep_aspect_ratio_policy": "stretch"}, {}),
    Line("Resize", "1,8 - 2 -> 1,4", {"antialias": 1, "keep_aspect_ratio_policy": "not_larger"},
         {"antialias": 1, "keep_aspect_ratio_policy": "not_larger"}),
    Line("Reshape", "2,3 1 -> 6", {"allowzero": 0, "shape": (6,)}, {"shape": (6,)}),
    Line("Reshape", "2,3 1 -> 6", {"allowzero": 1}, {}, values={1: np.array([6])}),
    Line("Reshape", "2,3 2 -> ?", {"allowzero": 1}, {"allowzero": 1}, values={1: np.array([0, 6])}),
    Line("Reshape", "2,3 2 -> ?", {"allowzero": 1}, {"allowzero": 1}),
    Line("GridSample", "1,1,4,4 1,2,2,2 -> ?", {"mode": "bilinear"}, {"mode": "linear"}),
    Line("GridSample", "1,1,4,4 1,2,2,2 -> ?", {"mode": "nearest"}, {"mode": "nearest"}),
    Line("Split", "6 -> 2 4", {"axis": 0, "num_outputs": 2}, {"axis": 0, "split": (2, 4)}),
    Line("Split", "6 1 -> 2 4", {"axis": 0, "split": (9,)}, {"axis": 0, "split": (9,)}),
    Line("Split", "6 -> 2 N", {"axis": 0, "num_outputs": 2}, {"axis": 0, "num_outputs": 2}),
    Line("Split", "6 -> 2 ?", {"axis": 0, "num_outputs": 2}, {"axis": 0, "num_outputs": 2}),
    Line("Gemm", "2,3 3,4 -> 2,4", {"transb": 1, "beta": 2.0, "alpha": 1.0}, {"alpha": 1.0}),
    Line("Gemm", "2,3 3,4 4 -> 2,4", {"transb": 1, "beta": 2.0}, {"beta": 2.0}),
    Line("BatchNormalization", "1,2 -> 1,2", {"training_mode": 0, "epsilon": 1.0},
         {"epsilon": 1.0}),
    Line("BatchNormalization", "1,2 -> 1,2", {"training_mode": 1}, {"training_mode": 1}),
]  # fmt: skip


@pytest.mark.parametrize("lines", [WINDOWS, AXES, SLICES, OTHERS])
def test_what_means_the_same_is_written_the_same_way(lines: list[Line]) -> None:
    found = [
        (line, normalised(call(line.op, line.ends, line.version, line.domain, line.values),
                          line.given))
        for line in lines
    ]  # fmt: skip
    assert [said for _, said in found] == [line.expected for line in lines]


def test_a_setting_is_an_attribute_a_default_or_a_small_operand_that_steers() -> None:
    low, high = np.array(0.0, np.float32), np.array([6.0], np.float32)
    clip = call("Clip", "2 1 1 -> 2", 13, values={1: low, 2: high})
    assert steered_slots(clip, {1, 2}) == {1, 2}
    assert steered_slots(clip, {2}) == {2}
    assert settings_of(clip, {1, 2}) == {
        "min": Stated(0.0, 0.0, 1), "max": Stated((6.0,), (6.0,), 2),
    }  # fmt: skip
    assert settings_of(clip, {1})["max"] == Stated(COMPUTED, COMPUTED)
    elu = settings_of(call("Elu", "2 -> 2", alpha=0.5), ())
    assert elu == {"alpha": Stated(0.5, 0.5)}
    assert settings_of(call("Elu", "2 -> 2"), ()) == {"alpha": Stated(1.0, 1.0, None, True)}
    half = np.array(0.5, np.float32)
    assert settings_of(call("Mul", "2 1 -> 2", values={1: half}), {1}) == {
        "constant": Stated(0.5, 0.5, 1)
    }
    assert settings_of(call("Div", "2 1 -> 2", values={1: half}), {1}) == {"b": Stated(0.5, 0.5, 1)}


@pytest.mark.parametrize(
    ("op", "size", "steers"),
    [("Mul", 1, True), ("Mul", 2, False), ("Reshape", 2, True), ("Reshape", LONGEST, True),
     ("Reshape", LONGEST + 1, False), ("MatMul", 2, False)],
)  # fmt: skip
def test_an_operand_steers_if_it_is_one_number_or_says_how(
    op: str, size: int, steers: bool
) -> None:
    made = call(op, f"2 {size} -> 2", values={1: np.ones(size, np.int64)})
    assert steered_slots(made, {1}) == ({1} if steers else set())
    assert steered_slots(call(op, f"2 {size} -> 2"), {1}) == set()
    mystery = call("Mystery", "2 1 -> 2", 1, "com.example", {1: np.ones(1)})
    assert steered_slots(mystery, {1}) == set()


def stated(value: Any, default: bool = False) -> dict[str, Stated]:
    return {"a": Stated(value, value, None, default)}


@pytest.mark.parametrize(
    ("old", "new", "coarse", "differ"),
    [
        (1.0, 1.00001, False, True), (1.0, 1.000001, False, False), (1.0, 1.001, True, False),
        (1.0, 1.01, True, True), ((1,), 1, False, False), ((1, 2), (1, 3), False, True),
        (nan, nan, False, False), (COMPUTED, 3, False, False), ("x", "y", False, True),
        (None, 1, False, True),
    ],
)  # fmt: skip
def test_numbers_are_told_apart_as_far_as_their_type_does(
    old: Any, new: Any, coarse: bool, differ: bool
) -> None:
    found = differences(stated(old), stated(new), coarse=coarse)
    assert bool(found) is differ
    if differ:
        assert found == (("a", old, new),)


def test_what_only_one_version_knows_is_no_difference_where_it_is_the_default() -> None:
    assert (
        differences(stated(1, default=True), {}) == differences({}, stated(1, default=True)) == ()
    )
    assert differences(stated(1), {}) == (("a", 1, None),)
    assert differences({}, stated(1)) == (("a", None, 1),)
    both = {"b": Stated(2, 2), "a": Stated(1.0000001, 1.0), "none": Stated(None, None)}
    assert key_of(both) == (("a", 1.0), ("b", 2))


def test_settings_are_spelled_as_people_write_them() -> None:
    spellings = {
        1e-5: "1e-5", 1e-12: "1e-12", 1e10: "1e10", 123456.7: "123457", 2.0: "2", (): "none",
        (1, 0.5): "1,0.5", None: "absent", "edge": "edge", 3: "3",
    }  # fmt: skip
    assert {value: spelled(value) for value in spellings} == spellings


HALF, BRAIN, TINY = 2.0**-11, 2.0**-8, 2.0**-4


@each(
    ("dtypes", "relative", "folds", "why", "fate"),
    [
        (("float32", "float32"), 1e-5, True, "", "folded"),
        (("float32", "float32"), 1.01e-5, True, "", "changed"),
        (("float32", "float32"), 1e-5, False, "", "changed"),
        (("float32", "float32"), None, True, "", "changed"),
        (("float32", "float16"), None, True, RESIZED, "resized"),
        (("float32", "float16"), HALF, False, "", "converted"),
        (("float16", "float32"), HALF * 1.01, False, "", "changed"),
        (("bfloat16", "float32"), BRAIN, False, "", "converted"),
        (("float32", "float64"), 2.0**-24, False, "", "converted"),
        (("float8e5m2", "float32"), TINY, False, "", "converted"),
        (("float32", "float16"), None, False, "", "changed"),
        (("float32", "int8"), 0.1, False, "", "quantised"),
        (("uint8", "float32"), None, False, "", "quantised"),
        (("float32", "bool"), 0.1, False, "", "changed"),
    ],
)
def test_what_became_of_a_tensor_is_told_by_types_and_how_far_it_went(
    dtypes: tuple[str, str], relative: float | None, folds: bool, why: str, fate: str
) -> None:
    assert _fate(WeightMeasure(4, 1, relative, why), dtypes, folds=folds) == fate


def test_rounding_is_half_a_unit_in_the_last_place() -> None:
    steps = {"float64": 53, "float32": 24, "float16": 11, "bfloat16": 8, "float8e4m3fn": 4,
             "float4e2m1": 4, "complex64": 24}  # fmt: skip
    assert {name: _rounding(name) for name in steps} == {n: 2.0**-d for n, d in steps.items()}


def test_changes_of_tensors_are_in_the_order_of_their_weight() -> None:
    def change(new: str, fate: Any, relative: float | None) -> WeightChange:
        return WeightChange("o", new, "weight", ("a", "b"), ("f", "f"), fate, 1, 1, relative)

    ordered = [
        change("c", "changed", None), change("b", "changed", 2.0), change("a", "changed", 1.0),
        change("z", "changed", 1.0), change("a", "resized", None), change("a", "quantised", 9.0),
        change("a", "converted", 0.1), change("a", "folded", 0.1),
        change("a", "not compared", None),
    ]  # fmt: skip
    mixed = [*ordered[4:], *ordered[:4]]
    assert sorted(mixed, key=_order) == ordered
