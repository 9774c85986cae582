"""Whose channels callers give and take: those of layers at the ends of a network."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from analyzer.analyze import analyze_weights
from analyzer.facts import Facts
from analyzer.lint import lint
from analyzer.model import load
from analyzer.report import Result
from analyzer.report.view.actions import _idle, actions
from analyzer.ruleset import load_rules
from analyzer.weights.ends import given, taken
from tests.golden.text import facts

CHAIN = """g (float[1,4,8,8] x) => (float[1,4,4,4] y)
  <float[4,4,1,1] u, float[4,4,1,1] v, float[4,4,1,1] w, float[1,4,1,1] c> {
  a = Relu (x)
  first = Conv (a, u)
  b = Add (first, c)
  inner = Conv (b, v)
  d = Mul (inner, c)
  last = Conv (d, w)
  e = Add (last, c)
  y = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (e)
}"""


def named(found: Facts, ids: frozenset[str]) -> set[str]:
    return {found[name].outputs[0].name for name in ids}


def test_channels_of_the_ends_reach_as_far_as_the_first_layer() -> None:
    found = facts(CHAIN)
    assert named(found, given(found)) == {"a", "first"}
    assert named(found, taken(found)) == {"last", "e", "y"}


def test_a_layer_beside_a_path_to_the_end_keeps_its_channels() -> None:
    found = facts("""g (float[1,4,8,8] x) => (float[1,4,8,8] y)
      <float[4,4,1,1] u, float[4,4,1,1] v> {
        one = Conv (x, u)
        two = Conv (one, v)
        y = Add (one, two)
      }""")
    assert named(found, taken(found)) == {"one", "two", "y"}
    assert named(found, given(found)) == {"one"}


def three(*, dead: int, unread: int, layer: int, side: int = 32) -> Facts:
    """Three convolutions of 16 channels, one of them with filters and inputs of zeros."""
    parsed = onnx.parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : 17]> g (float[1,16,{side},{side}] x) => '
        f"(float[1,16,{side},{side}] y) {{ a = Conv (x, w0) b = Conv (a, w1) y = Conv (b, w2) }}"
    )
    for n in range(3):
        values = np.random.default_rng(n).standard_normal((16, 16, 1, 1)).astype(np.float32)
        if n == layer:
            values[:dead] = 0
            values[:, :unread] = 0
        parsed.graph.initializer.append(onnx.numpy_helper.from_array(values, f"w{n}"))
    return analyze_weights(load(parsed.SerializeToString()))


@pytest.mark.parametrize(
    ("layer", "said"), [(0, {"WGT003"}), (1, {"WGT003", "WGT010"}), (2, {"WGT010"})]
)
def test_no_rule_asks_to_remove_channels_that_callers_give_or_take(
    layer: int, said: set[str]
) -> None:
    rules = [rule for rule in load_rules() if rule.id in ("WGT003", "WGT010")]
    found = three(dead=2, unread=2, layer=layer)
    assert {finding.rule for finding in lint(found, rules)} == said
    assert found.evidence is not None
    uses = [each.filters for each in found.evidence.layers.values() if each.filters is not None]
    (idle,) = (use for use in uses if use.dead_count)
    assert (idle.given, idle.taken) == (layer == 0, layer == 2)


def test_channels_without_a_weight_are_graded_by_the_macs_that_go_with_them() -> None:
    """Their weights are far below 64 KiB; a third of 12 of 16 filters is a quarter of the MACs."""
    rules = tuple(rule for rule in load_rules() if rule.id == "WGT003")
    impacts = {}
    for dead in (2, 3, 12):
        found = three(dead=dead, unread=0, layer=1, side=128)
        result = Result(found, lint(found, rules), rules)
        assert _idle(found, result.places) == found.totals.macs // 3 * dead // 16
        (asked,) = actions(result)
        impacts[dead] = asked.impact
    assert impacts == {2: "low", 3: "medium", 12: "high"}
    found = three(dead=0, unread=8, layer=1, side=128)
    rules = tuple(rule for rule in load_rules() if rule.id == "WGT010")
    assert _idle(found, lint(found, rules)) == found.totals.macs // 6
