"""The equation of every count, with the numbers of the operator, comes to that count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import onnx.parser
import pytest

from analyzer.analyze import analyze
from analyzer.costs.registry import cost
from analyzer.model import load
from analyzer.operators import find
from tests.arithmetic import worked_out
from tests.costs.counted import CASES
from tests.costs.counted.case import Case, call, count
from tests.each import each

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.graph.call import Call


def comes_to_its_counts(subject: Call) -> None:
    found = cost(subject)
    record = find(subject.domain, subject.op_type, subject.version)
    assert record is not None
    assert None not in (found.macs, found.flops), found.reason
    headline = found.macs if record.cost.has_macs else found.flops
    assert worked_out(found.substitution) == headline
    assert worked_out(found.flops_substitution) == found.flops
    assert found.formula
    assert found.flops_formula


@each("case", CASES, ids=str)
def test_a_substitution_comes_to_the_count(case: Case) -> None:
    comes_to_its_counts(call(case, count(case).results))


BRANCHES = """
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[4,8] x, bool c, float[8,8] w, float[8,2] v) => (float[4,N] y) {
        y = If (c) <then_branch = t () => (a) { a = MatMul (x, w) },
                    else_branch = e () => (b) { d = MatMul (x, v)  b = Relu (d) }>
    }
"""
FUNCTION = """
    <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
    g (float[4,8] x, float[8,8] w) => (float[4,8] y) { z = local.Twice (x, w) y = Relu (z) }
    <domain: "local", opset_import: ["" : 17]>
    Twice (x, w) => (y) { a = MatMul (x, w)  b = MatMul (a, w)  y = Add (a, b) }
"""
LOOP = """
    <ir_version: 8, opset_import: ["" : 17]>
    g (float[4,8] x, float[8,8] w, int64 n, bool c) => (float[4,8] y) {
        y = Loop (n, c, x) <body = b (int64 i, bool go, float[4,8] s) => (bool on, float[4,8] r) {
            on = Identity (go)  r = MatMul (s, w) }>
    }
"""


@pytest.mark.parametrize(
    ("text", "formula", "substitution", "flops"),
    [
        (BRANCHES, "MACs(larger branch)", "max(256, 64)", "max(512, 136)"),
        (FUNCTION, "runs · MACs(body)", "1 · 512", "1 · 1056"),
        (LOOP, "runs · MACs(body)", "", "0"),
    ],
)
def test_what_runs_bodies_is_reckoned_from_them(
    text: str, formula: str, substitution: str, flops: str, tmp_path: Path
) -> None:
    path = tmp_path / "m.onnx"
    onnx.save(onnx.parser.parse_model(text), path)
    node = next(node for node in analyze(load(str(path))).nodes if node.composite)
    assert (node.cost.formula, node.cost.substitution) == (formula, substitution)
    assert node.cost.flops_substitution == flops
    assert worked_out(flops) == node.cost.flops
    assert node.cost.macs == (worked_out(substitution) if substitution else None)
