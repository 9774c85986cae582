"""Every cost formula beside the operator's definition, evaluated on numbers that count.

A definition is ONNX's own reference or function body, or an equation of the specification, of ONNX
Runtime's documentation or of a paper; that it is the right one shows in its results, which are
those of ONNX Runtime or of ONNX's reference wherever one of them can run the operator.
"""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.costs.registry import cost
from analyzer.operators import operators
from tests.costs.counted import CASES
from tests.costs.counted.algebra import determinant, inverse
from tests.costs.counted.case import MS, REFERENCE, RUNTIME, Case, call, count, f, outside
from tests.each import each

FORMULAS = {
    record.key: record.cost
    for record in operators()
    if record.cost.count is not None and not record.cost.flops.startswith("unknown")
}
"""Formulas that give a number; where there is none, the work depends on the data."""


@each("case", CASES, ids=str)
def test_formula_counts_what_the_definition_computes(case: Case) -> None:
    found = count(case)
    result = cost(call(case, found.results))
    assert (result.macs, result.flops) == (found.macs, found.flops), result.reason


@each("case", [case for case in CASES if case.beside in (REFERENCE, RUNTIME)], ids=str)
def test_definition_gives_the_results_of_others(case: Case) -> None:
    ours, theirs = count(case).results, outside(case)
    for mine, other in zip(ours, theirs, strict=False):
        assert mine.shape == other.shape
        both = (mine.astype(np.float64), other.astype(np.float64))
        np.testing.assert_allclose(*both, rtol=case.tolerance, atol=case.tolerance)


LEADING = {("", "Det"): (determinant, np.linalg.det), (MS, "Inverse"): (inverse, np.linalg.inv)}
"""Operators for which textbooks give the leading term of a cubic count: 2n³/3 and 2n³."""


@pytest.mark.parametrize("key", LEADING, ids="::".join)
def test_elimination_counts_its_leading_term(key: tuple[str, str]) -> None:
    """The third difference of a cubic is six times its leading coefficient, times the steps."""
    define, numpys = LEADING[key]
    exact, ours = [], []
    for side in (3, 6, 9, 12):
        matrix = f(side, side) + 3 * np.eye(side, dtype=np.float32)
        case = Case(key[1], (matrix,), define, domain=key[0])
        found = count(case)
        np.testing.assert_allclose(found.results[0], numpys(matrix), rtol=1e-3, atol=1e-4)
        exact.append(found.flops)
        ours.append(cost(call(case, found.results)).flops or 0)
    assert np.diff(exact, 3) == np.diff(ours, 3)


def test_every_formula_is_counted_by_a_definition() -> None:
    assert {case.key for case in CASES} | LEADING.keys() == FORMULAS.keys()


def test_every_formula_with_macs_is_counted_where_there_are_some() -> None:
    products = {case.key for case in CASES if count(case).macs}
    assert products == {key for key, rule in FORMULAS.items() if rule.has_macs}
