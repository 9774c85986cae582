"""Every stored tensor is looked at, wherever it is, and judged by what reads it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper, parser

from analyzer.analyze import analyze_weights
from analyzer.evidence import TensorEvidence
from analyzer.facts import Facts
from analyzer.lint import lint
from analyzer.model import load
from analyzer.ruleset import load_rules

RULES = load_rules()


def facts_of(model: onnx.ModelProto) -> Facts:
    return analyze_weights(load(model.SerializeToString()))


def tensors(model: onnx.ModelProto) -> dict[str, TensorEvidence]:
    evidence = facts_of(model).evidence
    assert evidence is not None
    return {tensor.name: tensor for tensor in evidence.tensors}


def found(text: str) -> list[str]:
    facts = facts_of(parser.parse_model(text))
    return [f.rule for f in lint(facts, RULES) if f.category == "weights"]


def model(graph: str, functions: str = "") -> str:
    return f'<ir_version: 8, opset_import: ["" : 17, "l" : 1]> {graph} {functions}'


PLACES = {
    "Gemm": "g (float[1,2] x) => (float[1,2] y) <float[2,2] w = {1, nan, 2, 3}> "
    "{ y = Gemm (x, w) }",
    "bias of Gemm": "g (float[1,2] x, float[2,2] w) => (float[1,2] y) <float[2] b = {nan, 1}> "
    "{ y = Gemm (x, w, b) }",
    "Constant behind Identity": "g (float[1,2] x) => (float[1,2] y) { c = Constant <value = "
    "float[2,2] {1, nan, 2, 3}> () d = Identity (c) y = MatMul (x, d) }",
    "numbers of a Constant": "g (float[1,2] x) => (float[1,2] y) { c = Constant <value_floats = "
    "[1.0, nan]> () y = Mul (x, c) }",
    "LSTM": "g (float[3,1,1] x) => (float[3,1,1,1] y) <float[1,4,1] w = {1, 2, nan, 3}, "
    "float[1,4,1] r = {1, 2, 3, 4}> { y = LSTM <hidden_size = 1> (x, w, r) }",
    "gain of LayerNormalization": "g (float[1,2] x) => (float[1,2] y) <float[2] s = {1, nan}> "
    "{ y = LayerNormalization (x, s) }",
    "slope of PRelu": "g (float[1,2] x) => (float[1,2] y) <float[2] s = {1, nan}> "
    "{ y = PRelu (x, s) }",
    "running mean": "g (float[1,2,8] x) => (float[1,2,8] y) <float[2] s = {1, 1}, float[2] b = "
    "{0, 0}, float[2] m = {0, nan}, float[2] v = {1, 1}> "
    "{ y = BatchNormalization (x, s, b, m, v) }",
    "scale": "g (float[4] x) => (uint8[4] y) <float s = {nan}, uint8 z = {0}> "
    "{ y = QuantizeLinear (x, s, z) }",
    "body": "g (float[1,2] x, bool c) => (float[1,2] y) { y = If (c) <then_branch = t () => "
    "(float[1,2] a) <float[2,2] w = {1, nan, 2, 3}> { a = MatMul (x, w) }, else_branch = e () => "
    "(float[1,2] b) { b = Identity (x) }> }",
    "generated": "g (float[1,2] x) => (float[1,2] y) <int64[2] s = {2, 2}> { c = ConstantOfShape "
    "<value = float[1] {nan}> (s) y = MatMul (x, c) }",
}
FUNCTION = '<domain: "l", opset_import: ["" : 17]> f (a) => (b) { c = Constant <value = float[2,2] {1, nan, 2, 3}> () b = MatMul (a, c) }'  # noqa: E501


@pytest.mark.parametrize("place", PLACES)
def test_nan_is_found_wherever_it_is(place: str) -> None:
    assert found(model(PLACES[place])) == ["WGT001"]


def test_nan_is_found_in_a_local_function() -> None:
    graph = "g (float[1,2] x) => (float[1,2] y) { y = l.f (x) }"
    assert found(model(graph, FUNCTION)) == ["WGT001"]


def test_nan_is_found_in_lists_and_sparse_tensors() -> None:
    values = numpy_helper.from_array(np.array([1, np.nan], np.float32), "w")
    indices = numpy_helper.from_array(np.array([0, 3], np.int64), "i")
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 2]) for n in "xy")
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y])
    graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [2, 2]))
    assert tensors(helper.make_model(graph))["w"].values.nan == 1
    node = helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml", scale=[1.0, np.nan])
    scaled = helper.make_model(helper.make_graph([node], "g", [x], [y]))
    assert tensors(scaled)["scale"].values.nan == 1


LEGITIMATE = {
    "a mask that is added": "g (float[2,2] x) => (float[2,2] y) <float[2,2] m = {0, -inf, 0, 0}> "
    "{ y = Add (x, m) }",
    "a mask behind moves": "g (float[1,2,2] x) => (float[1,2,2] y) <float[2,2] m = "
    "{0, -inf, 0, 0}, int64[1] a = {0}> { b = Unsqueeze (m, a) c = Identity (b) y = Add (x, c) }",
    "a number to choose": "g (float[2] x, bool[2] c) => (float[2] y) <float m = {-inf}> "
    "{ y = Where (c, m, x) }",
    "the bound of a clip": "g (float[2] x) => (float[2] y) <float l = {0}, float h = {inf}> "
    "{ y = Clip (x, l, h) }",
    "where a maximum begins": "g (float[2] x) => (float[2] y) <float m = {-inf}> "
    "{ y = Max (x, m) }",
    "what padding fills in": "g (float[2] x) => (float[4] y) <int64[2] p = {1, 1}, "
    "float v = {-inf}> { y = Pad (x, p, v) }",
    "limits compared with": "g (float[2] x) => (bool[2] y) <float[2] v = {1, inf}> "
    "{ y = Less (x, v) }",
    "NaN that is looked for": "g (float[2] x) => (bool[2] y) <float v = {nan}> "
    "{ y = Equal (x, v) }",
    "infinite thresholds of a tree": "g (float[1,1] x) => (float[1,1] y) <float[2,2] w = "
    "{1, 2, 3, 4}> { y = Clip <min = 0.0, max = inf> (x) }",
}


@pytest.mark.parametrize("case", LEGITIMATE)
def test_masks_bounds_and_markers_are_no_accident(case: str) -> None:
    assert found(model(LEGITIMATE[case])) == []


def test_infinity_among_trained_values_is_an_accident_even_where_it_is_added() -> None:
    graph = "g (float[1,3] x) => (float[1,3] y) <float[3] b = {0.5, -1.5, inf}> { y = Add (x, b) }"
    assert found(model(graph)) == ["WGT001"]


@pytest.mark.parametrize(
    "graph",
    [
        "g (float[1,2] x, float[2,3] w) => (float[1,3] y) <float[3] b = {0, 0, -inf}> { y = Gemm (x, w, b) }",  # noqa: E501
        "g (float[1,3] x) => (float[1,3] y) <float[3] b = {0, 0, inf}> { y = Add (x, b) }",
    ],
)
def test_a_bias_of_zeros_with_one_infinity_is_no_mask(graph: str) -> None:
    assert found(model(graph)) == ["WGT001"]


STORED_AS: dict[str, tuple[int, dict[str, Any]]] = {
    "float16 bits": (TensorProto.FLOAT16, {"int32_data": [0x3C00, 0x7E00]}),
    "bfloat16 bits": (TensorProto.BFLOAT16, {"int32_data": [0x3F80, 0x7FC0]}),
    "double numbers": (TensorProto.DOUBLE, {"double_data": [1.0, float("nan")]}),
    "raw bytes": (TensorProto.FLOAT, {"raw_data": np.array([1, np.nan], np.float32).tobytes()}),
    "float8 bits": (TensorProto.FLOAT8E4M3FN, {"raw_data": bytes([0x38, 0x7F])}),
}


@pytest.mark.parametrize("times", [1, 5000])
@pytest.mark.parametrize("how", STORED_AS)
def test_nan_is_found_however_it_is_stored(how: str, times: int) -> None:
    data_type, fields = STORED_AS[how]
    tensor = TensorProto(name="w", data_type=data_type, dims=[2 * times])
    for name, value in fields.items():
        if name == "raw_data":
            tensor.raw_data = value * times
        else:
            getattr(tensor, name).extend(value * times)
    kind = helper.make_tensor_value_info("x", data_type, [1])
    out = helper.make_tensor_value_info("y", data_type, [2 * times])
    node = helper.make_node("Mul", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [kind], [out], [tensor])
    assert tensors(helper.make_model(graph))["w"].values.nan == times


def test_a_constant_is_told_by_what_reads_it_through_a_call() -> None:
    function = '<domain: "l", opset_import: ["" : 17]> f (a, k) => (b) { b = MatMul (a, k) }'
    graph = "g (float[1,2] x) => (float[1,2] y) <float[2,2] w = {1, 2, 3, 4}> { y = l.f (x, w) }"
    weight = tensors(parser.parse_model(model(graph, function)))["w"]
    assert (weight.kind, weight.operator, weight.learned) == ("weight", "MatMul", True)


def test_two_initializers_of_one_name_are_both_looked_at() -> None:
    graph = "g (float[1,2] x) => (float[1,2] y) <float[2,2] w = {1, 2, 3, 4}> { y = MatMul (x, w) }"
    twice = parser.parse_model(model(graph))
    bad = numpy_helper.from_array(np.full((2, 2), np.nan, np.float32), "w")
    twice.graph.initializer.append(bad)
    assert "WGT001" in [f.rule for f in lint(facts_of(twice), RULES)]


def placeholders(count: int) -> onnx.ModelProto:
    nodes = [
        node
        for i in range(count)
        for node in (
            helper.make_node("MatMul", [f"v{i}", f"w{i}"], [f"m{i}"]),
            helper.make_node("Relu", [f"m{i}"], [f"v{i + 1}"]),
        )
    ]
    zeros = np.zeros((8, 8), np.float32)
    ends = (
        helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 8]) for n in ("v0", f"v{count}")
    )
    graph = helper.make_graph(
        nodes, "g", [next(ends)], [next(ends)],
        [numpy_helper.from_array(zeros, f"w{i}") for i in range(count)],
    )  # fmt: skip
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def test_a_model_of_placeholders_gets_one_finding() -> None:
    findings = lint(facts_of(placeholders(40)), RULES)
    assert [f.rule for f in findings] == ["WGT011"]
    assert findings[0].message.startswith("40 of 40 tensors of weights are one number everywhere")


def test_a_scaler_that_leaves_features_as_they_are_is_no_placeholder() -> None:
    scaler = helper.make_node("Scaler", ["x"], ["y"], domain="ai.onnx.ml",
                              offset=[0.0] * 8, scale=[1.0] * 8)  # fmt: skip
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 8]) for n in ("x", "y"))
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    graph = helper.make_graph([scaler], "g", [x], [y])
    findings = lint(facts_of(helper.make_model(graph, opset_imports=imports)), RULES)
    assert "WGT011" not in [f.rule for f in findings]


def test_faded_filters_are_dead_from_a_trillionth_of_the_largest(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).standard_normal((64, 8, 1, 1)).astype(np.float32)
    weights[:8] = 0
    weights[8:18] = 1e-31
    weights[20] = 1e-9
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, 4, 4])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 64, 4, 4])
    node = helper.make_node("Conv", ["x", "w"], ["y"])
    graph = helper.make_graph([node], "g", [x], [y], [numpy_helper.from_array(weights, "w")])
    onnx.save(helper.make_model(graph), tmp_path / "m.onnx")
    evidence = analyze_weights(load(str(tmp_path / "m.onnx"))).evidence
    assert evidence is not None
    filters = evidence.layers["y"].filters
    assert filters is not None
    assert filters.dead == tuple(range(18))


def layers(text: str) -> tuple[dict[str, tuple[int, ...]], tuple[str, ...]]:
    """Dead outputs by layer, and layers that were not read."""
    evidence = facts_of(parser.parse_model(text)).evidence
    assert evidence is not None
    found = {node: use.dead for node, layer in evidence.layers.items() if (use := layer.filters)}
    return found, evidence.unread


def test_layers_in_bodies_are_read_whether_their_weights_are_inside_or_outside() -> None:
    graph = (
        "g (float[1,2,8] x, bool c) => (float[1,2,8] y) <float[2,2,1] v = {0, 0, 3, 4}> { y = If "
        "(c) <then_branch = t () => (float[1,2,8] a) <float[2,2,1] w = {1, 2, 0, 0}> "
        "{ a = Conv (x, w) }, else_branch = e () => (float[1,2,8] b) { b = Conv (x, v) }> }"
    )
    found, unread = layers(model(graph))
    assert sorted(found.values()) == [(0,), (1,)]
    assert unread == ()


CONVOLVE = '<domain: "l", opset_import: ["" : 17]> f (a, k) => (b) { b = Conv (a, k) }'


def test_a_layer_of_a_function_is_read_where_only_one_tensor_can_be_meant() -> None:
    once = (
        "g (float[1,2,8] x) => (float[1,2,8] y) <float[2,2,1] w = {1, 2, 0, 0}> "
        "{ z = l.f (x, w) y = l.f (z, w) }"
    )
    found, unread = layers(model(once, CONVOLVE))
    assert set(found.values()) == {(1,)}
    other = once.replace("y = l.f (z, w)", "y = l.f (z, v)").replace(
        "<float[2,2,1] w", "<float[2,2,1] v = {1, 2, 3, 4}, float[2,2,1] w"
    )
    found, unread = layers(model(other, CONVOLVE))
    assert (found, len(unread)) == ({}, 2)


def test_weights_that_are_turned_on_the_way_into_a_body_are_not_taken_as_stored() -> None:
    graph = (
        "g (float[1,2] x, bool c) => (float[1,2] y) <float[2,2] w = {1, 2, 0, 0}> { t = Transpose "
        "(w) y = If (c) <then_branch = t () => (float[1,2] a) { a = MatMul (x, t) }, "
        "else_branch = e () => (float[1,2] b) { b = Identity (x) }> }"
    )
    assert layers(model(graph)) == ({}, ())
