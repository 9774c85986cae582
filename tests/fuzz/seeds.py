"""Small models that between them use every message type of ONNX: what the fuzzers mutate."""

from __future__ import annotations

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper, parser

_CONV = """
<ir_version: 8, opset_import: ["" : 17]>
g (float[1,3,8,8] x) => (float[1,4,8,8] y)
<float[4,3,3,3] w = {0}> { y = Conv <pads=[1,1,1,1], group=1> (x, w) }
"""
_IF = """
<ir_version: 8, opset_import: ["" : 17], producer_name: "seed", doc_string: "nested">
g (bool c, float[N,4] x) => (float[N,M] y) {
  y = If (c) <
    then_branch = t () => (float[N,4] a) { a = Relu (x) },
    else_branch = e () => (float[N,4] b) { b = Identity (x) }
  >
}
"""
_FUNCTION = """
<ir_version: 8, opset_import: ["" : 17, "local" : 1]>
g (float[4,4] x) => (float[4,4] y) { y = local.square (x) }
<domain: "local", opset_import: ["" : 17]>
square (a) => (b) { b = MatMul (a, a) }
"""


def conv() -> ModelProto:
    """One convolution with its weight; the weight is left without data."""
    model = parser.parse_model(_CONV.replace("= {0}", ""))
    weight = np.arange(108, dtype=np.float32).reshape(4, 3, 3, 3)
    model.graph.initializer.append(numpy_helper.from_array(weight, "w"))
    return model


def everything() -> ModelProto:
    """Every kind of attribute, sparse and external tensors, types, metadata, training info."""
    tensor = helper.make_tensor("t", TensorProto.INT64, [3], [1, -2, 3])
    halves = helper.make_tensor("h", TensorProto.FLOAT16, [2], [1.5, -2.0])
    words = numpy_helper.from_array(np.array(["a", "bc"], object), "s")
    sparse = helper.make_sparse_tensor(
        helper.make_tensor("v", TensorProto.FLOAT, [2], [1.0, 2.0]),
        helper.make_tensor("i", TensorProto.INT64, [2], [1, 5]), [9],
    )  # fmt: skip
    elsewhere = TensorProto(name="e", data_type=TensorProto.FLOAT, dims=[2, 2])
    elsewhere.data_location = TensorProto.EXTERNAL
    for key, value in (("location", "weights.bin"), ("offset", "16"), ("length", "16")):
        elsewhere.external_data.add(key=key, value=value)
    body = parser.parse_graph("b (float[2] p) => (float[2] q) { q = Relu (p) }")
    node: NodeProto = helper.make_node(
        "Custom", ["x", ""], ["y", "z"], name="n", domain="x.y", doc_string="d",
        f=1.5, i=-7, s=b"\xff\x00", t=tensor, g=body, floats=[1.0, 2.0], ints=[1, 300, -1],
        strings=[b"a", b""], tensors=[tensor, words], graphs=[body, body], sparse_tensor=sparse,
        tp=helper.make_sequence_type_proto(helper.make_tensor_type_proto(1, ["n", 3, None])),
    )  # fmt: skip
    graph = helper.make_graph(
        [node, helper.make_node("Constant", [], ["k"], value=halves)], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [tensor, halves, words, elsewhere], doc_string="doc", sparse_initializer=[sparse],
    )  # fmt: skip
    model = helper.make_model(graph, producer_name="seed", opset_imports=[
        helper.make_opsetid("", 17), helper.make_opsetid("x.y", 1)])  # fmt: skip
    helper.set_model_props(model, {"author": "nobody"})
    model.training_info.add().algorithm.CopyFrom(body)
    note = model.graph.quantization_annotation.add(tensor_name="t")
    note.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="v")
    return model


def models() -> tuple[ModelProto, ...]:
    """All seeds, in a fixed order."""
    return conv(), parser.parse_model(_IF), parser.parse_model(_FUNCTION), everything()


def weight(elements: int) -> TensorProto:
    """A float32 tensor ``w`` of 0, 1, 2, …"""
    return numpy_helper.from_array(np.arange(elements, dtype=np.float32), "w")
