"""What ONNX Runtime makes of formulas when it loads a model, against what it writes."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import numpy_helper, parser
from onnxruntime import InferenceSession, SessionOptions

from analyzer.lint import Settings, lint
from analyzer.report import Result
from analyzer.report.view import actions
from analyzer.report.view.loaded import made_on_load
from analyzer.ruleset import load_rules
from tests.golden.text import facts_of

if TYPE_CHECKING:
    from pathlib import Path

CONSTANTS = {
    "r": 2**0.5, "k": 2**-0.5, "o": 1.0, "h": 0.5, "two": 2.0, "eps": 1e-5, "g": [1.5] * 64,
    "b": [0.5] * 64,
}  # fmt: skip
SUM = "e = Erf (d)  a = Add (e, o)"
MEAN = "m = ReduceMean <axes = [-1]> (x)  d = Sub (x, m)"
ROOT = "v = ReduceMean <axes = [-1]> (q)  a = Add (v, eps)  s = Sqrt (a)"
TURNED = "t = Reciprocal (s)  n = Mul (d, t)"
AFFINE = "w = Mul (n, g)  y = Add (w, b)"


def model(text: str) -> onnx.ModelProto:
    head = '<ir_version: 8, opset_import: ["" : 17]> g (float[2,8,64] x) => (float[2,8,64] y)'
    found = parser.parse_model(f"{head} {{ {text} }}")
    made = {name for node in found.graph.node for name in node.output}
    read = {name for node in found.graph.node for name in node.input} - made
    found.graph.initializer.extend(
        numpy_helper.from_array(np.array(value, np.float32), name)
        for name, value in CONSTANTS.items()
        if name in read
    )
    return found


def loaded(found: onnx.ModelProto, folder: Path) -> Counter[str]:
    """The operators that ONNX Runtime runs."""
    options = SessionOptions()
    options.optimized_model_filepath = str(folder / "o.onnx")
    InferenceSession(found.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(folder / "o.onnx").graph.node)


@pytest.mark.parametrize(
    ("rule", "text", "single"),
    [
        ("STR120", f"d = Div (x, r)  {SUM}  m = Mul (x, a)  y = Mul (m, h)", "Gelu"),
        ("STR120", f"z = Add (x, b)  d = Div (z, r)  {SUM}  m = Mul (z, a)  y = Mul (m, h)",
         "BiasGelu"),
        ("STR120", f"d = Div (x, r)  {SUM}  m = Mul (x, h)  y = Mul (m, a)", "Gelu"),
        ("STR120", f"d = Div (x, r)  {SUM}  m = Mul (a, h)  y = Mul (x, m)", ""),
        ("STR120", f"d = Mul (x, k)  {SUM}  m = Mul (x, a)  y = Mul (m, h)", ""),
        ("STR126", f"{MEAN}  q = Pow (d, two)  {ROOT}  n = Div (d, s)  {AFFINE}",
         "LayerNormalization"),
        ("STR126", f"{MEAN}  q = Mul (d, d)  {ROOT}  n = Div (d, s)  {AFFINE}", ""),
        ("STR126", f"{MEAN}  q = Pow (d, two)  {ROOT}  {TURNED}  {AFFINE}", ""),
        ("STR126", f"{MEAN}  q = Pow (d, two)  {ROOT}  y = Div (d, s)", ""),
        ("STR122", "a = HardSigmoid <alpha = 0.16666667, beta = 0.5> (x)  y = Mul (x, a)", "Mul"),
    ],
)  # fmt: skip
def test_what_the_runtime_does_itself_is_of_low_impact(
    rule: str, text: str, single: str, tmp_path: Path
) -> None:
    found = model(text)
    runs = loaded(found, tmp_path)
    facts, rules = facts_of(found), load_rules()
    findings = lint(facts, rules, Settings(select=(rule,)))
    (node,) = [finding.node for finding in findings]
    word, nodes = made_on_load(facts, rule, [node])
    assert bool(nodes) is bool(single), runs
    assert not single or runs[single] == 1
    (ask,) = actions.actions(Result(facts, findings, rules, "onnxlint"))
    assert bool(ask.traffic) is not bool(single)
    assert ("1 of 1" in ask.what) is bool(single)
    if word == "kept":
        assert loaded(model("y = HardSwish (x)"), tmp_path) == runs, "it is written out again"


def test_other_rules_are_left_to_themselves() -> None:
    assert made_on_load(facts_of(model("y = Relu (x)")), "STR123", ["y"]) == ("", frozenset())
