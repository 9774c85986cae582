"""Contracts against ONNX Runtime: what it refuses is grave, what it runs is not, and valid
operators have no violation.

Each family is one operator of seeded sizes and the ways to break one contract of it;
``CONFORMANCE_SEEDS`` sets how many sizes are tried (``make conformance``).
"""

from __future__ import annotations

import os

import numpy as np

from tests.each import each
from tests.operators.contracts.contrib_families import FAMILIES as CONTRIB
from tests.operators.contracts.families import FAMILIES as STANDARD
from tests.operators.contracts.ml_families import FAMILIES as ML
from tests.operators.contracts.nodes import refusal, violations

SEEDS = range(int(os.environ.get("CONFORMANCE_SEEDS", "1")))
FAMILIES = {
    **STANDARD,
    **ML,
    **{f"com.microsoft {name}": family for name, family in CONTRIB.items()},
}
BREAKS = [(family, name) for family in FAMILIES for name in FAMILIES[family].breaks]


@each("family", FAMILIES)
def test_valid_operators_run_and_have_no_violation(family: str) -> None:
    for seed in SEEDS:
        for node in FAMILIES[family].valid(np.random.default_rng(seed)):
            assert refusal(node) == ""
            assert violations(node) == []


@each(("family", "name"), BREAKS)
def test_a_broken_contract_is_grave_where_the_runtime_refuses_it(family: str, name: str) -> None:
    for seed in SEEDS:
        node = FAMILIES[family].broken(name, np.random.default_rng(seed))
        found = violations(node)
        assert found, "nothing is found"
        assert any(v.grave for v in found) == bool(refusal(node)), [v.text for v in found]
