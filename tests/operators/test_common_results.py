"""Results of joined, gathered, padded and classical operators, by ONNX, NumPy or documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from analyzer.graph.call import Contradiction, Unknown
from analyzer.operators.results import common, ml
from tests.each import each
from tests.operators.results import B, Dims, N, S, last, made, onnx_says, shapes_of

if TYPE_CHECKING:
    pass


@each(
    ("a", "b", "wanted"),
    [
        ((2, 3), (3,), (2, 3)), ((3,), (2, 3), (2, 3)), ((2, 1), (1, 3), (2, 3)),
        ((N, 3), (1, 3), (N, 3)), ((1, 3), (N, 3), (N, 3)), ((N,), (4,), (4,)),
        ((4,), (N,), (4,)), ((N,), (N,), (N,)), ((), (4,), (4,)), ((0, 3), (1, 3), (0, 3)),
        ((1, 2, 3), (5, 1, 1), (5, 2, 3)),
    ],
)  # fmt: skip
def test_broadcasting_is_that_of_onnx(a: Dims, b: Dims, wanted: Dims) -> None:
    assert common.broadcast(a, b) == wanted
    assert onnx_says("Add", [a, b], {}, 14) == wanted
    call = made([a, N, N, b], dtypes={0: "uint8"})
    assert common.qlinear_binary(call) == [("uint8", wanted)]
    assert common.broadcasting(0, 3)(call) == [("uint8", wanted)]


def test_half_of_the_columns_are_of_the_type_of_the_data() -> None:
    call = made([(2, 6), (6,)], dtypes={0: "float16", 1: "float32"})
    assert common.halved(call) == [("float16", (2, 3))]
    assert common.halved(made([(2, N), (6,)], dtypes={0: "float16"})) == [("float16", (2, N))]


def test_a_side_of_unknown_rank_broadcasts_to_what_nobody_knows() -> None:
    assert common.broadcast(None, (2,)) is common.broadcast((2,), None) is None
    where: list[Dims | None] = [(1, 3), (2, 1), N, N, (4, 1, 1)]
    found = common.qlinear_where(made(where, dtypes={1: "int8"}))
    assert found == [("int8", (4, 2, 3))]


def test_a_skip_that_does_not_broadcast_is_a_contradiction() -> None:
    """ONNX Runtime: the skip has the shape of the input, or broadcasts to it."""
    assert shapes_of(common.skip_norm, (2, 5, 8), (5, 8)) == [
        (2, 5, 8),
        (2, 5, 1),
        (2, 5, 1),
        (2, 5, 8),
    ]
    with pytest.raises(Contradiction, match=r"\(2, 5, 8\) and \(2, 4, 8\) do not broadcast"):
        common.skip_norm(made([(2, 5, 8), (2, 4, 8)]))


def test_joined_tensors_are_every_third_operand() -> None:
    axes: list[Dims | None] = [(), (), (2, 3), (), (), (2, 4), (), ()]
    assert common.qlinear_concat(made(axes, dtypes={1: "uint8"})) == [("uint8", (2, 7))]
    same: list[Dims | None] = [(), (), (2, 3), (), (), (5, 3), (), ()]
    assert shapes_of(common.qlinear_concat, *same, axis=0) == [(7, 3)]
    open_: list[Dims | None] = [(), (), (2, 3), (), (), (2, N), (), ()]
    assert shapes_of(common.qlinear_concat, *open_) == [(2, N)]


@pytest.mark.parametrize("attributes", [{}, {"axes": [0]}, {"axes": [-1, 1]}, {"axes": [1]}])
@pytest.mark.parametrize("keep", [0, 1])
def test_a_reduction_keeps_the_axes_of_onnx(attributes: dict[str, Any], keep: int) -> None:
    stated = {**attributes, "keepdims": keep}
    wanted = onnx_says("ReduceMean", [(2, 3, 4)], stated, 13)
    assert shapes_of(common.reduced, (2, 3, 4), **stated) == [wanted]
    if keep:
        assert shapes_of(common.reduced, (2, 3, 4), **attributes) == [wanted]


def test_embedded_tokens_are_as_wide_as_their_table() -> None:
    ids: list[Dims | None] = [(B, S), (B, S), (30, 8)]
    found = common.embedded(made(ids, dtypes={2: "float16"}))
    assert found == [("float16", (B, S, 8)), ("int32", (B,)), ("float16", (B, S, 8))]
    quantised = common.embedded(made(ids, {}, "QEmbedLayerNormalization", dtypes={2: "uint8"}))
    assert [kind.dtype for kind in quantised] == ["float32", "int32", "float32"]


def test_normalised_sums_come_with_their_statistics() -> None:
    x = (2, 3, 8)
    found = common.skip_norm(made([x, (8,)], dtypes={0: "float16"}))
    assert found == [("float16", x), ("float32", (2, 3, 1)), ("float32", (2, 3, 1)), ("float16", x)]
    assert shapes_of(common.normalised_heads, (2, 3, 4, 16), (10,)) == [(2, 3, 40), (2, 3, 4, 10)]
    assert shapes_of(common.normalised_heads, (2, 3, N, 16), (10,))[0] == (2, 3, N)
    assert shapes_of(common.normalised_heads, (2, 3, 4, 16), (N,))[0] == (2, 3, N)
    half = common.normalised_heads(made([(2, 3, 4, 16), (10,)], {"output_fp16": 1}))
    assert [kind.dtype for kind in half] == ["float16", "float32"]


def test_rows_of_packed_tables_are_as_long_as_what_is_unpacked() -> None:
    """uint8 holds 8/bits values of a row; int4 holds one each."""
    table, indices = (30, 16), (B, S)
    packed = made([table, indices], {"bits": 4}, dtypes={0: "uint8"})
    assert common.gathered_rows(packed) == [("float32", (B, S, 32))]
    assert common.gathered_rows(made([table, indices], dtypes={0: "uint8"}))[0].shape == (B, S, 32)
    eight = made([table, indices], {"bits": 8}, dtypes={0: "uint8"})
    assert common.gathered_rows(eight)[0].shape == (B, S, 16)
    plain: list[Dims | None] = [table, indices, (30, 1)]
    assert common.gathered_rows(made(plain, dtypes={0: "int4", 2: "float16"})) == [
        ("float16", (B, S, 16)),
    ]  # fmt: skip
    along = made([table, (7,)], {"gather_axis": -1}, dtypes={0: "int4"})
    assert common.gathered_rows(along)[0].shape == (30, 7)
    unknown = made([(30, N), (7,)], dtypes={0: "uint8"})
    assert common.gathered_rows(unknown)[0].shape == (7, N)
    assert shapes_of(common.looked_up, table, indices) == [(B, S, 16)]
    assert common.unpacked_rows(made([table, indices], {"K": 9})) == [("float32", (B, S, 9))]


def test_gates_and_streams_take_parts_of_the_last_axis() -> None:
    assert shapes_of(common.halved, (2, 3, 9)) == [(2, 3, 4)]
    assert shapes_of(common.halved, (2, N)) == [(2, N)]
    assert shapes_of(common.swiglu, (2, 8)) == [(2, 4)]
    assert shapes_of(common.swiglu, (2, 8), (2, 8)) == [(2, 8)]
    mixed = common.mixed_streams
    assert shapes_of(mixed, (2, 3, 4, 8), (2, 3, 4, 1), num_branches=4) == [(2, 3, 8)]
    assert shapes_of(mixed, (2, 3, 32), (2, 3, 4), num_branches=4) == [(2, 3, 8)]
    assert shapes_of(mixed, (2, 4, 32), (2, 4, 4, 1), num_branches=4) == [(2, 4, 8)]
    assert shapes_of(mixed, (2, 3, 4, 8), (2, 3, 4, 1)) == [(2, 3, 8)]
    assert shapes_of(mixed, (2, 3, 4, N), (2, 3, 4), num_branches=4) == [(2, 3, N)]
    assert shapes_of(common.attention_gate, (2, 3), N, N, (2, 4)) == [(2, 3), (2, 4)]
    assert shapes_of(common.attention_gate, (2, 3)) == [(2, 3), N]


@pytest.mark.parametrize("dim", [-1, 0, 1])
@pytest.mark.parametrize("step", [1, 2])
def test_windows_of_an_unfolded_axis_are_counted(dim: int, step: int) -> None:
    data = np.ones((5, 9))
    wanted = np.lib.stride_tricks.sliding_window_view(data, 3, axis=dim)
    kept = wanted[::step] if dim == 0 else wanted[:, ::step]
    assert shapes_of(common.unfolded, (5, 9), size=3, dim=dim, step=step) == [kept.shape]
    if step == 1 and dim == -1:
        assert shapes_of(common.unfolded, (5, 9), size=3) == [kept.shape]
    assert shapes_of(common.unfolded, (5, N), size=3) == [(5, N, 3)]


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_an_axis_of_1_is_put_where_numpy_puts_it(axis: int) -> None:
    call = made([(3, 4), ()], contents={1: np.array(axis)})
    assert common.expanded(call)[0].shape == np.expand_dims(np.ones((3, 4)), axis).shape
    two = made([(3, 4), (2,)], contents={1: np.array([axis, 0])})
    with pytest.raises(Unknown):
        common.expanded(two)


def test_regions_and_samples_have_places_of_their_own() -> None:
    shapes: list[Dims | None] = [(2, 4, 9, 9), (6, 4), (6,), (2,)]
    assert common.cropped(made(shapes, contents={3: np.array([5, 7])}))[0].shape == (6, 4, 5, 7)
    assert common.cropped(made(shapes))[0].shape == (6, 4, N, N)
    x, grid = (2, 4, 9, 8), (2, 5, 6, 2)
    wanted = onnx_says("GridSample", [x, grid], {}, 20)
    assert wanted is not None
    assert shapes_of(common.sampled(), x, grid) == [wanted]
    assert shapes_of(common.sampled(channels_last=True), last(x), grid) == [last(wanted)]
    for length in (8, 9, 1):
        half = np.fft.rfft(np.ones(length)).shape[0]
        assert shapes_of(common.transformed, (2, length)) == [(2, half, 2)]
        assert shapes_of(common.restored, (2, half, 2)) == [(2, 2 * half - 2)]
    assert shapes_of(common.transformed, (2, N)) == [(2, N, 2)]
    assert shapes_of(common.restored, (2, N, 2)) == [(2, N)]


@pytest.mark.parametrize("indices", [(5, 1), (5, 2), (5, 3), (3,), (6, 5, 1)])
def test_an_index_of_several_axes_picks_what_onnx_picks(indices: Dims) -> None:
    x = (2, 3, 4)
    kinds = {1: np.zeros([side or 0 for side in indices], np.int64)}
    wanted = onnx_says("GatherND", [x, indices], {}, 13, kinds)
    assert shapes_of(common.gathered_nd, x, indices) == [wanted]


def test_padding_adds_before_and_after_every_axis() -> None:
    pads = [1, 2, 3, 4]
    wanted = np.pad(np.ones((5, 6)), ((1, 3), (2, 4))).shape
    assert common.padded(made([(5, 6), (4,)], contents={1: np.array(pads)}))[0].shape == wanted
    deep = [1, 0, 2, 3, 4, 0]
    wanted = np.pad(np.ones((5, 6, 7)), ((1, 3), (0, 4), (2, 0))).shape
    assert common.padded(made([(5, 6, 7), (6,)], contents={1: np.array(deep)}))[0].shape == wanted
    with pytest.raises(Unknown):
        common.padded(made([(5, 6, 7), (5,)], contents={1: np.array(deep[:5])}))
    open_ = made([(5, N), (4,)], contents={1: np.array(pads)})
    assert common.padded(open_)[0].shape == (9, N)
    with pytest.raises(Unknown):
        common.padded(made([(5, 6), (3,)], contents={1: np.array([1, 2, 3])}))


def test_a_bias_of_positions_is_as_long_as_its_operands_say() -> None:
    call = made([(32, 4), (), ()], contents={1: np.array([5]), 2: np.array(7)})
    assert common.position_bias(call)[0].shape == (1, 4, 5, 7)
    several = made([(32, 4), (2,), ()], contents={1: np.array([5, 5])})
    assert common.position_bias(several)[0].shape == (1, 4, N, N)


@pytest.mark.parametrize(
    "ends", [(0, 7, 1), (2, 7, 2), (7, 2, -2), (2, 2, 1), (7, 2, 1), (0.5, 2.0, 0.5), (0, 7)]
)
def test_a_range_counts_as_numpy_does(ends: tuple[float, ...]) -> None:
    contents = {slot: np.array(end) for slot, end in enumerate(ends)}
    found = common.counted_up(made([()] * len(ends), contents=contents))
    assert found[0].shape == np.arange(*ends).shape


def test_a_range_of_no_step_or_of_unknown_ends_is_unknown() -> None:
    for contents in ({0: 0, 1: 7, 2: 0}, {0: 0, 1: 7}, {1: 7, 2: 1}, {0: 0, 2: 1}):
        arrays = {slot: np.array(end) for slot, end in contents.items()}
        with pytest.raises(Unknown):
            common.counted_up(made([()] * 3, contents=arrays))


def test_recurrent_states_have_their_documented_axes() -> None:
    assert shapes_of(common.recurrent, (7, 2, 5), hidden_size=4) == [
        (7, 1, 2, 4), (1, 2, 4), (1, 2, 4),
    ]  # fmt: skip
    both = shapes_of(common.recurrent, (7, 2, 5), hidden_size=4, direction="bidirectional")
    assert both == [(7, 2, 2, 4), (2, 2, 4), (2, 2, 4)]
    assert shapes_of(common.cdist, (5, 3), (7, 3)) == [(5, 7)]
    assert common.warped(made([(5, 7)])) == [("int32", (2, None))]
    assert common.dropped(made([(5, 7)], dtypes={0: "float16"})) == [
        ("float16", (5, 7)), ("bool", (5, 7)),
    ]  # fmt: skip


def test_element_types_are_those_of_the_operands_that_state_them() -> None:
    three: list[Dims | None] = [(5, 7), (), ()]
    assert common.quantized(made(three, dtypes={2: "int8"})) == [("int8", (5, 7))]
    assert common.quantized(made(three[:2])) == [("uint8", (5, 7))]
    assert common.dequantized(made(three, dtypes={0: "int8", 1: "float16"})) == [
        ("float16", (5, 7)),
    ]  # fmt: skip
    assert common.dequantized(made(three[:1])) == [("float32", (5, 7))]
    assert common.like(1, -1, 0)(made([(5, 7), (3,)], dtypes={0: "int8"})) == [
        ("float32", (3,)), (None, None), ("int8", (5, 7)),
    ]  # fmt: skip
    assert common.typed("bool")(made(three)) == [("bool", (5, 7))]
    assert common.typed("bool", 1)(made(three)) == [("bool", ())]
    assert common.all_same(made(three, outputs=3)) == [("float32", (5, 7))] * 3
    assert common.same(made([])) == [(None, None)]


def test_rows_of_classical_models_are_those_of_their_input() -> None:
    """ONNX-ML: a vector is one row; scores have a column for each class."""
    labels = {"classlabels_strings": ["a", "b", "c"]}
    assert ml.classifier(made([(5, 4)], labels)) == [("string", (5,)), ("float32", (5, 3))]
    for name in ("classlabels_ints", "classlabels_int64s"):
        found = ml.classifier(made([(4,)], {name: [0, 1]}))
        assert found == [("int64", (1,)), ("float32", (1, 2))]
    assert ml.classifier(made([(5, 4)]))[1].shape == (5, N)
    assert ml.classifier(made([(5, 4)], {"classlabels_strings": []}))[0].dtype == "int64"
    assert shapes_of(ml.regressor, (5, 4)) == [(5, 1)]
    assert shapes_of(ml.regressor, (5, 4), n_targets=3) == [(5, 3)]
    assert shapes_of(ml.regressor, (5, 4), targets=3) == [(5, 3)]
    assert ml.float_same(made([(5, 4)], dtypes={0: "int64"})) == [("float32", (5, 4))]
    assert shapes_of(ml.one_hot_encoder, (5, 4), cats_int64s=[1, 2, 3]) == [(5, 4, 3)]
    assert shapes_of(ml.one_hot_encoder, (5, 4), cats_strings=["a"]) == [(5, 4, 1)]
    assert shapes_of(ml.feature_vectorizer, (5, 4), (5, 2), inputdimensions=[4, 2]) == [(5, 6)]
    assert shapes_of(ml.feature_vectorizer, (5, 4)) == [(5, N)]
    assert shapes_of(ml.feature_extractor, (5, 4), (2,)) == [(5, 2)]
    assert shapes_of(ml.feature_extractor, (4,), (2,)) == [(1, 2)]
    assert shapes_of(ml.feature_extractor, (5, 4), ()) == [(5, 1)]
