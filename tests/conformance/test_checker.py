"""What onnx's checker complains about: grave where ONNX Runtime refuses the model, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import onnxruntime
import pytest
from onnx import AttributeProto, TensorProto, helper, parser

from analyzer.conformance.checker import checker_says
from analyzer.facts import Breach
from tests.golden.text import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = """<ir_version: 9, opset_import: ["": 17]>
g (float[2] x) => (float[2] y) <float[2] w = {1, 2}> { y = Add (x, w) }"""


def undefined(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].data_type = TensorProto.UNDEFINED


def unknown(model: onnx.ModelProto) -> None:
    model.graph.initializer[0].data_type = 99


def elsewhere(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.int32_data.extend([1, 2])


def short(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("float_data")
    tensor.raw_data = b"1234"


def mixed(model: onnx.ModelProto) -> None:
    model.graph.node[0].attribute.add(name="value", type=AttributeProto.INT, f=1)


def sparse(model: onnx.ModelProto) -> None:
    values = helper.make_tensor("w", TensorProto.FLOAT, [2], [1, 2])
    places = helper.make_tensor("i", TensorProto.INT64, [2], [7, 9])
    model.graph.ClearField("initializer")
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(values, places, [2]))


def turned(model: onnx.ModelProto) -> None:
    graph = model.graph
    graph.node.add(op_type="Relu", input=["y"], output=["z"])
    graph.node.reverse()
    graph.output[0].name = "z"


def complaint(model: onnx.ModelProto) -> str:
    try:
        onnx.checker.check_model(model)
    except onnx.checker.ValidationError as error:
        return str(error)
    return ""


def is_refused(model: onnx.ModelProto) -> bool:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - its exceptions have no common base
        return True
    return False


@pytest.mark.parametrize(
    ("edit", "family"),
    [
        (undefined, "tensor"), (unknown, "tensor"), (elsewhere, "tensor"), (short, "tensor"),
        (mixed, "attribute"), (sparse, "tensor"), (turned, "checker"),
    ],
)  # fmt: skip
def test_a_complaint_is_grave_where_the_runtime_refuses_the_model(
    edit: Callable[[onnx.ModelProto], None], family: str
) -> None:
    model = parser.parse_model(TEXT)
    edit(model)
    said = complaint(model)
    assert said
    (breach,) = checker_says(said, [])
    assert (breach.family, breach.grave) == (family, is_refused(model)), said


def test_what_is_known_already_is_not_said_again() -> None:
    grave = "Bad node spec for node. Name: n OpType: Add"
    assert not [*checker_says("", [])]
    known = [Breach("checker", "tensor", "", "w", "", grave=each) for each in (True, False)]
    assert [len([*checker_says(grave, [each])]) for each in known] == [0, 1]
    assert [len([*checker_says("Field 'name' is empty", [each])]) for each in known] == [0, 0]
    (breach,) = checker_says(f"{grave} ==> Context: more", [])
    assert breach.message == f"onnx's checker refuses the model: {grave}"


def test_a_model_may_state_that_it_has_no_version() -> None:
    """ONNX Runtime refuses a model without one; 0 is one that is stated."""
    model, told = parser.parse_model(TEXT), []
    model.ClearField("ir_version")
    for _ in range(2):
        (found,) = (b for b in facts_of(model).breaches if b.code == "missing-ir-version")
        told.append((found.message, found.grave))
        model.ir_version = 0
    assert told == [
        ("the model states no IR version", True), ("the model states IR version 0", False)
    ]  # fmt: skip


def test_an_operator_nobody_registered_is_told_with_its_domain() -> None:
    said = "No Op registered for Relu with domain_version of 17"
    (breach,) = checker_says(f"{said} ==> Context: Bad node spec for node. Name: n", [])
    assert breach.message.endswith("domain_version of 17 and the domain 'ai.onnx'")
    assert breach.remedy.startswith("leave the domain of the operator empty")
    assert not breach.grave


def test_what_the_runtime_does_not_ask_is_not_grave_whatever_the_checker_says_of_it() -> None:
    spec = "Bad node spec for node. Name: n OpType: Add"
    for said in (
        "No opset import for domain 'x'", "No Op registered for Relu with domain_version of 17",
        "Nodes in a graph are not in sorted order", "Nodes in a graph must be topologically sorted",
        ):  # fmt: skip
        (breach,) = checker_says(f"{said} ==> Context: {spec}", [])
        assert (breach.family, breach.grave) == ("attribute", False), said
