"""onnx's own checker, asked about structure alone: for a guarded worker, whose model it spoils."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from onnx import TensorProto, checker

from analyzer.model.notes import payload_index

if TYPE_CHECKING:
    from collections.abc import Iterable

    import onnx

    from analyzer.model.proto import ModelMessage


def check_structure(message: ModelMessage) -> str:
    """What onnx's checker says of a model; empty if nothing.

    Payloads and external data are not looked at: tensors without them are made empty in place.
    That the checker wants a shape for every output of the model is no rule of the format, so
    those without get one. Shapes are not inferred here.
    """
    model = cast("onnx.ModelProto", message)
    _strip_graph(model.graph)
    for function in model.functions:
        _strip_nodes(function.node)
    for value in (*model.graph.input, *model.graph.output):
        kind = value.type.WhichOneof("value")
        if kind in ("tensor_type", "sparse_tensor_type"):
            getattr(value.type, kind).shape.SetInParent()
    if any(node.domain == "ai.onnx" for node in model.graph.node):  # an alias; imports have "" only
        version = next((o.version for o in model.opset_import if not o.domain), 1)
        model.opset_import.add(domain="ai.onnx", version=version)
    try:
        checker.check_model(model, full_check=False)
    except checker.ValidationError as error:
        return " ".join(str(error).split())
    return ""


def _strip_graph(graph: onnx.GraphProto) -> None:
    for tensor in graph.initializer:
        _strip(tensor)
    whole = [t for t in graph.sparse_initializer if not (_left_out(t.values, t.indices))]
    if len(whole) < len(graph.sparse_initializer):
        absent = [t.values.name for t in graph.sparse_initializer if _left_out(t.values, t.indices)]
        kept = [type(t).FromString(t.SerializeToString()) for t in whole]
        del graph.sparse_initializer[:]
        graph.sparse_initializer.extend(kept)
        for name in absent:
            graph.initializer.add(name=name, data_type=TensorProto.FLOAT, dims=[0])
    _strip_nodes(graph.node)


def _strip_nodes(nodes: Iterable[onnx.NodeProto]) -> None:
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                _strip(attribute.t)
            if attribute.HasField("sparse_tensor"):
                sparse = attribute.sparse_tensor
                if _left_out(sparse.values, sparse.indices):
                    _empty(sparse.values)
                    _empty(sparse.indices)
            for tensor in attribute.tensors:
                _strip(tensor)
            if attribute.HasField("g"):
                _strip_graph(attribute.g)
            for graph in attribute.graphs:
                _strip_graph(graph)


def _left_out(*tensors: TensorProto) -> bool:
    return any(
        t.data_location == TensorProto.EXTERNAL or payload_index(t) is not None for t in tensors
    )


def _strip(tensor: TensorProto) -> None:
    if _left_out(tensor):
        _empty(tensor)


def _empty(tensor: TensorProto) -> None:
    del tensor.dims[:]
    tensor.dims.append(0)
    del tensor.external_data[:]
    tensor.ClearField("data_location")
