"""Every operator anybody ships has a row, and every row is honest."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from analyzer.costs.registry import cost, precision
from analyzer.facts import Certainty
from analyzer.graph.call import Call
from analyzer.operators import operators
from analyzer.operators.table import operators_markdown
from tests.costs.calls import call
from tests.each import each

SCHEMAS = onnx.defs.get_all_schemas_with_history()
RECORDS = {record.key: record for record in operators()}
DOCUMENT = Path(__file__).parents[2] / "docs/operators.md"


@pytest.mark.parametrize("domain", sorted({s.domain for s in SCHEMAS}))
def test_every_operator_version_of_onnx_is_covered(domain: str) -> None:
    """By a formula, a free listing, a subgraph, or a stated reason why there is no number."""
    shipped = {s.name for s in SCHEMAS if s.domain == domain}
    assert shipped
    assert not {name for name in shipped if (domain, name) not in RECORDS}


@pytest.mark.parametrize("domain", ["com.microsoft", "com.microsoft.nchwc", "com.ms.internal.nhwc"])
def test_every_operator_of_onnx_runtime_is_covered(domain: str) -> None:
    from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

    shipped = {s.name for s in get_all_operator_schema() if s.domain == domain}
    assert shipped
    assert not {name for name in shipped if (domain, name) not in RECORDS}


def test_a_rule_either_counts_or_says_why_not() -> None:
    for name, record in RECORDS.items():
        rule = record.cost
        if rule.count is None:
            assert rule.is_free or rule.reason, name
        else:
            assert rule.has_macs or rule.flops != "0", name
        assert (rule.precision is not None) == (rule.has_macs and rule.count is not None), name


@each("name", sorted(RECORDS), ids="::".join)
def test_no_rule_raises_on_a_node_without_inputs(name: tuple[str, str]) -> None:
    domain, op = name
    result = cost(Call(op, domain, 1, {}, (), ()))
    rule = RECORDS[name].cost
    if rule.is_free:
        assert (result.macs, result.flops) == (0, 0)
    elif rule.has_macs or rule.reason:
        assert result.macs is None or result.macs == 0
        assert result.reason or result.macs == 0
    else:
        assert result.macs == 0
    assert precision(Call(op, domain, 1, {}, (), ())) is not None


@each("name", sorted(RECORDS), ids="::".join)
def test_no_rule_raises_on_nonsense(name: tuple[str, str]) -> None:
    """Wrong ranks, wrong attribute types, dimensions of 0 and unknown ranks."""
    domain, op = name
    wrong = dict.fromkeys(
        ("group", "kernel_shape", "num_heads", "hidden_size", "K", "N", "mode", "size", "equation"),
        "x",
    )
    for shape in ((), (0,), (0, 0, 0, 0), (3, None), None, (2, 3, 4, 5, 6)):
        for attributes in ({}, wrong):
            node = call(op, [shape] * 9, *([shape] * 3), domain=domain)
            result = cost(Call(op, domain, 17, attributes, node.inputs, node.outputs))
            assert result.macs is None or result.macs >= 0
            assert result.flops is None or result.flops >= 0


def test_an_unknown_operator_is_unknown() -> None:
    result = cost(call("Fancy", [(2, 2)], (2, 2), domain="com.example"))
    assert (result.macs, result.flops, result.certainty) == (None, None, Certainty.UNKNOWN)
    assert result.reason == "no cost rule for com.example::Fancy"


def test_missing_shapes_leave_the_macs_of_an_elementwise_operator_at_zero() -> None:
    result = cost(call("Add", [(None, 2), (None, 2)], (None, 2)))
    assert (result.macs, result.flops) == (0, None)
    assert "shape of output 0" in result.reason


def test_the_published_table_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == operators_markdown()
