"""A report that is read back, filters of templates, and all that is told of an operator."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from analyzer.errors import ModelError
from analyzer.facts import Certainty
from analyzer.records import SCHEMA
from analyzer.report import rendering, sheet
from analyzer.report.drawing.record import Box, Drawing, DrawnEdge
from analyzer.report.explain import _cost, _numbers, explain_node, find_nodes
from analyzer.report.index import entry
from analyzer.report.index.entry import IndexFigure
from analyzer.report.sheet import MAX_BYTES, Report
from tests.golden.text import facts

if TYPE_CHECKING:
    from pathlib import Path

    from analyzer.facts import Facts


def some(**about: Any) -> Any:
    return SimpleNamespace(**about)


@cache
def small() -> Facts:
    """A convolution, and a clip whose lower bound is left out."""
    return facts(
        "g (float[1,3,8,8] x, float[4] u) => (float[1,4,8,8] y) "
        f"<float[4,3,3,3] w = {{{', '.join('0' * 108)}}}> "
        "{ c = Conv <pads = [1, 1, 1, 1]> (x, w)  y = Clip (c, , u) }"
    )


CONV, CLIP = small().nodes


def test_edges_of_a_drawing_lead_from_a_box_to_a_later_one() -> None:
    box = Box("part", "Conv", "", "standard", 1, "n", "Conv", 1, 0, True, 0, 4, "")

    def drawable(*edges: tuple[int, int]) -> bool:
        made = tuple(DrawnEdge(a, b, 1, None) for a, b in edges)
        return sheet.is_drawable(Drawing("blocks", (box,) * 3, made, 3, 0, False, True, 0))

    assert drawable()
    assert drawable((0, 1), (1, 2), (0, 2))
    for wrong in ((-1, 1), (1, 1), (2, 1), (1, 3)):
        assert not drawable((0, 1), wrong)


def refusal(data: bytes) -> str:
    with pytest.raises(ModelError) as error:
        sheet.data_of(data, "r.json")
    return str(error.value)


def test_what_is_no_report_of_this_version_is_refused() -> None:
    good = {"schema": SCHEMA, "page": {}}
    assert sheet.data_of(json.dumps(good).encode(), "r.json") == good
    wrong = [[], {"schema": SCHEMA}, {"page": {}}, {"schema": SCHEMA + 1, "page": {}}]
    for each in wrong:
        assert f"not the JSON of a report of schema {SCHEMA}" in refusal(json.dumps(each).encode())
    assert "not JSON: " in refusal(b"{")
    assert "not JSON: " in refusal(b"[" * 100_000)
    told = [
        str(sheet.unfit("r.json", error)) for error in (KeyError("k"), KeyError(1), ValueError())
    ]
    assert "'k' is missing" in told[0]
    assert f"'{'k' * 30}…{'k' * 29}' is missing" in str(sheet.unfit("r", KeyError("k" * 99)))
    assert all("its members do not fit one another" in each for each in told[1:])
    report = Report(json.dumps(good | {"old": 1, "new": 2}).encode())
    assert report.is_comparison
    for missing in ("old", "new"):
        single = {
            key: each for key, each in (good | {"old": 1, "new": 2}).items() if key != missing
        }
        assert not Report(json.dumps(single).encode()).is_comparison


def test_json_begins_with_a_brace_and_has_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.json"
    for data, is_json in ((b"{}", True), (b" {}", False), (b"", False)):
        path.write_bytes(data)
        assert sheet.is_json(str(path)) is is_json
    assert not sheet.is_json(str(tmp_path / "absent"))
    assert not sheet.is_json("a\0b")
    monkeypatch.setattr(sheet, "MAX_BYTES", 9)
    assert MAX_BYTES > 9
    path.write_bytes(b"{" * 9)
    assert sheet.read_json(str(path)) == b"{" * 9
    path.write_bytes(b"{" * 10)
    with pytest.raises(ModelError, match="larger than 9 bytes"):
        sheet.read_json(str(path))
    with pytest.raises(ModelError, match="cannot be read"):
        sheet.read_json(str(tmp_path / "absent"))
    with pytest.raises(ModelError, match="made of a model"):
        sheet.judged(Report(b"{}"))
    result = cast("Any", object())
    assert sheet.judged(result) is sheet.judged(Report(b"{}", result=result)) is result


def test_filters_of_templates_show_numbers_units_and_names() -> None:
    assert [rendering._shown(each) for each in (2.0, 2.5, 3, "a\x1b", True, None)] == [
        2, 2.5, 3, "a\\x1b", True, None,
    ]  # fmt: skip
    assert rendering._dumped({"b": ("x\x07", 1), "a": [2.5, {"k\x07": None}]}) == (
        '{"a":[2.5,{"k\\\\x07":null}],"b":["x\\\\x07",1]}'
    )
    kept = str(rendering._kept("5.2 MMAC, 12 % and 7 bits, 3 s"))
    assert kept == (
        '<span class="u">5.2 MMAC</span>, <span class="u">12 %</span> and 7 bits, '
        '<span class="u">3 s</span>'
    )
    ranged = str(rendering._kept("최소 1 kMAC~20 kMAC"))
    assert ranged == '최소 <span class="u">1 kMAC</span>~<wbr><span class="u">20 kMAC</span>'
    names = ("a/b.c_d::e/f", "a/b.c_d::e/fg", "a/b.c_1::2/fg", "single_relu.onnx",
             "a/b of TreeEnsembleClassifier and MobileNetV1Plus")  # fmt: skip
    assert [str(rendering._parted(name)) for name in names] == [
        "a/b.c_d::e/f", "a/<wbr>b.<wbr>c_<wbr>d::<wbr>e/<wbr>fg", "a/<wbr>b.<wbr>c_1::2/<wbr>fg",
        "single_<wbr>relu.onnx",
        "a/b of Tree<wbr>Ensemble<wbr>Classifier and Mobile<wbr>NetV1Plus",
    ]  # fmt: skip
    paper = rendering.environment().from_string("{{ text | narrow }}")
    assert paper.render(print=True, text="while TreeEnsembleRegressor runs, 2 MiB") == (
        'while Tree\u200bEnsemble\u200bRegressor runs, <span class="u">2 MiB</span>'
    )
    assert str(rendering._prose("D_G of `a<b` and AB_C")) == (
        "D<sub>G</sub> of <code>a&lt;b</code> and AB_C"
    )
    assert str(rendering._prose("give `--trip-count i=2` or -- `a--b`")) == (
        'give <code><span class="u">--trip-count</span> i=2</code> or -- <code>a--b</code>'
    )
    assert rendering._key(0.123456789) == "0.123457"
    counts = [rendering._count(n) for n in (None, 10**15 - 1, 10**15)]
    assert counts == ["unknown", f"{10**15 - 1:,}", "1 P"]
    assert rendering._coefficients(2) == "2 coefficients"
    assert rendering.csp_hash("") == "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    many = [str(rendering._counted("%(n)s file", "%(n)s files", n, n=n)) for n in (1, 2)]
    assert many == ["1 file", "2 files"]
    assert str(rendering._told("%(a)s b", a="<")) == "&lt; b"


def test_all_that_is_known_of_an_operator_is_told() -> None:
    assert explain_node(small(), "c").splitlines() == [
        "c",
        "  operator      Conv",
        "  id            c",
        "  inside        main graph",
        "  tags          standard",
        "  input 0       x  float32  1×3×8×8",
        "  input 1       w  float32  4×3×3×3",
        "  output 0      c  float32  1×4×8×8",
        "  formula       |Y| · M/g · ΠK",
        "  substitution  1·4·8·8 · 3 · 3·3",
        "  MACs          6,912  exact",
        "  formula       2·MACs + |Y| if bias",
        "  substitution  2 · 6912",
        "  FLOPs         13,824",
        "  source        Howard et al. 2017 (arXiv 1704.04861), eq. 2, 3 and 5; ONNX Conv",
        "  executions    1",
        "  precision     float32",
        "  parameters    108",
        "  reads         1.172 KiB",
        "  writes        1 KiB",
        "  intensity     6.216 FLOP/B",
        "  convolution   standard, D_K = 3×3, M = 3, N = 4, groups = 1",
        "  feature maps  D_F = 8×8, D_G = 8×8, stride 1×1, dilation 1×1",
        "  separable     2,496 MACs instead of 6,912: 36.1 %, 2.8× fewer; 1/N + 1/D_K² = 36.1 %",
        "                39 weights instead of 108",
    ]
    clip = explain_node(small(), "y").splitlines()
    assert clip[4:8] == [
        "  input 0       c  float32  1×4×8×8", "  input 1       omitted",
        "  input 2       u  float32  4", "  output 0      y  float32  1×4×8×8",
    ]  # fmt: skip


def test_operators_are_found_by_id_else_name_else_output() -> None:
    nodes = (replace(CONV, id="a", name="b"), replace(CLIP, id="b", name="a"),
             replace(CLIP, id="d", name="a"))  # fmt: skip
    known = replace(small(), nodes=nodes)
    assert [find_nodes(known, key) for key in ("a", "b", "c")] == [
        (nodes[0],), (nodes[1],), (nodes[0],),
    ]  # fmt: skip
    twice = replace(small(), nodes=(nodes[1], nodes[2]))
    assert explain_node(twice, "a").splitlines()[0] == (
        "2 operators are called a; ask for one by its id:"
    )
    told = dict(_numbers(replace(CONV, executions=3, executions_range=(3, 3))))
    assert (told["executions"], told["MACs in all"]) == ("3", "20,736")
    assert "MACs in all" not in dict(_numbers(CONV))
    same = replace(CONV.cost, flops_formula=CONV.cost.formula)
    assert [title for title, _ in _cost(replace(CONV, cost=same))].count("formula") == 1
    twisted = replace(CONV, conv=replace(cast("Any", CONV.conv), transposed=True))
    assert dict(_numbers(twisted))["convolution"].startswith("transposed standard, ")
    assert "separable" not in dict(_numbers(replace(CONV, saving=None)))


def test_figures_of_an_index_are_unknown_at_least_or_exact() -> None:
    def total(certainty: Certainty, macs: int = 5, *, complete: bool = True) -> Any:
        return some(totals=some(certainty=certainty, macs=macs, complete=complete))

    assert entry._macs(total(Certainty.EXACT)) == IndexFigure(5)
    assert entry._macs(total(Certainty.UNKNOWN)) == IndexFigure(None)
    assert entry._macs(total(Certainty.LOWER_BOUND, complete=False)) == IndexFigure(5, True)
    assert entry._macs(total(Certainty.LOWER_BOUND, 0, complete=False)) == IndexFigure(None, True)

    def stored(certainty: Certainty) -> IndexFigure:
        return entry._stored(cast("Any", some(parameters=some(certainty=certainty))), 7)

    assert stored(Certainty.EXACT) == IndexFigure(7)
    assert stored(Certainty.LOWER_BOUND) == IndexFigure(7, True)
    assert stored(Certainty.UNKNOWN) == IndexFigure(None, True)

    def peak(certainty: Certainty, of_totals: Certainty = Certainty.EXACT) -> IndexFigure:
        memory = some(peak_bytes=9, certainty=certainty)
        return entry._peak(cast("Any", some(memory=memory, totals=some(certainty=of_totals))))

    assert peak(Certainty.EXACT) == peak(Certainty.ASSUMED) == IndexFigure(9)
    assert peak(Certainty.LOWER_BOUND) == peak(Certainty.UNKNOWN) == IndexFigure(9, True)
    assert peak(Certainty.EXACT, Certainty.UNKNOWN) == IndexFigure(None)
