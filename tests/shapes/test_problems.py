"""Problems of the shape pass: none is lost with a pass or a branch that does not count."""

from __future__ import annotations

import pytest

from analyzer.analyze import analyze
from analyzer.model import load
from analyzer.model.limits import Limits
from tests.golden.text import facts, parse

CHAIN = "a0 = Relu (x) " + " ".join(f"a{k + 1} = Relu (a{k})" for k in range(30))
BRANCH = (
    f"c = Constant <value = bool {{0}}> () y = If (c) <then_branch = g1 () => (a30) {{ {CHAIN} }}, "
    "else_branch = g2 () => (b) { b = Relu (x) }>"
)
GROWING = (
    "c = Constant <value = bool {1}> () y = Loop (n, c, x) "
    "<body = b (int64 i, bool go, float[A,B] s) => (bool on, float[C,D] t) "
    "{ on = Identity (go) %s t = Concat <axis = 0> (s, s) }>"
)
BAD = '<domain: "local", opset_import: ["" : 17]> bad (v) => (u) { u = Concat (v, v) }'
"""Concat without its required attribute ``axis``."""


EXPANDING = f'<domain: "local", opset_import: ["" : 17]> long (x) => (a30) {{ {CHAIN} }}'
TWICE = "b0 = Concat <axis = 0> (x, x) b1 = local.long (b0) a30 = local.long (x)"


@pytest.mark.parametrize(
    "body",
    [BRANCH.replace(CHAIN, TWICE), GROWING % CHAIN],
    ids=["branch not taken", "first pass"],
)
def test_a_limit_is_said_wherever_it_is_reached(body: str) -> None:
    limits = Limits(visits=20)
    graph = f"g (float[4,4] x, int64 n) => (float[N,M] y) {{ {body} }}"
    model = parse(graph, functions=EXPANDING if "long" in body else "")
    found = analyze(load(model.SerializeToString()), limits=limits)
    assert found.inconclusive
    assert [p.code for p in found.problems if p.inconclusive] == ["work-limit"]


@pytest.mark.parametrize(
    "body",
    [
        BRANCH.replace(CHAIN, "a30 = local.bad (x)").replace("y = If", "t = If")
        + " u = local.bad (x) y = Add (t, u)",
        GROWING % "q = local.bad (x)",
    ],
    ids=["branch not taken", "first pass"],
)
def test_a_function_that_was_met_before_has_its_problem_where_it_counts(body: str) -> None:
    found = facts(f"g (float[4,4] x, int64 n) => (float[N,M] y) {{ {body} }}", functions=BAD)
    breaches = [(b.family, b.where) for b in found.breaches]
    assert breaches == [("attribute", "local.bad/u")]
    assert "axis" in found.breaches[0].message
