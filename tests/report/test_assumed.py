"""What a total rests on besides sizes is said on page one and in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import onnx

from analyzer.report import INSPECT_FORMATS, REPORT_FORMATS, Options
from analyzer.report.view.assumed import choices
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
