"""Shapes beside those of onnx's own strict inference of whole models, stored weights included."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest
from onnx import ModelProto, checker, defs, shape_inference

from analyzer.facts import Dim
from analyzer.graph.program import build_program
from analyzer.model import load
from analyzer.shapes.infer import Inference
from analyzer.shapes.stated import Bindings
from tests.cases import node_cases
from tests.golden.text import facts, parse

REFUSED = {"test_mvn"}
"""onnx 1.23 finds a fault in its own expansion of MeanVarianceNormalization."""


def theirs(model: ModelProto) -> dict[str, tuple[Dim, ...]]:
    """Shapes of the main graph's tensors by name; what only stale value_info names is no tensor."""
    graph = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    made = {name for node in graph.node for name in node.output}
    return {
        value.name: tuple(
            d.dim_value if d.HasField("dim_value") else None
            for d in value.type.tensor_type.shape.dim
        )
        for value in (*graph.value_info, *graph.output)
        if value.name in made and value.type.tensor_type.HasField("shape")
    }


def differences(model: ModelProto) -> list[str] | None:
    """Tensors of which onnx knows more or something else; ``None`` if it refuses the model."""
    try:
        expected = theirs(model)
    except shape_inference.InferenceError:
        return None
    read = load(model.SerializeToString())
    program = build_program(read.proto, dict(read.info.opsets))
    types = Inference(program, Bindings()).run().main.types
    wrong = []
    for name, shape in expected.items():
        found = types[name].shape
        agrees = found is not None and len(found) == len(shape)
        agrees = agrees and all(a in (None, b) for a, b in zip(shape, found or (), strict=True))
        if not agrees:
            wrong.append(f"{name}: {found}, not {shape}")
    return wrong


def test_generated_models_have_the_shapes_of_strict_inference() -> None:
    found = {case.name: differences(case.model) for case in node_cases() if case.model is not None}
    assert len(found) > 1800
    assert {name for name, wrong in found.items() if wrong is None} == REFUSED
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_packaged_models_have_the_shapes_of_strict_inference() -> None:
    files = sorted(Path(onnx.__file__).parent.glob("backend/test/data/**/*.onnx"))
    found = {str(file): differences(onnx.load(file)) for file in files}
    assert len(found) > 140
    assert {name: wrong for name, wrong in found.items() if wrong != []} == {}


def test_a_node_whose_outputs_share_a_name_answers_for_no_other() -> None:
    body = "a, a = Split <axis = 0> (x)  y, z = Split <axis = 0> (x)"
    found = facts(f"g (float[4,4] x) => (float[N,M] y, float[K,L] z) {{ {body} }}", opset=11)
    assert [t.shape for t in found.nodes[1].outputs] == [(2, 4), (2, 4)]


@pytest.mark.parametrize(
    "error",
    [
        # C++ exceptions as pybind11 translates them, and those of onnx's own.
        IndexError, KeyError, OverflowError, RuntimeError, TypeError, ValueError,
        checker.ValidationError, shape_inference.InferenceError,
    ],
)  # fmt: skip
def test_whatever_onnx_raises_about_an_operator_takes_nothing_from_the_others(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def raising(schema: defs.OpSchema, *rest: object, **more: object) -> object:
        if schema.name == "Flatten":
            raise error("it does not fit")
        return infer(schema, *rest, **more)  # type: ignore[arg-type]

    infer = shape_inference.infer_node_outputs
    monkeypatch.setattr(shape_inference, "infer_node_outputs", raising)
    found = facts("g (float[2,3,4] x) => (float[] y, float[] z) { y = Flatten (x) z = Neg (x) }")
    assert [node.outputs[0].shape for node in found.nodes] == [None, (2, 3, 4)]


@pytest.mark.parametrize("error", [
    shape_inference.InferenceError, checker.ValidationError, RuntimeError, ValueError, TypeError,
    IndexError, KeyError, OverflowError,
])  # fmt: skip
def test_an_operator_of_which_the_bindings_fail_is_a_problem_of_the_file(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """What onnx raises of its own, and what pybind11 makes of C++ exceptions ("Built-in C++ to
    Python exception translation" in its documentation)."""

    def fails(*_: object, **__: object) -> None:
        raise error("of  two words")

    monkeypatch.setattr(shape_inference, "infer_node_outputs", fails)
    model = parse("g (float[2,3] x) => (float y) { y = Hardmax (x) }")
    found = Inference(build_program(model, {"": 17}), Bindings()).run()
    assert [(p.code, p.inconclusive) for p in found.problems] == [("shape-inference", False)]
    assert "of two words" in str(found.problems[0])
