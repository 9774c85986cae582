"""Where weights live must not change the counts; what is missing must be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analyzer.analyze import analyze
from analyzer.facts import Certainty, SharedTensor
from analyzer.model import load
from tests.golden.text import facts, facts_of, parse

if TYPE_CHECKING:
    from pathlib import Path

X = "float[1,3,8,8] x"
MACS, PARAMS = 3_888, 108
"""3×3, 3 to 4 channels on 8×8 without padding: 6·6 · 4 · 3 · 9; weights 4·3·9."""


def conv_model(weight: TensorProto | None = None) -> onnx.ModelProto:
    model = parse(f"g ({X}) => (float[1,4,6,6] y) {{ y = Conv (x, w) }}")
    if weight is not None:
        weight.name = "w"
        model.graph.initializer.append(weight)
    return model


def weight() -> TensorProto:
    return numpy_helper.from_array(np.ones((4, 3, 3, 3), np.float32))


def test_weight_in_a_constant_node() -> None:
    model = conv_model()
    model.graph.node.insert(0, helper.make_node("Constant", [], ["w"], value=weight()))
    found = facts_of(model)
    assert (found.totals.macs, found.parameters.weights) == (MACS, PARAMS)
    assert found.totals.certainty is Certainty.EXACT


def test_weight_that_is_also_a_graph_input() -> None:
    model = conv_model(weight())
    model.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, [4, 3, 3, 3]))
    found = facts_of(model)
    assert (found.totals.macs, found.parameters.weights) == (MACS, PARAMS)
    assert [t.name for t in found.inputs] == ["x"]


def test_weight_that_only_is_a_graph_input_is_no_parameter() -> None:
    found = facts(f"g ({X}, float[4,3,3,3] w) => (float[1,4,6,6] y) {{ y = Conv (x, w) }}")
    assert (found.totals.macs, found.parameters.weights) == (MACS, 0)


def test_sparse_weight_counts_its_dense_elements() -> None:
    model = conv_model()
    values = numpy_helper.from_array(np.ones(2, np.float32), "w")
    indices = numpy_helper.from_array(np.array([0, 5], np.int64), "i")
    model.graph.sparse_initializer.append(
        onnx.SparseTensorProto(values=values, indices=indices, dims=[4, 3, 3, 3])
    )
    found = facts_of(model)
    assert (found.totals.macs, found.parameters.weights) == (MACS, PARAMS)
    assert found.parameters.stored_bytes == 2 * 4 + 2 * 8


def test_shared_weight_counts_once() -> None:
    # two convolutions with the same 4·4·9 = 144 weights, 6·6 + 4·4 positions · 144
    model = parse("g (float[1,4,8,8] x) => (float[1,4,4,4] y) { a = Conv (x, w)  y = Conv (a, w) }")
    model.graph.initializer.append(numpy_helper.from_array(np.ones((4, 4, 3, 3), np.float32), "w"))
    found = facts_of(model)
    assert found.totals.macs == (36 + 16) * 144
    assert found.parameters.weights == 144
    assert found.parameters.shared == (SharedTensor("w", 2),)
    assert [n.params for n in found.nodes] == [144, 0]


def test_a_shared_weight_counts_where_it_runs() -> None:
    """Two branches read it: where the condition is settled one of them never runs, where it is not
    the larger is counted, the branch of 64 positions and not that of 36."""
    weight_of_both = numpy_helper.from_array(np.ones((4, 4, 3, 3), np.float32), "w")
    for flag, then_side, padding, runs in (("no", 6, 0, 1), ("yes", 6, 0, 2), ("open", 8, 1, 2)):
        model = parse(
            "g (float[1,4,8,8] x, bool open) => (c) <bool no = {0}, bool yes = {1}> {"
            f" c = If ({flag}) <else_branch = b () => (float[1,4,6,6] q) {{ q = Conv (x, w) }},"
            f" then_branch = a () => (float[1,4,{then_side},{then_side}] p)"
            f" {{ p = Conv <pads = [{', '.join([str(padding)] * 4)}]> (x, w) }}> }}"
        )
        model.graph.initializer.append(weight_of_both)
        found = facts_of(model)
        assert [node.params for node in found.nodes] == [0, *((0, 144), (144, 0))[runs - 1]]
        assert [node.counted for node in found.nodes] == [1, *((0, 1), (1, 0))[runs - 1]]
        assert found.parameters.weights == found.totals.params == 144


def test_missing_external_data_still_counts_from_declared_dims(tmp_path: Path) -> None:
    external = weight()
    external.ClearField("raw_data")
    external.data_location = TensorProto.EXTERNAL
    external.external_data.add(key="location", value="absent.bin")
    file = tmp_path / "m.onnx"
    file.write_bytes(conv_model(external).SerializeToString())
    found = analyze(load(str(file)))
    assert (found.totals.macs, found.parameters.weights) == (MACS, PARAMS)
    assert [p.code for p in found.problems] == ["external-missing"]


def test_custom_operator_in_the_middle_leaves_a_lower_bound() -> None:
    found = facts(
        f"g ({X}, float[4,3,3,3] w, float[2,4,3,3] v) => (float y) "
        "{ a = Conv (x, w)  b = com.example.Magic (a)  y = Conv (b, v) }"
    )
    assert (found.totals.macs, found.totals.complete) == (MACS, False)
    assert found.totals.certainty is Certainty.LOWER_BOUND
    # neither the custom operator nor the convolution behind it has a number
    assert [n.op_type for n in found.nodes if n.macs is None] == ["Magic", "Conv"]
    assert found.totals.unknown_nodes == 2


def test_dims_of_minus_one_and_question_marks_are_unknown_not_equal() -> None:
    model = parse("g (float[1,3,8,8] x) => (float y) { y = Conv (x, w) }")
    model.graph.initializer.append(numpy_helper.from_array(np.ones((4, 3, 3, 3), np.float32), "w"))
    dims = model.graph.input[0].type.tensor_type.shape.dim
    dims[0].dim_value = -1
    dims[2].dim_param = dims[3].dim_param = "?"
    found = facts_of(model)
    # batch 1, 224×224: 222·222 positions · 108
    assert found.inputs[0].shape == (1, 3, 224, 224)
    assert found.totals.macs == 222 * 222 * 108
    assert found.totals.certainty is Certainty.ASSUMED
    assert [a.axis for a in found.assumptions] == [0, 2, 3]


def test_stale_intermediate_shapes_never_override_a_binding() -> None:
    model = parse(f"g ({X}) => (float[1,4,6,6] y) {{ a = Relu (x)  y = Conv (a, w) }}")
    model.graph.initializer.append(numpy_helper.from_array(np.ones((4, 3, 3, 3), np.float32), "w"))
    model.graph.value_info.append(
        helper.make_tensor_value_info("a", TensorProto.FLOAT, [1, 3, 99, 99])
    )
    assert facts_of(model).totals.macs == MACS
