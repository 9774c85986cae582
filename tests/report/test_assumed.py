"""What a total rests on is said on page one and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx
import pytest

from analyzer.analyze import analyze
from analyzer.lint import lint
from analyzer.model import load
from analyzer.operators.declared import Declaration, built
from analyzer.report import INSPECT_FORMATS, REPORT_FORMATS, Options, Result
from analyzer.report.brief import brief
from analyzer.report.cards import cards
from analyzer.report.claims import claims_of
from analyzer.report.sheet import Report
from analyzer.report.view.actions import actions
from analyzer.report.view.assumed import choices
from analyzer.report.words import say
from analyzer.ruleset import load_rules
from analyzer.shapes.stated import Bindings
from tests.report.results import judge, words

if TYPE_CHECKING:
    from pathlib import Path

BRANCHES = """
<ir_version: 8, opset_import: ["" : 17]>
g (bool c, float[4,4] x, float[4,4] w, int64 n, bool go) => (float[4,4] y, float[4,4] z) {
  y = If (c) <
    then_branch = then () => (float[4,4] a) { a = MatMul (x, w) },
    else_branch = other () => (float[4,4] b) { b = Relu (x) }
  >
  z = Loop (n, go, x) <
    body = body (int64 i, bool before, float[4,4] s) => (bool after, float[4,4] t) {
      after = Identity (before)
      t = MatMul (s, w)
    }
  >
}
"""


def test_a_branch_and_a_loop_that_data_decide_are_said(tmp_path: Path) -> None:
    path = tmp_path / "branches.onnx"
    path.write_bytes(onnx.parser.parse_model(BRANCHES).SerializeToString())
    result = judge(path)
    lines = choices(result.facts)
    assert [line.split(":")[0] for line in lines] == ["y", "z"]
    text = INSPECT_FORMATS["text"](result, Options()).decode()
    assert all(f"assumed: {line}" in text for line in lines)
    assert "Compute                 at least 0 MAC" in text
    assert "nothing bounds how often a loop runs" in text
    assert "exact under" not in text
    page = words(REPORT_FORMATS["html"](result, Options()).decode())
    assert "Assumed: y: at y the condition depends on data: 0 to 64 MACs in all" in page
    assert "None: the file fixes every size" not in page


OWN = """
<ir_version: 8, opset_import: ["" : 17, "ai.acme" : 1]>
g (float[4,4] x, bool c) => (float[4,4] y, float[4,4] z) {
  y = ai.acme.Shift (x)
  z = If (c) <
    then_branch = then () => (float[4,4] a) { a = ai.acme.Shift (x) },
    else_branch = other () => (float[4,4] b) { b = MatMul (x, x) }
  >
}
"""


def test_what_a_declaration_says_is_told_where_it_is_in_the_totals() -> None:
    shift = built(Declaration("ai.acme", "Shift", "test", like=("", "Relu")))
    model = load(onnx.parser.parse_model(OWN).SerializeToString())
    assert choices(analyze(model, operators=(shift,))) == (
        "y: ai.acme::Shift is declared",  # and not that of the branch that costs less
        "z: at z the condition depends on data: 0 to 64 MACs in all",
    )


def test_many_branches_that_data_decide_are_one_line(tmp_path: Path) -> None:
    branches = "".join(
        f"y{i + 1} = If (c) <then_branch = t{i} () => (float[4,4] a{i}) "
        f"{{ a{i} = MatMul (y{i}, w) }}, "
        f"else_branch = e{i} () => (float[4,4] b{i}) {{ b{i} = Relu (y{i}) }}> "
        for i in range(5)
    )
    path = tmp_path / "many.onnx"
    text = (
        '<ir_version: 8, opset_import: ["" : 17]> g (bool c, float[4,4] y0, float[4,4] w) '
        f"=> (float[4,4] y5) {{ {branches} }}"
    )
    path.write_bytes(onnx.parser.parse_model(text).SerializeToString())
    lines = choices(judge(path).facts)
    assert len(lines) == 1
    assert lines[0].startswith("y1 and 4 more: at y1 the condition depends on data: 0 to 64 MACs")


STRIDES = """
<ir_version: 8, opset_import: ["" : 17]>
g (float[batch,1,samples] x, float[8,1,20000] w) => (float[batch,8,frames] y) { y = Conv (x, w) }
"""
NAMELESS = """
<ir_version: 8, opset_import: ["" : 17]>
g (float[1,2,?] x, float[8,2,20000] w) => (float[1,8,frames] y) { y = Conv (x, w) }
"""
RULES = load_rules()


def judged(text: str, **dims: int) -> Result:
    model = onnx.parser.parse_model(text)
    facts = analyze(load(model.SerializeToString()), Bindings(dims=dims))
    return Result(facts, lint(facts, RULES), RULES)


def holds(result: Result) -> str:
    """What the first headline number says of itself."""
    return cards(claims_of(result), "macs")[0].detail[-1]


def test_a_size_that_does_not_fit_is_what_the_report_is_about() -> None:
    result = judged(STRIDES)
    assert say(claims_of(result))["verdict"] == (
        "Judged in part: 1 operator cannot take the sizes that were assumed, so no figure of "
        "compute or memory is that of a run. State the real ones with --dim samples=SIZE."
    )
    assert actions(result)[0].title == "State the real size with --dim samples=SIZE"
    assert actions(result)[0].impact == "high"
    assert holds(result) == "for sizes with which the model cannot run: samples = 16000"
    assert {result.facts.totals.certainty, result.facts.memory.certainty} == {"unknown"}
    text = INSPECT_FORMATS["text"](result, Options()).decode()
    assert "judged in part: with the sizes assumed, Conv: a window of 20000 does not fit" in text
    assert "exact" not in text.split("name ")[0]


def test_a_size_that_is_stated_and_fits_is_what_the_numbers_hold_for() -> None:
    result = judged(STRIDES, samples=20256)
    assert not say(claims_of(result))["verdict"].startswith("Judged in part")
    assert holds(result) == "exact for the assumed sizes: batch = 1"
    # 1 batch · 8 channels · 257 positions · 20000 taps
    assert result.facts.totals.macs == 8 * 257 * 20000
    assert "judged in part" not in INSPECT_FORMATS["text"](result, Options()).decode()
    assert holds(judged(STRIDES, samples=20256, batch=2)) == (
        "exact for the stated sizes: batch = 2, samples = 20256"
    )


def test_a_size_without_a_name_is_stated_by_the_shape_of_its_input() -> None:
    result = judged(NAMELESS)
    (breach,) = result.facts.breaches
    assert breach.options == "--shape x=1,2,SIZE"
    assert holds(result) == "for sizes with which the model cannot run: x axis 2 = 128"


@pytest.mark.parametrize(
    ("name", "options"),
    [("s", "--dim s=SIZE"), ("a b", "--dim 'a b=SIZE'"),
     ("a=b", "--dim NAME=SIZE or --shape INPUT=…"),
     ("s" * 61, "--dim NAME=SIZE or --shape INPUT=…")],
)  # fmt: skip
def test_only_what_a_shell_takes_is_to_be_typed(name: str, options: str) -> None:
    model = onnx.parser.parse_model(STRIDES)
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = name
    assert analyze(load(model.SerializeToString())).breaches[0].options == options


def test_the_terminal_says_for_which_sizes_the_work_is_counted() -> None:
    lines = brief(Report.of(judged(STRIDES)).sheet, "macs")
    assert any("cannot run: samples = 16000" in line for line in lines if "Compute" in line)
