"""Edits that break one rule of ONNX each in a valid model, and what that does to a runtime."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

import onnx
from onnx import TensorProto, helper, parser

from tests.conformance import networks

Network = Callable[[Random], onnx.ModelProto]
Edit = Callable[[onnx.ModelProto], object]


class Break(NamedTuple):
    """One rule broken."""

    network: Network
    edit: Edit


def _node(model: onnx.ModelProto, index: int) -> Any:
    return model.graph.node[index]


def _body(model: onnx.ModelProto, node: int, name: str = "body") -> Any:
    return next(a.g for a in model.graph.node[node].attribute if a.name == name)


def _value(name: str, kind: int = TensorProto.FLOAT, *shape: int) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape or [2])


def _set(message: Any, field: str, value: object) -> Any:
    setattr(message, field, value)


def _renamed(names: Any, index: int, name: str | int) -> Any:
    names[index] = name


def _typed(value: Any, kind: int) -> Any:
    value.type.tensor_type.elem_type = kind


def _widened(value: Any) -> Any:
    value.type.tensor_type.shape.dim[0].dim_value += 1


def _leaky(model: onnx.ModelProto) -> Any:
    node = _node(model, -1)
    del node.input[1:], node.attribute[:]
    node.op_type = "LeakyRelu"
    node.attribute.append(helper.make_attribute("alpha", 0.1))
    return node


def _unsorted(graph: Any) -> Any:
    nodes = [onnx.NodeProto.FromString(n.SerializeToString()) for n in graph.node][::-1]
    del graph.node[:]
    graph.node.extend(nodes)


def _stored(model: onnx.ModelProto) -> Any:
    return model.graph.initializer[0]


def _raw(tensor: onnx.TensorProto, extra: int) -> Any:
    data = onnx.numpy_helper.to_array(tensor).tobytes()
    tensor.ClearField("float_data")
    tensor.raw_data = data[:extra] if extra < 0 else data + bytes(extra)


def _sparse(model: onnx.ModelProto, values: int, indices: list[int]) -> Any:
    size = _stored(model).dims[0]
    stored = helper.make_tensor("v", TensorProto.FLOAT, [values], [1.0] * values)
    places = helper.make_tensor("", TensorProto.INT64, [len(indices)], indices)
    model.graph.sparse_initializer.append(helper.make_sparse_tensor(stored, places, [size]))
    model.graph.node[1].input[-1] = "v"


def _attribute(name: str, value: object, node: int = 0) -> Edit:
    return lambda m: _node(m, node).attribute.append(helper.make_attribute(name, value))


def _added(model: onnx.ModelProto, *nodes: onnx.NodeProto) -> Any:
    model.graph.node.extend(nodes)


CHAIN: Mapping[str, Edit] = {
    "an operand nobody makes": lambda m: _renamed(_node(m, 1).input, 0, "nowhere"),
    "an operand nobody makes, in a dead operator": lambda m: _added(
        m, helper.make_node("Relu", ["nowhere"], ["dead"])
    ),
    "an operand that is only declared": lambda m: (
        m.graph.value_info.append(_value("declared")),
        _renamed(_node(m, 1).input, -1, "declared"),
    ),
    "an output nobody makes": lambda m: m.graph.output.append(_value("nowhere")),
    "an output without a name": lambda m: m.graph.output.append(_value("")),
    "a value made twice": lambda m: _added(m, helper.make_node("Relu", ["x"], ["t0"])),
    "an input overwritten": lambda m: _added(m, helper.make_node("Neg", ["y"], ["x"])),
    "an initializer overwritten": lambda m: _added(m, helper.make_node("Neg", ["x"], ["w"])),
    "two outputs of one name": lambda m: _added(m, helper.make_node("Split", ["x"], ["d", "d"])),
    "an input twice": lambda m: m.graph.input.append(m.graph.input[0]),
    "an initializer twice": lambda m: m.graph.initializer.append(_stored(m)),
    "two operators of one name": lambda m: [_set(n, "name", "same") for n in m.graph.node],
    "a cycle": lambda m: _renamed(_node(m, 0).input, 0, "t0"),
    "a longer cycle": lambda m: _renamed(_node(m, 0).input, 0, "y"),
    "operators out of order": lambda m: _unsorted(m.graph),
    "too many inputs": lambda m: _leaky(m).input.append("x"),
    "too few inputs": lambda m: _leaky(m).ClearField("input"),
    "a required input left out": lambda m: _renamed(_leaky(m).input, 0, ""),
    "too many outputs": lambda m: _leaky(m).output.append("more"),
    "a required output left out": lambda m: _added(m, helper.make_node("Relu", ["x"], [""])),
    "an unknown attribute": lambda m: _leaky(m).attribute.append(
        helper.make_attribute("aplha", 1.0)
    ),
    "an attribute twice": lambda m: _leaky(m).attribute.append(helper.make_attribute("alpha", 1.0)),
    "an attribute three times": lambda m: _leaky(m).attribute.extend(
        helper.make_attribute("alpha", value) for value in (1.0, 2.0)
    ),
    "a constant without a value": lambda m: _added(m, helper.make_node("Constant", [], ["d"])),
    "a constant with two values": lambda m: _added(
        m, helper.make_node("Constant", [], ["d"], value_float=1.0, value_int=2)
    ),
    "an attribute of another type": lambda m: (
        _leaky(m).attribute[0].CopyFrom(helper.make_attribute("alpha", 1))
    ),
    "an attribute without a type": lambda m: _leaky(m).attribute[0].ClearField("type"),
    "an attribute without a name": lambda m: _leaky(m).attribute[0].ClearField("name"),
    "an attribute with two values": lambda m: _set(_leaky(m).attribute[0], "i", 3),
    "a reference outside of a function": lambda m: (
        _leaky(m).attribute[0].ClearField("f"),
        _set(_node(m, -1).attribute[0], "ref_attr_name", "k"),
    ),
    "a required attribute missing": lambda m: _added(m, helper.make_node("Cast", ["x"], ["d"])),
    "an unknown operator": lambda m: _set(_node(m, 0), "op_type", "Rely"),
    "an operator without a name": lambda m: _set(_node(m, 0), "op_type", ""),
    "an operator newer than its opset": lambda m: _added(m, helper.make_node("Gelu", ["x"], ["d"])),
    "an operator that was removed": lambda m: _added(
        m, helper.make_node("Upsample", ["x", "w"], ["d"])
    ),
    "an operator of a domain that is not imported": lambda m: _added(
        m, helper.make_node("Relu", ["x"], ["d"], domain="com.example")
    ),
    "an operator of ai.onnx.ml that is not imported": lambda m: _added(
        m, helper.make_node("Binarizer", ["x"], ["d"], domain="ai.onnx.ml", threshold=0.5)
    ),
    "an unknown operator of ai.onnx.ml": lambda m: (
        m.opset_import.add(domain="ai.onnx.ml", version=3),
        _added(m, helper.make_node("Binariser", ["x"], ["d"], domain="ai.onnx.ml")),
    ),
    "no operator sets": lambda m: m.ClearField("opset_import"),
    "another domain imported": lambda m: _set(m.opset_import[0], "domain", "ai.onnx.ml"),
    "version 0 of the operators": lambda m: _set(m.opset_import[0], "version", 0),
    "a negative version of the operators": lambda m: _set(m.opset_import[0], "version", -3),
    "no IR version": lambda m: m.ClearField("ir_version"),
    "IR version 0": lambda m: _set(m, "ir_version", 0),
    "IR version 3 without inputs for weights": lambda m: _set(m, "ir_version", 3),
    "metadata twice": lambda m: [m.metadata_props.add(key="k", value="v") for _ in range(2)],
    "a graph without a name": lambda m: m.graph.ClearField("name"),
    "operands of two types": lambda m: (
        m.graph.initializer.append(helper.make_tensor("i", TensorProto.INT64, [1], [1])),
        _added(m, helper.make_node("Add", ["x", "i"], ["d"])),
    ),
    "an operand of a type not listed": lambda m: (
        m.graph.initializer.append(helper.make_tensor("b", TensorProto.BOOL, [1], [True])),
        _added(m, helper.make_node("Exp", ["b"], ["d"])),
    ),
    "an output declared as another type": lambda m: _typed(m.graph.output[0], TensorProto.INT64),
    "a value declared as another type": lambda m: m.graph.value_info.append(
        _value("t0", TensorProto.INT64, _stored(m).dims[0])
    ),
    "an output declared with another shape": lambda m: _widened(m.graph.output[0]),
    "a value declared with another rank": lambda m: m.graph.value_info.append(
        _value("t0", TensorProto.FLOAT, 1, _stored(m).dims[0])
    ),
    "an input without a type": lambda m: m.graph.input[0].ClearField("type"),
    "an output without a type": lambda m: m.graph.output[0].ClearField("type"),
    "an input of no element type": lambda m: _typed(m.graph.input[0], 0),
    "an output of an unknown element type": lambda m: _typed(m.graph.output[0], 99),
    "an initializer unlike its input": lambda m: m.graph.input.append(
        _value("w", TensorProto.INT64, _stored(m).dims[0])
    ),
    "an initializer shaped unlike its input": lambda m: m.graph.input.append(
        _value("w", TensorProto.FLOAT, _stored(m).dims[0] + 1)
    ),
    "too few stored bytes": lambda m: _raw(_stored(m), -4),
    "too many stored bytes": lambda m: _raw(_stored(m), 4),
    "too few stored numbers": lambda m: _stored(m).float_data.pop(),
    "too many stored numbers": lambda m: _stored(m).float_data.append(1.0),
    "no stored numbers": lambda m: _stored(m).ClearField("float_data"),
    "numbers in another field": lambda m: (
        _stored(m).ClearField("float_data"),
        _stored(m).int32_data.extend(range(_stored(m).dims[0])),
    ),
    "a tensor of no element type": lambda m: _set(_stored(m), "data_type", 0),
    "a tensor of an unknown element type": lambda m: _set(_stored(m), "data_type", 99),
    "a tensor of a negative size": lambda m: _renamed(_stored(m).dims, 0, -4),
    "a sparse index out of range": lambda m: _sparse(m, 2, [0, 99]),
    "a sparse tensor with an index too many": lambda m: _sparse(m, 1, [0, 1]),
    "sparse indices out of order": lambda m: _sparse(m, 2, [1, 0]),
}
BRANCHING: Mapping[str, Edit] = {
    "a branch that reads what nobody makes": lambda m: _renamed(
        _body(m, 1, "then_branch").node[0].input, 0, "nowhere"
    ),
    "a branch that redefines an outer value": lambda m: (
        _renamed(_body(m, 1, "then_branch").node[0].output, 0, "u"),
        _set(_body(m, 1, "then_branch").output[0], "name", "u"),
    ),
    "a branch that returns an outer value": lambda m: _set(
        _body(m, 1, "then_branch").output[0], "name", "u"
    ),
    "a branch that returns what nobody makes": lambda m: _set(
        _body(m, 1, "else_branch").output[0], "name", "nowhere"
    ),
    "a branch out of order": lambda m: _unsorted(_body(m, 1, "else_branch")),
    "a branch in a branch that reads what comes later": lambda m: m.graph.CopyFrom(
        parser.parse_graph(
            "g (bool c, float[2] x) => (float[2] y) { y = If (c) <then_branch = t () => "
            "(float[2] p) { p = If (c) <then_branch = a () => (float[2] q) { q = Neg (late) }, "
            "else_branch = b () => (float[2] r) { r = Neg (x) }> late = Relu (x) }, "
            "else_branch = e () => (float[2] s) { s = Abs (x) }> }"
        )
    ),
    "a branch with an input": lambda m: _body(m, 1, "then_branch").input.append(_value("i")),
    "a branch with an output too many": lambda m: _body(m, 1, "then_branch").output.append(
        _body(m, 1, "then_branch").output[0]
    ),
    "an output too many for the branches": lambda m: _node(m, 1).output.append("more"),
    "a missing branch": lambda m: _node(m, 1).attribute.pop(),
    "branches of two types": lambda m: (
        _body(m, 1, "else_branch").node.append(
            helper.make_node("Cast", ["b"], ["k"], to=TensorProto.INT64)
        ),
        _body(m, 1, "else_branch").output[0].CopyFrom(_value("k", TensorProto.INT64)),
    ),
    "a condition that is no bool": lambda m: _typed(m.graph.input[0], TensorProto.FLOAT),
    "a branch without a name": lambda m: _body(m, 1, "then_branch").ClearField("name"),
    "an unknown operator in a branch": lambda m: _set(
        _body(m, 1, "then_branch").node[0], "op_type", "Rely"
    ),
    "a branch declared as another type": lambda m: _typed(
        _body(m, 1, "else_branch").output[0], TensorProto.INT64
    ),
}
LOOPING: Mapping[str, Edit] = {
    "a body with an input too many": lambda m: _body(m, 1).input.append(_value("more")),
    "a body with an output too few": lambda m: _body(m, 1).output.pop(),
    "an output too many for the body": lambda m: _node(m, 1).output.append("more"),
    "an input of the body twice": lambda m: _set(_body(m, 1).input[2], "name", "d"),
    "a body that returns an outer value": lambda m: _set(_body(m, 1).output[1], "name", "u"),
    "a counter that is no int64": lambda m: _typed(_body(m, 1).input[0], TensorProto.INT32),
    "a carried value declared as another type": lambda m: _typed(
        _body(m, 1).input[2], TensorProto.INT64
    ),
    "a carried value that changes its type": lambda m: (
        _body(m, 1).node.append(helper.make_node("Cast", ["q"], ["k"], to=TensorProto.INT64)),
        _body(m, 1).output[1].CopyFrom(_value("k", TensorProto.INT64)),
    ),
    "a trip count that is no int64": lambda m: _typed(m.graph.input[0], TensorProto.INT32),
    "a loop condition that is no bool": lambda m: _typed(m.graph.input[1], TensorProto.INT64),
    "a loop whose body has another name": lambda m: _set(_node(m, 1).attribute[0], "name", "bode"),
    "a loop without a body": lambda m: _node(m, 1).ClearField("attribute"),
}
SCANNING: Mapping[str, Edit] = {
    "a scan whose body has another name": lambda m: _set(_node(m, 0).attribute[1], "name", "bode"),
    "a scan that does not say what it scans": lambda m: _node(m, 0).attribute.pop(0),
    "no scanned inputs": lambda m: _set(_node(m, 0).attribute[0], "i", 0),
    "more scanned inputs than there are": lambda m: _set(_node(m, 0).attribute[0], "i", 3),
    "a negative number of scanned inputs": lambda m: _set(_node(m, 0).attribute[0], "i", -1),
    "too many scan axes": _attribute("scan_input_axes", [0, 0]),
    "a scan axis out of range": _attribute("scan_input_axes", [5]),
    "a direction that is none": _attribute("scan_input_directions", [2]),
    "too many directions": _attribute("scan_input_directions", [0, 0]),
    "an output direction that is none": _attribute("scan_output_directions", [-1]),
    "too many output directions": _attribute("scan_output_directions", [0, 0]),
    "too many output axes": _attribute("scan_output_axes", [0, 0]),
    "an output axis out of range": _attribute("scan_output_axes", [7]),
    "a scan body with an input too many": lambda m: _body(m, 0).input.append(_value("more")),
    "a scan body with an output too few": lambda m: _body(m, 0).output.pop(),
    "a scan node with an output too few": lambda m: (
        _node(m, 0).output.pop(), m.graph.output.pop()
    ),
    "a state declared as another type": lambda m: _typed(_body(m, 0).input[0], TensorProto.INT64),
    "a state that changes its shape": lambda m: (
        _body(m, 0).node[0].CopyFrom(helper.make_node("Concat", ["p", "o"], ["q"], axis=0)),
        _body(m, 0).output[0].type.tensor_type.ClearField("shape"),
    ),
    "a slice declared with another shape": lambda m: _widened(_body(m, 0).input[1]),
}  # fmt: skip
CALLING: Mapping[str, Edit] = {
    "a function defined twice": lambda m: m.functions.append(m.functions[0]),
    "functions in a file from before there were any": lambda m: _set(m, "ir_version", 7),
    "a function without a name": lambda m: (
        m.functions.append(m.functions[0]),
        _set(m.functions[1], "name", ""),
    ),
    "a function that declares an attribute twice": lambda m: m.functions[0].attribute.append("k"),
    "a call with too many inputs": lambda m: _node(m, 1).input.append("x"),
    "a call with too many outputs": lambda m: _node(m, 1).output.append("more"),
    "a call that lists fewer outputs": lambda m: m.functions[0].output.append("c"),
    "a call without an input that the function needs": lambda m: _node(m, 1).ClearField("input"),
    "a call with a needed input left empty": lambda m: _renamed(_node(m, 1).input, 0, ""),
    "a function that needs an input for a call of its own": lambda m: (
        m.functions.append(m.functions[0]),
        _set(m.functions[1], "name", "g"),
        m.functions[0].opset_import.add(domain="local", version=1),
        m.functions[0].node[0].CopyFrom(helper.make_node("g", ["a"], ["c"], domain="local", k=1)),
        _renamed(_node(m, 1).input, 0, ""),
    ),
    "a function that returns its input": lambda m: _renamed(m.functions[0].output, 0, "a"),
    "a function that nobody calls and that returns its input": lambda m: (
        m.functions.append(m.functions[0]),
        _set(m.functions[1], "name", "g"),
        _renamed(m.functions[1].output, 0, "a"),
    ),
    "an unknown operator in a function that nobody calls": lambda m: (
        m.functions.append(m.functions[0]),
        _set(m.functions[1], "name", "g"),
        _set(m.functions[1].node[0], "op_type", "Rely"),
    ),
    "a function that imports another domain alone": lambda m: _set(
        m.functions[0].opset_import[0], "domain", "local"
    ),
    "a function that returns a value twice": lambda m: (
        m.functions[0].output.append("b"),
        _node(m, 1).output.append("more"),
    ),
    "a call of an overload that there is not": lambda m: (
        _set(m, "ir_version", 10),
        _set(_node(m, 1), "overload", "other"),
    ),
    "a call without the overload that there is": lambda m: (
        _set(m, "ir_version", 10),
        _set(m.functions[0], "overload", "other"),
    ),
    "a function in an older version that is malformed in the model's": lambda m: (
        _set(m.functions[0].opset_import[0], "version", 12),
        m.functions[0].node[0].CopyFrom(helper.make_node("Squeeze", ["a"], ["c"], axes=[0])),
        m.graph.input[0].type.tensor_type.ClearField("shape"),
        m.graph.output[0].type.tensor_type.ClearField("shape"),
    ),
    "a call without its attribute": lambda m: _node(m, 1).ClearField("attribute"),
    "a function that reads what nobody makes": lambda m: _renamed(
        m.functions[0].node[0].input, 0, "nowhere"
    ),
    "a function that returns what nobody makes": lambda m: _renamed(
        m.functions[0].output, 0, "nowhere"
    ),
    "a function without operator sets": lambda m: m.functions[0].ClearField("opset_import"),
    "a function out of order": lambda m: _unsorted(m.functions[0]),
    "a function that makes a value twice": lambda m: m.functions[0].node.append(
        helper.make_node("Relu", ["a"], ["c"])
    ),
    "an input of the function twice": lambda m: m.functions[0].input.append("a"),
    "a function that calls itself": lambda m: (
        m.functions[0].opset_import.add(domain="local", version=1),
        m.functions[0].node[0].CopyFrom(helper.make_node("f", ["a"], ["c"], domain="local", k=1)),
    ),
    "a function's domain that is not imported": lambda m: m.opset_import.pop(),
    "an unknown operator in a function": lambda m: _set(m.functions[0].node[0], "op_type", "Rely"),
    "an unknown attribute in a function": lambda m: (
        m.functions[0].node[0].attribute.append(helper.make_attribute("odd", 1))
    ),
}

BREAKS: Mapping[str, Break] = {
    name: Break(network, edit)
    for network, edits in (
        (networks.chain, CHAIN),
        (networks.branching, BRANCHING),
        (networks.looping, LOOPING),
        (networks.scanning, SCANNING),
        (networks.calling, CALLING),
    )
    for name, edit in edits.items()
}
