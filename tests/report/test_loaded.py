"""What ONNX Runtime makes of formulas when it loads a model, against what it writes."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper, parser
from onnxruntime import InferenceSession, SessionOptions

from analyzer.converters.loading import OnLoad, done_on_load
from analyzer.lint import Settings, lint
from analyzer.report import REPORT_FORMATS, Options, Result
from analyzer.report.advised import by_itself, lowering
from analyzer.report.view import actions
from analyzer.report.view.together import impact_together
from analyzer.ruleset import load_rules
from tests.golden.text import facts_of, parse

if TYPE_CHECKING:
    from pathlib import Path

CONSTANTS = {
    "r": 2**0.5, "k": 2**-0.5, "o": 1.0, "h": 0.5, "two": 2.0, "eps": 1e-5, "g": [1.5] * 64,
    "b": [0.5] * 64,
}  # fmt: skip
RULES = {rule.id: rule for rule in load_rules()}
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
    word, nodes = done_on_load(facts, RULES[rule].on_load, [node])
    assert bool(nodes) is bool(single), runs
    assert not single or runs[single] == 1
    (ask,) = actions.actions(Result(facts, findings, rules, "onnxlint"))
    assert bool(ask.traffic) is not bool(single)
    assert ("1 of 1" in ask.what) is bool(single)
    if word == "kept":
        assert loaded(model("y = HardSwish (x)"), tmp_path) == runs, "it is written out again"


def test_other_rules_are_left_to_themselves() -> None:
    for rule in ("STR123", "STR120"):
        what = RULES[rule].on_load
        assert done_on_load(facts_of(model("y = Relu (x)")), what, ["y"]) == OnLoad()


HEAD = '<ir_version: 8, opset_import: ["" : 17]> g (float[{shape}] x) => (float[{shape}] y)'
NORM = "float[2] s = {1, 2}, float[2] b = {0, 1}, float[2] m = {0, 0}, float[2] v = {1, 1}"
MAP, ROWS, SQUARE = "1,2,64,64", "64,2", "float[2,2] w = {1, 0, 0, 2}"
KERNEL = "float[2,2,1,1] w = {1, 0, 0, 2}"
BEHIND = "y = BatchNormalization (c, s, b, m, v)"
BIAS, SIDES = "float[2] b = {1, 2}", "int64[8] p = {0, 0, 1, 1, 0, 0, 0, 0}"
CORNER = "float[2,2,2,2] w = {1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2}"
EACH, WHOLE = "float[2,1,1] k = {1, 2}", "float[1,2,1,1] k = {1, 2}"


@pytest.mark.parametrize(
    ("rule", "shape", "stored", "text", "gone"),
    [
        ("STR101", MAP, f"{KERNEL}, {NORM}", f"c = Conv (x, w)  {BEHIND}", True),
        ("STR101", MAP, f"{KERNEL}, {NORM}", f"d = Conv (x, w)  c = Identity (d)  {BEHIND}", True),
        ("STR101", MAP, f"{KERNEL}, {NORM}", f"c = ConvTranspose (x, w)  {BEHIND}", True),
        ("STR101", ROWS, f"{SQUARE}, {NORM}", f"c = MatMul (x, w)  {BEHIND}", True),
        ("STR101", ROWS, f"{SQUARE}, {NORM}", f"c = Gemm (x, w)  {BEHIND}", False),
        ("EFF005", MAP, f"{KERNEL}, {EACH}", "c = Conv (x, w)  y = Add (c, k)", True),
        ("EFF005", MAP, f"{KERNEL}, {WHOLE}", "c = Conv (x, w)  y = Add (c, k)", True),
        ("EFF005", MAP, KERNEL,
         "k = Constant <value = float[2,1,1] {1, 2}> ()  c = Conv (x, w)  y = Add (c, k)", True),
        ("EFF005", MAP, f"{KERNEL}, {EACH}", "c = Conv (x, w)  y = Add (k, c)", False),
        ("EFF005", MAP, f"{KERNEL}, {EACH}", "c = Conv (x, w)  y = Sub (c, k)", False),
        ("EFF005", MAP, f"{KERNEL}, float k = {{2}}", "c = Conv (x, w)  y = Add (c, k)", False),
        ("EFF006", MAP, f"{KERNEL}, {EACH}", "c = Conv (x, w)  y = Mul (c, k)", True),
        ("EFF006", MAP, f"{KERNEL}, float k = {{2}}", "c = Conv (x, w)  y = Mul (c, k)", True),
        ("EFF006", MAP, f"{KERNEL}, {EACH}", "c = Conv (x, w)  y = Div (c, k)", False),
        ("EFF021", ROWS, f"{SQUARE}, {BIAS}", "c = MatMul (x, w)  y = Add (c, b)", True),
        ("EFF021", ROWS, f"{SQUARE}, {BIAS}", "c = MatMul (x, w)  y = Add (b, c)", True),
        ("STR103", MAP, f"{CORNER}, {SIDES}", "c = Pad (x, p)  y = Conv (c, w)", True),
        ("STR103", MAP, f"{CORNER}, {SIDES}",
         "c = Pad (x, p)  y = AveragePool <kernel_shape = [2, 2], count_include_pad = 1> (c)",
         True),
    ],
)  # fmt: skip
def test_traffic_that_the_runtime_saves_itself_is_told(
    rule: str, shape: str, stored: str, text: str, gone: bool, tmp_path: Path
) -> None:
    found = parser.parse_model(f"{HEAD.format(shape=shape)} <{stored}> {{ {text} }}")
    last = "Pad" if rule == "STR103" else found.graph.node[-1].op_type
    assert (loaded(found, tmp_path)[last] == 0) is gone
    facts, rules = facts_of(found), load_rules()
    findings = lint(facts, rules, Settings(select=(rule,)))
    (ask,) = actions.actions(Result(facts, findings, rules, "onnxlint"))
    assert ask.traffic
    assert ask.traffic_loaded == (ask.traffic if gone else 0)
    assert ask.loaded == gone
    assert ask.impact == ("low" if gone or ask.traffic < 64 << 10 else "high")
    assert impact_together([ask], ask.tool) == ask.impact
    told = by_itself(ask.traffic_loaded, ask.traffic)
    assert told == ("ONNX Runtime saves all of that itself when it loads the model" if gone else "")


def test_a_pad_with_axes_is_left(tmp_path: Path) -> None:
    text = f"{HEAD.replace('17', '18').format(shape=MAP)} <{CORNER}, int64[4] p = {{0, 0, 1, 1}}, "
    text += "float z = {0}, int64[2] a = {2, 3}> { c = Pad (x, p, z, a)  y = Conv (c, w) }"
    found = parser.parse_model(text)
    assert loaded(found, tmp_path)["Pad"] == 1
    facts = facts_of(found)
    assert [f.node for f in lint(facts, [RULES["STR103"]], Settings(select=("STR103",)))] == ["y"]
    assert not done_on_load(facts, RULES["STR103"].on_load, ["y"]).nodes


def test_a_part_of_the_traffic_is_told_with_its_size() -> None:
    assert by_itself(1024, 4096) == (
        "ONNX Runtime saves 1 KiB of that itself when it loads the model"
    )


def test_weights_that_callers_may_replace_are_not_folded(tmp_path: Path) -> None:
    """From IR version 4 on; before, their values count."""
    text = f"{HEAD.format(shape=MAP)} <{KERNEL}, {NORM}> {{ c = Conv (x, w)  {BEHIND} }}"
    found = parser.parse_model(text)
    for tensor in found.graph.initializer:
        found.graph.input.append(helper.make_tensor_value_info(tensor.name, 1, tensor.dims))
    for version, gone in ((4, False), (3, True)):
        found.ir_version, found.opset_import[0].version = version, 9
        assert (loaded(found, tmp_path)["BatchNormalization"] == 0) is gone
        assert bool(done_on_load(facts_of(found), RULES["STR101"].on_load, ["y"]).nodes) is gone
    assert not done_on_load(facts_of(found), RULES["STR102"].on_load, ["y"]).nodes


def test_what_a_tool_leaves_saves_nothing() -> None:
    """onnxslim (0.1.98) folds a sum, and leaves a difference; of 16 · 8 · 8 floats each."""
    kernel = ", ".join("1" for _ in range(16 * 16))
    folds = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[1,16,8,8] x) => (float[1,16,8,8] y) '
        f"<float[16,16,1,1] w = {{{kernel}}}, float[1,16,1,1] k = {{{kernel[: 16 * 3 - 2]}}}> "
        "{ c = Conv (x, w)  a = Add (c, k)  d = Conv (a, w)  y = Sub (d, k) }"
    )
    facts, rules = facts_of(folds), load_rules()
    findings = lint(facts, rules, Settings(select=("EFF005",)))
    report = Result(facts, findings, rules, "onnxlint")
    (ask,) = actions.actions(report)
    added, taken = (int(each.value or 0) for each in report.places)
    assert (ask.tool, ask.places, ask.stays) == ("onnxslim", 2, 1)
    assert ask.traffic == added == taken > 0
    (told,) = (each for each in json.loads(REPORT_FORMATS["json"](report, Options()))["page"]
               ["explained"] if each["number"] == "page.asks[0].traffic")  # fmt: skip
    assert [each["text"] for each in told["summands"]] == [str(added)]


def test_identities_in_a_circle_have_no_layer_before_them() -> None:
    """Of names that two operators write the last counts, in a file that no runtime takes."""
    found = parse(
        "g (float[1,4,2,2] x) => (float[1,4,2,2] y) <float[4] s = {1, 1, 1, 1}> "
        "{ a = Identity (b) b = Identity (a) y = BatchNormalization (a, s, s, s, s) }"
    )
    assert not done_on_load(facts_of(found), RULES["STR101"].on_load, ["y"]).nodes


OPEN = '<ir_version: 8, opset_import: ["" : 17]> g (float[N,{side}] x) => (float[N,{side}] y)'


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("c = Add (w, w)  y = Mul (x, c)", False),
        (("s = Shape (x)  i = Constant <value_ints = [1]> ()  d = Gather (s, i)  "
          "f = Cast <to = 1> (d)  y = Div (x, f)"), True),
    ],
)  # fmt: skip
def test_constants_are_folded_on_load_unless_an_open_shape_goes_into_them(
    text: str, left: bool, tmp_path: Path
) -> None:
    found = parser.parse_model(f"{OPEN.format(side=4)} <float[4] w = {{1, 2, 3, 4}}> {{ {text} }}")
    assert (loaded(found, tmp_path).total() > 1) is left
    facts = facts_of(found)
    findings = lint(facts, list(RULES.values()), Settings(select=("STR009",)))
    (ask,) = actions.actions(Result(facts, findings, tuple(RULES.values()), "onnxlint"))
    assert ask.loaded == (0 if left else ask.places)
    told = "ONNX Runtime folds 1 of 1 itself when it loads the model; other runtimes may gain"
    assert (told in ask.what) is not left
    stated = replace(facts, assumptions=())
    assert done_on_load(stated, RULES["STR009"].on_load, ["c", "f"]).nodes


def test_a_peak_that_loading_lowers_itself_has_no_impact(tmp_path: Path) -> None:
    """A weight of 256 KiB that a product of two stored tensors makes, as exporters leave it."""
    side = 256
    found = parser.parse_model(
        f"{OPEN.format(side=side)} {{ c = Mul (w, v)  y = MatMul (x, c) }}")  # fmt: skip
    for name, shape in (("w", (side, side)), ("v", (side, 1))):
        array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
        found.graph.initializer.append(numpy_helper.from_array(array, name))
    assert set(loaded(found, tmp_path)) <= {"MatMul", "Gemm"}
    facts = facts_of(found)
    findings = lint(facts, list(RULES.values()), Settings(select=("STR009",)))
    (ask,) = actions.actions(
        Result(facts, findings, tuple(RULES.values()), "onnxlint"))  # fmt: skip
    assert (ask.impact, ask.peak_loaded) == ("low", True)
    assert ask.peak_folded == facts.memory.folded_bytes
    assert lowering(ask) == ("lowers peak activation memory to 2 KiB, as ONNX Runtime does itself "
                             "when it loads the model")  # fmt: skip
