"""Small models for the tests of trust, and what is seen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from onnx import ModelProto, TensorProto, helper

from analyzer.analyze import analyze
from analyzer.contents import Contents, Sighting
from analyzer.model import load

if TYPE_CHECKING:
    from pathlib import Path

    from onnx import NodeProto


def model(
    *nodes: NodeProto,
    initializers: tuple[TensorProto, ...] = (),
    shape: tuple[int, ...] = (1, 4),
    **fields: Any,
) -> ModelProto:
    """A model from ``x`` to ``y``: one Relu unless there are ``nodes``."""
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in "xy")
    nodes = nodes or (helper.make_node("Relu", ["x"], ["y"], name="r"),)
    graph = helper.make_graph(nodes, "g", [x], [y], list(initializers))
    domains = dict.fromkeys(node.domain for node in nodes)
    opsets = [helper.make_opsetid(d, 17 if not d else 1) for d in {"": None, **domains}]
    made = helper.make_model(graph, opset_imports=opsets, ir_version=8)
    for key, value in fields.items():
        setattr(made, key, value)
    return made


def with_metadata(key: str, value: str) -> ModelProto:
    made = model()
    made.metadata_props.add(key=key, value=value)
    return made


def contents(made: ModelProto | bytes, folder: Path | None = None) -> Contents:
    found = analyze(load(made, folder=folder)).contents
    assert found is not None
    return found


def sightings(made: ModelProto) -> list[Sighting]:
    return list(contents(made).get(Sighting))


def families(made: ModelProto) -> set[str]:
    return {each.family for each in sightings(made)}
