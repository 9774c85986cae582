"""onnx's checker says the same of a model whose payloads were left out as of the model itself."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import ModelProto, SparseTensorProto, TensorProto, checker, helper, numpy_helper

from analyzer.model import load
from analyzer.model.checker import check_structure
from tests.each import each

FEW, MANY = 3, 20_000
"""Elements of a tensor that is kept whole, and of one whose payload is left out."""


def dense(name: str, elements: int) -> TensorProto:
    return numpy_helper.from_array(np.ones(elements, np.float32), name)


def sparse(name: str, elements: int) -> SparseTensorProto:
    indices = numpy_helper.from_array(np.arange(elements), f"{name}_indices")
    return helper.make_sparse_tensor(dense(name, elements), indices, [elements])


def model(place: str, elements: int) -> ModelProto:
    """``y = w + x`` with ``w`` in that place, and a small one of the same kind beside it."""
    add = helper.make_node("Add", ["w", "v"], ["y"])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n"])
    sizes = {"w": elements, "v": 1}
    make = sparse if place.startswith("sparse") else dense
    tensors = [make(name, size) for name, size in sizes.items()]
    field = "sparse_value" if make is sparse else "value"
    nodes = [
        helper.make_node("Constant", [], [name], **{field: tensor})
        for name, tensor in zip(sizes, tensors, strict=True)
    ]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("f", 1)]
    if place.endswith("initializer"):
        held = {"sparse_initializer" if make is sparse else "initializer": tensors}
        graph = helper.make_graph([add], "g", [], [output], **held)  # type: ignore[arg-type]
        return helper.make_model(graph, opset_imports=opsets)
    if "function" in place:
        call = helper.make_node("Made", [], ["y"], domain="f")
        made = helper.make_function("f", "Made", [], ["y"], [*nodes, add], opsets[:1])
        graph = helper.make_graph([call], "g", [], [output])
        return helper.make_model(graph, opset_imports=opsets, functions=[made])
    if "body" in place:
        condition = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
        body = helper.make_graph([*nodes, add], "b", [], [output])
        branch = helper.make_node("If", ["c"], ["z"], then_branch=body, else_branch=body)
        last = helper.make_tensor_value_info("z", TensorProto.FLOAT, ["n"])
        graph = helper.make_graph([branch], "g", [condition], [last])
        return helper.make_model(graph, opset_imports=opsets)
    graph = helper.make_graph([*nodes, add], "g", [], [output])
    return helper.make_model(graph, opset_imports=opsets)


PLACES = [
    f"{kind} {place}"
    for kind in ("dense", "sparse")
    for place in ("initializer", "constant", "constant of a body", "constant of a function")
]


@each("elements", [FEW, MANY])
@each("place", PLACES)
def test_what_is_whole_is_whole_without_its_payloads(place: str, elements: int) -> None:
    whole = model(place, elements)
    checker.check_model(whole)
    loaded = load(whole.SerializeToString())
    assert (len(loaded.payloads) > 0) == (elements == MANY)
    assert check_structure(loaded.proto) == ""


@each("elements", [FEW, MANY])
@each("place", PLACES)
def test_a_fault_beside_a_payload_is_found(place: str, elements: int) -> None:
    broken = model(place, elements)
    broken.graph.node.add(op_type="Relu", input=["nowhere"], output=["r"])
    with pytest.raises(checker.ValidationError) as found:
        checker.check_model(broken)
    assert "nowhere" in str(found.value)
    assert "nowhere" in check_structure(load(broken.SerializeToString()).proto)


def test_an_alias_of_the_domain_has_the_version_of_the_domain() -> None:
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in ("x", "y")]
    node = helper.make_node("Relu", ["x"], ["y"], domain="ai.onnx")
    graph = helper.make_graph([node], "g", ends[:1], ends[1:])
    for opsets, version in (((("f", 3), ("", 17)), 17), ((("", 11), ("f", 3)), 11)):
        asked = helper.make_model(graph, opset_imports=[helper.make_opsetid(*o) for o in opsets])
        assert f"for Relu with domain_version of {version} " in check_structure(asked)
