"""What the fuzzers found, each as the smallest model that shows it."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from analyzer.errors import ModelError
from analyzer.graph.tensors import decode_tensor
from analyzer.model import Limits, load
from analyzer.report.view.conversion import most_of_it
from analyzer.shapes import run
from tests.fuzz import operators
from tests.fuzz.cli_target import ask
from tests.fuzz.promises import Depth, keep
from tests.golden.text import facts_of, parse
from tests.steps import steps

LINES = 20_000  # of Python

IN_PROCESS = Depth(guard=False, schema=True, comparison=True)
DRAWN = Depth(guard=False, html=True, comparison=True)


def serialised(model: ModelProto) -> bytes:
    data: bytes = model.SerializeToString()
    return data


@pytest.mark.parametrize(
    ("graph", "outcome"),
    [
        ("g (float[4] x, bool c) => (float[4] y) { y = Loop (x, c) }", "findings"),
        ("g (float[4] x) => (float[4] y) { y = Constant <sparse_value = 1> () }", "findings"),
        ("g (float[2,3] x) => (y) <int64[2] s = {-4, 7}> { y = Reshape (x, s) }", "findings"),
        ("g (float[2,3] x) => (y) <float[2] s = {-4, 7}> { y = ReduceMean (x, s) }", "findings"),
        ("g (float[2,3] x) => (float[M,N] y) { i = Shape <start = 9> (x)  y = Expand (x, i) }",
         "findings"),
        ("g (float[1,8,8,8] x) => (y) <float[8,8,3,3] w> { y = Conv <group = -1> (x, w) }",
         "findings"),
        ("g (float[2,3] x) => (y) { y = Reshape (x) }", "findings"),
    ],
)  # fmt: skip
def test_small_models_that_raised(graph: str, outcome: str) -> None:
    assert (
        keep(serialised(parse(graph.replace("=> (y)", "=> (float[?] y)"))), IN_PROCESS) == outcome
    )


@pytest.mark.parametrize("operator", ["Conv", "ConvTranspose"])
@pytest.mark.parametrize("groups", [2, 3, 5, 33, 2**62])
def test_filters_that_do_not_fit_into_the_groups(operator: str, groups: int) -> None:
    model = parse(
        f"g (float[1,?,8,8] x) => (float[?,?,?,?] y) {{ y = {operator} <group = {groups}> (x, w) }}"
    )
    weights = np.arange(7 * 4 * 9, dtype=np.float32).reshape(7, 4, 3, 3)
    model.graph.initializer.append(numpy_helper.from_array(weights, "w"))
    assert keep(serialised(model), DRAWN) in {
        "findings",
        "inconclusive",
    }


@pytest.mark.parametrize("number", ["inf", "nan", "1e300"])
@pytest.mark.parametrize(
    "step", ["Slice (x, w, w)", "ReduceSum <keepdims = 0> (x, w)", "Resize (x, , w)"]
)
def test_what_if_questions_about_constants_that_are_no_sizes(step: str, number: str) -> None:
    model = parse(
        f"""g (float[1,8,8,8] x) => (float[?,?,?,?] y)
        <double[4] w = {{{number}, {number}, {number}, {number}}}> {{ y = {step} }}""",
        opset=18,
    )
    for question in ("scale -", "inspect - --growth"):
        ask(question, serialised(model))  # raises where a promise is broken


def test_no_saving_where_the_output_contradicts_the_weights() -> None:
    model = parse(
        """g (float[1,3,8,8] x, float[1099511627775,3,3,3] w) => (float[1,4,8,8] y)
        { t = com.example.Odd (x)  y = Conv <pads=[1,1,1,1]> (t, w) }"""
    )
    assert keep(serialised(model), IN_PROCESS) == "findings"
    assert [node.saving for node in facts_of(model).nodes] == [None, None]


def test_a_tensor_of_a_million_dimensions_is_refused_at_once() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    model.graph.initializer.add(name="w", data_type=1).dims.extend([2**62] * 1_000_000)
    data = serialised(model)
    with pytest.raises(ModelError, match=r"1,000,000 dimensions \(limit rank = 64\)"):
        steps(lambda: load(data), most=LINES)


def test_a_type_of_many_dimensions_is_refused() -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu (x) }")
    shape = model.graph.input[0].type.tensor_type.shape
    for _ in range(64):
        shape.dim.add().dim_value = 2**62
    with pytest.raises(ModelError, match=r"65 dimensions \(limit rank = 64\)"):
        load(serialised(model))
    assert load(serialised(model), limits=Limits(rank=65)).problems == ()


def test_a_shape_of_many_computed_dimensions_stays_unknown() -> None:
    model = parse("g (float[2] x, int64[5000] s) => (float[N] y) { y = Reshape (x, s) }")
    del model.graph.input[1]
    made = helper.make_tensor("s", TensorProto.INT64, [4000], [2**62] * 4000)
    model.graph.initializer.append(made)
    assert facts_of(model).outputs[0].shape == (None,)  # as the file declares it


def test_no_parameters_are_saved_where_the_weights_come_from_outside() -> None:
    """The image is stored, the weights are not: a conversion saves no parameters."""
    model = parse("""g (float[24,24,3,3] w) => (float[1,24,6,6] y) { y = Conv (x, w) }""")
    image = np.ones((1, 24, 8, 8), np.float32)
    model.graph.initializer.append(numpy_helper.from_array(image, "x"))
    assert keep(serialised(model), IN_PROCESS) in {"clean", "findings"}
    separable = facts_of(model).separable
    assert separable.candidates == ("y",)
    assert separable.params_after == separable.params_now


@pytest.mark.parametrize("kind", [TensorProto.FLOAT, TensorProto.INT4, TensorProto.UINT2])
def test_an_empty_tensor_with_a_huge_side_is_not_allocated(kind: int) -> None:
    made = TensorProto(data_type=kind, dims=[5, 2**62, 0, 2**32])
    assert decode_tensor(made) is None


@pytest.mark.parametrize(
    ("operator", "attribute"), [("Scan", "num_scan_inputs"), ("Split", "num_outputs")]
)
def test_a_count_of_2_to_the_62_is_not_allocated(operator: str, attribute: str) -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = Relu (x) }", opset=18)
    node = model.graph.node[0]
    node.op_type = operator
    node.attribute.append(helper.make_attribute(attribute, 2**62))
    if operator == "Scan":
        body = parse("b (float[4] p) => (float[4] q) { q = Relu (p) }").graph
        node.attribute.append(helper.make_attribute("body", body))
    assert keep(serialised(model), Depth()) in {"clean", "inconclusive", "findings"}


@pytest.mark.parametrize("axis", [-(2**63) + 1, -5, 5, 2**62])
def test_an_axis_that_no_one_hot_tensor_has_is_not_allocated(axis: int) -> None:
    model = parse(
        f"""g (int64[3] i) => (float[?,?] y) <int64[3] c = {{0, 1, 2}}, int64 d = {{4}},
        float[2] v = {{0, 1}}> {{ y = OneHot <axis = {axis}> (c, d, v) }}"""
    )
    assert keep(serialised(model), IN_PROCESS) in {"clean", "findings"}


@pytest.mark.parametrize("version", [2**62, -(2**62), 2**31, 0, -1])
def test_impossible_versions_of_the_operator_set(version: int) -> None:
    model = parse("g (float[1,8] x, float[8,8] w) => (float[1,8] y) { y = MatMul (x, w) }")
    model.opset_import[0].version = version
    assert keep(serialised(model), IN_PROCESS) in {"findings", "inconclusive"}
    assert facts_of(model).totals.macs == 64


def test_counts_beyond_floating_point_reach_every_page() -> None:
    """The share of MACs that the best conversions bring was compared in floating point."""
    operator = parse("g (float[1,1,3] x) => (float[1,1,3] y) { y = Relu (x) }")
    operator.graph.node[0].CopyFrom(
        helper.make_node("LSTM", ["x", "w", "r"], ["y"], hidden_size=2**62)
    )
    operator.graph.initializer.extend(
        [
            TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[1, 2**40, size])
            for name, size in (("w", 3), ("r", 4))
        ]
    )
    assert keep(serialised(operator), DRAWN) in {
        "findings",
        "inconclusive",
    }
    assert most_of_it([3 * 10**40 + 1, 3 * 10**40 + 1]) == 0
    assert most_of_it([3 * 10**40 + 5, 3 * 10**40 + 1, 3 * 10**40]) == 1


def test_a_name_of_colons_in_a_message_for_github_is_no_command() -> None:
    model = parse("g (float[1,N] x) => (float[1,N] y) { y = Relu (x) }")
    model.graph.input[0].name = model.graph.node[0].input[0] = ":"
    assert keep(serialised(model), IN_PROCESS) == "findings"


def test_when_the_way_without_onnx_dies_too_everything_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def die(*_: object) -> None:
        raise RuntimeError("always")

    monkeypatch.setattr(run, "_infer", die)
    monkeypatch.setattr(run, "_infer_without_cpp", die)
    found = facts_of(parse("g (float[2] x) => (float[2] y) { y = Relu (x) }"))
    assert found.inconclusive
    assert {p.code for p in found.problems} == {"inference-error"}
    assert [node.outputs[0].shape for node in found.nodes] == [None]


def test_few_operators_kill_inference_and_each_is_survived() -> None:
    found = operators.run(seconds=600, seed=1, most=4_000)
    assert found.operators == 4_000
    for place in found.examples.values():
        assert keep(serialised(operators.one(*place)), Depth()) == "inconclusive"
