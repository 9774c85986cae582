"""ONNX's own backend cases: real node shapes, and the same work written out as a function body."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import onnx
import pytest

from analyzer.analyze import analyze
from analyzer.costs.registry import cost
from analyzer.facts import Tensor
from analyzer.graph.call import Call
from analyzer.model import load
from analyzer.operators import find
from analyzer.operators.record import Nature
from tests.cases import node_cases

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.facts import Facts


@cache
def cases() -> dict[str, onnx.ModelProto]:
    """Models of the node cases by name."""
    return {case.name: case.model for case in node_cases() if case.model}


def facts(model: onnx.ModelProto, folder: Path) -> Facts:
    path = folder / "case.onnx"
    onnx.save(model, path)
    return analyze(load(str(path)))


@pytest.mark.parametrize(
    ("op", "step", "at_least"),
    [("Attention", 5, 18), ("LinearAttention", 1, 10), ("CausalConvWithState", 1, 10)],
)
def test_formula_equals_the_products_in_the_function_body(
    op: str, step: int, at_least: int, tmp_path: Path
) -> None:
    """The ``_expanded`` cases hold the operator's body inlined: plain MatMul and Conv."""
    names = [
        name
        for name, model in sorted(cases().items())
        if f"{name}_expanded" in cases() and [n.op_type for n in model.graph.node] == [op]
    ][::step]
    assert len(names) >= at_least
    for name in names:
        whole = facts(cases()[name], tmp_path).totals
        apart = facts(cases()[f"{name}_expanded"], tmp_path).totals
        assert apart.complete, name
        assert whole.macs == apart.macs > 0, name


def tensor(name: str, known: dict[str, onnx.ValueInfoProto]) -> Tensor | None:
    if name not in known:
        return None
    kind = known[name].type.tensor_type
    dims = [d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim]
    return Tensor(name, "float32", tuple(dims) if kind.HasField("shape") else None)


def node_call(model: onnx.ModelProto) -> Call:
    """The model's only node with the shapes of the graph's inputs and outputs."""
    node, graph = model.graph.node[0], model.graph
    known = {value.name: value for value in (*graph.input, *graph.output)}
    attributes: dict[str, Any] = {}
    for attribute in node.attribute:
        value = onnx.helper.get_attribute_value(attribute)
        attributes[attribute.name] = tuple(value) if isinstance(value, list) else value
        if isinstance(value, bytes):
            attributes[attribute.name] = value.decode()
    versions = {opset.domain: opset.version for opset in model.opset_import}
    return Call(
        node.op_type,
        node.domain,
        versions[node.domain],
        attributes,
        tuple(tensor(name, known) for name in node.input),
        tuple(tensor(name, known) for name in node.output),
    )


def test_every_single_operator_case_of_onnx_has_its_macs() -> None:
    seen: set[str] = set()
    for name, model in cases().items():
        if len(model.graph.node) != 1:
            continue
        call = node_call(model)
        record = find(call.domain, call.op_type)
        if record is not None and record.nature is Nature.CONTROL:
            continue
        seen.add(call.op_type)
        result = cost(call)
        assert result.macs is not None, (name, result.reason)
    assert len(seen) > 180
