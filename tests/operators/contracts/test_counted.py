"""No contract objects to what ONNX Runtime runs: the cases whose operations are counted."""

from __future__ import annotations

from analyzer.operators.contracts import contracts_of
from tests.costs.counted import CASES
from tests.costs.counted.case import RUNTIME, Case, call, outside
from tests.each import each


@each("case", [case for case in CASES if case.beside == RUNTIME], ids=str)
def test_what_runs_has_no_violation(case: Case) -> None:
    node = call(case, outside(case))
    found = [v for contract in contracts_of(case.domain, case.op) for v in contract(node)]
    assert found == []
