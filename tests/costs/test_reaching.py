"""Which values a weighted layer reads or is computed from, through bodies and functions."""

from __future__ import annotations

import pytest

from analyzer.costs.axes import reaches_weights
from analyzer.graph.program import build_program
from analyzer.shapes.infer import Inference
from analyzer.shapes.sites import list_sites
from analyzer.shapes.stated import Bindings
from tests.golden.text import parse

HELD = "<float[4,4] w = {1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1}>"
BRANCHES = (
    "a = Relu (x) b = Sigmoid (x) y = If (c) <then_branch = t () => (p) { %s }, "
    "else_branch = e () => (r) { r = Tanh (b) }>"
)


def reached(body: str, functions: str = "") -> set[str]:
    """Names of the main graph and of what it calls that reach a MatMul."""
    text = f"g (float[4,4] x, bool c) => (float[A,B] y) {HELD} {{ {body} }}"
    program = build_program(parse(text, functions=functions), {"": 17, "local": 1})
    sites = list_sites(program, Inference(program, Bindings()).run())
    weighted = frozenset(site.index for site in sites if site.op.op_type == "MatMul")
    assert len(weighted) == 1
    return {name for _, name in reaches_weights(program, sites, weighted)}


@pytest.mark.parametrize(
    ("body", "functions", "expected"),
    [
        # what is behind the layer does not reach it
        ("a = Relu (x) m = MatMul (a, w) y = Tanh (m)", "", {"x", "a", "w"}),
        ("a = Relu (x) y = MatMul (a, w) z = Tanh (x)", "", {"x", "a", "w"}),
        # bodies count as a whole: all that enters one with a layer in it, and its results
        (BRANCHES % "q = Neg (a) p = MatMul (q, w)", "",
         {"x", "a", "b", "c", "q", "w", "p", "r"}),
        # a body in front of the layer: its results, and what they are made of
        (BRANCHES.replace("y =", "h =") % "p = Neg (a)" + " y = MatMul (h, w)", "",
         {"x", "a", "b", "c", "p", "r", "h", "w"}),
        # a function in front of the layer
        ("h = local.twice (x) y = MatMul (h, w)",
         '<domain: "local", opset_import: ["" : 17]> twice (v) => (u) { n = Neg (v) u = Abs (n) }',
         {"x", "h", "w", "v", "n", "u"}),
        # a function with the layer in it, called from another
        ("a = Relu (x) y = local.outer (a, w)",
         ('<domain: "local", opset_import: ["" : 17, "local" : 1]> outer (o, k) => (u) '
         "{ n = Neg (o) m = local.inner (n, k) u = Abs (m) }"
         '<domain: "local", opset_import: ["" : 17]> inner (v, l) => (i) { i = MatMul (v, l) }'),
         {"x", "a", "w", "o", "k", "n", "v", "l", "m", "u", "i"}),
    ],
    ids=["behind", "aside", "in a body", "behind a body", "behind a function", "in a function"],
)  # fmt: skip
def test_what_reaches_a_layer_with_weights(body: str, functions: str, expected: set[str]) -> None:
    assert reached(body, functions) == expected
