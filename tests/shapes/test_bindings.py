"""What open dimensions are taken to be, and that every guess is said."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analyzer.facts import Certainty, Facts
from analyzer.shapes.stated import Bindings
from tests.golden.text import facts, facts_of


def shape_of(found: Facts, name: str = "x") -> tuple[int | None, ...] | None:
    return next(tensor.shape for tensor in found.inputs if tensor.name == name)


def with_weight(text: str, **weights: tuple[int, ...]) -> onnx.ModelProto:
    model = onnx.parser.parse_model(f'<ir_version: 10, opset_import: ["" : 17]> {text}')
    for name, shape in weights.items():
        model.graph.initializer.append(numpy_helper.from_array(np.ones(shape, np.float32), name))
    return model


def test_open_image_is_one_of_three_channels_and_224() -> None:
    found = facts("g (float[N,C,H,W] x) => (float[N,C,H,W] y) { y = Relu (x) }")
    assert shape_of(found) == (1, 3, 224, 224)
    assert [(a.axis, a.dim, a.value, a.reason) for a in found.assumptions] == [
        (0, "N", 1, "default"),
        (1, "C", 3, "default"),
        (2, "H", 224, "default"),
        (3, "W", 224, "default"),
    ]


def test_channels_last_images_keep_their_channels() -> None:
    found = facts("g (float[N,H,W,3] x) => (float[N,H,W,3] y) { y = Relu (x) }")
    assert shape_of(found) == (1, 224, 224, 3)


def test_sequences_are_128_long_and_past_is_empty() -> None:
    found = facts(
        "g (int64[batch,seq] ids, float[batch,4,past_len,8] past_key) => (int64[batch,seq] y, "
        "float[batch,4,past_len,8] z) { y = Identity (ids)  z = Identity (past_key) }"
    )
    assert shape_of(found, "ids") == (1, 128)
    assert shape_of(found, "past_key") == (1, 4, 0, 8)


def test_a_length_that_mentions_the_batch_is_a_length() -> None:
    found = facts(
        "g (int64[batch, max_seq_len_in_batch] x) => (int64[batch, n] y) { y = Identity (x) }"
    )
    assert shape_of(found) == (1, 128)


def test_consuming_weights_decide_channels_and_features() -> None:
    conv = with_weight("g (float[N,C,H,W] x) => (float[] y) { y = Conv (x, w) }", w=(8, 5, 3, 3))
    assert shape_of(facts_of(conv)) == (1, 5, 224, 224)
    grouped = with_weight(
        "g (float[N,C,32,32] x) => (float[] y) { y = Conv <group=5> (x, w) }", w=(10, 1, 3, 3)
    )
    assert shape_of(facts_of(grouped)) == (1, 5, 32, 32)
    gemm = with_weight("g (float[N,F] x) => (float[] y) { y = Gemm <transB=1> (x, w) }", w=(9, 33))
    assert shape_of(facts_of(gemm)) == (1, 33)
    matmul = with_weight("g (float[N,L,F] x) => (float[] y) { y = MatMul (x, w) }", w=(33, 9))
    found = facts_of(matmul)
    assert shape_of(found) == (1, 128, 33)
    assert found.assumptions[2].reason == "implied by the weights that consume it"


def test_equal_symbols_are_equal_and_question_marks_are_not() -> None:
    graph = "g (float[N,7] x, float[N,7] z) => (float[] y) { y = Add (x, z) }"
    assert shape_of(facts(graph, dims={"N": 4}), "z") == (4, 7)
    model = with_weight("g (float[1,3,a,b] x) => (float[] y) { y = Relu (x) }")
    for axis in (2, 3):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = "?"
    found = facts_of(model, Bindings(dims={"?": 9}))
    assert shape_of(found) == (1, 3, 9, 9)
    assert [a.name for a in found.assumptions] == ["x axis 2", "x axis 3"]
    one = facts_of(model, Bindings(dims={"x axis 3": 7, "?": 9}))
    assert (shape_of(one), one.problems) == ((1, 3, 9, 7), ())
    other = facts_of(model, Bindings(dims={"x axis 1": 7}))
    assert other.problems[0].message.endswith("open are x axis 2, x axis 3")


def test_the_first_axis_and_what_a_recurrent_layer_takes_for_it_are_the_batch() -> None:
    found = facts(
        "g (float[7,1,5] x, float[1,12,5] w, float[1,12,4] r, float[1,N,4] h, float[M,2] z) => "
        "(float[7,1,1,4] y, float[M,2] v) { y = GRU <hidden_size = 4> (x, w, r, , , h) "
        "v = Relu (z) }"
    )
    assert [(a.name, a.is_batch) for a in found.assumptions] == [("N", True), ("M", True)]


def test_a_symbol_in_a_stated_shape_holds_for_other_inputs_and_stays_exact() -> None:
    graph = "g (float[N,7] x, float[N,7] z) => (float[] y) { t = Transpose (z)  y = MatMul (x, t) }"
    for stated in (
        facts(graph, shapes={"x": (4, 7)}),
        facts(graph, dims={"N": 4}),
    ):
        assert shape_of(stated, "z") == (4, 7)
        assert (stated.totals.macs, stated.totals.certainty) == (4 * 4 * 7, Certainty.EXACT)
    assert facts(graph).totals.certainty is Certainty.ASSUMED


def test_stated_shapes_override_static_dimensions() -> None:
    model = with_weight(
        "g (float[1,3,32,32] x) => (float[1,8,30,30] y) { y = Conv (x, w) }", w=(8, 3, 3, 3)
    )
    found = facts_of(model, Bindings(shapes={"x": (2, 3, 10, 10)}))
    assert found.totals.macs == 2 * 8 * 8 * 8 * 27
    # the file's own 30×30 no longer holds
    assert found.outputs[0].shape == (2, 8, 8, 8)
    assert {(a.axis, a.dim, a.value, a.reason) for a in found.assumptions} == {
        (0, "1", 2, "--shape"),
        (2, "32", 10, "--shape"),
        (3, "32", 10, "--shape"),
    }


def test_a_shape_for_no_input_is_a_problem() -> None:
    found = facts("g (float[4] x) => (float[4] y) { y = Relu (x) }", shapes={"image": (4,)})
    assert [p.code for p in found.problems] == ["unknown-input"]
    assert "inputs are x" in found.problems[0].message


def test_a_shape_of_another_rank_is_never_clean() -> None:
    found = facts("g (float[1,4] x) => (float[1,4] y) { y = Relu (x) }", shapes={"x": (4,)})
    assert [(p.code, p.where) for p in found.problems] == [("contradicting-shape", "x")]
    assert "states 1 sizes, the file 2: 1×4" in found.problems[0].message
    assert found.inconclusive
    assumed = [(a.input, a.axis, a.dim, a.value, a.reason) for a in found.assumptions]
    assert assumed == [("x", 0, "axis 0", 4, "--shape")]


def test_a_size_for_no_dimension_is_noted_where_one_was_guessed() -> None:
    open_ = "g (float[N] x) => (float[N] y) { y = Relu (x) }"
    fixed = "g (float[4] x) => (float[4] y) { y = Relu (x) }"
    found = facts(open_, dims={"n": 8})
    assert [(p.code, p.where) for p in found.problems] == [("unknown-dimension", "n")]
    assert found.problems[0].message.endswith("open are N")
    assert not found.inconclusive
    assert facts(open_, dims={"N": 8, "n": 8}).problems == ()
    assert facts(fixed, dims={"n": 8}).problems == ()


def test_a_trip_count_for_no_loop_is_noted() -> None:
    loop = (
        "g (float[4] x, int64 n, bool c) => (float[4] y) { y = Loop (n, c, x)"
        " <body = b (int64 i, bool ci, float[4] a) => (bool co, float[4] z)"
        " { co = Identity (ci)  z = Relu (a) }> }"
    )
    found = facts(loop, trips={"z": 3})
    assert [(p.code, p.where) for p in found.problems] == [("unknown-loop", "z")]
    assert found.problems[0].message.endswith("those are y")
    assert facts(loop, trips={"y": 3}).problems == ()


def test_another_common_size_is_tried_where_the_default_contradicts_constants() -> None:
    # the classifier wants 2·8·8 features, so the image has 32·32 pixels behind two poolings by 4
    model = with_weight(
        "g (float[N,2,H,W] x) => (float[] y) { a = AveragePool <kernel_shape=[4,4], strides=[4,4]>"
        " (x)  f = Flatten (a)  y = Gemm (f, w) }",
        w=(2 * 8 * 8, 10),
    )
    found = facts_of(model)
    assert shape_of(found) == (1, 2, 32, 32)
    assert found.assumptions[-1].reason == "default 224 contradicts the graph, 32 fits"
    assert found.totals.macs == 128 * 10


def test_a_rank_that_the_file_leaves_open_can_be_stated() -> None:
    model = with_weight("g (float[] x) => (float[] y) { y = Conv (x, w) }", w=(8, 3, 3, 3))
    assert facts_of(model).totals.certainty is Certainty.LOWER_BOUND
    found = facts_of(model, Bindings(shapes={"x": (1, 3, 8, 8)}))
    assert found.totals.macs == 6 * 6 * 8 * 27


def test_scalar_and_empty_dimensions_are_not_open() -> None:
    graph = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [0, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
    )
    found = facts_of(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]))
    assert (shape_of(found), found.assumptions) == ((0, 3), ())


PLACES = "w = Constant <value_ints = [0]> ()  n = Shape <start = 1> (x)  "
PLACES += "p = Slice (table, w, n, w)  e = Cast <to = 1> (x)  h = Unsqueeze (e, a)  "


def test_the_longest_sequence_that_fits_the_position_table_is_assumed() -> None:
    # a text encoder with 77 learned positions; one token would broadcast with all of them
    body = PLACES + "a = Constant <value_ints = [2]> ()  y = Add (h, p) }"
    found = facts_of(with_weight("g (int64[B,S] x) => (float[] y) { " + body, table=(77, 8)))
    assert shape_of(found) == (1, 77)
    reasons = [a.reason for a in found.assumptions]
    assert reasons == ["default", "default 128 contradicts the graph, 77 fits"]


def test_quantised_operands_that_do_not_broadcast_are_a_contradiction_too() -> None:
    body = PLACES.replace("(table,", "(q,") + (
        "a = Constant <value_ints = [2]> ()  s = Constant <value = float {0.5}> ()  "
        "z = Constant <value = uint8 {0}> ()  q = QuantizeLinear (table, s, z)  "
        "b = QuantizeLinear (h, s, z)  y = com.microsoft.QLinearAdd (b, s, z, p, s, z, s, z) }"
    )
    found = facts_of(with_weight("g (int64[B,S] x) => (uint8[] y) { " + body, table=(77, 8)))
    assert shape_of(found) == (1, 77)
