"""Models of all kinds, broken ones too: an answer, or that there is none, and no long wait."""

from __future__ import annotations

import onnx
import pytest
from hypothesis import given, settings
from onnx import helper

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.targets.catalog import chosen
from tests.fuzz.graphs import models
from tests.steps import stopped
from tests.targets.asking import fit, fits, model, own

ALL = chosen([])


@settings(max_examples=settings().max_examples // 2)
@given(models(wild=True))
def test_generated_models_get_an_answer_from_every_target(proto: onnx.ModelProto) -> None:
    facts = analyze(load(proto.SerializeToString(), digest=False), targets=ALL)
    for found in facts.targets:
        assert found.supported + found.maybe <= found.nodes
        assert found.partitions <= found.nodes
        assert found.certain or found.verdict != "whole"
        refused = found.nodes - found.supported - found.maybe
        assert sum(b.count for b in found.blockers if b.certain) == refused


def bomb(depth: int) -> onnx.ModelProto:
    """A function that calls another twice, and so on: 2^depth operators."""
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    functions = [
        helper.make_function(
            "f", f"f{i}", ["a"], ["c"],
            [helper.make_node(f"f{i + 1}", ["a"], ["b"], domain="f"),
             helper.make_node(f"f{i + 1}", ["b"], ["c"], domain="f")]
            if i < depth else [helper.make_node("Relu", ["a"], ["c"])],
            imports,
        )
        for i in range(depth + 1)
    ]  # fmt: skip
    value = [
        helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [2]) for name in ("x", "y")
    ]
    graph = helper.make_graph(
        [helper.make_node("f0", ["x"], ["y"], domain="f")], "g", value[:1], value[1:]
    )
    return helper.make_model(graph, opset_imports=imports, functions=functions, ir_version=8)


@pytest.mark.parametrize("depth", [6, 30])
def test_a_bomb_of_functions_is_counted_or_given_up(depth: int) -> None:
    with stopped():
        found = fit(bomb(depth), "ort_cpu")
    if depth == 6:
        assert (found.verdict, found.nodes) == ("whole", 64)
    else:
        assert (found.verdict, found.certain) == ("maybe", False)
        assert "too many operators" in found.blockers[0].reason


def test_a_function_that_calls_itself_is_not_decided() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17, "f" : 1]>
    g (float[2] x) => (float[2] y) { y = f.again (x) }
    <domain: "f", opset_import: ["" : 17, "f" : 1]>
    again (a) => (c) { c = f.again (a) }"""
    assert fit(model(text), "ort_cpu").verdict == "maybe"


def test_a_cycle_and_undefined_names_get_an_answer() -> None:
    text = "g (float[2] x) => (float[2] y) { a = Add (x, b) b = Relu (a) y = Relu (nothing) }"
    for found in fits(text, "ort_cpu", "nnapi", "coreml_mlprogram"):
        assert found.nodes == 3


@pytest.mark.parametrize(
    "text",
    [
        "g (float[2] x) => (float[2] y) { y = BatchNormalization () }",
        "g (float[2] x) => (float[2] y) { y = Conv (x) }",
        "g (float[2] x) => (float[2] y) { y = Reshape (x) }",
        "g (float[2] x) => (float[2] y) { y = Cast (x) }",
        "g (float[2] x) => (float[2] y) { y = Clip <to = 5> (x, x, x, x) }",
        "g (float[2] x) => (float[2] y) { y = Split <num_outputs = 0> (x) }",
        "g (float[2] x) => (float[2] y) { y = LayerNormalization <axis = \"a\"> (x) }",
        "g (float[2] x) => (float[2] y) { y = If (x) }",
        "g (float[2] x) => (float[2] y) { y = CastLike (x) }",
        "g (float[2] x) => (float[2] y) { y = Softmax <axis = 99> () }",
    ],
)  # fmt: skip
def test_an_operator_without_what_it_needs_gets_an_answer(text: str) -> None:
    assert len(fits(text, *ALL)) == 18


def test_a_target_without_rows_for_anything_takes_nothing() -> None:
    assert fit("g (float[2] x) => (float[2] y) { y = Relu (x) }",
               own("ai.onnx,Nothing,1,,,,\n")).verdict == "no"  # fmt: skip


def test_an_empty_graph_is_no_reason_to_fail() -> None:
    proto = model("g (float[2] x) => (float[2] x) { }")
    assert [found.nodes for found in fits(proto, "ort_cpu", "nnapi")] == [0, 0]
