"""Attributes of the wrong type, length or value: ignored and said so, never believed."""

from __future__ import annotations

import onnx
import pytest
from onnx import AttributeProto, TensorProto, helper

from analyzer.facts import Facts
from analyzer.graph.attributes import KINDS
from analyzer.graph.program import build_program
from tests.cases import node_cases
from tests.fuzz.promises import Depth, keep
from tests.golden.text import facts_of, parse

WRONG = {
    "an integer": 3,
    "a float": 0.5,
    "not a number": float("nan"),
    "integers": [1, 2],
    "floats": [0.5],
    "text": "same",
    "texts": ["a", "b"],
    "a tensor": helper.make_tensor("t", TensorProto.FLOAT, [1], [1.0]),
    "a sparse tensor": helper.make_sparse_tensor(
        helper.make_tensor("v", 1, [1], [1.0]), helper.make_tensor("i", 7, [1], [0]), [9]
    ),
    "a type": helper.make_tensor_type_proto(1, [1]),
}
OPERATORS = {
    "Conv": "strides",
    "ConvTranspose": "group",
    "MaxPool": "kernel_shape",
    "AveragePool": "auto_pad",
    "Gemm": "transB",
    "Transpose": "perm",
    "Concat": "axis",
    "ReduceMean": "axes",
    "Reshape": "allowzero",
    "Cast": "to",
    "Resize": "mode",
    "LSTM": "hidden_size",
    "Shape": "start",
    "Constant": "sparse_value",
    "ConstantOfShape": "value",
    "Scan": "num_scan_inputs",
    "Einsum": "equation",
    "com.microsoft.Attention": "num_heads",
    "com.microsoft.FusedConv": "pads",
    "com.microsoft.MatMulNBits": "bits",
    "com.microsoft.GroupQueryAttention": "kv_num_heads",
}


def with_attribute(operator: str, attribute: AttributeProto) -> bytes:
    return with_attributes(operator, {"y": attribute})


def with_attributes(operator: str, attributes: dict[str, AttributeProto]) -> bytes:
    """A network with an operator for each, whose output has that name."""
    model = parse(
        "g (float[1,8,8,8] x) => (float[?,?,?,?] y) <float[8,8,3,3] w> { y = Relu (x, w, w) }"
    )
    node, output = model.graph.node.pop(), model.graph.output.pop()
    node.domain, _, node.op_type = operator.rpartition(".")
    for name, attribute in attributes.items():
        node.output[0] = output.name = name
        model.graph.output.append(output)
        model.graph.node.append(node)
        model.graph.node[-1].attribute.append(attribute)
    data: bytes = model.SerializeToString()
    return data


@pytest.mark.parametrize("operator", OPERATORS)
def test_attributes_of_any_type(operator: str) -> None:
    """One operator for each type, all of them in one network."""
    name = OPERATORS[operator]
    made = {wrong: helper.make_attribute(name, value) for wrong, value in WRONG.items()}
    data = with_attributes(operator, made)
    keep(data, Depth(guard=False, formats=operator == "Conv"))
    facts = facts_of(onnx.load_from_string(data))
    told = {p.where for p in facts.problems if p.code == "attribute-type"}
    told |= {b.where for b in facts.breaches if b.code == "attribute-type"}
    unsaid = [wrong for wrong, attribute in made.items()
              if attribute.type not in KINDS[name] and wrong not in told]  # fmt: skip
    assert unsaid == []


@pytest.mark.parametrize("kind", [0, 15, 99])
def test_attribute_that_has_no_type(kind: int) -> None:
    attribute = AttributeProto(name="strides")
    attribute.ParseFromString(attribute.SerializeToString() + b"\xa0\x01" + bytes([kind]))
    assert keep(with_attribute("Conv", attribute), Depth(guard=False)) != "clean"


def test_list_with_a_million_sides_is_ignored() -> None:
    attribute = helper.make_attribute("kernel_shape", [2**62] * 1_000_000)
    assert keep(with_attribute("MaxPool", attribute), Depth(guard=False)) == "inconclusive"


def breaches(found: Facts) -> list[tuple[str, str, str]]:
    return [(b.code, b.where, b.message) for b in found.breaches if b.grave]


def test_breach_names_operator_attribute_and_types() -> None:
    model = parse(
        "g (float[1,8,8,8] x, float[8,8,3,3] w) => (float[1,8,8,8] y) { y = Conv (x, w) }"
    )
    model.graph.node[0].attribute.append(helper.make_attribute("group", 1.0))
    assert breaches(facts_of(model)) == [
        ("attribute-type", "y", "attribute 'group' of Conv is of type FLOAT, not INT")
    ]


def test_custom_operators_may_give_names_another_meaning() -> None:
    model = parse(
        "g (float[4] x) => (float[4] y) { a = com.acme.Odd <axis = 0.5> (x)  y = Relu (a) }"
    )
    (found,) = [p for p in facts_of(model).problems if p.code == "attribute-type"]
    assert not found.inconclusive


def test_no_attribute_of_the_backend_cases_is_ignored() -> None:
    ignored = [
        (case.name, problem.message)
        for case in node_cases()
        for problem in build_program(
            case.model, {o.domain: o.version for o in case.model.opset_import}
        ).problems
    ]
    assert ignored == []
