"""What ``check`` writes has no graph behind it, and claims what a report claims."""

from __future__ import annotations

import pytest
from onnx import parser

from analyzer.cli.judge import _lighter
from analyzer.report.claims import claims_of
from analyzer.report.view.actions import actions
from tests.claims.test_claims import NAMES, result, results

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
GELU = """g (float[2,8] x) => (float[2,8] y)
    <float root = {1.4142135}, float one = {1}, float half = {0.5}> {
  d = Div (x, root)  e = Erf (d)  a = Add (e, one)  m = Mul (x, a)  y = Mul (m, half)
}"""
LOOP = """g (int64 n, float[4,4] x, float[4,4] w) => (float[4,4] y) {
  more = Identity (n)
  y = Loop <body = b (int64 i, bool c, float[4,4] s) => (bool d, float[4,4] t) {
    d = Identity (c)
    t = MatMul (s, w)
  }> (more, , x)
}"""
UNREAD = "g (float[4] x, float[4] c) => (float[4] y) { a = Cast <to = 1> (x)  y = Relu (a) }"
IN_A_BODY = """g (bool c, float[4] x) => (float[4] y) {
  y = If (c) <
    then_branch = t () => (float[4] p) { a = Cast <to = 1> (x)  p = Relu (a) },
    else_branch = f () => (float[4] q) { b = Identity (x)  q = Neg (b) }
  >
}"""


@pytest.mark.parametrize(
    ("graph", "inputs", "tools"),
    [
        (GELU, None, {"STR120": ""}),
        (LOOP, ("n",), {"STR001": "onnxslim", "GRF002": ""}),
        (UNREAD, (), {"STR015": "", "STR003": "onnxruntime"}),
        (IN_A_BODY, (), {"STR001": "", "STR003": "onnxslim"}),
    ],
)
def test_without_a_graph_the_same_is_claimed(
    graph: str, inputs: tuple[str, ...] | None, tools: dict[str, str]
) -> None:
    found = [result(parser.parse_model(HEAD + graph), weights=False) for _ in range(2)]
    light, whole = _lighter(found[0]), found[1]
    claims = {claim.id: claim.values for claim in claims_of(light)}
    assert claims == {claim.id: claim.values for claim in claims_of(whole)}
    if inputs is not None:
        assert claims["trust"]["inputs"] == inputs
    for each in (light, whole):
        assert {ask.rule: ask.tool for ask in actions(each)} == tools


@pytest.mark.parametrize("name", NAMES)
def test_no_kind_of_model_takes_a_graph_to_claim_things_about(name: str) -> None:
    whole = results()[name]
    assert claims_of(_lighter(whole)) == claims_of(whole)
