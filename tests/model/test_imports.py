"""Which operator sets a model uses, and what is said where it does not tell."""

from __future__ import annotations

from onnx import ModelProto, helper

from analyzer.model import Model, load
from tests.each import each


def loaded(ir_version: int, *opsets: tuple[str, int]) -> Model:
    node = helper.make_node("Relu", ["x"], ["y"])
    model = ModelProto(ir_version=ir_version, graph=helper.make_graph([node], "g", [], []))
    for domain, version in opsets:
        model.opset_import.add(domain=domain, version=version)
    return load(model.SerializeToString())


@each(
    ("ir_version", "opsets", "expected", "codes"),
    [
        (8, [("", 17)], {"": 17}, []),
        (8, [("ai.onnx", 17), ("x", 1)], {"": 17, "x": 1}, []),
        (8, [("", 17), ("ai.onnx", 17)], {"": 17}, []),
        (8, [("", 17), ("", 13)], {"": 13}, ["duplicate-opset"]),
        (2, [], {"": 1}, []),
        (8, [], {"": 18}, ["missing-opset"]),
        (8, [("x", 1)], {"x": 1, "": 18}, ["missing-opset"]),
        (8, [("", 0)], {"": 0}, ["unknown-opset"]),
        (8, [("", 9999)], {"": 9999}, ["unknown-opset"]),
        (0, [("", 17)], {"": 17}, ["missing-ir-version"]),
        (99, [("", 17)], {"": 17}, ["unknown-ir-version"]),
    ],
)
def test_opsets_are_settled_and_guesses_are_problems(
    ir_version: int, opsets: list[tuple[str, int]], expected: dict[str, int], codes: list[str]
) -> None:
    model = loaded(ir_version, *opsets)
    assert model.info.opsets == expected
    assert {entry.domain: entry.version for entry in model.proto.opset_import} == expected
    assert len(model.proto.opset_import) == len(expected)
    assert [problem.code for problem in model.problems] == codes


def test_info_says_who_made_the_model() -> None:
    model = helper.make_model(helper.make_graph([], "net", [], []), producer_name="pytorch")
    model.producer_version = "2.0"
    helper.set_model_props(model, {"author": "nobody"})
    info = load(model.SerializeToString()).info
    assert (info.producer, info.graph_name) == ("pytorch 2.0", "net")
    assert info.metadata == {"author": "nobody"}
