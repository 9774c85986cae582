"""Roles of constants: weights, buffers, quantisation, constants; each tensor once."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from analyzer.costs.roles import Constant, Role
from analyzer.costs.stored import _certainty
from analyzer.facts import Certainty, Parameters, SharedTensor, Tensor
from analyzer.report.view.summary import shares
from tests.golden.text import facts, facts_of, parse


def parameters(graph: str, opset: int = 17, **constants: Any) -> Parameters:
    """Parameters of a graph in text with float32 initializers of the given shapes, or arrays."""
    model = parse(graph, opset)
    for name, value in constants.items():
        if isinstance(value, tuple):
            value = np.ones(value, np.float32)
        tensor = (
            value
            if isinstance(value, TensorProto)
            else numpy_helper.from_array(np.asarray(value), name)
        )
        tensor.name = name
        model.graph.initializer.append(tensor)
    return facts_of(model).parameters


def low_bit(shape: tuple[int, ...], kind: int = TensorProto.INT4) -> TensorProto:
    size = int(np.prod(shape))
    return helper.make_tensor("w", kind, shape, bytes((size + 1) // 2), raw=True)


def test_running_statistics_are_buffers() -> None:
    found = parameters(
        "g (float[1,6,4,4] x) => (float[] y) { y = BatchNormalization (x, s, b, m, v) }",
        s=(6,), b=(6,), m=(6,), v=(6,),
    )  # fmt: skip
    assert (found.weights, found.buffers) == (12, 12)
    assert found.weight_bytes == 24 * 4


def test_tied_embeddings_count_once() -> None:
    # the table of 50 words looks up and, transposed, classifies
    found = parameters(
        "g (int64[1,7] ids) => (float[] y) "
        "{ e = Gather (table, ids)  t = Transpose (table)  y = MatMul (e, t) }",
        table=(50, 8),
    )
    assert found.weights == 400
    assert found.shared == (SharedTensor("table", 2),)


def test_a_bias_that_layers_share_lies_along_one_axis() -> None:
    found = parameters(
        "g (float[1,2,8] x) => (float[] y) { a = Conv (x, v, b)  c = Add (a, s)  "
        "d = Conv (c, w, b)  e = Mul (d, s)  y = Conv (e, w) }",
        v=(2, 2, 3), w=(2, 2, 3), b=(2,), s=(1, 2, 1),
    )  # fmt: skip
    assert {each.name: each.is_vector for each in found.shared} == {
        "b": True, "s": True, "w": False
    }  # fmt: skip


def test_scales_and_zero_points_are_quantisation() -> None:
    found = parameters(
        "g (float[1,3,8,8] x) => (float[] y) { q = QuantizeLinear (x, xs, xz)  "
        "d = DequantizeLinear (q, xs, xz)  wd = DequantizeLinear <axis = 0> (w, ws, wz)  "
        "bd = DequantizeLinear (b, ws)  y = Conv (d, wd, bd) }",
        w=np.ones((4, 3, 3, 3), np.int8), b=np.ones(4, np.int32),
        ws=np.ones(4, np.float32), wz=np.zeros(4, np.int8),
        xs=np.float32(1), xz=np.uint8(0),
    )  # fmt: skip
    assert found.weights == 108 + 4
    assert found.quantization == 4 + 4 + 1 + 1
    assert found.bytes_by_dtype == {"int32": 16, "int8": 108}


def test_a_dequantised_operand_of_an_addition_is_a_weight() -> None:
    found = parameters(
        "g (float[1,6] x) => (float[] y) { d = DequantizeLinear (b, s)  y = Add (x, d) }",
        b=np.ones(6, np.int8), s=np.float32(1),
    )  # fmt: skip
    assert (found.weights, found.quantization) == (6, 1)


def test_four_bit_weights_count_elements_not_bytes() -> None:
    # int4 behind DequantizeLinear: 32·16 elements in 256 bytes
    found = parameters(
        "g (float[1,32] x) => (float[] y) { d = DequantizeLinear (w, s)  y = MatMul (x, d) }",
        opset=21, w=low_bit((32, 16)), s=np.float32(1),
    )  # fmt: skip
    assert (found.weights, found.weight_bytes) == (512, 256)


def test_packed_weights_of_matmulnbits_count_k_times_n() -> None:
    # K = 64, N = 32, blocks of 32: 32 · 2 · 16 bytes hold 2,048 weights, 64 scales
    found = parameters(
        "g (float[1,64] x) => (float[] y) { y = com.microsoft.MatMulNBits "
        "<K = 64, N = 32, bits = 4, block_size = 32> (x, w, s) }",
        w=np.ones((32, 2, 16), np.uint8), s=(64,),
    )  # fmt: skip
    assert (found.weights, found.quantization, found.weight_bytes) == (2048, 64, 1024)


def test_lstm_gates_reordered_in_the_graph_are_weights() -> None:
    found = parameters(
        "g (float[5,1,3] x) => (float[] y) { "
        "zero = Constant <value_ints = [0]> ()  four = Constant <value_ints = [4]> ()  "
        "end = Constant <value_ints = [16]> ()  a = Slice (w, zero, four, zero)  "
        "b = Slice (w, four, end, zero)  c = Concat <axis = 0> (b, a)  "
        "wu = Unsqueeze (c, zero)  ru = Unsqueeze (r, zero)  "
        "y = LSTM <hidden_size = 4> (x, wu, ru) }",
        w=(16, 3), r=(16, 4),
    )  # fmt: skip
    assert found.weights == 16 * 3 + 16 * 4
    assert found.shared == ()


def test_initial_states_are_no_weights() -> None:
    found = parameters(
        "g (float[5,2,3] x) => (float[] y) { y = RNN <hidden_size = 4> (x, w, r, , , h) }",
        w=(1, 4, 3), r=(1, 4, 4), h=(1, 2, 4),
    )  # fmt: skip
    assert (found.weights, found.constants) == (12 + 16, 8)


def test_class_tokens_and_position_tables_are_weights_behind_expand_and_slice() -> None:
    found = parameters(
        "g (float[2,6,8] x) => (float[] y) { s = Shape <start = 0, end = 1> (x)  "
        "rest = Constant <value_ints = [1, 8]> ()  t = Concat <axis = 0> (s, rest)  "
        "c = Expand (token, t)  e = Concat <axis = 1> (c, x)  "
        "zero = Constant <value_ints = [0]> ()  n = Constant <value_ints = [7]> ()  "
        "one = Constant <value_ints = [1]> ()  p = Slice (table, zero, n, one)  y = Add (e, p) }",
        token=(1, 1, 8), table=(1, 50, 8),
    )  # fmt: skip
    assert found.weights == 8 + 400


def test_what_is_joined_to_a_map_is_a_guess_unless_it_is_along_one_axis() -> None:
    for shape, certainty in (((1, 4, 6, 6), Certainty.ASSUMED), ((1, 4, 1, 1), Certainty.EXACT)):
        found = parameters(
            f"g (float[1,3,{shape[2]},{shape[3]}] x) => (float[] y) "
            "{ y = Concat <axis = 1> (x, t) }",
            t=shape,
        )
        assert (found.weights, found.certainty) == (math.prod(shape), certainty)


def test_parameters_that_only_move_are_told_as_tensors() -> None:
    model = parse("g (float[1,3] x) => (float[] y) <float[1,2] t = {1,2}> "
                  "{ y = Concat <axis = 1> (x, t) }")  # fmt: skip
    assert [row.kind for row in shares(facts_of(model))] == ["tensors that Concat joins or moves"]


def test_masks_factors_and_sizes_are_no_parameters() -> None:
    def stored(last: str) -> tuple[int, int, int]:
        found = parameters(
            "g (float[1,2,9,9] x) => (float[] y) { s = Mul (x, scale)  m = Add (s, mask)  "
            f"r = Reshape (m, shape)  {last} }}",
            scale=np.float32(0.5), mask=np.zeros((1, 1, 9, 9), np.float32),
            shape=np.array([2, 9, 9], np.int64),
        )  # fmt: skip
        return found.weights, found.masks, found.constants

    assert stored("y = Softmax (r)") == (0, 81, 1 + 3)
    assert stored("y = Relu (r)") == (0, 0, 1 + 3 + 81), "nothing attends"
    assert stored("f = Flatten (r)  y = Softmax (f)") == (0, 0, 1 + 3 + 81), "shares of classes"
    assert stored("b = Relu (r)  y = com.microsoft.BiasSoftmax (r, b)") == (0, 81, 1 + 3)


def test_generated_zeros_are_weights_only_where_a_layer_reads_them() -> None:
    graph = (
        "g (float[1,3] x) => (float[] y, float[] z) { s = Constant <value_ints = [3, 5]> ()  "
        "w = ConstantOfShape (s)  y = MatMul (x, w)  "
        "t = Constant <value_ints = [1, 3]> ()  o = ConstantOfShape (t)  z = Add (x, o) }"
    )
    found = parameters(graph)
    assert found.weights == 15
    assert found.stored_bytes == 0, "nothing of them is in the file"
    assert {t.name: t.bytes for t in found.tensors if t.role == "weight"} == {"w": 0}


def test_einsum_weights_make_a_weighted_layer() -> None:
    model = parse('g (float[2,3] x) => (float[] y) { y = Einsum <equation = "ij,jk->ik"> (x, w) }')
    model.graph.initializer.append(numpy_helper.from_array(np.ones((3, 4), np.float32), "w"))
    found = facts_of(model)
    assert (found.parameters.weights, found.totals.weighted_layers) == (12, 1)


def test_layers_stacked_along_a_scan_are_weights_and_its_state_is_not() -> None:
    # 3 layers of 4×4; the state starts from a stored row of zeros
    found = parameters(
        "g (float[1,1] x) => (float[] y) { y = Scan (zeros, layers) <num_scan_inputs = 1, "
        "body = b (float[1,4] s, float[4,4] w) => (float[1,4] t) { t = MatMul (s, w) }> }",
        zeros=(1, 4), layers=(3, 4, 4),
    )  # fmt: skip
    assert (found.weights, found.constants) == (48, 4)


def test_weights_handed_through_a_loop_are_weights() -> None:
    found = parameters(
        "g (float[1,4] x) => (float[] y, float[] z) <int64 n = {3}, bool c = {1}> "
        "{ y, z = Loop (n, c, x, w) <body = b (int64 i, bool d, float[1,4] s, float[4,4] v) => "
        "(bool e, float[1,4] t, float[4,4] u) "
        "{ e = Identity (d)  u = Identity (v)  t = MatMul (s, v) }> }",
        w=(4, 4),
    )  # fmt: skip
    assert found.weights == 16


def test_anchors_in_a_constant_node_are_no_weights() -> None:
    # 6 boxes of 4 numbers written by tracing, against a bias and a learned table of that size
    body = "a = Add (x, boxes)  y = Add (a, learned)"
    found = parameters(
        "g (float[1,6,4] x) => (float[] y) { boxes = Constant <value = float[1,6,4] "
        f"{{{','.join(['0.5'] * 24)}}}> ()  {body} }}",
        learned=(1, 6, 4),
    )
    assert (found.weights, found.constants) == (24, 24)


@pytest.mark.parametrize("operator", ["Where (c, x, s)", "Add (x, s)", "Max (x, s)"])
def test_a_single_number_that_is_chosen_or_added_is_no_parameter(operator: str) -> None:
    found = facts(
        f"g (bool[4] c, float[4] x) => (float[4] y) <float s = {{1.0}}> {{ y = {operator} }}"
    )
    assert (found.totals.params, found.parameters.constants) == (0, 1)


def test_how_far_a_sum_can_be_trusted_says_what_the_doubt_is() -> None:
    known = parameters(
        "g (float[1,3] x) => (float y) <float[3,2] w = {1,2,3,4,5,6}> { y = MatMul (x, w) }"
    )
    assert (known.certainty, known.reason) == (Certainty.EXACT, "")
    strange = parameters(
        "g (float[1,3] x) => (float y) <float[3,2] w = {1,2,3,4,5,6}> "
        "{ y = com.example.Mixer (x, w) }"
    )
    assert (strange.weights, strange.certainty) == (6, Certainty.ASSUMED)
    assert strange.reason.endswith("which nobody described, may be none: 1 tensor (w)")


def test_the_gravest_doubt_about_a_sum_is_the_one_that_is_told() -> None:
    known, open_ = Tensor("t", "float32", (2, 3)), Tensor("t", "float32", (2, None))
    packed = Tensor("t", "uint8", None)
    weight = partial(Constant, stored_bytes=24, role=Role.WEIGHT)
    sure = {(0, "a"): weight(known), (0, "b"): weight(packed, logical=6)}
    judged = {(0, "d"): weight(known, is_judged=True)}
    apart = {(0, "c"): Constant(known, 24, role=Role.POSITION, is_judged=True)}
    strange = {(0, "s"): weight(known, is_described=False, why="input of X")}
    unsized = {(0, "u"): weight(open_, is_described=False), (0, "v"): weight(packed)}
    other = {(0, "o"): Constant(open_, 24, is_described=False)}
    assumed = Certainty.ASSUMED
    for stored, certainty, reason in (
        (sure | other, Certainty.EXACT, ""),
        (sure | apart, assumed, "taken for no weights by shape and place: 1 tensor (c)"),
        (apart | judged, assumed, "taken for weights by shape and place: 1 tensor (d)"),
        (
            judged | strange,
            assumed,
            "input of X, which nobody described, may be none: 1 tensor (s)",
        ),
        (strange | unsized | sure, Certainty.LOWER_BOUND, "of unknown size: 2 tensors (u, v)"),
    ):
        assert _certainty(stored) == (certainty, reason)
