"""Grids and masks of element-wise operators stand apart from parameters; biases and tables do not.

The counts are those of the networks as trained: what an export at another resolution would resize
is no parameter.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from analyzer.facts import Certainty, Parameters
from analyzer.model.limits import Limits
from tests.golden.test_parameters import parameters


def head(side: int, tail: str) -> str:
    """Scores and boxes of a detector for an image of ``side`` pixels, boxes (1, 4, positions)."""
    cells = (side // 8) ** 2
    return (
        f"g (float[1,3,{side},{side}] x) => (float[] y) "
        f"<int64[3] flat = {{1, 8, {cells}}}, int64[2] parts = {{4, 4}}> {{ "
        "f = Conv <strides=[8,8]> (x, w)  d = Conv (f, v)  r = Reshape (d, flat)  "
        f"box, cls = Split <axis=1> (r, parts)  {tail} }}"
    )


WEIGHTS = {"w": (16, 3, 8, 8), "v": (8, 16, 1, 1)}
TRAINED = 16 * 3 * 64 + 8 * 16


def detector(side: int) -> Parameters:
    cells = (side // 8) ** 2
    tail = "b = Add (box, anchors)  s = Mul (b, strides)  y = Concat <axis=1> (s, cls)"
    return parameters(head(side, tail), 17, **WEIGHTS, anchors=(1, 4, cells), strides=(1, cells))


def test_a_detector_has_the_same_parameters_at_640_and_320_pixels() -> None:
    for side, cells in ((640, 6400), (320, 1600)):
        found = detector(side)
        assert (found.weights, found.positions) == (TRAINED, 5 * cells)
        assert found.weight_bytes == 4 * TRAINED


def test_anchors_of_three_levels_joined_are_no_parameters() -> None:
    # YOLOv5 adds a grid of (1, anchors, rows, columns, 2) and multiplies by one of that size.
    found = parameters(
        "g (float[1,3,64,64] x) => (float[] y) <int64[5] five = {1, 3, 7, 8, 8}> { "
        "d = Conv <strides=[8,8]> (x, w)  r = Reshape (d, five)  "
        "t = Transpose <perm=[0,1,3,4,2]> (r)  s = Sigmoid (t)  "
        "xy, wh, c = Split <axis=4> (s, parts)  a = Add (xy, grid)  m = Mul (wh, anchors)  "
        "y = Concat <axis=4> (a, m, c) }",
        w=(21, 3, 8, 8),
        parts=np.array([2, 2, 3], np.int64),
        grid=(1, 3, 8, 8, 2),
        anchors=(1, 3, 8, 8, 2),
    )
    assert (found.weights, found.positions) == (21 * 3 * 64, 2 * 384)


def test_priors_of_boxes_in_rows_are_no_parameters() -> None:
    # SSD: 4·k channels become rows of four numbers, positions and anchors mixed.
    found = parameters(
        "g (float[1,3,32,32] x) => (float[] y) <int64[3] rows = {1, 48, 4}> { "
        "d = Conv <strides=[8,8]> (x, w)  t = Transpose <perm=[0,2,3,1]> (d)  "
        "r = Reshape (t, rows)  y = Add (r, priors) }",
        w=(12, 3, 8, 8), priors=(1, 48, 4),
    )  # fmt: skip
    assert (found.weights, found.positions) == (12 * 192, 192)


def test_a_bias_along_channels_is_a_parameter_wherever_it_stands() -> None:
    found = parameters(
        "g (float[1,3,8,8] x) => (float[] y) { c = Conv (x, w)  y = Add (c, b) }",
        w=(6, 3, 1, 1), b=(1, 6, 1, 1),
    )  # fmt: skip
    assert (found.weights, found.positions, found.certainty) == (24, 0, Certainty.EXACT)
    found = parameters(
        "g (float[1,9,4] x) => (float[] y) { m = MatMul (x, w)  y = Add (m, b) }",
        w=(4, 6), b=(6,),
    )  # fmt: skip
    assert found.weights == 30


def test_a_position_table_before_weighted_layers_is_a_parameter() -> None:
    found = parameters(
        "g (float[1,3,32,32] x) => (float[] y) <int64[3] rows = {1, 8, 16}> { "
        "p = Conv <strides=[8,8]> (x, w)  r = Reshape (p, rows)  "
        "t = Transpose <perm=[0,2,1]> (r)  e = Add (t, table)  y = MatMul (e, v) }",
        w=(8, 3, 8, 8), table=(1, 16, 8), v=(8, 5),
    )  # fmt: skip
    assert (found.weights, found.positions) == (8 * 192 + 128 + 40, 0)
    assert found.certainty is Certainty.ASSUMED
    assert "table" in found.reason


LAST, FIRST = "<perm=[0,2,3,1]>", "<perm=[0,3,1,2]>"
"""Of channels."""
CONVOLVED = "y = Conv <strides=[8,8]> (c, w) }"
"""Behind what is done to an image ``x`` of 32×32 pixels."""


@pytest.mark.parametrize(
    ("before", "shape"),
    [
        ("c = Sub (x, m)", (1, 3, 32, 32)),
        ("c = Sub (m, x)", (3, 32, 32)),
        (f"t = Transpose {LAST} (x)  a = Sub (t, m)  c = Transpose {FIRST} (a)", (32, 32, 3)),
        ("h = Cast <to=1> (x)  c = Div (h, m)", (32, 32)),
    ],
)  # fmt: skip
def test_a_mean_image_is_no_parameter(before: str, shape: tuple[int, ...]) -> None:
    """Published counts of AlexNet and its like are without; the image is of the training set."""
    text = f"g (float[N,3,32,32] x) => (float[] y) {{ {before}  {CONVOLVED}"
    found = parameters(text, 17, w=(8, 3, 8, 8), m=shape)
    assert (found.weights, found.positions) == (8 * 192, int(np.prod(shape)))
    (mean,) = [tensor for tensor in found.tensors if tensor.name == "m"]
    assert (mean.role, mean.why) == ("position", "taken from the image, before any layer")
    assert found.certainty is Certainty.ASSUMED
    assert found.reason == "taken for no weights by shape and place: 1 tensor (m)"


@pytest.mark.parametrize(
    ("image", "before", "shape"),
    [
        ("N,3,32,32", "c = Add (x, m)", (1, 3, 32, 32)),
        ("N,3,32,32", "c = Mul (x, m)", (1, 3, 32, 32)),
        ("N,3,32,32", "c = Sub (x, m)", (1, 3, 1, 1)),
        ("1,3,32,32", "a = Conv (x, k)  c = Sub (a, m)", (1, 3, 32, 32)),
        ("1,1,32,32", "b = Sub (x, m)  c = Abs (b)", (50, 3, 32, 32)),
    ],
)
def test_what_is_added_learned_or_compared_with_stays_a_parameter(
    image: str, before: str, shape: tuple[int, ...]
) -> None:
    text = f"g (float[{image}] x) => (float[] y) {{ {before}  {CONVOLVED}"
    found = parameters(text, 17, w=(8, 3, 8, 8), m=shape, k=(3, 3, 1, 1))
    kernel = 9 if "k)" in before else 0
    assert (found.weights, found.positions) == (8 * 192 + int(np.prod(shape)) + kernel, 0)


def test_the_filter_bank_of_a_distribution_head_is_a_parameter() -> None:
    tail = (
        "b4 = Reshape (box, four)  t = Transpose <perm=[0,2,1,3]> (b4)  s = Softmax <axis=1> (t)  "
        "y = Conv (s, bins)"
    )
    four = np.array([1, 2, 2, 64], np.int64)
    found = parameters(head(64, tail), 17, **WEIGHTS, four=four, bins=(1, 2, 1, 1))
    assert (found.weights, found.positions) == (TRAINED + 2, 0)


def test_anchors_that_only_choose_where_to_look_have_no_layer_behind_them() -> None:
    # Boxes of a first stage cut regions out; the second stage's weights see features only.
    tail = (
        "b = Add (box, anchors)  t = Transpose <perm=[0,2,1]> (b)  boxes = Squeeze (t, zero)  "
        "regions = RoiAlign <output_height=2, output_width=2> (f, boxes, which)  "
        "flat2 = Flatten (regions)  y = MatMul (flat2, v2)"
    )
    found = parameters(
        head(64, tail), 17, **WEIGHTS, anchors=(1, 4, 64), v2=(64, 5),
        zero=np.array([0], np.int64), which=np.zeros(64, np.int64),
    )  # fmt: skip
    assert (found.weights, found.positions) == (TRAINED + 320, 256)


ATTENTION = (
    "g (float[1,4,7,8] q, float[1,4,8,7] k, float[1,4,7,8] v) => (float[] y) "
    "{{ s = MatMul (q, k)  m = Add (s, {table})  p = Softmax <axis=-1> (m)  y = MatMul (p, v) }}"
)


@pytest.mark.parametrize("shape", [(7, 7), (1, 7, 7), (1, 1, 7, 7), (1, 1, 1, 7)])
def test_a_mask_is_the_same_for_every_head(shape: tuple[int, ...]) -> None:
    found = parameters(ATTENTION.format(table="mask"), mask=shape)
    assert (found.weights, found.masks) == (0, int(np.prod(shape)))


def test_a_bias_of_relative_positions_is_learned_for_each_head() -> None:
    found = parameters(ATTENTION.format(table="bias"), bias=(4, 7, 7))
    assert (found.weights, found.masks) == (4 * 49, 0)


def test_the_list_names_every_stored_tensor_with_role_size_and_reason() -> None:
    found = detector(64)
    rows = {t.name: (t.role, t.elements, t.bytes, t.why) for t in found.tensors}
    apart = "sized by position, no weighted layer behind it"
    assert rows["w"] == ("weight", 3072, 12288, "weight of Conv")
    assert rows["anchors"] == ("position", 256, 1024, apart)
    assert rows["strides"] == ("position", 64, 256, apart)
    assert rows["flat"][:3] == ("constant", 3, 24)
    assert [t.elements for t in found.tensors] == sorted(
        (t.elements or 0 for t in found.tensors), reverse=True
    )


def test_operands_of_an_operator_that_nobody_described_are_assumed_to_be_parameters() -> None:
    found = parameters("g (float[4,8] x) => (float[] y) { y = com.example.Mixer (x, w) }", w=(8, 8))
    assert (found.weights, found.certainty) == (64, Certainty.ASSUMED)
    assert "com.example::Mixer" in found.reason


def test_the_list_is_bounded_and_says_how_many_it_leaves_out() -> None:
    count = 1200
    names = ", ".join(f"c{i}" for i in range(count))
    found = parameters(
        f"g (float[2] x) => (float[] y) {{ y = Sum (x, {names}) }}",
        17,
        **{f"c{i}": (2,) for i in range(count)},
    )
    assert found.weights == 2 * count
    assert (len(found.tensors), found.unlisted) == (1000, count - 1000)
    assert count < Limits().operands


STEPS = (
    ("MaxPool <kernel_shape=[3,3], pads=[1,1,1,1]> (f)", (8, 4)),
    ("Resize (f, none, scales)", (16, 8)),
    ("Softmax <axis=1> (f)", (8, 4)),
    ("Slice (f, lo, hi, sides)", (6, 3)),
    ("ReduceMax <axes=[1], keepdims=1> (f)", (8, 4)),
    ("LeakyRelu (f)", (8, 4)),
)


@pytest.mark.parametrize(("step", "sides"), STEPS)
def test_positions_are_followed_through_what_keeps_the_axes(
    step: str, sides: tuple[int, int]
) -> None:
    found = parameters(
        "g (float[1,3,64,32] x) => (float[] y) { f = Conv <strides=[8,8]> (x, w)  "
        f"p = {step}  y = Add (p, grid) }}",
        w=(16, 3, 8, 8), grid=(1, 1, *sides), none=(0,),
        scales=np.array([1, 1, 2, 2], np.float32), lo=np.array([1, 1]), hi=np.array([7, 4]),
        sides=np.array([2, 3]),
    )  # fmt: skip
    assert (found.weights, found.positions) == (3072, sides[0] * sides[1])


ALONE = ("Identity (m)", "Gather <axis=1> (m, last)", "MaxPool <kernel_shape=[1,1]> (m)",
         "ReduceMax <axes=[1], keepdims=1> (m)", "Softmax <axis=1> (m)")  # fmt: skip


@pytest.mark.parametrize("step", ALONE)
def test_a_map_of_one_position_is_still_a_map(step: str) -> None:
    """What is averaged over the map and spread over it again is as large as the map."""
    found = parameters(
        "g (float[1,3,64,32] x) => (float[] y) { f = Conv <strides=[8,8]> (x, w)  "
        f"m = GlobalAveragePool (f)  p = {step}  u = Resize (p, none, none, sides)  "
        "y = Add (u, grid) }",
        w=(16, 3, 8, 8), grid=(1, 1, 8, 4), none=(0,), last=np.array([15, 3]),
        sides=np.array([1, 2 if "last" in step else 1 if "axes" in step else 16, 8, 4]),
    )  # fmt: skip
    assert (found.weights, found.positions) == (3072, 32)


REGROUPED = (
    ([1, 16, 32], (1, 1, 32), 32),
    ([2, 8, 32], (2, 1, 32), 64),
    ([2, 8, 8, 4], (2, 1, 8, 4), 64),
    ([16, 2, 16], (1, 2, 16), 32),
    ([16, 8, 1, 4], (1, 8, 1, 4), 32),
    ([1, 64, 8], (1, 64, 8), 512),
    ([4, 128], (4, 128), 512),
    ([8, 64], (1, 64), 64),
    ([512], (512,), 512),
)
"""Shapes of (1, 16, 8, 4), a grid for them and its elements where an axis of it is of positions."""


@pytest.mark.parametrize(("shape", "grid", "positions"), REGROUPED)
def test_positions_are_followed_through_a_reshape(
    shape: list[int], grid: tuple[int, ...], positions: int
) -> None:
    found = parameters(
        "g (float[1,3,64,32] x) => (float[] y) { f = Conv <strides=[8,8]> (x, w)  "
        "r = Reshape (f, shape)  y = Add (r, grid) }",
        w=(16, 3, 8, 8), shape=np.array(shape), grid=grid,
    )  # fmt: skip
    assert (found.weights, found.positions) == (3072, positions)


def test_a_reshape_across_factors_tells_no_axis() -> None:
    found = parameters(
        "g (float[1,3,64,24] x) => (float[] y) { f = Conv <strides=[8,8]> (x, w)  "
        "r = Reshape (f, shape)  y = Add (r, grid) }",
        w=(16, 3, 8, 8), shape=np.array([6, 8, 8]), grid=(1, 8, 8),
    )  # fmt: skip
    assert (found.weights, found.positions) == (3072 + 64, 0)


def scores(between: str) -> Parameters:
    return parameters(
        "g (float[1,4,7,8] q, float[1,4,8,7] k, float[1,4,7,8] v, float[7,7] r) => (float[] y) "
        f"{{ s = MatMul (q, k)  m = Add (s, mask)  {between}  p = Softmax <axis=-1> (t)  "
        "y = MatMul (p, v) }",
        mask=(7, 7),
    )


def test_a_mask_may_be_cast_and_scaled_on_its_way_but_not_multiplied_as_a_matrix() -> None:
    assert scores("c = Cast <to=1> (m)  t = Mul (c, r)").masks == 49
    assert scores("t = MatMul (m, r)").masks == 0


def test_a_mask_is_looked_for_five_moves_and_eight_readers_before_a_softmax() -> None:
    def moves(count: int) -> str:
        names = ["m", *(f"m{n}" for n in range(1, count)), "t"]
        return "  ".join(f"{b} = Neg ({a})" for a, b in pairwise(names))

    def readers(count: int) -> str:
        return (
            "  ".join(f"o{n} = Exp (m)" for n in range(count)) + "  o = Softmax (m)  t = Relu (s)"
        )

    assert [scores(moves(count)).masks for count in (5, 6)] == [49, 0]
    assert [scores(readers(count)).masks for count in (7, 8)] == [49, 0]


@pytest.mark.parametrize(("axis", "masks"), [(-1, 49), (3, 49), (-2, 0), (2, 0), (1, 0)])
def test_a_mask_is_what_a_softmax_over_the_keys_follows(axis: int, masks: int) -> None:
    found = parameters(
        ATTENTION.format(table="mask").replace("axis=-1", f"axis={axis}"), mask=(7, 7)
    )
    assert found.masks == masks


def test_the_list_says_in_which_body_a_tensor_is() -> None:
    found = parameters(
        "g (float[2,2] x, bool c) => (float[2,2] y) { y = If (c) <"
        "then_branch = t () => (float[2,2] a) <float[2,2] inner = {1.0,2.0,3.0,4.0}> "
        "{ a = MatMul (x, inner) }, else_branch = e () => (float[2,2] b) { b = MatMul (x, w) }> }",
        w=(2, 2),
    )
    assert {t.name: t.scope for t in found.tensors} == {"inner": "y.then_branch", "w": ""}
